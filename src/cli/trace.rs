// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff trace`

use super::{Exit, Failure, Io, Out, input, print_json, row};
use crate::models::AnyModel;
use crate::report::{WIDTH, call, cites, columns, live, op, ret, topology, wrap};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use spec::record::{Note, Recording, record};
use spec::run::Release;
use spec::trace::Step;
use spec::{Case, Model};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// A model to run; all of them unless named
    #[arg(long = "model", value_name = "NAME", value_parser = super::model)]
    models: Vec<AnyModel>,
    /// Print JSON: {"traces": {MODEL: trace, …}}
    #[arg(long)]
    json: bool,
    /// FILE has a row {"id": …, "case": {…}} on each line; print {"id": …, "traces": {…}} for each
    #[arg(long)]
    jsonl: bool,
    /// A case, a counterexample, or rows
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// A row of `--jsonl`; other keys are ignored.
#[derive(Deserialize)]
struct Row {
    id: row::Id,
    case: Case,
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let models = super::models(&args.models);
    if args.jsonl {
        return rows(args, &models, io);
    }
    let Io { stdin, out, .. } = io;
    let case = input::case(&args.file, stdin)?;
    if args.json {
        print_json(out, &json!({"traces": traces(&models, &case)}))?;
    } else {
        write!(out, "{}", wrap("", "  ", &topology(&case.topology)))?;
        for model in &models {
            human(model, &case, out)?;
        }
    }
    Ok(Exit::Agree)
}

fn rows(args: &Args, models: &[AnyModel], io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let mut lines = input::Lines::open(&args.file, stdin)?;
    while let Some((number, line)) = lines.next()? {
        let refuse = |refused| input::in_file(&args.file, refused);
        let Row { id, case } = row::read(line, number).map_err(refuse)?;
        let traces = Value::from(traces(models, &case));
        writeln!(out, "{{\"id\":{id},\"traces\":{traces}}}")?;
    }
    Ok(Exit::Agree)
}

fn traces(models: &[AnyModel], case: &Case) -> Map<String, Value> {
    let trace = |model: &AnyModel| {
        let trace = serde_json::to_value(record(model, case).trace).expect("a trace is JSON");
        (model.name().to_owned(), trace)
    };
    models.iter().map(trace).collect()
}

fn human(model: &AnyModel, case: &Case, out: Out<'_>) -> Result<(), Failure> {
    let recording = record(model, case);
    writeln!(out, "\n{}", model.name())?;
    if case.is_concurrent() {
        write!(out, "{}", columns(model, case, &recording))?;
    }
    let Recording {
        trace, steps, end, ..
    } = recording;
    // What a concurrent case did, the columns say.
    let steps = if case.is_concurrent() { vec![] } else { steps };
    for (index, (step, note)) in trace.steps.iter().zip(&steps).enumerate() {
        let done = op(&case.ops[index]);
        write!(
            out,
            "{}",
            line(&format!("{index:4}  "), &done, &ret(step.ret))
        )?;
        details(model, step, Some(note), out)?;
    }
    if let Some(step) = &trace.end {
        write!(out, "{}", line(" end  ", &released(&end), &ret(step.ret)))?;
        details(model, step, None, out)?;
    }
    Ok(())
}

/// What was done on the left, what came of it on the right.
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

fn details(
    model: &AnyModel,
    step: &Step,
    note: Option<&Note>,
    out: Out<'_>,
) -> Result<(), Failure> {
    let mut detail = |label: &str, text: &str| {
        write!(
            out,
            "{}",
            wrap(&format!("        {label:8}"), &" ".repeat(16), text)
        )
    };
    if let Some(decision) = note.and_then(|note| note.decisions.last()) {
        for (at, cite) in cites(Some(*decision), model.tree()).iter().enumerate() {
            detail(if at == 0 { "decided" } else { "" }, cite)?;
        }
    }
    for (at, this) in step.calls.iter().enumerate() {
        detail(if at == 0 { "driver" } else { "" }, &call(this))?;
    }
    for (at, splat) in step.splats.iter().enumerate() {
        detail(if at == 0 { "SPLAT" } else { "" }, splat)?;
    }
    if let Some(exists) = &step.live {
        detail(
            if note.is_some() { "exists" } else { "left" },
            &live(exists),
        )?;
    }
    Ok(())
}
