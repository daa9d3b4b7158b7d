// SPDX-License-Identifier: GPL-2.0-or-later
//! One file for each subcommand; exit codes and output in one place.

mod bisect;
mod check;
mod compare;
mod conform;
mod diff;
mod form;
mod from_artifact;
mod hunt;
mod input;
mod ledger;
mod matrix;
mod minimize;
mod models;
mod progress;
mod race;
mod replay;
mod row;
mod scope;
mod searching;
mod trace;

use crate::judge::View;
use crate::models::{AnyModel, all, by_name};
use clap::builder::PossibleValue;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use serde_json::Value;
use spec::read::Refused;
use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;
use std::{env, iter};

/// How a command ended that ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// No difference, no mismatch, every claim true.
    Agree = 0,
    /// A difference, a mismatch, a claim that is not so.
    Differ = 1,
    /// Bad usage: what was printed is how it is used.
    Usage = BAD_INPUT as isize,
    /// Stopped before the end, so nothing is known of the rest.
    Unfinished = 3,
}

/// Bad usage or bad input: one sentence.
const BAD_INPUT: u8 = 2;

/// Why a command did not end well.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line or the input is not accepted.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The output could not be written.
    #[error("standard output: cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// Where a command prints to.
pub type Out<'a> = &'a mut dyn Write;

/// What a command reads and prints.
pub(crate) struct Io<'a> {
    /// What stands behind the file name `-`.
    pub stdin: input::Stdin<'a>,
    /// What it was asked for.
    pub out: Out<'a>,
    /// What went wrong.
    pub err: Out<'a>,
    /// Whether these are those of the process: then signals stop it, and it shows progress.
    pub is_process: bool,
}

#[derive(Parser)]
#[command(
    name = "svadiff",
    version,
    max_term_width = crate::report::WIDTH,
    about = "Compares what kernels do with iommu_sva_bind_device(), call by call",
    after_help = "Exit status: 0 agree, 1 differ, 2 bad usage or input, 3 stopped early.\n\
                  FILE may be - for standard input, and may be gzip."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The models: name, what it is, base, commits, in order of history
    Models(models::Args),
    /// Run a case and print what each model does
    Trace(trace::Args),
    /// Run a case on two models and show where they differ
    Diff(diff::Args),
    /// Run a case through history and say which commit changed what
    Bisect(bisect::Args),
    /// Compare the models with recorded traces of the real code
    Conform(conform::Args),
    /// Find every way in which two models differ in a universe
    Compare(compare::Args),
    /// Find everything that a model does and that no kernel may ever do
    Check(check::Args),
    /// Compare every pair of models in one universe
    Matrix(matrix::Args),
    /// Find ways in which two models differ by random cases, at full speed
    Hunt(hunt::Args),
    /// Run a program on several CPUs under every interleaving
    Race(race::Args),
    /// Make a case smaller while it shows the same
    Minimize(minimize::Args),
    /// The known differences, and whether they are all of them
    Ledger(ledger::Args),
    /// Check whether what a counterexample file claims is what happens
    Replay(replay::Args),
    /// Make a counterexample of what a fuzz target stopped at
    FromArtifact(from_artifact::Args),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let io = Io {
        stdin: &mut io::stdin().lock(),
        out: &mut io::stdout(),
        err: &mut io::stderr(),
        is_process: true,
    };
    ExitCode::from(with(env::args_os().skip(1), io))
}

/// Runs a command line, given without the name of the program, and returns its exit status. It reads
/// and prints only what it is given; no signal stops it, and it shows no progress.
pub fn run<I: IntoIterator<Item: Into<OsString>>>(
    args: I,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let io = Io {
        stdin,
        out,
        err,
        is_process: false,
    };
    with(args.into_iter().map(Into::into), io)
}

fn with(args: impl Iterator<Item = OsString>, io: Io<'_>) -> u8 {
    let is_process = io.is_process;
    let mut out = BufWriter::new(io.out);
    let mut io = Io {
        stdin: io.stdin,
        out: &mut out,
        err: io.err,
        is_process,
    };
    let result = match parse(args, is_process) {
        Ok(cli) => cli.run(&mut io),
        Err(error) => usage(&error, &mut io),
    };
    // What was printed before a refusal stays printed.
    let result = io.out.flush().map_err(Failure::from).and(result);
    result.map_or_else(|failure| failure.exit(io.err), |exit| exit as u8)
}

