// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff diff`

use super::asked::{CaseAndModels, NO_MODELS};
use super::form::FormArgs;
use super::{Exit, Failure, Io, input};
use crate::judge::View;
use crate::report::{DiffReport, Report};
use crate::runs::Runs;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: CaseAndModels,
    /// A view to compare; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW", value_parser = super::view())]
    views: Vec<View>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let asked = args.what.asked()?;
    let Some(models) = asked.pair(args.form.is_text(), io)? else {
        return Err(input::in_file(asked.source.path(), NO_MODELS));
    };
    let case = asked.source.case(io.stdin)?;
    let views = super::views(&args.views);
    let runs = Runs::new(&case);
    let differences = match runs.differences(models, &views) {
        Ok(differences) => differences,
        Err(why) => {
            args.form.print(&Report::Incomparable(&why), io.out)?;
            return Ok(Exit::Unfinished);
        }
    };
    let report = DiffReport {
        models,
        views: &views,
        runs: &runs,
        differences: &differences,
    };
    args.form.print(&Report::Diff(&report), io.out)?;
    Ok(match report.differences.is_empty() {
        true => Exit::Agree,
        false => Exit::Differ,
    })
}
