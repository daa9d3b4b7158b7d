// SPDX-License-Identifier: GPL-2.0-or-later
//! The behaviour of each model in a case, as text.

use super::{call, cites, columns, live, op, ret, topology, wrap};
use crate::models::AnyModel;
use crate::report::{TraceReport, WIDTH};
use crate::runs::Runs;
use spec::Model;
use spec::record::Note;
use spec::run::Release;
use spec::trace::Step;

pub(super) fn trace(report: &TraceReport<'_>) -> String {
    let runs = report.runs;
    let mut text = wrap("", "  ", &topology(&runs.case().topology));
    for model in report.models {
        text += &format!("\n{}\n", model.name());
        text += &of_model(*model, runs);
    }
    text
}

fn of_model(model: AnyModel, runs: &Runs) -> String {
    let (case, recording) = (runs.case(), runs.recording(model));
    let trace = &recording.trace;
    let mut text = String::new();
    if case.is_concurrent() {
        text += &columns(&model, case, &recording);
    } else {
        for (index, (step, note)) in trace.steps.iter().zip(&recording.steps).enumerate() {
            let done = op(&case.ops[index]);
            text += &line(&format!("{index:4}  "), &done, &ret(step.ret));
            text += &details(&model, step, Some(note));
        }
    }
    if let Some(step) = &trace.end {
        text += &line(" end  ", &released(&recording.end), &ret(step.ret));
        text += &details(&model, step, None);
    }
    text
}

/// Returns a line with the operation in the first column and its result in the second.
fn line(first: &str, done: &str, came: &str) -> String {
    const COLUMN: usize = 34;
    if done.chars().count() <= COLUMN && COLUMN + 8 + came.chars().count() <= WIDTH {
        return format!("{first}{done:COLUMN$}  {came}\n");
    }
    let indent = " ".repeat(first.chars().count() + COLUMN + 2);
    wrap(first, "        ", done) + &wrap(&indent, &indent, came)
}

fn released(end: &[(Release, Note)]) -> String {
    let all: Vec<String> = end
        .iter()
        .map(|(release, _)| match release {
            Release::Op(op) => format!("op {op}"),
            Release::Mm(mm) => format!("mm {mm}"),
        })
        .collect();
    match &all[..] {
        [] => "nothing to release".to_owned(),
        all => format!("release {}", all.join(", ")),
    }
}

fn details(model: &AnyModel, step: &Step, note: Option<&Note>) -> String {
    let mut all = String::new();
    let mut detail = |label: &str, text: &str| {
        all += &wrap(&format!("        {label:8}"), &" ".repeat(16), text);
    };
    if let Some(decision) = note.and_then(|note| note.decisions.last()) {
        for (at, cite) in cites(Some(*decision), model.tree()).iter().enumerate() {
            detail(if at == 0 { "decided" } else { "" }, cite);
        }
    }
    for (at, this) in step.calls.iter().enumerate() {
        detail(if at == 0 { "driver" } else { "" }, &call(this));
    }
    for (at, splat) in step.splats.iter().enumerate() {
        detail(if at == 0 { "SPLAT" } else { "" }, splat);
    }
    if let Some(exists) = &step.live {
        let label = if note.is_some() { "exists" } else { "left" };
        detail(label, &live(exists));
    }
    all
}