fn parse(args: impl Iterator<Item = OsString>, is_process: bool) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    if !is_process {
        // Whatever terminal there is, it is not that of the command.
        command = command.term_width(crate::report::WIDTH);
    }
    let args = iter::once("svadiff".into()).chain(args);
    let matches = command.try_get_matches_from_mut(args)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

impl Cli {
    fn run(&self, io: &mut Io<'_>) -> Result<Exit, Failure> {
        match &self.command {
            Command::Models(args) => models::run(args, io),
            Command::Trace(args) => trace::run(args, io),
            Command::Diff(args) => diff::run(args, io),
            Command::Bisect(args) => bisect::run(args, io),
            Command::Conform(args) => conform::run(args, io),
            Command::Compare(args) => compare::run(args, io),
            Command::Check(args) => check::run(args, io),
            Command::Matrix(args) => matrix::run(args, io),
            Command::Hunt(args) => hunt::run(args, io),
            Command::Race(args) => race::run(args, io),
            Command::Minimize(args) => minimize::run(args, io),
            Command::Ledger(args) => ledger::run(args, io),
            Command::Replay(args) => replay::run(args, io),
            Command::FromArtifact(args) => from_artifact::run(args, io),
        }
    }
}

impl Failure {
    /// Prints what went wrong, as one sentence: the exit status.
    fn exit(self, err: Out<'_>) -> u8 {
        match &self {
            // The reader has seen enough. This is how a shell reports a death by SIGPIPE.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return 141,
            // A closed standard error is no reason to panic.
            _ => drop(writeln!(err, "svadiff: {}", Refused::new(&self))),
        }
        BAD_INPUT
    }
}

/// Returns what the command line has instead of a command: a call for help, or a mistake.
fn usage(error: &clap::Error, io: &mut Io<'_>) -> Result<Exit, Failure> {
    use clap::error::ErrorKind::{
        DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
    };
    match error.kind() {
        DisplayHelp | DisplayVersion => {
            match io.is_process {
                true => error.print()?,
                false => write!(io.out, "{}", error.render())?,
            }
            Ok(Exit::Agree)
        }
        DisplayHelpOnMissingArgumentOrSubcommand => {
            match io.is_process {
                true => error.print()?,
                false => write!(io.err, "{}", error.render())?,
            }
            Ok(Exit::Usage)
        }
        _ => {
            // Before it shows the usage it says what is wrong, and perhaps gives a tip.
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            let end = ["\n\nUsage: svadiff", "\n\nFor more information"]
                .iter()
                .find_map(|mark| text.rfind(mark));
            let sentences = text[..end.unwrap_or(text.len())].split("\n\n");
            let sentences: Vec<String> = sentences
                .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            let what = format_args!("{}; try --help", sentences.join("; "));
            Err(Refused::new(what).into())
        }
    }
}

/// Returns a model by name, for an argument.
fn model(name: &str) -> Result<AnyModel, String> {
    by_name(name).ok_or_else(|| {
        let names: Vec<_> = all().into_iter().map(AnyModel::name).collect();
        format!("it is one of {}", names.join(", "))
    })
}

/// Returns the models that were named, each once, in the order in which they were; all if none was.
fn models(named: &[AnyModel]) -> Vec<AnyModel> {
    let mut models = Vec::new();
    for &model in named {
        if !models.contains(&model) {
            models.push(model);
        }
    }
    match models.is_empty() {
        true => all(),
        false => models,
    }
}

impl ValueEnum for View {
    fn value_variants<'a>() -> &'a [View] {
        &View::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.about()))
    }
}

/// Returns the views that were asked for, or else the default ones.
fn views(asked: &[View]) -> Vec<View> {
    match asked {
        [] => View::DEFAULT.to_vec(),
        asked => { View::ALL.into_iter() }
            .filter(|view| asked.contains(view))
            .collect(),
    }
}

/// Prints a JSON value for people and programs alike.
fn print_json(out: Out<'_>, value: &Value) -> Result<(), Failure> {
    write!(out, "{}", crate::report::json(value))?;
    Ok(())
}
