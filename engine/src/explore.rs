// SPDX-License-Identifier: GPL-2.0-or-later
//! One entry point for both exhaustive explorers: the search for one CPU, and the race search for
//! several.

mod alike;
mod certify;

pub use alike::Alike;
pub use certify::{certified, certified_while};

use crate::finding::{Finding, in_order_of_size};
use crate::judge::View;
use crate::limits::{Deadline, Limits, Status};
use crate::question::{Question, SearchSummary};
use crate::race::RaceSearch;
use crate::search::{Pool, Search};
use crate::universe::Universe;
use crate::workers::{self, cores};
use spec::Model;
use std::fmt;
use std::sync::atomic::AtomicBool;

/// Configures an exploration of a universe, for any number of CPUs.
pub struct Exploration<'a, M, const N: usize> {
    /// The question that the exploration has to answer.
    pub question: Question<'a, M, N>,
    /// The limits at which it stops.
    pub limits: Limits,
    /// The number of threads. The findings do not depend on it.
    pub threads: usize,
    /// Stops the exploration when it becomes true.
    pub interrupt: Option<&'a AtomicBool>,
    /// Called with the progress, many times a second.
    pub watch: Option<&'a (dyn Fn(&Status) + Sync)>,
    /// What searches of other models have computed. An exploration of several CPUs does not use it.
    pub pool: Option<&'a Pool<M>>,
    /// Whether all states are counted; see [`Search::counts`]. An exploration of several CPUs counts
    /// them anyway.
    pub counts: bool,
}

impl<'a, M: Model, const N: usize> Exploration<'a, M, N> {
    /// Returns an exploration on all cores, without an interrupt or a watcher.
    pub fn new(question: Question<'a, M, N>, limits: Limits) -> Self {
        Exploration {
            question,
            limits,
            threads: cores(),
            interrupt: None,
            watch: None,
            pool: None,
            counts: true,
        }
    }

    /// Returns an exploration of what these models do in a universe, compared in these views.
    pub fn of(models: [M; N], universe: &'a Universe, views: &'a [View], limits: Limits) -> Self {
        let question = Question {
            models,
            universe,
            views,
        };
        Exploration::new(question, limits)
    }

    /// Explores the universe, with the explorer for its number of CPUs, and minimizes each finding.
    pub fn run(&self) -> SearchSummary {
        let deadline = Deadline::new(self.limits.time, self.interrupt);
        self.minimized(self.explore(), deadline)
    }

    /// Minimizes the findings of an exploration with this deadline. Continues for up to half a
    /// second after the exploration, even if the deadline has passed.
    pub fn minimized(&self, mut summary: SearchSummary, deadline: Deadline<'_>) -> SearchSummary {
        let conclusion = deadline.conclusion();
        let goes_on = || conclusion.goes_on();
        let findings = std::mem::take(&mut summary.findings);
        summary.findings = workers::map(self.threads, findings, |finding| {
            certify::canonical(&self.question, finding, &goes_on)
        });
        in_order_of_size(&mut summary.findings);
        if !goes_on() {
            summary.stopped = summary.stopped.or_else(|| deadline.stopped());
            let forget = |finding: &mut Finding| finding.shortest_in = None;
            summary.findings.iter_mut().for_each(forget);
        }
        summary
    }

    /// Explores the universe, and returns the findings of the explorer without minimizing them.
    pub fn explore(&self) -> SearchSummary {
        match self.question.universe.cpus {
            0..=1 => self.search().run(),
            _ => self.race_search().run(),
        }
    }

    /// Returns the search that explores a universe of one CPU.
    pub fn search(&self) -> Search<'a, M, N> {
        Search {
            threads: self.threads,
            interrupt: self.interrupt,
            watch: self.watch,
            pool: self.pool,
            counts: self.counts,
            ..Search::new(self.question, self.limits)
        }
    }

    /// Returns the same exploration with the time that remains.
    fn with_time_of(&self, deadline: Deadline<'_>) -> Self {
        Exploration {
            limits: Limits {
                time: deadline.remaining(),
                ..self.limits
            },
            ..*self
        }
    }

    fn race_search(&self) -> RaceSearch<'a, M, N> {
        RaceSearch {
            threads: self.threads,
            interrupt: self.interrupt,
            watch: self.watch,
            ..RaceSearch::new(self.question, self.limits)
        }
    }
}

/// Finds every cause by which two models differ in a universe, compared in `views`.
pub fn compare<M: Model>(
    models: [M; 2],
    universe: &Universe,
    views: &[View],
    limits: Limits,
) -> SearchSummary {
    Exploration::of(models, universe, views, limits).run()
}

/// Finds all misbehaviours of a model in a universe.
pub fn check<M: Model>(model: M, universe: &Universe, limits: Limits) -> SearchSummary {
    Exploration::of([model], universe, &[], limits).run()
}

impl<M: Model + fmt::Debug, const N: usize> fmt::Debug for Exploration<'_, M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exploration")
            .field("question", &self.question)
            .field("limits", &self.limits)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
