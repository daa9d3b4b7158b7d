// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs a search for a command: directly, with checkpoints, or on several processes.

use super::input::{in_file, name_of};
use super::progress::Progress;
use super::scope::{Long, Use};
use super::{Exit, Failure, Io};
use crate::explore::{Alike, Exploration};
use crate::limits::{Deadline, Limits, Status, Stopped, interrupt_on_signals};
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::search::{Checkpoint, Saved, Search};
use crate::workers::{self, cores};
use engine::registered::Registered;
use spec::read::Refused;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// A finished search.
pub(super) struct Searched {
    /// Its result.
    pub summary: SearchSummary,
    /// Whether this process should print it.
    pub prints: bool,
}

/// Runs a search, with checkpoints or on several processes if the arguments ask for them.
pub(super) fn search_long<const N: usize>(
    question: Question<'_, AnyModel, N>,
    args: &Long,
    io: &mut Io<'_>,
) -> Result<Searched, Failure>
where
    AnyModel: Registered<N>,
{
    let several = question.universe.cpus > 1;
    #[cfg(feature = "cluster")]
    if !args.place.timely().is_empty() {
        if several {
            let what = "the cluster: a search on several CPUs is made by one process";
            return Err(Refused::new(what).into());
        }
        return on_a_cluster(&question, &args.with, args.place.timely());
    }
    let summary = match args.keep.checkpoint() {
        Some(_) if several => {
            let what = "--checkpoint: a search on several CPUs is not saved; try it without";
            return Err(Refused::new(what).into());
        }
        Some((file, resume)) => watched(question, &args.with, io, |explore, io| {
            let deadline = Deadline::new(explore.limits.time, None);
            let summary = saved(explore.search(), file, resume, io)?;
            let deadline = deadline.interrupted_by(stop_when_interrupted(io)?);
            Ok(AnyModel::minimized(explore, summary, deadline))
        })?,
        None => search(question, &args.with, io)?,
    };
    Ok(Searched {
        summary,
        prints: true,
    })
}

/// Runs a search.
pub(super) fn search<const N: usize>(
    question: Question<'_, AnyModel, N>,
    with: &Use,
    io: &mut Io<'_>,
) -> Result<SearchSummary, Failure>
where
    AnyModel: Registered<N>,
{
    watched(question, with, io, |explore, io| {
        explore.interrupt = stop_when_interrupted(io)?;
        Ok(AnyModel::run(explore))
    })
}

/// What the comparisons of many pairs share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    /// What each model does.
    Graphs,
    /// Also the searches of models that do the same.
    Searches,
}

/// Compares many pairs of models until a deadline, each on one thread.
pub(super) fn search_each(
    questions: Vec<Question<'_, AnyModel, 2>>,
    sharing: Sharing,
    with: &Use,
    deadline: Deadline<'_>,
    io: &Io<'_>,
) -> Vec<SearchSummary> {
    let progress = Progress::new(io);
    let threads = with.threads().unwrap_or_else(cores).min(questions.len());
    let limits = with.limits();
    let (done, all) = (AtomicUsize::new(0), questions.len());
    let watch = |_: &Status| progress.of_pairs(done.load(Relaxed), all);
    let run = |question, threads, bytes, alike: Option<&Alike>| {
        let time = deadline.remaining();
        let mut exploration = Exploration {
            threads,
            interrupt: deadline.interrupt(),
            watch: Some(&watch),
            counts: false,
            ..Exploration::new(
                question,
                Limits {
                    bytes,
                    time,
                    ..limits
                },
            )
        };
        match alike {
            Some(alike) if sharing == Sharing::Searches => return alike.run(&exploration),
            Some(alike) => exploration.pool = Some(alike.pool()),
            None => {}
        }
        AnyModel::run(&exploration)
    };
    // Searches share the memory, and count the graphs that they find in the pool.
    let part = limits.bytes / threads.max(1);
    let alike = Alike::new(part / 2);
    let mut summaries = workers::map(threads, questions.clone(), |question| {
        let summary = run(question, 1, part, Some(&alike));
        done.fetch_add(1, Relaxed);
        summary
    });
    drop(alike);
    for (question, summary) in questions.into_iter().zip(&mut summaries) {
        if summary.stopped == Some(Stopped::Memory) && deadline.stopped().is_none() {
            let alone = run(question, threads, limits.bytes, None);
            if alone.complete() || alone.findings.len() >= summary.findings.len() {
                *summary = alone;
            }
        }
    }
    progress.finish();
    summaries
}

