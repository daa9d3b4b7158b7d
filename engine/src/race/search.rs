// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs every program of a universe under every interleaving: finds outcomes that one kernel allows
//! and another does not, and misbehaviours.
//!
//! Programs are tried by length, so no program is shorter than the first one that shows a cause. Of
//! several programs of that length, the simplest is kept, with the schedule that has the fewest
//! switches between CPUs.

use super::programs::Programs;
use super::suspects::{Done, Suspect, keep_better};
use crate::finding::{Findings, in_order};
use crate::interleaving::{Bounds, Explorer};
use crate::judge::{Cause, View};
use crate::limits::{Control, Deadline, Limits, Status, Stopped};
use crate::question::{Question, SearchSummary};
use crate::universe::Universe;
use crate::workers::{self, cores, lock};
use spec::{Model, Op, Topology};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Configures a search over programs.
pub struct RaceSearch<'a, M, const N: usize> {
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
    /// The bounds for each program.
    pub bounds: Bounds,
    /// Called before each step of an examination. Once it returns `false`, the examination is cut
    /// short.
    pub(crate) goes_on: Option<&'a (dyn Fn() -> bool + Sync)>,
}

impl<'a, M: Model, const N: usize> RaceSearch<'a, M, N> {
    /// Returns a search on all cores, without an interrupt or a watcher.
    pub fn new(question: Question<'a, M, N>, limits: Limits) -> Self {
        RaceSearch {
            question,
            limits,
            threads: cores(),
            interrupt: None,
            watch: None,
            bounds: Bounds::NONE,
            goes_on: None,
        }
    }

    /// Makes a search for programs from a list, each explored within [`Bounds::WAITING`].
    pub fn of_programs(models: [M; N], views: &'a [View]) -> Self {
        /// Programs from a list do not need a universe.
        static NONE: LazyLock<Universe> = LazyLock::new(Universe::default);
        let question = Question {
            models,
            universe: &NONE,
            views,
        };
        RaceSearch {
            bounds: Bounds::WAITING,
            ..RaceSearch::new(question, Limits::default())
        }
    }

    /// Runs the search. The universe must limit the number of operations.
    pub fn run(&self) -> SearchSummary {
        let question = &self.question;
        let control = Control::new(self.limits, self.interrupt, self.watch);
        let topologies = question.universe.topologies();
        let mut summary = SearchSummary::nothing();
        let mut found = Findings::new();
        let mut known: HashSet<Cause> = HashSet::new();
        // All topologies advance together, level by level, so that a shorter program comes before a
        // longer one of another topology.
        let mut levels: Vec<Vec<Vec<Op>>> = vec![vec![Vec::new()]; topologies.len()];
        let most = question.universe.ops.unwrap_or(0);
        let mut all = Done::default();
        for length in 1..=most {
            let mut seen: HashMap<Cause, Suspect> = HashMap::new();
            for (at, topology) in topologies.iter().enumerate() {
                control.resume((at, topologies.len()), all.states, all.sections);
                control.level(length, levels[at].len(), found.len());
                let keep = length < most;
                let kept: usize = levels.iter().map(Vec::len).sum();
                let level = (&levels[at][..], kept * bytes_of(length));
                let (longer, here, done) = self.level(topology, level, keep, &known, &control);
                levels[at] = longer;
                all.add(&done);
                for (cause, this) in here {
                    keep_better(&mut seen, cause, this);
                }
                summary.stopped = control.take_stopped();
                if summary.stopped.is_some() {
                    break;
                }
            }
            self.conclude_until(control.deadline(), &mut found, &mut known, seen);
            let stopped = || control.deadline().stopped();
            summary.stopped = summary.stopped.or_else(stopped);
            if summary.stopped.is_some() {
                break;
            }
            summary.depth = length;
        }
        summary.states = all.states;
        summary.transitions = all.sections;
        summary.programs = Some((all.programs, all.schedules));
        summary.bytes = control.peak();
        summary.findings = in_order(found);
        for finding in &mut summary.findings {
            self.on_one_cpu(finding);
        }
        question.mark_shortest(&mut summary);
        summary
    }

