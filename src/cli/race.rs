// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff race`

use super::asked::FileOrCase;
use super::form::FormArgs;
use super::listed::number;
use super::progress::Progress;
use super::scope::{bytes, seconds};
use super::searching::stop_when_interrupted;
use super::{Exit, Failure, Io, input, named};
use crate::interleaving::{Bounds, Explored, Explorer};
use crate::limits::{Deadline, Stopped};
use crate::models::AnyModel;
use crate::report::{RaceReport, Report};
use spec::Case;
use spec::concurrent::Program;
use std::time::Duration;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    models: named::SomeModels,
    #[command(flatten)]
    form: FormArgs,
    /// Stop when a model has this many states
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = number::<usize>)]
    max_states: usize,
    /// Stop when its states take this much memory: bytes, or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = bytes)]
    max_memory: usize,
    /// Stop after this many seconds, divided equally among the models
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds,
          allow_hyphen_values = true)]
    max_seconds: Duration,
    #[command(flatten)]
    what: FileOrCase,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let models = args.models.models(args.form.is_text(), io)?;
    let source = args.what.source()?;
    let case = source.case(io.stdin)?;
    if !case.is_concurrent() && !case.ops.is_empty() {
        let what = "ops[0] has no `cpu`; a program for several CPUs says who does what";
        return Err(input::in_file(source.path(), what));
    }
    let report = explore(args, models, &case, io)?;
    args.form.print(&Report::Race(&report), io.out)?;
    Ok(match report.stopped {
        Some(_) => Exit::Unfinished,
        None => Exit::Agree,
    })
}

/// Explores a program on one model after the other. If a limit stops the exploration of a model,
/// adds the outcomes of some random schedules.
fn explore<'c>(
    args: &Args,
    models: Vec<AnyModel>,
    case: &'c Case,
    io: &Io<'_>,
) -> Result<RaceReport<'c>, Failure> {
    let interrupt = stop_when_interrupted(io)?;
    let progress = Progress::new(io);
    let deadline = Deadline::new(args.max_seconds, interrupt);
    let program = Program::new(&case.ops);
    let bounds = Bounds {
        states: args.max_states,
        bytes: args.max_memory,
        ..Bounds::NONE
    };
    let mut explorer = Explorer::default();
    let mut report = RaceReport {
        case,
        models: Vec::new(),
        stopped: None,
    };
    let nr_models = models.len();
    for (at, model) in models.into_iter().enumerate() {
        let share = deadline.remaining() / (nr_models - at) as u32;
        let own = Deadline::new(share, interrupt);
        let goes_on = |explored: &Explored| {
            progress.of_race(at, nr_models, model.name(), explored);
            own.stopped().is_none()
        };
        let what = (&case.topology, &program);
        let mut explored = model.explore_program(&mut explorer, what, bounds, &goes_on);
        if explored.cut {
            let why = own
                .stopped()
                .unwrap_or(match explored.states >= args.max_states {
                    true => Stopped::States,
                    false => Stopped::Memory,
                });
            report.stopped.get_or_insert(why);
            let conclusion = own.conclusion();
            let goes_on = || conclusion.goes_on();
            model.sample(&mut explored, what, &goes_on);
        }
        report.models.push((model, explored));
        if deadline.is_interrupted() {
            break;
        }
    }
    progress.finish();
    Ok(report)
}
