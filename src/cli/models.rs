// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff models`

use super::form::FormArgs;
use super::named::{self, Config, Given};
use super::{Exit, Failure, Io, input};
use crate::models::all;
use crate::releases::Log;
use crate::report::{ReleaseReport, Report};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Name the model of this release, as a distribution writes it and uname -r prints it
    #[arg(long, value_name = "RELEASE", value_parser = named::model)]
    of: Option<Given>,
    #[command(flatten)]
    config: Config,
    /// Add the commits that a tree has on top of the release: what git log prints there, whole or
    /// with --oneline
    #[arg(long, value_name = "FILE", requires = "of")]
    log: Option<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Some(of) = &args.of else {
        args.config.needs_a_release("--of")?;
        args.form.print(&Report::Models(&all()), io.out)?;
        return Ok(Exit::Agree);
    };
    let answer = args.config.answer(of)?;
    let backports = match &args.log {
        Some(file) => {
            let mut log = Log::new(answer.clone());
            input::text(file, io.stdin, |line| log.line(line))?;
            Some(log.finish())
        }
        None => None,
    };
    let report = ReleaseReport {
        answer: &answer,
        backports: backports.as_ref(),
    };
    args.form.print(&Report::Release(&report), io.out)?;
    Ok(Exit::Agree)
}
