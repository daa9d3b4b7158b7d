// SPDX-License-Identifier: GPL-2.0-or-later
//! The search: explores everything that one model can do in a universe, or that two models can do
//! together.
//!
//! Each model has a graph of its own states. A state of the search refers to one state in each graph,
//! and an operation is looked up in every graph. The search is breadth first over the states that the models reach together, each
//! visited once up to renaming (see [`spec::canonical`]). The answer therefore covers all
//! sequences, while the work is proportional to the number of states, and no case is shorter than
//! the first one that shows a cause.

mod arena;
mod candidates;
mod checkpoint;
#[cfg(feature = "cluster")]
pub mod cluster;
mod codec;
mod found;
mod frontier;
mod graph;
mod key;
mod levels;
mod locate;
mod past;
mod pool;
mod product;
mod recent;
mod shorten;
mod state;
mod visited;

pub use checkpoint::{Checkpoint, Saved};
pub use pool::Pool;

use crate::finding::{Findings, in_order};
use crate::limits::{Control, Deadline, Limits, Status, Stopped};
use crate::question::{Question, SearchSummary};
use crate::workers::cores;
use arena::Arena;
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
    /// What searches of other models, or of other lengths, have computed.
    pub pool: Option<&'a Pool<M>>,
    /// Whether all states are counted. If not, a state at the end of a sequence of the maximum length
    /// need not be visited if every teardown of it is quiet and leaves nothing. The search takes less
    /// time, and limits of states and memory come later. Its findings, their cases, operations and
    /// depth are the same. A saved search has to go on with the same value.
    pub counts: bool,
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
            pool: None,
            counts: true,
        }
    }

    /// Runs the search from the start.
    pub fn run(&self) -> SearchSummary {
        self.work(&mut Saved::default(), None)
    }

    /// Continues a saved search. `save` is called at every interval and when the search ends,
    /// complete or not, with progress from which the search can be continued.
    pub fn go_on(&self, mut saved: Saved, save: &mut dyn FnMut(&Saved)) -> SearchSummary {
        self.work(&mut saved, Some(save))
    }

    /// Continues a saved search, and leaves its progress in `saved` if it covers everything; what stops
    /// early cannot be continued from it. Of a search that has covered everything, only the paths with
    /// findings are run.
    pub(crate) fn go_on_from(&self, saved: &mut Saved) -> SearchSummary {
        self.work(saved, None)
    }

    fn work(&self, saved: &mut Saved, mut save: Option<&mut dyn FnMut(&Saved)>) -> SearchSummary {
        let question = &self.question;
        let control = Control::new(self.limits, self.interrupt, self.watch);
        let own = Pool::of_same_models(OWN.min(self.limits.bytes / 8));
        let pool = self.pool.unwrap_or(&own);
        let topologies = question.universe.topologies();
        let mut found = Findings::new();
        for (topology, hits) in topologies.iter().zip(&saved.hits) {
            let arena = Arena::of(pool, question, topology);
            let mut expander = arena.expander(question);
            let findings = findings_of(question, &mut expander, hits);
            question.add(&mut found, findings);
            arena.keep(vec![expander]);
        }
        let save_later = || {
            if let Some(every) = self.save_every {
                control.pause_in(every);
            }
        };
        save_later();
        let mut stopped = None;
        let mut unfinished = None;
        let mut largest = 0;
        while let Some(topology) = topologies.get(saved.topology) {
            let at = (saved.topology, topologies.len());
            let arena = match saved.levels {
                // Numbers are those of the search that was saved.
                Some(_) => Arena::new(question, topology),
                None => Arena::of(pool, question, topology),
            };
            if let Some(levels) = &mut saved.levels {
                arena.restore(std::mem::take(&mut levels.tables));
                levels.restore(question, &mut arena.expander(question));
            }
            let mut expanders = arena.expanders(question, self.threads);
            for expander in &mut expanders {
                expander.counts = self.counts;
            }
            let begun = saved.levels.as_ref();
            let (states, transitions) = begun.map_or((0, 0), |l| (l.states(), l.transitions));
            control.resume(at, saved.states + states, saved.transitions + transitions);
            if saved.levels.is_none() {
                saved.levels = Some(Levels::at_boot(&mut expanders[0], &control));
            }
            let levels = loop {
                let levels = saved.levels.as_mut().expect("the search has begun");
                stopped = levels.run(question, &mut expanders, &control).err();
                if stopped.is_some() && save.is_some() {
                    levels.tables = arena.tables();
                }
                if stopped != Some(Stopped::Checkpoint) {
                    break levels;
                }
                if let Some(save) = &mut save {
                    save(saved);
                }
                save_later();
            };
            saved.fingerprints |= !levels.is_exact();
            if stopped.is_some() {
                let so_far = levels
                    .found
                    .so_far(question, &mut expanders[0], &levels.candidates);
                largest = largest.max(levels.states());
                unfinished = Some((levels.transitions, levels.depth));
                question.add(&mut found, so_far);
                break;
            }
            saved.states = control.states();
            largest = largest.max(levels.states());
            saved.transitions += levels.transitions;
            saved.depth = saved.depth.max(levels.depth);
            question.add(&mut found, std::mem::take(&mut levels.found.findings));
            saved.hits.push(std::mem::take(&mut levels.found.hits));
            saved.topology += 1;
            saved.levels = None;
            arena.keep(expanders);
        }
        if let Some(save) = save {
            save(saved);
        }
        let mut summary = SearchSummary {
            states: saved.states,
            largest,
            transitions: saved.transitions,
            depth: saved.depth,
            bytes: control.peak(),
            programs: None,
            exact: !saved.fingerprints,
            stopped,
            findings: Vec::new(),
            shortest: usize::MAX,
        };
        if let Some((transitions, depth)) = unfinished {
            summary.states = control.states();
            summary.transitions += transitions;
            summary.depth = summary.depth.max(depth);
        }
        let with = (self.threads, pool);
        conclude(&mut summary, question, found, with, control.deadline());
        summary
    }
}

/// Sorts the findings, and makes sure that their cases are shortest, with so many threads.
fn conclude<M: Model, const N: usize>(
    summary: &mut SearchSummary,
    question: &Question<'_, M, N>,
    mut found: Findings,
    (threads, pool): (usize, &Pool<M>),
    deadline: Deadline<'_>,
) {
    if question.universe.ops.is_none() && summary.complete() {
        match shorten(question, &mut found, (threads, pool), deadline) {
            Ok(shortest) => summary.shortest = shortest,
            Err(stopped) => summary.stopped = Some(stopped),
        }
    }
    summary.findings = in_order(found);
    question.mark_shortest(summary);
}

/// The most bytes of graphs that a search keeps for making its cases shorter.
const OWN: usize = 32 << 20;

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
