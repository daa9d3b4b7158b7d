// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff replay`

use super::asked::{FileOrCase, Source};
use super::bisect::steps;
use super::form::FormArgs;
use super::{Exit, Failure, Io, input};
use crate::judge::View;
use crate::mail::Mail;
use crate::report::{ReplayedReport, Report};
use input::Input;
use std::path::Path;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: FileOrCase,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let source = args.what.source()?;
    let input = match source {
        Source::File(path) => match input::mail_or_either(path, io.stdin)? {
            Ok(mail) => return replay_mail(&mail, path, args, io),
            Err(input) => input,
        },
        Source::Text(_) => source.either(io.stdin)?,
    };
    let (received, replayed) = match input {
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
    Ok(exit(replayed.holds()))
}

/// Checks what a mail states.
fn replay_mail(mail: &Mail, path: &Path, args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let replayed = mail.replay(input::attached);
    let replayed = replayed.map_err(|refused| input::in_file(path, refused))?;
    args.form.print(&Report::ReplayedMail(&replayed), io.out)?;
    Ok(exit(replayed.holds()))
}

/// Returns the exit status for claims that hold, do not hold, or were not all checked.
fn exit(holds: Option<bool>) -> Exit {
    match holds {
        Some(true) => Exit::Agree,
        Some(false) => Exit::Differ,
        None => Exit::Unfinished,
    }
}
