// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff ledger`

use super::asked::{CaseAndModels, NO_MODELS, claimed, difference};
use super::examples;
use super::form::FormArgs;
use super::listed::number;
use super::named::{self, Config, Given};
use super::scope::Use;
use super::searching::{Sharing, search_each, stop_when_interrupted};
use super::{Exit, Failure, Io, Out, input};
use crate::counterexample::About;
use crate::judge::View;
use crate::ledger::{Entry, Kind, Ledger, neighbours};
use crate::limits::Deadline;
use crate::models::{AnyModel, all};
use crate::question::Question;
use crate::report::Report;
use crate::report::json::new_entry;
use crate::workers::cores;
use engine::registered::Registered;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// The default folder of the ledger.
const FOLDER: &str = "corpus/known";

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// The known differences, by neighbours in history
    #[command(after_help = examples::LEDGER_LIST)]
    List(Which),
    /// Check that every entry shows and hides one difference only, and that
    /// every difference between neighbours has an entry
    #[command(after_help = examples::LEDGER_CHECK)]
    Check(Check),
    /// Print an entry for what a counterexample shows, minimized
    #[command(after_help = examples::LEDGER_ENTRY)]
    Entry(Box<New>),
}

#[derive(clap::Args)]
pub(super) struct New {
    #[command(flatten)]
    what_shows: CaseAndModels,
    /// Which difference of a case, counted from 1 without consequences
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<usize>)]
    difference: usize,
    /// What it is, in one sentence
    #[arg(long, value_name = "SENTENCE")]
    what: String,
    /// Whether the change was intended
    #[arg(long, value_name = "KIND")]
    kind: KindArg,
    /// A Message-ID or a commit that documents it; by default the commit that made it
    #[arg(long, value_name = "REFERENCE")]
    reference: Option<String>,
    #[command(flatten)]
    form: FormArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum KindArg {
    /// The commit was made for it, or its message announces it
    Intended,
    /// It is an unintended effect of the commit
    Regression,
}

#[derive(clap::Args)]
pub(super) struct Check {
    /// Check only the differences between this model and the model that it is built on; by default
    /// those of all models
    #[arg(long = "model", value_name = "NAME", value_parser = named::model)]
    models: Vec<Given>,
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    with: Use,
}

#[derive(clap::Args)]
pub(super) struct Which {
    /// The folder of the entries; by default corpus/known if it exists, otherwise the ledger that
    /// is built into this program
    #[arg(long, value_name = "DIR")]
    known: Option<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
}

/// Returns the ledger in a folder, or the default ledger.
pub(super) fn ledger(known: Option<&Path>) -> Result<Cow<'static, Ledger>, Failure> {
    let here = Path::new(FOLDER);
    match known.or(here.is_dir().then_some(here)) {
        Some(folder) => Ok(Cow::Owned(Ledger::read(folder)?)),
        None => Ok(Cow::Borrowed(Ledger::shipped())),
    }
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(which) => list(which, io.out),
        Command::Check(args) => check(args, io),
        Command::Entry(new) => entry(new, io),
    }
}

fn entry(new: &New, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let asked = new.what_shows.asked()?;
    let path = asked.source.path();
    let (models, case, (views, difference)) = match asked.source.either(io.stdin)?.counterexample()
    {
        Ok(received) => {
            if asked.names_models() || new.difference != 1 {
                let what = "a counterexample names its models and its difference; \
                            leave out --from, --to, --x86 and --difference";
                return Err(input::in_file(path, what));
            }
            let about = input::about(path, &received)?;
            let Some(models) = about.pair() else {
                let what = "is about one model, and an entry is about two neighbours in history";
                return Err(input::in_file(path, what));
            };
            match claimed(about, &received) {
                Ok(shown) => (models, received.case, shown),
                Err(none) => return none.print(&models, &new.form, Exit::Agree, io),
            }
        }
        Err(case) => {
            let Some(models) = asked.pair(new.form.is_text(), io)? else {
                return Err(input::in_file(path, NO_MODELS));
            };
            let views = View::DEFAULT.to_vec();
            let difference = match difference(&models, &views, &case, new.difference)? {
                Ok(difference) => difference,
                Err(none) => return none.print(&models, &new.form, Exit::Differ, io),
            };
            (models, *case, (views, difference))
        }
    };
    let Some(finding) = AnyModel::certified(models, &views, &case, &difference.cause, &|| true)
    else {
        let denial = About::from(models).denial();
        new.form.print(&Report::Nothing(&denial), io.out)?;
        return Ok(Exit::Differ);
    };
    let kind = match new.kind {
        KindArg::Intended => Kind::Intended,
        KindArg::Regression => Kind::Regression,
    };
    let about = (new.what.as_str(), kind, new.reference.as_deref());
    let entry = new_entry(models, &views, &finding, about);
    // Make sure that the printed entry is accepted.
    Entry::from_json("entry", entry.to_string().as_bytes())
        .map_err(|refused| input::in_file(path, refused))?;
    new.form.print(&Report::LedgerEntry(&entry), io.out)?;
    Ok(Exit::Agree)
}

fn list(which: &Which, out: Out<'_>) -> Result<Exit, Failure> {
    let ledger = ledger(which.known.as_deref())?;
    which.form.print(&Report::Ledger(&ledger), out)?;
    Ok(Exit::Agree)
}

/// Returns the neighbours of which the second is one of these models; all neighbours if there are
/// no models. A model with commits on top is a neighbour of the model below them.
fn of_models(models: &[AnyModel]) -> Vec<[AnyModel; 2]> {
    let mut pairs = neighbours();
    pairs.retain(|[_, to]| models.is_empty() || models.contains(to));
    for &model in models {
        let is_made = all().iter().all(|this| *this != model);
        pairs.extend(model.base().filter(|_| is_made).map(|base| [base, model]));
    }
    pairs
}

fn check(args: &Check, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Check {
        models,
        config,
        which,
        with,
    } = args;
    let ledger = ledger(which.known.as_deref())?;
    let is_text = which.form.is_text();
    let models: Result<Vec<AnyModel>, Failure> = { models.iter() }
        .map(|given| config.one(given, is_text, io))
        .collect();
    let pairs = of_models(&models?);
    let deadline = Deadline::new(with.limits().time, stop_when_interrupted(io)?);
    let stopped = || deadline.stopped();
    let threads = with.threads().unwrap_or_else(cores);
    let checked = ledger.check(&pairs, threads, stopped, |questions| {
        let questions = questions.iter().map(|(models, universe)| Question {
            models: *models,
            universe,
            views: &View::DEFAULT,
        });
        search_each(questions.collect(), Sharing::Graphs, with, deadline, io)
    });
    which.form.print(&Report::LedgerCheck(&checked), io.out)?;
    Ok(match (checked.stopped, checked.troubles.is_empty()) {
        (Some(_), _) => Exit::Unfinished,
        (None, true) => Exit::Agree,
        (None, false) => Exit::Differ,
    })
}
