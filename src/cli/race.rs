// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff race`

use super::form::FormArgs;
use super::scope::bytes;
use super::{Exit, Failure, Io, input};
use crate::interleaving::{Bounds, outcomes};
use crate::models::AnyModel;
use crate::report::{RaceReport, Report};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A model to run; all of them unless named
    #[arg(long = "model", value_name = "NAME", value_parser = super::model)]
    models: Vec<AnyModel>,
    #[command(flatten)]
    form: FormArgs,
    /// Stop when a model has so many states
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    max_states: usize,
    /// Stop when its states take so much memory: bytes, or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = bytes)]
    max_memory: usize,
    /// A case whose operations have CPUs, or a counterexample; its schedule is ignored
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let models = super::models(&args.models);
    let case = input::case(&args.file, io.stdin)?;
    if !case.is_concurrent() && !case.ops.is_empty() {
        let what = "ops[0] has no `cpu`; a program for several CPUs says who does what";
        return Err(input::in_file(&args.file, what));
    }
    let bounds = Bounds {
        states: args.max_states,
        bytes: args.max_memory,
        ..Bounds::NONE
    };
    let explore = |model: AnyModel| (model, outcomes(&model, &case, bounds));
    let report = RaceReport {
        case: &case,
        models: models.into_iter().map(explore).collect(),
    };
    args.form.print(&Report::Race(&report), io.out)?;
    Ok(match report.is_cut() {
        true => Exit::Unfinished,
        false => Exit::Agree,
    })
}
