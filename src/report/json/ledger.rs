// SPDX-License-Identifier: GPL-2.0-or-later
//! The ledger, a new entry, and the result of a check, as JSON.

use super::counterexample;
use crate::finding::{Finding, id};
use crate::judge::View;
use crate::ledger::{Checked, Entry, FORMAT, Kind, Ledger, Trouble, scopes};
use crate::models::AnyModel;
use serde_json::{Value, json};

pub(super) fn ledger(ledger: &Ledger) -> Value {
    let all: Vec<Value> = ledger.entries.iter().map(entry).collect();
    json!({ "known": all })
}

fn entry(entry: &Entry) -> Value {
    json!({
        "name": entry.name,
        "from": entry.models[0].name(),
        "to": entry.models[1].name(),
        "what": entry.what,
        "kind": entry.kind.name(),
        "introduced": entry.introduced,
        "fixed": entry.fixed,
        "reference": entry.reference,
        "signature": entry.signature,
        "id": id(&entry.counterexample.case),
    })
}

/// Returns a new entry for a finding. The default reference is the commit that introduced the
/// difference.
pub fn new_entry(
    models: [AnyModel; 2],
    views: &[View],
    finding: &Finding,
    (what, kind, reference): (&str, Kind, Option<&str>),
) -> Value {
    let counterexample = counterexample(models, views, finding);
    let introduced = &counterexample["history"]["introduced"];
    json!({
        "format": FORMAT,
        "from": counterexample["from"],
        "to": counterexample["to"],
        "what": what,
        "kind": kind.name(),
        "introduced": introduced,
        "fixed": counterexample["history"]["fixed"],
        "reference": reference.map_or(introduced.clone(), |it| json!(it)),
        "signature": counterexample["signature"],
        "counterexample": counterexample,
    })
}

pub(super) fn check(checked: &Checked) -> Value {
    let troubles: Vec<Value> = checked.troubles.iter().map(trouble).collect();
    let scopes: Vec<String> = scopes().iter().map(ToString::to_string).collect();
    let mut value = json!({
        "entries": checked.entries,
        "searches": checked.searches,
        "scopes": scopes,
        "differences": checked.differences,
        "troubles": troubles,
    });
    if let Some(stopped) = checked.stopped {
        value["complete"] = json!(false);
        value["stopped"] = json!(stopped.to_string());
    }
    value
}

fn trouble(trouble: &Trouble) -> Value {
    match trouble {
        Trouble::Stale { entry, why } => json!({"is": "stale", "entry": entry, "why": why}),
        Trouble::Broad { entry, signatures } => {
            json!({"is": "too broad", "entry": entry, "signatures": signatures})
        }
        Trouble::Twice { entries, signature } => {
            json!({"is": "twice", "entries": entries, "signature": signature})
        }
        Trouble::Missing {
            models, finding, ..
        } => {
            let counterexample = counterexample(*models, &View::DEFAULT, finding);
            json!({"is": "missing", "counterexample": counterexample})
        }
    }
}
