// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff conform`

use super::{Exit, Failure, Io, Out, input, row};
use crate::conformance::{Mismatch, first_mismatch};
use crate::models::AnyModel;
use crate::report::wrap;
use crate::strict::Traces;
use serde::Deserialize;
use serde_json::Value;
use spec::Case;
use spec::read::{printable, shortened};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Recorded rows {"id": …, "case": {…}, "traces": {MODEL: trace, …}}, plain or gzip
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// A model to compare; all of them unless named
    #[arg(long = "model", value_name = "NAME", value_parser = super::model)]
    models: Vec<AnyModel>,
}

/// A recorded row. Other keys are ignored.
#[derive(Deserialize)]
struct Row {
    id: row::Id,
    case: Case,
    traces: Traces,
}

/// The most mismatches that are shown in full. Further ones are only counted.
const SHOWN: usize = 10;

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let models = super::models(&args.models);
    let mut rows = 0;
    let mut traces = vec![0; models.len()];
    let mut wrong = vec![0; models.len()];
    let mut shown = 0;
    for file in &args.files {
        let mut lines = input::Lines::open(file, stdin)?;
        while let Some((number, line)) = lines.next()? {
            let refuse = |refused| input::in_file(file, refused);
            let row: Row = row::read(line, number).map_err(refuse)?;
            rows += 1;
            for (at, model) in models.iter().enumerate() {
                let Some(recorded) = row.traces.of(*model) else {
                    continue;
                };
                traces[at] += 1;
                let Some(mismatch) = first_mismatch(model, &row.case, recorded) else {
                    continue;
                };
                wrong[at] += 1;
                shown += 1;
                if shown <= SHOWN {
                    show(out, (file, number), &row, model, &mismatch)?;
                }
            }
        }
    }
    let total: usize = traces.iter().sum();
    if total == 0 {
        // Agreement with no trace at all proves nothing.
        let first = args.files.first().map_or(Path::new("-"), PathBuf::as_path);
        return Err(input::in_file(first, "no recorded trace of these models"));
    }
    if shown > SHOWN {
        writeln!(out, "… and {} more mismatches\n", shown - SHOWN)?;
    }
    for (at, model) in models.iter().enumerate() {
        let (traces, wrong) = (traces[at], wrong[at]);
        writeln!(out, "{:12}{traces:7} traces  {wrong:7} wrong", model.name())?;
    }
    writeln!(out, "{rows} rows, {total} traces, {shown} mismatches")?;
    Ok(match shown {
        0 => Exit::Agree,
        _ => Exit::Differ,
    })
}

fn show(
    out: Out<'_>,
    (file, line): (&Path, usize),
    row: &Row,
    model: &AnyModel,
    mismatch: &Mismatch,
) -> Result<(), Failure> {
    const MOST: usize = 600;
    let value = |value: &Option<Value>| match value {
        Some(value) => shortened(value, MOST),
        None => "nothing".to_owned(),
    };
    let (id, name) = (shortened(&row.id, MOST), model.name());
    let file = input::name_of(file);
    let head = format!("{file}: line {line}: row {id}: {name}");
    write!(out, "{}", wrap("", "  ", &printable(&head)))?;
    for (label, text) in [
        ("field", shortened(&mismatch.field, MOST)),
        ("expected", value(&mismatch.expected)),
        ("got", value(&mismatch.got)),
        ("case", row.case.bare().to_json().to_string()),
    ] {
        let first = format!("  {label:8}  ");
        write!(out, "{}", wrap(&first, "            ", &printable(&text)))?;
    }
    writeln!(out)?;
    Ok(())
}
