// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff diff`

use super::form::FormArgs;
use super::named::{self, Config, Given};
use super::{Exit, Failure, Io, input};
use crate::judge::View;
use crate::judge::{differences, incomparable};
use crate::report::{DiffReport, Report};
use crate::runs::Runs;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A case, a counterexample or an entry of the ledger
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The first model, by its name or by a release
    #[arg(long, value_name = "MODEL", value_parser = named::model)]
    from: Given,
    /// The second model
    #[arg(long, value_name = "MODEL", value_parser = named::model)]
    to: Given,
    #[command(flatten)]
    config: Config,
    /// A view to compare; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<View>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let case = input::case(&args.file, io.stdin)?;
    let both = [&args.from, &args.to];
    let models = args.config.pair(both, args.form.is_text(), io)?;
    let views = super::views(&args.views);
    if let Some(why) = incomparable(&models, &case) {
        args.form.print(&Report::Incomparable(&why), io.out)?;
        return Ok(Exit::Unfinished);
    }
    let runs = Runs::new(&case);
    let [from, to] = models.map(|model| runs.recording(model));
    let report = DiffReport {
        models,
        views: &views,
        runs: &runs,
        differences: &differences(&case, &from, &to, &views),
    };
    args.form.print(&Report::Diff(&report), io.out)?;
    Ok(match report.differences.is_empty() {
        true => Exit::Agree,
        false => Exit::Differ,
    })
}
