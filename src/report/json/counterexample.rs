// SPDX-License-Identifier: GPL-2.0-or-later
//! Counterexample files.

use super::history::{alone, history};
use super::place::place_and_view;
use super::traces;
use crate::counterexample::{About, Claim, Description, FORMAT};
use crate::finding::Finding;
use crate::judge::View;
use crate::models::AnyModel;
use crate::runs::Runs;
use serde_json::{Map, Value, json};

/// Returns the counterexample file of a finding about one model or two, found with these views.
pub fn counterexample(about: impl Into<About>, views: &[View], finding: &Finding) -> Value {
    let about = about.into();
    let models = about.models();
    let runs = Runs::of(models, finding);
    let case = runs.case();
    // The file claims what its reader will observe.
    let Claim {
        difference,
        one_minimal,
        shortest_in,
    } = Claim::new(about, views, finding, &runs);
    let history_of = about.history(&runs, &difference);
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    put("format", FORMAT.into());
    put("id", finding.id().into());
    put("case", case.to_json());
    for (key, model) in ["from", "to"].into_iter().zip(models) {
        put(key, AnyModel::name(*model).into());
    }
    let new = models.iter().filter_map(|&model| {
        let description = serde_json::to_value(Description::of(model)?);
        Some((AnyModel::name(model).to_owned(), description.ok()?))
    });
    let new: Map<String, Value> = new.collect();
    if !new.is_empty() {
        put("models", new.into());
    }
    put("signature", about.signature(&difference.cause));
    if let About::Pair(_) = about {
        put("effect", difference.cause.effect().name().into());
    }
    put("first_difference", place_and_view(&difference));
    put("traces", traces(models, &runs));
    let minimal = json!({
        "ops": case.ops.len(),
        "one_minimal": one_minimal,
        "shortest_in": shortest_in,
    });
    put("minimal", minimal);
    let commits = match about {
        About::Alone(_) => alone(&history_of),
        About::Pair(_) => history(&history_of),
    };
    put("history", commits);
    let version = env!("CARGO_PKG_VERSION");
    put("made_by", json!({"svadiff": version}));
    all.into()
}
