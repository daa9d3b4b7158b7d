// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff replay`

use super::asked::FileOrCase;
use super::bisect::steps;
use super::form::FormArgs;
use super::{Exit, Failure, Io, input};
use crate::judge::View;
use crate::report::{ReplayedReport, Report};
use input::Input;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: FileOrCase,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (received, replayed) = match args.what.source()?.either(io.stdin)? {
        Input::Counterexample(received) => {
            let replayed = received.replay();
            (received, replayed)
        }
        Input::Entry(entry) => {
            let replayed = entry.replay();
            (Box::new(entry.counterexample), replayed)
        }
        Input::Case(case) => {
            let report = steps(&case, &View::DEFAULT);
            args.form.print(&Report::Bare(&report), io.out)?;
            return Ok(Exit::Agree);
        }
    };
    let report = ReplayedReport {
        received: &received,
        replayed: &replayed,
    };
    args.form.print(&Report::Replay(&report), io.out)?;
    Ok(match replayed.holds() {
        Some(true) => Exit::Agree,
        Some(false) => Exit::Differ,
        None => Exit::Unfinished,
    })
}
