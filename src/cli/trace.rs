// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff trace`

use super::asked::FileOrCase;
use super::form::FormArgs;
use super::{Exit, Failure, Io, input, named};
use crate::models::AnyModel;
use crate::report::escape_json;
use crate::report::json::traces;
use crate::report::{Report, TraceReport};
use crate::runs::Runs;
use engine::rows::CaseRow;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    models: named::SomeModels,
    /// Print each model in full, even if others do the same
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    form: FormArgs,
    /// FILE has a row {"id": …, "case": {…}} on each line; print {"id": …, "traces": {…}} for each
    #[arg(long, conflicts_with_all = ["json", "form", "case"])]
    jsonl: bool,
    #[command(flatten)]
    what: FileOrCase,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    // Rows are JSON.
    let is_text = args.form.is_text() && !args.jsonl;
    let models = args.models.models(is_text, io)?;
    if args.jsonl {
        return rows(args, &models, io);
    }
    let case = args.what.source()?.case(io.stdin)?;
    let report = TraceReport {
        models: &models,
        runs: &Runs::new(&case),
        all: args.all,
    };
    args.form.print(&Report::Trace(&report), io.out)?;
    Ok(Exit::Agree)
}

fn rows(args: &Args, models: &[AnyModel], io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let path = args.what.source()?.path();
    let mut lines = input::Lines::open(path, stdin)?;
    while let Some((number, line)) = lines.next()? {
        let refuse = |refused| input::in_file(path, refused);
        let CaseRow { id, case } = CaseRow::read(line, number).map_err(refuse)?;
        let id = escape_json(id.get());
        let traces = traces(models, &Runs::new(&case));
        writeln!(out, "{{\"id\":{id},\"traces\":{traces}}}")?;
    }
    Ok(Exit::Agree)
}
