// SPDX-License-Identifier: GPL-2.0-or-later
//! The command line: one file for each subcommand. Exit codes and output are handled here.

mod asked;
mod bisect;
mod check;
mod compare;
mod conform;
mod diff;
mod examples;
mod explain;
mod first;
mod form;
mod from_artifact;
mod hunt;
mod input;
mod ledger;
mod listed;
mod matrix;
mod minimize;
mod models;
mod named;
mod out_dir;
mod pages;
mod printable;
mod progress;
mod race;
mod replay;
mod report;
mod schema;
mod scope;
mod searching;
mod terminal;
mod trace;
mod why;
mod writable;

use crate::judge::View;
use crate::models::registered;
use crate::report::{width, with_width};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use first::{After, First, Shared};
use printable::Printable;
use spec::read::Refused;
use spec::revision::GraphError;
use spec::text::{TextError, did_you_mean};
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;
use std::{env, iter};
use terminal::{Paint, broken_usage, print_help};

/// The result of a command that did not fail, as its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// There is no difference and no mismatch, and every claim holds.
    Agree = 0,
    /// There is a difference or a mismatch, or a claim does not hold.
    Differ = 1,
    /// The command line was not understood, and the usage was printed.
    Usage = BAD_INPUT as isize,
    /// It stopped before the end, so nothing is known of the rest; or the models cannot be compared.
    Unfinished = 3,
}

/// The exit status for bad usage or bad input, which is reported in one sentence.
const BAD_INPUT: u8 = 2;

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line or the input is not accepted.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A text is not a case.
    #[error("{name}: {error}")]
    Text {
        /// The name of the file.
        name: String,
        /// What is wrong, and where.
        error: Box<TextError>,
    },
    /// The output could not be written.
    #[error("standard output: cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// The destination of output.
pub type Out<'a> = &'a mut dyn Write;

/// The input and output of a command.
pub(crate) struct Io<'a> {
    /// The reader for the file name `-`.
    pub stdin: input::Stdin<'a>,
    /// Standard output.
    pub out: Out<'a>,
    /// Standard error.
    pub err: Out<'a>,
    /// What is said before anything is written to standard output.
    pub first: First,
    /// Whether these are the streams of the process. If so, signals stop the command, and it shows
    /// progress.
    pub is_process: bool,
}

#[derive(Parser)]
#[command(
    name = "svadiff",
    version,
    max_term_width = crate::report::WIDTH,
    about = "Compares what kernels do with iommu_sva_bind_device(), call by call",
    after_help = "Exit status: 0 agree, 1 differ, 2 bad usage or input, 3 not all checked.\n\
                  FILE may be - for standard input, and may be gzip.\n\
                  --case 'bind 0 0' is a case as text in place of it.\n\
                  A model is named as svadiff models lists it, or by a release that it\n\
                  stands for: 6.12.40, or what uname -r prints. A commit can be on top:\n\
                  v6.12+530f8f9c3546."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The models by branch, with the releases each stands for; or the model of a release
    #[command(after_help = examples::MODELS)]
    Models(models::Args),
    /// Run a case and print what each model does
    #[command(after_help = examples::TRACE)]
    Trace(trace::Args),
    /// Run a case on two models and show where they differ
    #[command(after_help = examples::DIFF)]
    Diff(diff::Args),
    /// Run a case on all models and name the commits that change its behaviour
    #[command(after_help = examples::BISECT)]
    Bisect(bisect::Args),
    /// Compare the models with recorded traces of the kernel's own code
    #[command(after_help = examples::CONFORM)]
    Conform(conform::Args),
    /// Find every way in which two models differ in a universe
    #[command(after_help = examples::COMPARE)]
    Compare(compare::Args),
    /// Find all behaviour of a model that no kernel may show
    #[command(after_help = examples::CHECK)]
    Check(check::Args),
    /// Name every way in which an operation produces a result on a model
    #[command(after_help = examples::WHY)]
    Why(why::Args),
    /// Compare every pair of models in one universe
    #[command(after_help = examples::MATRIX)]
    Matrix(matrix::Args),
    /// Find differences between two models with random cases, at full speed
    #[command(after_help = examples::HUNT)]
    Hunt(hunt::Args),
    /// Run a program on several CPUs under every interleaving
    #[command(after_help = examples::RACE)]
    Race(race::Args),
    /// Make a case smaller while it shows the same difference
    #[command(after_help = examples::MINIMIZE)]
    Minimize(minimize::Args),
    /// List the known differences, or check that the list is complete
    Ledger(ledger::Args),
    /// Print a finding as plain text for a mail, which replay reads back
    #[command(after_help = examples::REPORT)]
    Report(report::Args),
    /// Check the claims of a counterexample, or of a mail, by running its case again
    #[command(after_help = examples::REPLAY)]
    Replay(replay::Args),
    /// Make a counterexample from the bytes at which a fuzz target stopped
    #[command(after_help = examples::FROM_ARTIFACT)]
    FromArtifact(from_artifact::Args),
    /// Tell what a case does on each kernel, step by step, with source lines and history
    #[command(after_help = examples::EXPLAIN)]
    Explain(explain::Args),
    /// Print the JSON Schema of a file, or of what a command prints with --json
    #[command(after_help = examples::SCHEMA)]
    Schema(schema::Args),
}

