// SPDX-License-Identifier: GPL-2.0-or-later
//! The findings and the extent of an exploration, as JSON.

use super::{counterexample, misbehaviour};
use crate::finding::Finding;
use crate::report::SearchReport;
use serde_json::{Map, Value, json};

pub(super) fn search(report: &SearchReport<'_>) -> Value {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    match report.models[..] {
        [from, to] => {
            put("from", from.name().into());
            put("to", to.name().into());
            put("views", super::views(report.views));
        }
        _ => {
            let model = report.models.first();
            put("model", model.map(|model| model.name()).into());
        }
    }
    let summary = report.summary;
    put("universe", report.universe.to_json());
    if let Some(left_out) = super::left_out(&report.models) {
        put("left_out", left_out);
    }
    put("states", summary.states.into());
    put("transitions", summary.transitions.into());
    put("depth", summary.depth.into());
    if let Some((programs, schedules)) = summary.programs {
        put("programs", programs.into());
        put("schedules", schedules.to_string().into());
    }
    put("complete", summary.complete().into());
    put("stopped", summary.stopped.map(|why| why.to_string()).into());
    let memory = report.memory();
    let memory = memory.map(|(process, states)| json!({"process": process, "states": states}));
    put("memory", memory.into());
    put("digest", report.digest.clone().into());
    let finding = |finding: &Finding| match report.models[..] {
        [from, to] => counterexample([from, to], report.views, finding),
        [model, ..] => misbehaviour(model, finding),
        [] => Value::Null,
    };
    if report.models.len() == 2 {
        put("effects", super::effects(&summary.findings));
    }
    put("findings", summary.findings.iter().map(finding).collect());
    all.into()
}
