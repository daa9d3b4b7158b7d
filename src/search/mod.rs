// SPDX-License-Identifier: GPL-2.0-or-later
//! The search: explores everything that one model can do in a universe, or that two models can do
//! together.
//!
//! A state contains the machines of all models and what their callers hold, and an operation moves
//! all machines. The search is breadth first over the states that the models reach together, each
//! visited once up to renaming (see [`spec::canonical`]). The answer therefore covers all
//! sequences, while the work is proportional to the number of states, and no case is shorter than
//! the first one that shows a cause.

mod candidates;
mod checkpoint;
#[cfg(feature = "cluster")]
pub mod cluster;
mod expand;
mod found;
mod key;
mod levels;
mod names;
mod nibbles;
mod past;
mod shard;
mod shorten;

pub use checkpoint::{Checkpoint, Saved};

use crate::finding::{Findings, in_order};
use crate::limits::{Control, Deadline, Limits, Status, Stopped};
use crate::question::{Question, SearchSummary};
use crate::workers::cores;
use found::findings_of;
use levels::Levels;
use shorten::shorten;
use spec::Model;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Configures a search.
pub struct Search<'a, M, const N: usize> {
    /// The question that the search has to answer.
    pub question: Question<'a, M, N>,
    /// The limits at which it stops.
    pub limits: Limits,
    /// The number of threads. The findings do not depend on it.
    pub threads: usize,
    /// Stops the search when it becomes true.
    pub interrupt: Option<&'a AtomicBool>,
    /// Called with the progress, many times a second.
    pub watch: Option<&'a (dyn Fn(&Status) + Sync)>,
    /// The interval between calls of `save`, if any.
    pub save_every: Option<Duration>,
}

impl<'a, M: Model, const N: usize> Search<'a, M, N> {
    /// Returns a search on all cores, without an interrupt or a watcher.
    pub fn new(question: Question<'a, M, N>, limits: Limits) -> Self {
        Search {
            question,
            limits,
            threads: cores(),
            interrupt: None,
            watch: None,
            save_every: None,
        }
    }

    /// Runs the search from the start.
    pub fn run(&self) -> SearchSummary {
        self.go_on(Saved::default(), &mut |_| {})
    }

    /// Continues a saved search. `save` is called at every interval and when the search ends,
    /// complete or not, with progress from which the search can be continued.
    pub fn go_on(&self, mut saved: Saved, save: &mut dyn FnMut(&Saved)) -> SearchSummary {
        let question = &self.question;
        let control = Control::new(self.limits, self.interrupt, self.watch);
        let topologies = question.universe.topologies();
        let mut found = Findings::new();
        for (topology, hits) in topologies.iter().zip(&saved.hits) {
            question.add(&mut found, findings_of(question, topology, hits));
        }
        if let Some(levels) = &mut saved.levels {
            levels.restore(question, &topologies[saved.topology]);
        }
        let save_later = || {
            if let Some(every) = self.save_every {
                control.pause_in(every);
            }
        };
        save_later();
        let mut stopped = None;
        while let Some(topology) = topologies.get(saved.topology) {
            let at = (saved.topology, topologies.len());
            let begun = saved.levels.as_ref();
            let (states, transitions) = begun.map_or((0, 0), |l| (l.states(), l.transitions));
            control.resume(at, saved.states + states, saved.transitions + transitions);
            let levels = saved
                .levels
                .get_or_insert_with(|| Levels::at_boot(question, topology, &control));
            stopped = levels.run(question, topology, self.threads, &control).err();
            match stopped {
                Some(Stopped::Checkpoint) => {
                    save(&saved);
                    save_later();
                    continue;
                }
                Some(_) => break,
                None => {}
            }
            saved.states = control.states();
            saved.transitions += levels.transitions;
            saved.depth = saved.depth.max(levels.depth);
            question.add(&mut found, std::mem::take(&mut levels.found.findings));
            saved.hits.push(std::mem::take(&mut levels.found.hits));
            saved.topology += 1;
            saved.levels = None;
        }
        save(&saved);
        let mut summary = SearchSummary {
            states: saved.states,
            transitions: saved.transitions,
            depth: saved.depth,
            bytes: control.peak(),
            programs: None,
            stopped,
            findings: Vec::new(),
            shortest: usize::MAX,
        };
        if let (Some(levels), Some(topology)) = (&saved.levels, topologies.get(saved.topology)) {
            summary.states = control.states();
            summary.transitions += levels.transitions;
            summary.depth = summary.depth.max(levels.depth);
            question.add(
                &mut found,
                levels.found.so_far(question, topology, &levels.candidates),
            );
        }
        conclude(
            &mut summary,
            question,
            found,
            self.threads,
            control.deadline(),
        );
        summary
    }
}

/// Sorts the findings, and makes sure that their cases are shortest.
fn conclude<M: Model, const N: usize>(
    summary: &mut SearchSummary,
    question: &Question<'_, M, N>,
    mut found: Findings,
    threads: usize,
    deadline: Deadline<'_>,
) {
    if question.universe.ops.is_none() && summary.complete() {
        match shorten(question, &mut found, threads, deadline) {
            Ok(shortest) => summary.shortest = shortest,
            Err(stopped) => summary.stopped = Some(stopped),
        }
    }
    summary.findings = in_order(found);
    question.mark_shortest(summary);
}

impl<M: Model + fmt::Debug, const N: usize> fmt::Debug for Search<'_, M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search")
            .field("question", &self.question)
            .field("limits", &self.limits)
            .field("threads", &self.threads)
            .field("save_every", &self.save_every)
            .finish_non_exhaustive()
    }
}
