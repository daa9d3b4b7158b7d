// SPDX-License-Identifier: GPL-2.0-or-later
//! What one model does that no kernel may ever do, as text and as JSON.

use super::finding::{block, leaks};
use super::signature::{decided_by, signature_json};
use crate::counterexample::place_to_json;
use crate::finding::id;
use crate::history::history_alone;
use crate::judge::{Cause, Difference, LeakKind};
use crate::models::AnyModel;
use serde_json::{Value, json};
use spec::record::record;
use spec::{Case, Model};

/// What a model does, as a sentence without a full stop.
pub fn misbehaves(model: AnyModel, difference: &Difference) -> String {
    let name = model.name();
    match &difference.cause {
        Cause::Complained { splat, .. } => format!("{} in {name}", splat.text()),
        Cause::Leaked { kind, .. } => format!("{name} {}", leaks(*kind)),
        Cause::Dangles { .. } => format!("{name} {}", leaks(LeakKind::Dangling)),
        // What one model does by itself is none of the others.
        _ => format!("{name} does what no kernel may do"),
    }
}

/// A finding with its case, what is seen, the lines that decided, and the commits.
pub fn misbehaviour(
    model: AnyModel,
    number: usize,
    case: &Case,
    difference: &Difference,
) -> String {
    let headline = misbehaves(model, difference);
    let history = history_alone(model, case, difference);
    block(&[model], number, &headline, case, difference, history)
}

/// The same in JSON.
pub fn misbehaviour_to_json(model: AnyModel, case: &Case, difference: &Difference) -> Value {
    let info = model.tree();
    let mut signature = signature_json(&difference.cause, [info; 2]);
    // There is only one side.
    if let Some(signature) = signature.as_object_mut() {
        signature.shift_remove("side");
    }
    let history = history_alone(model, case, difference);
    json!({
        "id": id(case),
        "case": case,
        "what": misbehaves(model, difference),
        "first": {
            "op": place_to_json(difference.place),
            "view": difference.view.name(),
        },
        "signature": signature,
        "decided_by": decided_by(difference.decided[0], info),
        "trace": record(&model, case).trace,
        "history": history.to_json_alone(),
    })
}
