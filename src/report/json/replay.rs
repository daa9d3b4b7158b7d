// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of a replay as JSON.

use crate::counterexample::{Received, ReplayReport, Wrong};
use crate::finding::id;
use crate::report::{BisectReport, ReplayedReport};
use serde_json::{Value, json};

pub(super) fn replay(report: &ReplayedReport<'_>) -> Value {
    of(report.received, report.replayed)
}

/// Formats the result of checking a counterexample.
pub(super) fn of(received: &Received, replayed: &ReplayReport) -> Value {
    let names: Vec<&str> = received.named().iter().map(|named| named.name()).collect();
    let what = received.about().and_then(|about| {
        let difference = received.difference()?;
        Some(about.headline(&received.case, &difference))
    });
    json!({
        "id": id(&received.case),
        "models": names,
        "what": what,
        "holds": replayed.holds(),
        "wrong": wrong(&replayed.wrong),
        "not_checked": replayed.not_checked,
        "notes": replayed.notes,
    })
}

/// Formats claims that do not hold.
pub(super) fn wrong(all: &[Wrong]) -> Value {
    let one = |this: &Wrong| {
        json!({
            "what": this.what,
            "claimed": this.claimed,
            "happens": this.happens,
        })
    };
    all.iter().map(one).collect()
}

/// Formats a case, which makes no claims.
pub(super) fn bare(report: &BisectReport<'_>) -> Value {
    let mut all = super::bisect::bisect(report);
    all["holds"] = Value::Null;
    all
}
