// SPDX-License-Identifier: GPL-2.0-or-later
//! One case on every model of history, as JSON.

use super::difference::difference;
use crate::finding::id;
use crate::report::{BisectReport, BisectStep};
use serde_json::{Value, json};
use spec::Model;

pub(super) fn bisect(report: &BisectReport<'_>) -> Value {
    let steps = report.steps.iter();
    let steps = steps.filter_map(|(_, this)| this.as_ref());
    let steps: Vec<Value> = steps
        .map(
            |BisectStep {
                 models,
                 incomparable,
                 differences,
                 by,
             }| {
                let [base, model] = *models;
                let listed = differences.iter();
                let listed = listed.map(|this| difference(*models, report.case, this));
                let mut step = json!({
                    "from": base.name(),
                    "to": model.name(),
                    "commits": model.tree().revision.commits,
                    "by": by.iter().map(|commit| commit.id).collect::<Vec<_>>(),
                    "proposal": model.tree().is_proposal(),
                    "differences": listed.collect::<Value>(),
                });
                if let Some(why) = incomparable {
                    step["incomparable"] = json!(why);
                }
                step
            },
        )
        .collect();
    json!({"id": id(report.case), "history": steps})
}
