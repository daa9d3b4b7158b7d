// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff minimize`

use super::asked::{CaseAndModels, NO_MODELS, claimed, difference};
use super::form::FormArgs;
use super::listed::number;
use super::out_dir::{OutFile, both};
use super::progress::Progress;
use super::scope::seconds;
use super::searching::stop_when_interrupted;
use super::{Exit, Failure, Io, input};
use crate::counterexample::About;
use crate::judge::{Difference, View};
use crate::limits::Deadline;
use crate::report::json::counterexample;
use crate::report::{MinimizedReport, Report};
use spec::Case;
use spec::read::Refused;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: CaseAndModels,
    /// A view to compare, if the file is a case; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW", value_parser = super::view())]
    views: Vec<View>,
    /// Which difference of a case, counted from 1 without consequences
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<usize>)]
    difference: usize,
    /// Write the counterexample to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Stop after this many seconds, with the smallest case so far
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    max_seconds: Option<Duration>,
    #[command(flatten)]
    form: FormArgs,
}

/// The case to minimize, and the difference that it has to keep.
struct Asked {
    about: About,
    views: Vec<View>,
    case: Case,
    difference: Difference,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let given = args.what.asked()?;
    let path = given.source.path();
    let asked = match given.source.either(io.stdin)?.counterexample() {
        Ok(received) => {
            if given.names_models() || !args.views.is_empty() || args.difference != 1 {
                let what = "a counterexample names its models and its difference; \
                            leave out --from, --to, --x86, --view and --difference";
                return Err(input::in_file(path, what));
            }
            let about = input::about(path, &received)?;
            let (views, difference) = match claimed(about, &received) {
                Ok(shown) => shown,
                Err(none) => return none.print(about.models(), &args.form, Exit::Agree, io),
            };
            Asked {
                about,
                views,
                case: received.case,
                difference,
            }
        }
        Err(case) => {
            let Some(models) = given.pair(args.form.is_text(), io)? else {
                return Err(input::in_file(path, NO_MODELS));
            };
            let views = super::views(&args.views);
            let difference = match difference(&models, &views, &case, args.difference)? {
                Ok(difference) => difference,
                Err(none) => return none.print(&models, &args.form, Exit::Agree, io),
            };
            Asked {
                about: models.into(),
                views,
                difference,
                case: *case,
            }
        }
    };
    print(&asked, args, io)
}

fn print(asked: &Asked, args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Asked {
        about,
        views,
        case,
        difference,
    } = asked;
    let out = OutFile::new(args.out.as_deref())?;
    let progress = Progress::new(io);
    let time = args.max_seconds.unwrap_or(Duration::MAX);
    let deadline = Deadline::new(time, stop_when_interrupted(io)?);
    let tried = AtomicU64::new(0);
    let goes_on = || {
        progress.of_minimizer(tried.fetch_add(1, Relaxed));
        deadline.stopped().is_none()
    };
    let finding = about.certified_while(views, case, &difference.cause, &goes_on);
    progress.finish();
    let stopped = deadline.stopped();
    let Some(mut finding) = finding else {
        if let Some(stopped) = stopped {
            let why = format!("{stopped} before a smaller case was found.");
            args.form.print(&Report::Nothing(&why), io.out)?;
            return Ok(Exit::Unfinished);
        }
        // The program shows the difference under some schedule, but it has too many schedules to
        // try them all.
        let what = "on its CPUs it has too many schedules to say what it shows under all";
        return Err(Refused::new(what).into());
    };
    // The title, origin and note are still true of the smaller case.
    finding.case.title.clone_from(&case.title);
    finding.case.origin.clone_from(&case.origin);
    finding.case.note.clone_from(&case.note);
    let report = MinimizedReport {
        about: *about,
        views,
        before: case,
        finding: &finding,
        stopped,
    };
    both(
        io,
        |io| args.form.print(&Report::Minimized(&report), io.out),
        || {
            let file = || counterexample(*about, views, &finding);
            out.map_or(Ok(()), |out| out.write(&file()))
        },
    )?;
    Ok(match stopped {
        Some(_) => Exit::Unfinished,
        None => Exit::Agree,
    })
}
