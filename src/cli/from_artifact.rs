// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff from-artifact`

use super::form::FormArgs;
use super::listed::{listed, one_of};
use super::out_dir::OutFile;
use super::{Exit, Failure, Io, Out, input};
use crate::finding::Finding;
use crate::fuzzing::{Artifact, Target, artifact};
use crate::ledger::Ledger;
use crate::models::AnyModel;
use crate::report::{ArtifactReport, Report, headline, wrap};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The fuzz target that stopped
    #[arg(value_name = "TARGET",
          value_parser = listed(target, Target::ALL.map(|this| (this.name(), this.about()))))]
    target: Target,
    /// The file with the bytes at which it stopped
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the counterexample to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
}

fn target(name: &str) -> Result<Target, String> {
    Target::by_name(name).ok_or_else(|| one_of(name, &Target::ALL.map(Target::name)))
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let bytes = input::bytes(&args.file, io.stdin)?;
    let file = OutFile::new(args.out.as_deref())?;
    let Artifact { broken, differ } = artifact(Ledger::shipped(), args.target, &bytes)
        .map_err(|refused| input::in_file(&args.file, refused))?;
    let mut exit = Exit::Agree;
    if let Some(what) = &broken {
        say(io.err, &format!("svadiff is wrong: {what}"));
        exit = Exit::Differ;
    }
    let mut written = Ok(());
    if let Some(differ) = &differ {
        exit = Exit::Differ;
        let [from, to] = differ.models.map(AnyModel::name);
        let known = match differ.known {
            Some(false) => "not known",
            Some(true) => "known, as all others are",
            None => "not looked up, since it is one of several CPUs",
        };
        let Finding {
            case, difference, ..
        } = &differ.finding;
        let what = headline(differ.models, case, difference);
        say(io.err, &format!("{from} and {to}: {what}; that is {known}"));
        written = file
            .as_ref()
            .map_or(Ok(()), |file| file.write(&differ.to_json()));
    }
    let report = ArtifactReport {
        target: args.target,
        broken,
        differ,
        // If the file could not be written, the counterexample is printed instead.
        is_in_a_file: file.is_some() && written.is_ok(),
    };
    args.form.print(&Report::Artifact(&report), io.out)?;
    written?;
    Ok(exit)
}

/// Prints to standard error, because standard output may be the counterexample. Ignores errors, so
/// that a closed standard error does not cause a panic.
fn say(err: Out<'_>, text: &str) {
    let _ = err.write_all(wrap("svadiff: ", "  ", text).as_bytes());
}
