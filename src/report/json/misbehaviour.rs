// SPDX-License-Identifier: GPL-2.0-or-later
//! A misbehaviour of one model, as JSON.

use super::history;
use super::place::place_and_view;
use super::signature::{decided_by, signature_json};
use crate::finding::Finding;
use crate::history::history_alone;
use crate::models::AnyModel;
use crate::report::misbehaves;
use crate::runs::Runs;
use serde_json::{Value, json};
use spec::Model;

/// Returns a finding about one model.
pub fn misbehaviour(model: AnyModel, finding: &Finding) -> Value {
    let Finding {
        case, difference, ..
    } = finding;
    let info = model.tree();
    let mut signature = signature_json(&difference.cause, [info; 2]);
    // A single model has only one side.
    if let Some(signature) = signature.as_object_mut() {
        signature.shift_remove("side");
    }
    let runs = Runs::of(&[model], finding);
    json!({
        "id": finding.id(),
        "case": case,
        "what": misbehaves(model, difference),
        "first": place_and_view(difference),
        "signature": signature,
        "decided_by": decided_by(difference.decided[0], info),
        "trace": finding.recordings.first().map(|recording| &recording.trace),
        "history": history::alone(&history_alone(model, &runs, difference)),
    })
}
