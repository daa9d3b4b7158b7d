// SPDX-License-Identifier: GPL-2.0-or-later
//! A search on the command line: progress, Ctrl-C, and the block that says what was covered.

use super::input::{in_file, name_of};
use super::scope::{Long, Use};
use super::{Exit, Failure, Io};
use crate::explore::Exploration;
use crate::limits::{Status, interrupt_on_signals};
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::search::{Saved, Search};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use spec::read::Refused;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// A search that was made.
pub struct Searched {
    /// What it found.
    pub summary: SearchSummary,
    /// Whether it is this process that prints it.
    pub prints: bool,
}

/// Searches as long as it may take: saved in a file, or on several processes, if that is asked for.
pub fn search_long<const N: usize>(
    question: Question<'_, AnyModel, N>,
    args: &Long,
    io: &mut Io<'_>,
) -> Result<Searched, Failure> {
    if question.universe.cpus > 1 {
        return programs(question, args, io);
    }
    #[cfg(feature = "cluster")]
    if !args.place.timely().is_empty() {
        return on_a_cluster(&question, &args.with, args.place.timely());
    }
    let summary = watched(
        question,
        &args.with,
        Duration::ZERO,
        io,
        |search, io| match args.keep.checkpoint() {
            Some((file, resume)) => saved(search, file, resume, io),
            None => once(search, io),
        },
    );
    Ok(Searched {
        summary: summary?,
        prints: true,
    })
}

/// Searches the programs of several CPUs.
fn programs<const N: usize>(
    question: Question<'_, AnyModel, N>,
    args: &Long,
    io: &Io<'_>,
) -> Result<Searched, Failure> {
    if args.keep.checkpoint().is_some() {
        let what = "--checkpoint: a search on several CPUs is not saved; try it without";
        return Err(Refused::new(what).into());
    }
    #[cfg(feature = "cluster")]
    if !args.place.timely().is_empty() {
        let what = "the cluster: a search on several CPUs is made by one process";
        return Err(Refused::new(what).into());
    }
    let summary = on_several_cpus(question, &args.with, Duration::ZERO, io)?;
    Ok(Searched {
        summary,
        prints: true,
    })
}

fn on_several_cpus<const N: usize>(
    question: Question<'_, AnyModel, N>,
    with: &Use,
    spent: Duration,
    io: &Io<'_>,
) -> Result<SearchSummary, Failure> {
    let progress = Progress::new(io);
    let watch = |status: &Status| progress.show(status);
    let mut search = Exploration::new(question, with.limits(spent));
    search.threads = with.threads().unwrap_or(search.threads);
    search.interrupt = stop_when_interrupted(io)?;
    search.watch = Some(&watch);
    let summary = search.run();
    progress.bar.finish_and_clear();
    Ok(summary)
}

/// Searches. Of the time that was given so much was `spent` already.
pub fn search<const N: usize>(
    question: Question<'_, AnyModel, N>,
    with: &Use,
    spent: Duration,
    io: &mut Io<'_>,
) -> Result<SearchSummary, Failure> {
    if question.universe.cpus > 1 {
        return on_several_cpus(question, with, spent, io);
    }
    watched(question, with, spent, io, once)
}

fn once<const N: usize>(
    search: &mut Search<'_, AnyModel, N>,
    io: &mut Io<'_>,
) -> Result<SearchSummary, Failure> {
    search.interrupt = stop_when_interrupted(io)?;
    Ok(search.run())
}

/// Lets whoever waits for a search see how far it is.
fn watched<const N: usize>(
    question: Question<'_, AnyModel, N>,
    with: &Use,
    spent: Duration,
    io: &mut Io<'_>,
    run: impl FnOnce(&mut Search<'_, AnyModel, N>, &mut Io<'_>) -> Result<SearchSummary, Failure>,
) -> Result<SearchSummary, Failure> {
    let progress = Progress::new(io);
    let watch = |status: &Status| progress.show(status);
    let mut search = Search::new(question, with.limits(spent));
    search.threads = with.threads().unwrap_or(search.threads);
    search.watch = Some(&watch);
    let summary = run(&mut search, io);
    progress.bar.finish_and_clear();
    summary
}

