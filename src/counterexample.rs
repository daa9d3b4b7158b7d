// SPDX-License-Identifier: GPL-2.0-or-later
//! What is attached to a mail: a case that is minimal, with what it shows.

mod check;
mod received;
mod shortest;

pub use check::{Verdict, Wrong};
pub use received::Received;

use crate::diff::{Difference, Place, View, differences};
use crate::history::{Edge, history};
use crate::models::AnyModel;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use spec::record::record;
use spec::{Case, Model};

/// The `format` of a counterexample file.
pub const FORMAT: &str = "svadiff-counterexample/1";

/// The first 12 hex digits of the SHA-256 of a case without title, origin and note, as compact
/// JSON with its keys in the order in which this program writes them.
pub fn id(case: &Case) -> String {
    let text = serde_json::to_string(&case.bare()).expect("a case has nothing that JSON has not");
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Where a difference is, in JSON: the index of the operation, or `"end"`.
pub fn place_to_json(place: Place) -> Value {
    match place {
        Place::Op(op) => json!(op),
        Place::End => json!("end"),
    }
}

/// The views that a counterexample is checked with. A file says in which one its difference is,
/// and not which others were looked at when it was found: that one and the default ones count.
fn views_of(claimed: View) -> Vec<View> {
    let is_on = |view: &View| View::DEFAULT.contains(view) || *view == claimed;
    View::ALL.into_iter().filter(is_on).collect()
}

/// A counterexample file of one difference of a case, found with these views.
///
/// `shortest_in` is the universe in which no shorter case shows the same, if that is known.
pub fn to_json(
    models: [AnyModel; 2],
    views: &[View],
    case: &Case,
    difference: &Difference,
    shortest_in: Option<String>,
) -> Value {
    let [from, to] = models;
    // What the file says is what whoever reads it will see.
    let checked_with = views_of(difference.view);
    let [a, b] = models.map(|model| record(&model, case));
    let all = differences(case, &a, &b, &checked_with);
    let same = all.iter().find(|this| this.cause == difference.cause);
    let difference = same.unwrap_or(difference);
    let shortest_in = shortest_in.map(|scope| shortest::say(&scope, views, &checked_with));
    let one_minimal =
        crate::smaller::is_one_minimal(models, &checked_with, case, &difference.cause);

    let history = history(models, case, difference);
    let commit = |edge: Option<Edge>| edge.map(|edge| edge.commit().id);
    let traces: Map<String, Value> = models
        .iter()
        .map(|model| {
            let trace = record(model, case).trace;
            let trace = serde_json::to_value(trace).expect("a trace is JSON");
            (model.name().to_owned(), trace)
        })
        .collect();
    json!({
        "format": FORMAT,
        "id": id(case),
        "case": case,
        "from": from.name(),
        "to": to.name(),
        "signature": difference.cause.to_json(models.map(|model| model.info())),
        "first_difference": {
            "op": place_to_json(difference.place),
            "view": difference.view.name(),
        },
        "traces": traces,
        "minimal": {
            "ops": case.ops.len(),
            "one_minimal": one_minimal,
            "shortest_in": shortest_in,
        },
        "history": {
            "introduced": commit(history.introduced),
            "fixed": commit(history.fixed),
        },
        "made_by": {"svadiff": env!("CARGO_PKG_VERSION")},
    })
}
