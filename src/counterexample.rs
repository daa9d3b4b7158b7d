// SPDX-License-Identifier: GPL-2.0-or-later
//! What is attached to a mail: a case that is minimal, with what it shows.

mod check;
pub(crate) mod received;
mod shortest;

pub use check::{Verdict, Wrong};
pub use received::Received;

use crate::finding::id;
use crate::history::history;
use crate::interleaving::misbehaviours_of_both;
use crate::judge::{Difference, Place, View, differences};
use crate::models::AnyModel;
use crate::report::signature_json;
use serde_json::{Map, Value, json};
use spec::record::record;
use spec::{Case, Model};

/// The `format` of a counterexample file.
pub const FORMAT: &str = "svadiff-counterexample/1";

/// Where a difference is, in JSON: the index of the operation, or `"end"`.
pub fn place_to_json(place: Place) -> Value {
    match place {
        Place::Op(op) => json!(op),
        Place::End => json!("end"),
    }
}

/// The difference of a case that a counterexample is about, and the views that show it.
///
/// A file says in which view its difference is, and not which others were looked at when it was
/// found. With the default ones it can be a consequence of something that only they show; then it
/// is looked at by itself. What is a consequence either way is no finding. What both do alike is
/// none of their differences, and is looked for as such.
fn shown_in(
    models: [AnyModel; 2],
    case: &Case,
    view: View,
    is_it: impl Fn(&Difference) -> bool + Copy,
) -> Option<(Vec<View>, Difference)> {
    let [from, to] = models.map(|model| record(&model, case));
    let by_default = View::DEFAULT
        .contains(&view)
        .then(|| View::DEFAULT.to_vec());
    by_default
        .into_iter()
        .chain([vec![view]])
        .find_map(|views| {
            let all = differences(case, &from, &to, &views);
            let found = all.into_iter().find(|this| !this.follows && is_it(this))?;
            Some((views, found))
        })
        .or_else(|| {
            let found = misbehaviours_of_both(&models, case)
                .into_iter()
                .find(is_it)?;
            Some((vec![view], found))
        })
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
    let is_it = |this: &Difference| this.cause == difference.cause;
    let (checked_with, difference) = shown_in(models, case, difference.view, is_it)
        .unwrap_or_else(|| (views.to_vec(), difference.clone()));
    let difference = &difference;
    let shortest_in = shortest_in.map(|scope| shortest::say(&scope, views, &checked_with));
    let one_minimal =
        crate::minimize::is_one_minimal(&models, &checked_with, case, &difference.cause)
            .unwrap_or(false);

    let history = history(models, case, difference);
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
        "signature": signature_json(&difference.cause, models.map(|model| model.tree())),
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
        "history": history.to_json(),
        "made_by": {"svadiff": env!("CARGO_PKG_VERSION")},
    })
}