/// Searches, and saves the search in a file.
fn saved<const N: usize>(
    search: &mut Search<'_, AnyModel, N>,
    file: &Path,
    resume: bool,
    io: &mut Io<'_>,
) -> Result<SearchSummary, Failure> {
    let question = search.question;
    if file == Path::new("-") {
        let what = "--checkpoint -: a search is saved in a file; try another name";
        return Err(Refused::new(what).into());
    }
    let saved = match resume {
        true => Saved::read(&question, file).map_err(|refused| in_file(file, refused))?,
        false if file.exists() => {
            let what = "is there already; add --resume to go on from it, or remove it";
            return Err(in_file(file, what));
        }
        false => Saved::default(),
    };
    // Not after hours of searching.
    let write = |saved: &Saved| saved.write(&question, file);
    let cannot = |error: io::Error| format!("cannot be written: {error}; try another --checkpoint");
    write(&saved).map_err(|error| in_file(file, cannot(error)))?;
    search.save_every = Some(SAVE_EVERY);
    // Not before: whoever waits for a file to be read can still be ended.
    search.interrupt = stop_when_interrupted(io)?;
    Ok(search.go_on(saved, &mut |saved| {
        if let Err(error) = write(saved) {
            // What is found is worth more than that it is saved.
            let name = name_of(file);
            let _ = writeln!(io.err, "svadiff: {name}: cannot be written: {error}");
        }
    }))
}

/// Searches together with other processes.
#[cfg(feature = "cluster")]
fn on_a_cluster<const N: usize>(
    question: &Question<'_, AnyModel, N>,
    with: &Use,
    timely: &[String],
) -> Result<Searched, Failure> {
    use crate::search::cluster::{self, Task};
    let task = Task {
        models: question.models,
        universe: question.universe.clone(),
        views: question.views.to_vec(),
        limits: with.limits(Duration::ZERO),
    };
    // Timely says on standard output whom it waits for. That belongs elsewhere.
    let own = rustix::io::dup(io::stdout()).map_err(io::Error::from)?;
    rustix::stdio::dup2_stdout(io::stderr()).map_err(io::Error::from)?;
    let result = cluster::search(task, timely.to_vec(), interrupt_on_signals()?);
    rustix::stdio::dup2_stdout(own).map_err(io::Error::from)?;
    let (summary, prints) =
        result.map_err(|error| Refused::new(format_args!("the cluster: {error}")))?;
    Ok(Searched { summary, prints })
}

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// Lets the first Ctrl-C end a search, whose findings are then printed, and the second one the program.
/// A command that is not the whole process has no signals.
pub fn stop_when_interrupted(io: &Io<'_>) -> io::Result<Option<&'static AtomicBool>> {
    match io.is_process {
        true => interrupt_on_signals().map(Some),
        false => Ok(None),
    }
}

/// An empty line on the terminal; where there is none, nothing.
pub fn spinner(io: &Io<'_>) -> ProgressBar {
    if !io.is_process {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {wide_msg}");
    bar.set_style(style.expect("a template without mistakes"));
    bar
}

/// A line on the terminal; where there is none, nothing.
struct Progress {
    bar: ProgressBar,
    shown: Mutex<Shown>,
}

/// When something was shown last and how many operations had been done then, and when the level
/// began that it was about.
struct Shown {
    last: Instant,
    level: (usize, usize),
    done: usize,
    begun: Instant,
    transitions: u64,
}

impl Progress {
    fn new(io: &Io<'_>) -> Self {
        let now = Instant::now();
        let shown = Shown {
            last: now,
            level: (0, 0),
            done: 0,
            begun: now,
            transitions: 0,
        };
        Progress {
            bar: spinner(io),
            shown: Mutex::new(shown),
        }
    }

    fn show(&self, status: &Status) {
        let Ok(mut shown) = self.shown.try_lock() else {
            return;
        };
        let level = (status.topology.0, status.depth);
        if shown.level != level || status.level.0 < shown.done {
            shown.level = level;
            shown.begun = Instant::now();
        }
        if shown.last.elapsed() < Duration::from_millis(200) {
            return;
        }
        let done_since = status.transitions.saturating_sub(shown.transitions);
        let rate = done_since as f64 / shown.last.elapsed().as_secs_f64();
        shown.last = Instant::now();
        shown.transitions = status.transitions;
        shown.done = status.level.0;
        let took = shown.begun.elapsed().as_secs_f64();
        let (done, all) = status.level;
        // How large further levels are nobody knows; how long this one takes can be said.
        let left = took * all.saturating_sub(done) as f64 / done.max(1) as f64;
        let left = match left {
            soon if soon < 1.0 => String::new(),
            left => format!(", {left:.0} s left"),
        };
        let (this, of) = status.topology;
        self.bar.set_message(format!(
            "{}/{of} level {}: {} % of {}{left}; {} states; {:.1} M ops/s; {} found",
            this + 1,
            status.depth,
            done * 100 / all.max(1),
            HumanCount(all as u64),
            HumanCount(status.states as u64),
            rate / 1e6,
            status.findings,
        ));
        self.bar.tick();
    }
}

/// The exit status of a search.
pub fn exit(summary: &SearchSummary) -> Exit {
    match (summary.complete(), summary.findings.is_empty()) {
        (false, _) => Exit::Unfinished,
        (true, true) => Exit::Agree,
        (true, false) => Exit::Differ,
    }
}