/// Returns the command line with all its subcommands and arguments.
pub fn command() -> clap::Command {
    with_negative_numbers(Cli::command())
}

/// Lets all arguments accept negative numbers, so that the error is about the value and not about
/// an unknown option.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| match arg.get_action().takes_values() {
            true => arg.allow_negative_numbers(true),
            false => arg,
        })
        .mut_subcommands(with_negative_numbers)
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let io = Io {
        stdin: &mut io::stdin().lock(),
        out: &mut Paint::new(io::stdout(), terminal::has_colour()),
        err: &mut io::stderr(),
        first: First::default(),
        is_process: true,
    };
    ExitCode::from(with(env::args_os().skip(1), io, terminal::width()))
}

/// Runs a command line, given without the name of the program, and returns its exit status. Uses
/// only the streams that it is given, is not stopped by signals, and shows no progress.
pub fn run<I: IntoIterator<Item: Into<OsString>>>(
    args: I,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    run_at(crate::report::WIDTH, args, stdin, out, err)
}

/// Does the same as [`run`] with text of this width, in columns. The least is 40, and the most
/// [`WIDTH`](crate::report::WIDTH).
pub fn run_at<I: IntoIterator<Item: Into<OsString>>>(
    width: usize,
    args: I,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let io = Io {
        stdin,
        out,
        err,
        first: First::default(),
        is_process: false,
    };
    with(args.into_iter().map(Into::into), io, width)
}

/// Runs a command line with text of this width.
fn with(args: impl Iterator<Item = OsString>, io: Io<'_>, width: usize) -> u8 {
    with_width(width, || with_streams(args, io))
}

fn with_streams(args: impl Iterator<Item = OsString>, io: Io<'_>) -> u8 {
    let is_process = io.is_process;
    let mut err = Shared::new(Printable(io.err));
    let mut out = After {
        first: io.first.clone(),
        out: Printable(BufWriter::new(io.out)),
        err: err.clone(),
    };
    let mut io = Io {
        stdin: io.stdin,
        out: &mut out,
        err: &mut err,
        first: io.first,
        is_process,
    };
    let result = started(registered()).and_then(|()| match parse(args) {
        Ok(cli) => cli.run(&mut io),
        Err(error) => usage(&error, &mut io),
    });
    // Even after a refusal, flush what was printed before.
    let result = io.out.flush().map_err(Failure::from).and(result);
    result.map_or_else(|failure| failure.exit(io.err), |exit| exit as u8)
}

/// Returns an error if the registered revisions form no history.
fn started(registered: Result<(), GraphError>) -> Result<(), Failure> {
    let error = |error| Refused::new(format_args!("the registered revisions: {error}")).into();
    registered.map_err(error)
}

fn parse(args: impl Iterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = command().term_width(width());
    let args = iter::once("svadiff".into()).chain(why::without_minus(args.collect()));
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
            Command::Why(args) => why::run(args, io),
            Command::Matrix(args) => matrix::run(args, io),
            Command::Hunt(args) => hunt::run(args, io),
            Command::Race(args) => race::run(args, io),
            Command::Minimize(args) => minimize::run(args, io),
            Command::Ledger(args) => ledger::run(args, io),
            Command::Report(args) => report::run(args, io),
            Command::Replay(args) => replay::run(args, io),
            Command::FromArtifact(args) => from_artifact::run(args, io),
            Command::Explain(args) => explain::run(args, io),
            Command::Schema(args) => schema::run(args, io),
        }
    }
}

impl Failure {
    /// Prints the error as one sentence; below it, the line of a text that is wrong. Returns the exit
    /// status.
    fn exit(self, err: Out<'_>) -> u8 {
        match &self {
            // The reader closed the pipe. A shell reports a death by SIGPIPE with this status.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return 141,
            // A closed standard error must not cause a panic.
            _ => drop(writeln!(err, "svadiff: {}", Refused::new(&self))),
        }
        if let Failure::Text { error, .. } = &self {
            let _ = err.write_all(error.picture().as_bytes());
        }
        BAD_INPUT
    }
}

