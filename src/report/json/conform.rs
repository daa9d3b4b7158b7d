// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of comparing recorded traces with models, as JSON.

use crate::models::AnyModel;
use crate::report::{ConformReport, MismatchReport};
use serde_json::{Map, Value, json};

pub(super) fn conform(report: &ConformReport) -> Value {
    let of_model = |(model, traces, wrong): &(AnyModel, usize, usize)| {
        let counts = json!({"traces": traces, "wrong": wrong});
        (AnyModel::name(*model).to_owned(), counts)
    };
    let models: Map<String, Value> = report.models.iter().map(of_model).collect();
    json!({
        "rows": report.rows,
        "traces": report.traces(),
        "mismatches": report.mismatches(),
        "models": models,
        "shown": report.shown.iter().map(mismatch).collect::<Value>(),
    })
}

fn mismatch(this: &MismatchReport) -> Value {
    // An id that cannot be parsed as JSON becomes a string.
    let id = serde_json::from_str(&this.id).unwrap_or_else(|_| json!(this.id));
    json!({
        "file": this.file,
        "line": this.line,
        "id": id,
        "model": AnyModel::name(this.model),
        "field": this.mismatch.field,
        "expected": this.mismatch.expected,
        "got": this.mismatch.got,
        "case": this.case.bare(),
    })
}
