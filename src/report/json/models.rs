// SPDX-License-Identifier: GPL-2.0-or-later
//! The models, as JSON.

use crate::models::AnyModel;
use crate::releases::Backports;
use crate::report::ReleaseReport;
use serde_json::{Value, json};
use spec::revision::Branch;
use spec::{Model, Tree};

pub(super) fn models(models: &[AnyModel]) -> Value {
    let model = |model: &AnyModel| {
        let tree = model.tree();
        json!({
            "name": tree.name(),
            "what": tree.what(),
            "base": tree.parent(),
            "commits": tree.revision.commits,
            "proposal": tree.is_proposal(),
            "blob": tree.revision.iommu_sva.id,
            "branch": branch(tree),
            "stands_for": tree.revision.stands_for,
            "derived": tree.revision.derived,
        })
    };
    models.iter().map(model).collect()
}

/// Returns the branch that `svadiff models` lists a revision under.
fn branch(tree: &Tree) -> &'static str {
    match tree.revision.branch {
        Branch::Mainline => "mainline",
        Branch::Stable if tree.revision.is_for_x86() => "x86",
        Branch::Stable => "stable",
        Branch::Proposal => "proposal",
    }
}

/// Returns the model of a release.
pub(super) fn release(report: &ReleaseReport<'_>) -> Value {
    let answer = report.answer;
    let model = report
        .backports
        .map_or(answer.model, |found| found.answer.model);
    let mut value = json!({
        "asked": answer.asked,
        "release": answer.release.map(|release| release.to_string()),
        "x86": answer.x86,
        "model": model.name(),
        "base": answer.base.name(),
        "stands_for": answer.base.tree().revision.stands_for,
        "on_x86": answer.on_x86.map(AnyModel::name),
        "says": answer.says(),
    });
    if let Some(found) = report.backports {
        value["log"] = log(found);
    }
    value
}

/// Returns what a log has on top of a release.
fn log(found: &Backports) -> Value {
    let left_out = found
        .left_out
        .iter()
        .map(|(commit, why)| json!({"id": commit.id, "subject": commit.subject, "why": why}));
    json!({
        "added": found.added,
        "removed": found.removed,
        "left_out": left_out.collect::<Value>(),
    })
}
