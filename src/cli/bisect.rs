// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff bisect`

use super::asked::FileOrCase;
use super::form::FormArgs;
use super::{Exit, Failure, Io};
use crate::history::{Change, made_by};
use crate::judge::View;
use crate::models::{AnyModel, all};
use crate::report::{BisectReport, BisectStep, Report};
use crate::runs::Runs;
use spec::Case;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: FileOrCase,
    /// A view to compare; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW", value_parser = super::view())]
    views: Vec<View>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let case = args.what.source()?.case(io.stdin)?;
    let report = steps(&case, &super::views(&args.views));
    args.form.print(&Report::Bisect(&report), io.out)?;
    let mut steps = report.steps.iter().filter_map(|(_, step)| step.as_ref());
    let differs = steps.clone().any(|step| !step.differences.is_empty());
    let is_whole = steps.all(|step| step.incomparable.is_none());
    Ok(match (differs, is_whole) {
        (true, _) => Exit::Differ,
        (false, true) => Exit::Agree,
        (false, false) => Exit::Unfinished,
    })
}

/// Compares each model with its base, and finds the commits that made the differences.
pub(super) fn steps<'a>(case: &'a Case, views: &[View]) -> BisectReport<'a> {
    let runs = Runs::new(case);
    let step = |model: AnyModel| {
        let models = [model.base()?, model];
        let (differences, incomparable) = match runs.differences(models, views) {
            Ok(differences) => (differences, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let mut by: Vec<Change> = Vec::new();
        for difference in differences.iter().filter(|this| !this.follows) {
            let change = made_by(models, &runs, difference);
            if !by.contains(&change) {
                by.push(change);
            }
        }
        Some(BisectStep {
            models,
            incomparable,
            differences,
            by,
        })
    };
    let steps = all().into_iter().map(|model| (model, step(model)));
    BisectReport {
        case,
        steps: steps.collect(),
    }
}
