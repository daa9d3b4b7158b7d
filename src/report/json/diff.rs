// SPDX-License-Identifier: GPL-2.0-or-later
//! Two models with one case, as JSON.

use super::difference::difference;
use super::history::history;
use super::place::place_and_view;
use super::traces;
use crate::finding::id;
use crate::history::history as history_of;
use crate::report::DiffReport;
use serde_json::{Value, json};

pub(super) fn diff(report: &DiffReport<'_>) -> Value {
    let DiffReport {
        models,
        views,
        runs,
        differences,
    } = report;
    let [from, to] = models.map(|model| model.name());
    let listed = differences.iter();
    let listed: Vec<Value> = listed
        .map(|this| difference(*models, runs.case(), this))
        .collect();
    let first = differences.first();
    json!({
        "id": id(runs.case()),
        "from": from,
        "to": to,
        "views": super::views(views),
        "first_difference": first.map(place_and_view),
        "differences": listed,
        "history": first.map(|first| history(&history_of(*models, runs, first))),
        "traces": traces(models, runs),
    })
}
