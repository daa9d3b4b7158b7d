// SPDX-License-Identifier: GPL-2.0-or-later
//! Traces, as JSON.

use crate::models::AnyModel;
use crate::runs::Runs;
use serde_json::{Map, Value};

/// Returns the trace of a case on each model, by the name of the model.
pub fn traces(models: &[AnyModel], runs: &Runs) -> Value {
    let trace = |model: &AnyModel| {
        let trace = &runs.recording(*model).trace;
        let trace = serde_json::to_value(trace).expect("a trace is JSON");
        (model.name().to_owned(), trace)
    };
    models.iter().map(trace).collect::<Map<_, _>>().into()
}
