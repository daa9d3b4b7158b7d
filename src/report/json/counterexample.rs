// SPDX-License-Identifier: GPL-2.0-or-later
//! Counterexample files.

use super::history::history;
use super::place::place_and_view;
use super::signature::signature_json;
use super::traces;
use crate::counterexample::{Claim, FORMAT};
use crate::finding::Finding;
use crate::history::history as history_of;
use crate::judge::View;
use crate::models::AnyModel;
use crate::runs::Runs;
use serde_json::{Value, json};
use spec::Model;

/// Returns the counterexample file of a finding. `views` are the views in which it was found.
pub fn counterexample(models: [AnyModel; 2], views: &[View], finding: &Finding) -> Value {
    let runs = Runs::of(&models, finding);
    let case = runs.case();
    // The file claims what its reader will observe.
    let Claim {
        difference,
        one_minimal,
        shortest_in,
    } = Claim::new(models, views, finding, &runs);
    let [from, to] = models.map(|model| model.name());
    let infos = models.map(|model| model.tree());
    json!({
        "format": FORMAT,
        "id": finding.id(),
        "case": case,
        "from": from,
        "to": to,
        "signature": signature_json(&difference.cause, infos),
        "first_difference": place_and_view(&difference),
        "traces": traces(&models, &runs),
        "minimal": {
            "ops": case.ops.len(),
            "one_minimal": one_minimal,
            "shortest_in": shortest_in,
        },
        "history": history(&history_of(models, &runs, &difference)),
        "made_by": {"svadiff": env!("CARGO_PKG_VERSION")},
    })
}
