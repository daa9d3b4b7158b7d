// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff models`

use super::form::FormArgs;
use super::{Exit, Failure, Io};
use crate::models::all;
use crate::report::Report;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    args.form.print(&Report::Models(&all()), io.out)?;
    Ok(Exit::Agree)
}
