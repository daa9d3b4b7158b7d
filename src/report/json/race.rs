// SPDX-License-Identifier: GPL-2.0-or-later
//! The outcomes that models allow, as JSON.

use crate::interleaving::{Explored, Outcome, Witness};
use crate::models::AnyModel;
use crate::report::RaceReport;
use serde_json::{Map, Value, json};

pub(super) fn race(report: &RaceReport<'_>) -> Value {
    let outcomes: Map<String, Value> = report.models.iter().map(of_model).collect();
    let mut value = json!({ "outcomes": outcomes });
    if let Some(stopped) = report.stopped {
        value["complete"] = json!(false);
        value["stopped"] = json!(stopped.to_string());
        value["incomplete"] = json!(report.incomplete());
    }
    value
}

fn of_model((model, explored): &(AnyModel, Explored)) -> (String, Value) {
    let outcomes = explored.outcomes.iter();
    let outcomes = outcomes.map(|this| outcome(this, explored.cut));
    (model.name().to_owned(), outcomes.collect())
}

fn outcome((outcome, witness): (&Outcome, &Witness), is_cut: bool) -> Value {
    let mut value = serde_json::to_value(outcome).expect("an outcome is JSON");
    // If a limit stopped the exploration, the count would depend on the limit.
    if !is_cut {
        // JSON allows numbers of any length, but most programs that read it do not.
        value["schedules"] = u64::try_from(witness.schedules)
            .map_or_else(|_| json!(witness.schedules.to_string()), |n| json!(n));
    }
    value["schedule"] = json!(witness.schedule);
    value
}