    /// Examines the observations of a level. Ends at the latest half a second after the deadline.
    fn conclude_until(
        &self,
        deadline: Deadline<'_>,
        found: &mut Findings,
        known: &mut HashSet<Cause>,
        seen: HashMap<Cause, Suspect>,
    ) {
        let conclusion = deadline.conclusion();
        let goes_on = || conclusion.goes_on();
        let search = RaceSearch {
            goes_on: Some(&goes_on),
            ..*self
        };
        search.conclude(found, known, seen, None);
    }

    /// Returns whether an examination may continue.
    pub(crate) fn goes_on(&self) -> bool {
        self.goes_on.is_none_or(|goes_on| goes_on())
    }

    /// Runs every program of `level` with each possible operation appended. Returns these programs
    /// if `keep` is set, and the differences that they show and that are not yet known.
    fn level(
        &self,
        topology: &Topology,
        (level, bytes): (&[Vec<Op>], usize),
        keep: bool,
        known: &HashSet<Cause>,
        control: &Control<'_>,
    ) -> (Vec<Vec<Op>>, HashMap<Cause, Suspect>, Done) {
        /// The number of programs that a thread takes at a time.
        const CHUNK: usize = 16;
        let Question {
            models, universe, ..
        } = &self.question;
        let programs = Programs::new(models, universe, topology);
        let next = AtomicUsize::new(0);
        let results = Mutex::new((Vec::new(), HashMap::new(), Done::default()));
        let kept = AtomicUsize::new(0);
        let goes_on = || !control.no_more();
        let work = |explorers: &mut [Explorer; N]| {
            loop {
                let first = next.fetch_add(CHUNK, Relaxed);
                if first >= level.len() {
                    return;
                }
                let chunk = &level[first..level.len().min(first + CHUNK)];
                let mut longer = Vec::new();
                let mut seen = HashMap::new();
                let mut done = Done::default();
                for (at, program) in (first..).zip(chunk) {
                    if control.no_more() {
                        break;
                    }
                    let mut number = 0;
                    programs.extend(program, &mut |ops| {
                        if control.no_more() {
                            return;
                        }
                        let order = at << 16 | number;
                        number += 1;
                        if keep {
                            longer.push(ops.to_vec());
                        }
                        done.programs += 1;
                        let before = done.states;
                        let bounds = Bounds {
                            states: self.bounds.states.min(control.states_left()),
                            bytes: self.bounds.bytes.min(self.limits.bytes),
                            ..self.bounds
                        };
                        let with = (&mut done, bounds, &goes_on as &dyn Fn() -> bool);
                        let looked = self.look(topology, ops, order, known, explorers, with);
                        control.new_states(done.states - before);
                        if done.cut {
                            let is_full = control.states_left() == 0;
                            control.stop(match is_full {
                                true => Stopped::States,
                                false => Stopped::Memory,
                            });
                        }
                        for (cause, this) in looked {
                            keep_better(&mut seen, cause, this);
                        }
                    });
                }
                let kept = kept.fetch_add(longer.len(), Relaxed) + longer.len();
                let length = chunk.first().map_or(0, Vec::len) + 1;
                let bytes = bytes + kept * bytes_of(length);
                control.expanded(chunk.len(), done.sections, bytes);
                let mut results = lock(&results);
                let (all_longer, all_seen, all_done) = &mut *results;
                all_longer.push((first, longer));
                for (cause, this) in seen {
                    keep_better(all_seen, cause, this);
                }
                all_done.add(&done);
            }
        };
        let mut workers: Vec<[Explorer; N]> = Vec::new();
        workers.resize_with(self.threads.max(1), || {
            std::array::from_fn(|_| Explorer::default())
        });
        workers::run(&mut workers, work);
        let results = results.into_inner();
        let (mut longer, seen, done) = results.unwrap_or_else(PoisonError::into_inner);
        longer.sort_by_key(|(first, _)| *first);
        let longer = longer.into_iter().flat_map(|(_, longer)| longer).collect();
        (longer, seen, done)
    }
}

/// Returns the bytes of a program with this many operations.
fn bytes_of(ops: usize) -> usize {
    size_of::<Vec<Op>>() + ops * size_of::<Op>()
}

impl<M: Model + fmt::Debug, const N: usize> fmt::Debug for RaceSearch<'_, M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaceSearch")
            .field("question", &self.question)
            .field("limits", &self.limits)
            .field("threads", &self.threads)
            .field("bounds", &self.bounds)
            .finish_non_exhaustive()
    }
}
