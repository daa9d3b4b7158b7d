// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff minimize`

use super::form::FormArgs;
use super::input::Input;
use super::{Exit, Failure, Io, Out, input};
use crate::judge::{Difference, View, judge};
use crate::minimize::certified;
use crate::models::AnyModel;
use crate::report::{MinimizedReport, Report};
use spec::Case;
use spec::read::Refused;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A counterexample, or a case
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The first model, where the file is a case
    #[arg(long, value_name = "A", value_parser = super::model)]
    from: Option<AnyModel>,
    /// The second model, where the file is a case
    #[arg(long, value_name = "B", value_parser = super::model)]
    to: Option<AnyModel>,
    /// What to compare, where the file is a case; api, splat and leak unless
    /// named
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<View>,
    /// Which difference of a case, counted from 1 without consequences
    #[arg(long, value_name = "N", default_value_t = 1)]
    difference: usize,
    #[command(flatten)]
    form: FormArgs,
}

/// The case to minimize, and the difference that it has to keep.
struct Asked {
    models: [AnyModel; 2],
    views: Vec<View>,
    case: Case,
    difference: Difference,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let asked = match input::either(&args.file, stdin)? {
        Input::Counterexample(received) => {
            let given = [args.from, args.to].iter().any(Option::is_some);
            if given || !args.views.is_empty() || args.difference != 1 {
                let what = "a counterexample names its models and its difference; \
                            leave out --from, --to, --view and --difference";
                return Err(input::in_file(&args.file, what));
            }
            let Some((views, difference)) = received.shown() else {
                let [from, to] = received.models.map(AnyModel::name);
                writeln!(out, "{from} and {to} do not differ as the file claims.")?;
                return Ok(Exit::Differ);
            };
            Asked {
                models: received.models,
                views,
                case: received.case,
                difference,
            }
        }
        Input::Case(case) => {
            let (Some(from), Some(to)) = (args.from, args.to) else {
                let what = "a case names no models; try --from A --to B";
                return Err(input::in_file(&args.file, what));
            };
            let views = super::views(&args.views);
            let mut all = judge(&[from, to], &views, &case);
            all.retain(|difference| !difference.follows);
            if all.is_empty() {
                let [from, to] = [from, to].map(AnyModel::name);
                writeln!(out, "{from} and {to} agree.")?;
                return Ok(Exit::Agree);
            }
            let Some(difference) = { args.difference.checked_sub(1) }.and_then(|at| all.get(at))
            else {
                let there = all.len();
                let n = args.difference;
                let what = format!("--difference {n}, but they are numbered from 1 to {there}");
                return Err(Refused::new(what).into());
            };
            Asked {
                models: [from, to],
                views,
                difference: difference.clone(),
                case,
            }
        }
    };
    print(&asked, &args.form, out)
}

fn print(asked: &Asked, form: &FormArgs, out: Out<'_>) -> Result<Exit, Failure> {
    let Asked {
        models,
        views,
        case,
        difference,
    } = asked;
    let Some(mut finding) = certified(*models, views, case, &difference.cause) else {
        // The difference shows under some schedule, but there are too many schedules to explore.
        let what = "on its CPUs it has too many schedules to say what it shows under all";
        return Err(Refused::new(what).into());
    };
    // The title, origin and note are still true of the smaller case.
    finding.case.title.clone_from(&case.title);
    finding.case.origin.clone_from(&case.origin);
    finding.case.note.clone_from(&case.note);
    let report = MinimizedReport {
        models: *models,
        views,
        before: case,
        finding: &finding,
    };
    form.print(&Report::Minimized(&report), out)?;
    Ok(Exit::Agree)
}
