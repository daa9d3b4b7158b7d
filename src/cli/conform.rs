// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff conform`

use super::form::FormArgs;
use super::{Exit, Failure, Io, input, named};
use crate::conformance::first_mismatch;
use crate::report::escape_json;
use crate::report::{ConformReport, MismatchReport, Report};
use engine::rows::RecordedRow;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Recorded rows {"id": …, "case": {…}, "traces": {MODEL: trace, …}}, plain or gzip
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    models: named::SomeModels,
    #[command(flatten)]
    form: FormArgs,
}

/// The most mismatches that are shown in full. Further ones are only counted.
const SHOWN: usize = 10;

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let models = args.models.models(args.form.is_text(), io)?;
    let mut report = ConformReport {
        models: models.into_iter().map(|model| (model, 0, 0)).collect(),
        ..ConformReport::default()
    };
    for file in &args.files {
        let mut lines = input::Lines::open(file, io.stdin)?;
        while let Some((number, line)) = lines.next()? {
            let refuse = |refused| input::in_file(file, refused);
            let row = RecordedRow::read(line, number).map_err(refuse)?;
            compare(&mut report, &input::name_of(file), number, &row);
        }
    }
    if report.traces() == 0 {
        // Without a trace nothing was compared, so "agree" would be wrong.
        let first = args.files.first().map_or(Path::new("-"), PathBuf::as_path);
        return Err(input::in_file(first, "no recorded trace of these models"));
    }
    args.form.print(&Report::Conform(&report), io.out)?;
    Ok(match report.mismatches() {
        0 => Exit::Agree,
        _ => Exit::Differ,
    })
}

/// Compares each trace of a row with its model.
fn compare(report: &mut ConformReport, file: &str, line: usize, row: &RecordedRow) {
    let ConformReport {
        rows,
        models,
        shown,
    } = report;
    *rows += 1;
    for (model, traces, wrong) in models {
        let Some(recorded) = row.traces.of(*model) else {
            continue;
        };
        *traces += 1;
        let Some(mismatch) = first_mismatch(model, &row.case, recorded) else {
            continue;
        };
        *wrong += 1;
        if shown.len() < SHOWN {
            shown.push(MismatchReport {
                file: file.to_owned(),
                line,
                id: escape_json(row.id.get()),
                model: *model,
                case: row.case.clone(),
                mismatch,
            });
        }
    }
}
