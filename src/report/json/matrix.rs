// SPDX-License-Identifier: GPL-2.0-or-later
//! Every pair of models in one universe, as JSON.

use crate::report::MatrixReport;
use serde_json::{Value, json};

pub(super) fn matrix(report: &MatrixReport<'_>) -> Value {
    let rows = report.rows.iter();
    let pairs = rows.flat_map(|(from, row)| {
        row.iter().map(|pair| {
            json!({
                "from": from.name(),
                "to": pair.to.name(),
                "complete": pair.complete,
                "findings": pair.findings,
                "digest": pair.digest,
            })
        })
    });
    json!({
        "universe": report.universe.to_json(),
        "views": super::views(report.views),
        "pairs": pairs.collect::<Value>(),
    })
}
