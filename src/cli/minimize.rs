// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff minimize`

use super::{Exit, Failure, Io, Out, ViewArg, input, print_json};
use crate::counterexample;
use crate::judge::{Difference, View, judge};
use crate::minimize::{Certified, certified};
use crate::models::AnyModel;
use crate::report::{finding, wrap};
use input::Input;
use serde_json::Value;
use spec::Case;
use spec::read::Refused;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
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
    views: Vec<ViewArg>,
    /// Which difference of a case, from 1, of those that follow from no other
    #[arg(long, value_name = "N", default_value_t = 1)]
    difference: usize,
    /// Print the counterexample
    #[arg(long)]
    json: bool,
}

/// What is to be minimized.
struct Asked {
    models: [AnyModel; 2],
    views: Vec<View>,
    case: Case,
    difference: Difference,
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
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
    print(&asked, args.json, out)
}

fn print(asked: &Asked, json: bool, out: Out<'_>) -> Result<Exit, Failure> {
    let Asked {
        models,
        views,
        case,
        difference,
    } = asked;
    let Some(Certified {
        minimized,
        shortest_in,
    }) = certified(*models, views, case, &difference.cause)
    else {
        // What is shown is shown by a program under some schedule, of which there are too many.
        let what = "on its CPUs it has too many schedules to say what it shows under all";
        return Err(Refused::new(what).into());
    };
    // What it says to humans is still so.
    let smaller = Case {
        title: case.title.clone(),
        origin: case.origin.clone(),
        note: case.note.clone(),
        ..minimized.case.clone()
    };
    let counterexample = counterexample::to_json(
        *models,
        views,
        &smaller,
        &minimized.difference,
        shortest_in.clone(),
    );
    if json {
        print_json(out, &counterexample)?;
        return Ok(Exit::Agree);
    }
    let text = finding(*models, 1, &minimized.case, &minimized.difference);
    write!(out, "{text}")?;
    writeln!(out)?;
    for line in says(case, &minimized.case, &counterexample, shortest_in) {
        write!(out, "{}", wrap("", "  ", &line))?;
    }
    Ok(Exit::Agree)
}

/// What became of the case, and what is known of the result.
fn says(
    before: &Case,
    after: &Case,
    counterexample: &Value,
    shortest_in: Option<String>,
) -> Vec<String> {
    let ops = |case: &Case| match case.ops.len() {
        1 => "1 operation".to_owned(),
        n => format!("{n} operations"),
    };
    let mut lines = vec![match before.bare() == *after {
        true => format!("It is as small as it was: {}.", ops(after)),
        false => format!("From {} to {}.", ops(before), after.ops.len()),
    }];
    if counterexample["minimal"]["one_minimal"] == Value::Bool(true) {
        lines.push("No operation, device, mm or fault can go.".to_owned());
    } else if after.is_concurrent() {
        let what = "It is about this schedule: what less shows under others was not settled.";
        lines.push(what.to_owned());
    }
    lines.push(match shortest_in {
        Some(scope) => format!("No shorter case shows the same in {scope}."),
        None => "Whether a shorter case shows the same was not searched to the end.".to_owned(),
    });
    lines
}
