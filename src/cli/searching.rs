// SPDX-License-Identifier: GPL-2.0-or-later
//! A search on the command line: progress, Ctrl-C, and the block that says what was covered.

use super::input::{in_file, name_of};
use super::scope::{Long, Use};
use super::{Exit, Failure, Io, Out, print_json};
use crate::explore::Exploration;
use crate::finding::Finding;
use crate::judge::View;
use crate::limits::Status;
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::report;
use crate::report::wrap;
use crate::search::{Saved, Search, peak_of_process};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use spec::Model;
use spec::read::Refused;
use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock, Mutex, Once};
use std::time::{Duration, Instant};

/// Somebody pressed Ctrl-C.
static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

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
        return on_a_cluster(&question, &args.with, args.place.timely(), io);
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
    io: &Io<'_>,
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
    stop_when_interrupted(io)?;
    let result = cluster::search(task, timely.to_vec(), &INTERRUPTED);
    rustix::stdio::dup2_stdout(own).map_err(io::Error::from)?;
    let (summary, prints) =
        result.map_err(|error| Refused::new(format_args!("the cluster: {error}")))?;
    Ok(Searched { summary, prints })
}

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// The first Ctrl-C ends a search, and what was found is printed; the second ends the program.
/// Whoever ends it politely is heard as well. Where this is not the whole process, nothing.
pub fn stop_when_interrupted(io: &Io<'_>) -> io::Result<Option<&'static AtomicBool>> {
    static ONCE: Once = Once::new();
    if !io.is_process {
        return Ok(None);
    }
    let mut result = Ok(());
    ONCE.call_once(|| {
        result = [SIGINT, SIGTERM].into_iter().try_for_each(|signal| {
            // In this order: it is the flag of the first one that the second one finds set.
            flag::register_conditional_shutdown(signal, 128 + signal, INTERRUPTED.clone())?;
            flag::register(signal, INTERRUPTED.clone()).map(drop)
        });
    });
    result.map(|()| Some(&**INTERRUPTED))
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

/// The digest, of what is complete.
pub fn digest<const N: usize>(
    question: &Question<'_, AnyModel, N>,
    summary: &SearchSummary,
) -> Option<String> {
    summary
        .complete()
        .then(|| report::digest(question, &summary.findings))
}

/// Prints what a search found and covered, as JSON or as text: how it exits. `head` has the keys that
/// come first.
pub fn print<const N: usize>(
    question: &Question<'_, AnyModel, N>,
    summary: &SearchSummary,
    as_json: bool,
    mut head: Value,
    to_json: impl Fn(&Finding) -> Value,
    to_text: impl Fn(usize, &Finding) -> String,
    out: Out<'_>,
) -> Result<Exit, Failure> {
    if as_json {
        let object = head.as_object_mut().expect("an object was made");
        object.extend(covered(question, summary));
        let findings: Vec<Value> = summary.findings.iter().map(to_json).collect();
        object.insert("findings".to_owned(), findings.into());
        print_json(out, &head)?;
    } else {
        for (number, finding) in (1..).zip(&summary.findings) {
            writeln!(out, "{}", to_text(number, finding))?;
        }
        certificate(question, summary, out)?;
    }
    Ok(exit(summary))
}

/// What was covered, in JSON.
fn covered<const N: usize>(
    question: &Question<'_, AnyModel, N>,
    summary: &SearchSummary,
) -> Map<String, Value> {
    let value = json!({
        "universe": question.universe.to_json(),
        "states": summary.states,
        "transitions": summary.transitions,
        "depth": summary.depth,
        "programs": summary.programs.map(|(programs, _)| programs),
        "schedules": summary.programs.map(|(_, schedules)| schedules.to_string()),
        "complete": summary.complete(),
        "stopped": summary.stopped.map(|why| why.to_string()),
        "memory": memory(summary).map(|(process, states)| json!({
            "process": process,
            "states": states,
        })),
        "digest": digest(question, summary),
    });
    match value {
        Value::Object(mut covered) => {
            if summary.programs.is_none() {
                covered.shift_remove("programs");
                covered.shift_remove("schedules");
            }
            covered
        }
        _ => unreachable!("an object was made"),
    }
}

/// What was covered, as a block that can be quoted.
fn certificate<const N: usize>(
    question: &Question<'_, AnyModel, N>,
    summary: &SearchSummary,
    out: Out<'_>,
) -> Result<(), Failure> {
    let SearchSummary {
        states,
        transitions,
        depth,
        ..
    } = summary;
    let names: Vec<_> = question
        .models
        .iter()
        .map(|model| model.tree().name())
        .collect();
    let several = summary.programs.is_some();
    let complete = match summary.stopped {
        None => "complete".to_owned(),
        Some(why) => format!("NOT COMPLETE: {why}"),
    };
    let nothing = match N {
        1 => "no misbehaviour in this universe",
        _ if several => "no difference in this universe, and nothing that no kernel may do",
        _ => "no difference in this universe",
    };
    let longest = summary
        .findings
        .iter()
        .map(|finding| finding.case.ops.len())
        .max();
    let of_any_length = longest.is_none_or(|longest| longest <= summary.shortest);
    let only_some = format!(
        "no shorter sequence in this universe shows those of up to {} operations; of longer ones \
         none that releases in the same order",
        summary.shortest
    );
    let found = match (summary.findings.len(), summary.complete()) {
        (_, true) if !of_any_length => &only_some,
        (1, true) if several => "no shorter program in this universe shows it",
        (2.., true) if several => "no shorter program in this universe shows any of them",
        (0, true) if *transitions == 0 => "no operation does anything in this universe",
        (0, true) => nothing,
        (0, false) => "so far; nothing is said about the rest",
        (1, true) => "no shorter sequence in this universe shows it",
        (_, true) => "no shorter sequence in this universe shows any of them",
        (_, false) => "so far",
    };
    let memory = memory(summary).map(|(process, bytes)| {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let each = bytes as f64 / *states as f64;
        let (process, bytes) = (mib(process), mib(bytes));
        format!("{process:.1} MiB at most, {bytes:.1} MiB of it for states, {each:.1} bytes each")
    });
    let digest = match digest(question, summary) {
        Some(digest) => {
            let exponent = summary.collision_exponent();
            format!("{digest}   two states are taken for one with p < 2^{exponent}")
        }
        None => "none, since there may be more".to_owned(),
    };
    let findings = format!("{}   {found}", summary.findings.len());
    let rows = [
        (
            if N == 1 { "Model" } else { "Models" },
            Some(names.join(" and ")),
        ),
        ("Views", only_views(question.views)),
        ("Universe", Some(question.universe.to_string())),
        (
            "Programs",
            summary.programs.map(|(programs, schedules)| {
                format!("{programs} distinct, {schedules} schedules, {complete}")
            }),
        ),
        (
            "States",
            Some(match several {
                true => format!("{states} of all programs, {transitions} sections"),
                false => {
                    format!(
                        "{states} distinct, {transitions} transitions, depth {depth}, {complete}"
                    )
                }
            }),
        ),
        ("Memory", memory),
        ("Findings", Some(findings)),
        ("Digest", Some(digest)),
    ];
    block(&rows, out)
}

/// The views, where they are not the usual ones.
pub fn only_views(views: &[View]) -> Option<String> {
    let names: Vec<_> = views.iter().map(|view| view.name()).collect();
    let usual = views.is_empty() || views == View::DEFAULT;
    (!usual).then(|| format!("{} only", names.join(", ")))
}

/// Lines with a label each. Three blanks in what they say stay where they are.
pub fn block(rows: &[(&str, Option<String>)], out: Out<'_>) -> Result<(), Failure> {
    for (label, text) in rows {
        if let Some(text) = text {
            let words = text.replace("   ", "\u{e000}\u{e000} ");
            let line = wrap(&format!("{label:11}"), &" ".repeat(11), &words);
            write!(out, "{}", line.replace('\u{e000}', " "))?;
        }
    }
    Ok(())
}

/// The most bytes that the process had, and that states took of them. They are measured, and so not
/// the same every time; of a small search, where they would say nothing, they are not said.
fn memory(summary: &SearchSummary) -> Option<(u64, u64)> {
    const WORTH_SAYING: usize = 10_000;
    // Of several CPUs, the states of one program at a time.
    let is_worth = summary.states >= WORTH_SAYING && summary.programs.is_none();
    let process = peak_of_process().filter(|_| is_worth)?;
    Some((process, summary.bytes as u64))
}
