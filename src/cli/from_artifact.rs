// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff from-artifact`

use super::{Exit, Failure, Io, Out, input, print_json};
use crate::fuzzing::{Target, artifact};
use crate::ledger::Ledger;
use crate::models::AnyModel;
use crate::report::{headline, json, wrap};
use spec::read::Refused;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The fuzz target that stopped
    #[arg(value_name = "TARGET", value_parser = target)]
    target: Target,
    /// The file with the bytes at which it stopped
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the counterexample to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn target(name: &str) -> Result<Target, String> {
    Target::by_name(name).ok_or_else(|| {
        let names = Target::ALL.map(Target::name);
        format!("it is one of {}", names.join(", "))
    })
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io {
        stdin, out, err, ..
    } = io;
    let bytes = input::bytes(&args.file, stdin)?;
    let found = artifact(Ledger::shipped(), args.target, &bytes)
        .map_err(|refused| input::in_file(&args.file, refused))?;
    let mut exit = Exit::Agree;
    if let Some(what) = &found.broken {
        report(err, &format!("svadiff is wrong: {what}"));
        exit = Exit::Differ;
    }
    let Some(differ) = found.differ else {
        write!(out, "{}", wrap("", "", agree(args.target)))?;
        return Ok(exit);
    };
    let [from, to] = differ.models.map(AnyModel::name);
    let known = match differ.known {
        Some(false) => "not known",
        Some(true) => "known, as all others are",
        None => "not looked up, since it is one of several CPUs",
    };
    let what = headline(
        differ.models,
        &differ.finding.case,
        &differ.finding.difference,
    );
    let counterexample = differ.to_json();
    match &args.out {
        None => print_json(out, &counterexample)?,
        Some(path) => std::fs::write(path, json(&counterexample)).map_err(|error| {
            let name = input::name_of(path);
            Refused::new(format_args!("{name}: cannot be written: {error}"))
        })?,
    }
    report(err, &format!("{from} and {to}: {what}; that is {known}"));
    Ok(Exit::Differ)
}

/// Returns a sentence that says what the models agree in.
fn agree(target: Target) -> &'static str {
    match target {
        Target::Diff | Target::Minimize => "The two models do not differ on this case.",
        Target::CaseJson | Target::Parse => "No two neighbours in history differ on this case.",
    }
}

/// Prints to standard error, because standard output may be the counterexample. Ignores errors, so
/// that a closed standard error does not cause a panic.
fn report(err: Out<'_>, text: &str) {
    let _ = err.write_all(wrap("svadiff: ", "  ", text).as_bytes());
}
