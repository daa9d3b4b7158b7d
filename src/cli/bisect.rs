// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff bisect`

use super::form::FormArgs;
use super::{Exit, Failure, Io, input};
use crate::history::{Change, made_by};
use crate::judge::View;
use crate::judge::differences;
use crate::models::all;
use crate::report::{BisectReport, BisectStep, Report};
use crate::runs::Runs;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A case or a counterexample
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What to compare; api, splat and leak unless named
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<View>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let case = input::case(&args.file, io.stdin)?;
    let views = super::views(&args.views);
    let runs = Runs::new(&case);
    let mut changed = false;
    let mut steps = Vec::new();
    for model in all() {
        let step = model.base().map(|base| {
            let models = [base, model];
            let [from, to] = models.map(|model| runs.recording(model));
            let differences = differences(&case, &from, &to, &views);
            let mut by: Vec<Change> = Vec::new();
            for difference in differences.iter().filter(|this| !this.follows) {
                let change = made_by(models, &runs, difference);
                if !by.contains(&change) {
                    by.push(change);
                }
            }
            BisectStep {
                models,
                differences,
                by,
            }
        });
        changed |= step
            .as_ref()
            .is_some_and(|step| !step.differences.is_empty());
        steps.push((model, step));
    }
    let report = BisectReport { case: &case, steps };
    args.form.print(&Report::Bisect(&report), io.out)?;
    Ok(match changed {
        true => Exit::Differ,
        false => Exit::Agree,
    })
}