/// Handles a command line that does not parse: a request for help, or a mistake.
fn usage(error: &clap::Error, io: &mut Io<'_>) -> Result<Exit, Failure> {
    use clap::error::ErrorKind::{
        DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
    };
    let help = |text: &dyn Display| broken_usage(&text.to_string(), width());
    match error.kind() {
        DisplayHelp | DisplayVersion => {
            match io.is_process {
                true => print_help(&help(&error.render().ansi()), io::stdout())?,
                false => io.out.write_all(help(&error.render()).as_bytes())?,
            }
            Ok(Exit::Agree)
        }
        DisplayHelpOnMissingArgumentOrSubcommand => {
            match io.is_process {
                true => print_help(&help(&error.render().ansi()), io::stderr())?,
                false => io.err.write_all(help(&error.render()).as_bytes())?,
            }
            Ok(Exit::Usage)
        }
        _ => {
            // The message comes before the usage, and may contain a tip.
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            let end = ["\n\nUsage: svadiff", "\n\nFor more information"]
                .iter()
                .find_map(|mark| text.rfind(mark));
            let sentences = text[..end.unwrap_or(text.len())].split("\n\n");
            // The tip to write `-- --foo` would only help if a file had this name. `--form` is
            // hidden in the help, so the usage line must not mention it.
            let sentences: Vec<String> = sentences
                .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
                .filter(|text| !text.starts_with("tip: to pass '") && !text.contains("'--form'"))
                .collect();
            let what = format_args!("{}{}; try --help", sentences.join("; "), meant(error));
            Err(Refused::new(what).into())
        }
    }
}

/// Returns `; did you mean …?` for a subcommand that is like none to the parser but is like one to
/// people, such as one in capitals.
fn meant(error: &clap::Error) -> String {
    use clap::error::{ContextKind, ContextValue};
    let given = error.get(ContextKind::InvalidSubcommand);
    let is_known = error.get(ContextKind::SuggestedSubcommand).is_some();
    match given {
        Some(ContextValue::String(given)) if !is_known => {
            let command = command();
            let names = command.get_subcommands().map(clap::Command::get_name);
            did_you_mean(given, names)
        }
        _ => String::new(),
    }
}

/// Returns a parser of the names of views.
fn view() -> impl TypedValueParser<Value = View> {
    let names = View::ALL.map(|view| PossibleValue::new(view.name()).help(view.about()));
    PossibleValuesParser::new(names).map(|name| {
        { View::ALL.into_iter() }
            .find(|view| view.name() == name)
            .expect("the name is one of these")
    })
}

/// Returns the selected views, or the default ones.
fn views(asked: &[View]) -> Vec<View> {
    match asked {
        [] => View::DEFAULT.to_vec(),
        asked => { View::ALL.into_iter() }
            .filter(|view| asked.contains(view))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::started;
    use crate::models::{ERAS, graph};
    use spec::revision::{Era, Graph, Revision};

    /// Starts the program with one more revision. Returns the exit status and the output.
    fn start_with(row: Revision) -> (u8, String) {
        let more = Era {
            revisions: vec![row].leak(),
            ..Era::EMPTY
        };
        let eras: Vec<Era> = ERAS.into_iter().chain([more]).collect();
        let mut err = Vec::new();
        let refused = started(Graph::new(&eras).map(drop));
        let status = refused.map_or_else(|failure| failure.exit(&mut err), |()| 0);
        (status, String::from_utf8(err).expect("text"))
    }

    #[test]
    fn revisions_without_a_history_are_refused_at_the_start_with_a_sentence() {
        let first = graph().trees()[0].name();
        let row = |name, parent: &'static str| Revision {
            name,
            parents: vec![parent].leak(),
            commits: &[],
            ..*graph().trees()[0].revision
        };
        let says = |what: String| (2, format!("svadiff: the registered revisions: {what}\n"));
        assert_eq!(start_with(row("new", first)), (0, String::new()));
        assert_eq!(
            start_with(row(first, first)),
            says(format!("two revisions have the name {first}"))
        );
        assert_eq!(
            start_with(row("new", "v0.1")),
            says("revision new has the parent v0.1, which is not a revision".to_owned())
        );
        assert_eq!(
            start_with(row("new", "new")),
            says("revision new is its own ancestor".to_owned())
        );
    }
}