/// Runs an exploration, and shows its progress on the terminal.
fn watched<const N: usize>(
    question: Question<'_, AnyModel, N>,
    with: &Use,
    io: &mut Io<'_>,
    run: impl FnOnce(&mut Exploration<'_, AnyModel, N>, &mut Io<'_>) -> Result<SearchSummary, Failure>,
) -> Result<SearchSummary, Failure>
where
    AnyModel: Registered<N>,
{
    let progress = Progress::new(io);
    let watch = |status: &Status| progress.of_search(status);
    let mut exploration = Exploration::new(question, with.limits());
    exploration.threads = with.threads().unwrap_or(exploration.threads);
    exploration.watch = Some(&watch);
    let summary = run(&mut exploration, io);
    progress.finish();
    summary
}

/// Runs a search with checkpoints.
fn saved<const N: usize>(
    mut search: Search<'_, AnyModel, N>,
    file: &Path,
    resume: bool,
    io: &mut Io<'_>,
) -> Result<SearchSummary, Failure>
where
    AnyModel: Registered<N>,
{
    let question = search.question;
    if file == Path::new("-") {
        let what = "--checkpoint -: a search is saved in a file; try another name";
        return Err(Refused::new(what).into());
    }
    let refuse = |refused: Refused| in_file(file, refused);
    let (mut checkpoint, saved) = match resume {
        true => {
            let checkpoint = Checkpoint::resume(file).map_err(refuse)?;
            let saved = AnyModel::saved(&checkpoint, &question).map_err(refuse)?;
            (checkpoint, saved)
        }
        false => (Checkpoint::new(file).map_err(refuse)?, Saved::default()),
    };
    // Handle signals from here on. Earlier, a signal has to end a program that waits for its input;
    // later, a signal during the first save would leave a partial file.
    search.interrupt = stop_when_interrupted(io)?;
    // Save once now, so that a file that cannot be written is an error at the start and not after
    // hours of work.
    AnyModel::save(&mut checkpoint, &saved, &question)
        .map_err(|refused| in_file(file, format_args!("{refused}; try another --checkpoint")))?;
    search.save_every = Some(SAVE_EVERY);
    Ok(AnyModel::go_on(&search, saved, &mut |saved| {
        if let Err(refused) = AnyModel::save(&mut checkpoint, saved, &question) {
            // An error of a checkpoint must not end the search.
            let _ = writeln!(io.err, "svadiff: {}: {refused}", name_of(file));
        }
    }))
}

/// Runs a search together with other processes.
#[cfg(feature = "cluster")]
fn on_a_cluster<const N: usize>(
    question: &Question<'_, AnyModel, N>,
    with: &Use,
    timely: &[String],
) -> Result<Searched, Failure>
where
    AnyModel: Registered<N>,
{
    use crate::search::cluster::Task;
    let task = Task {
        models: question.models,
        universe: question.universe.clone(),
        views: question.views.to_vec(),
        limits: with.limits(),
    };
    // Timely prints on standard output while it waits for other processes. Send that to standard
    // error.
    let own = rustix::io::dup(io::stdout()).map_err(io::Error::from)?;
    rustix::stdio::dup2_stdout(io::stderr()).map_err(io::Error::from)?;
    let interrupt = interrupt_on_signals()?;
    let exploration = Exploration::new(*question, with.limits());
    let deadline = Deadline::new(exploration.limits.time, Some(interrupt));
    let result = AnyModel::on_a_cluster(task, timely.to_vec(), interrupt);
    rustix::stdio::dup2_stdout(own).map_err(io::Error::from)?;
    let (mut summary, prints) =
        result.map_err(|error| Refused::new(format_args!("the cluster: {error}")))?;
    if prints {
        summary = AnyModel::minimized(&exploration, summary, deadline);
    }
    Ok(Searched { summary, prints })
}

/// The time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// Installs signal handlers: the first Ctrl-C ends a search, whose findings are still printed, and
/// the second one ends the program. Does nothing if the command is not the whole process.
pub(super) fn stop_when_interrupted(io: &Io<'_>) -> io::Result<Option<&'static AtomicBool>> {
    match io.is_process {
        true => interrupt_on_signals().map(Some),
        false => Ok(None),
    }
}

/// Returns the exit status of a search.
pub(super) fn exit(summary: &SearchSummary) -> Exit {
    match (summary.complete(), summary.findings.is_empty()) {
        (false, _) => Exit::Unfinished,
        (true, true) => Exit::Agree,
        (true, false) => Exit::Differ,
    }
}
