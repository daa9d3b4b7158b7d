// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of a replay as JSON.

use crate::counterexample::Wrong;
use crate::finding::id;
use crate::report::{BisectReport, ReplayedReport};
use serde_json::{Value, json};

pub(super) fn replay(report: &ReplayedReport<'_>) -> Value {
    let ReplayedReport { received, replayed } = report;
    let names: Vec<&str> = received.named().iter().map(|named| named.name()).collect();
    let what = received.about().and_then(|about| {
        let difference = received.difference()?;
        Some(about.headline(&received.case, &difference))
    });
    let wrong = |this: &Wrong| {
        json!({
            "what": this.what,
            "claimed": this.claimed,
            "happens": this.happens,
        })
    };
    json!({
        "id": id(&received.case),
        "models": names,
        "what": what,
        "holds": replayed.holds(),
        "wrong": replayed.wrong.iter().map(wrong).collect::<Value>(),
        "not_checked": replayed.not_checked,
        "notes": replayed.notes,
    })
}

/// Formats a case, which makes no claims.
pub(super) fn bare(report: &BisectReport<'_>) -> Value {
    let mut all = super::bisect::bisect(report);
    all["holds"] = Value::Null;
    all
}
