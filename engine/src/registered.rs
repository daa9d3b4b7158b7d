// SPDX-License-Identifier: GPL-2.0-or-later
//! What the explorers do for registered models, compiled in this crate.
//!
//! The explorers are generic over models, so that tests can use models of their own. Generic code is
//! compiled in the crate that uses it. `svadiff` is compiled without optimization, so wherever it
//! matters, it calls these functions and not the generic ones.

use crate::explore::{Exploration, certified_while};
use crate::finding::Finding;
use crate::hunt::{Hunt, HuntFinding, HuntSummary};
use crate::interleaving::{Bounds, Explored, Explorer};
use crate::judge::{Cause, Difference, View, judge};
use crate::limits::Deadline;
use crate::minimize::{GoesOn, is_one_minimal, minimize, needs_all};
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::race::{Looked, RaceSearch};
use crate::record;
use crate::search::{Checkpoint, Saved, Search};
use spec::concurrent::Program;
use spec::read::Refused;
use spec::record::Recording;
use spec::{Case, Model, Topology};
use std::collections::HashSet;

/// What explorers do with one registered model, or with two.
pub trait Registered<const N: usize>: Model {
    /// See [`Exploration::run`].
    fn run(exploration: &Exploration<'_, Self, N>) -> SearchSummary;

    /// See [`Exploration::explore`].
    fn explore(exploration: &Exploration<'_, Self, N>) -> SearchSummary;

    /// See [`Exploration::minimized`].
    fn minimized(
        exploration: &Exploration<'_, Self, N>,
        summary: SearchSummary,
        deadline: Deadline<'_>,
    ) -> SearchSummary;

    /// See [`Search::go_on`].
    fn go_on(
        search: &Search<'_, Self, N>,
        saved: Saved,
        save: &mut dyn FnMut(&Saved),
    ) -> SearchSummary;

    /// See [`Checkpoint::read`].
    ///
    /// # Errors
    ///
    /// See [`Checkpoint::read`].
    fn saved(checkpoint: &Checkpoint, question: &Question<'_, Self, N>) -> Result<Saved, Refused>;

    /// See [`Checkpoint::write`].
    ///
    /// # Errors
    ///
    /// See [`Checkpoint::write`].
    fn save(
        checkpoint: &mut Checkpoint,
        saved: &Saved,
        question: &Question<'_, Self, N>,
    ) -> Result<(), Refused>;

    /// See [`cluster::search`](crate::search::cluster::search).
    ///
    /// # Errors
    ///
    /// See [`cluster::search`](crate::search::cluster::search).
    #[cfg(feature = "cluster")]
    fn on_a_cluster(
        task: crate::search::cluster::Task<Self, N>,
        arguments: Vec<String>,
        interrupt: &'static std::sync::atomic::AtomicBool,
    ) -> Result<(SearchSummary, bool), crate::search::cluster::ClusterError>;

    /// See [`certified`](crate::explore::certified); stops when `goes_on` returns false.
    fn certified(
        models: [Self; N],
        views: &[View],
        case: &Case,
        cause: &Cause,
        goes_on: GoesOn<'_>,
    ) -> Option<Finding>;

    /// See [`is_one_minimal`].
    fn is_one_minimal(
        models: [Self; N],
        views: &[View],
        case: &Case,
        cause: &Cause,
    ) -> Option<bool>;

    /// See [`needs_all`].
    fn needs_all(models: [Self; N], views: &[View], case: &Case, cause: &Cause) -> bool;

    /// See [`judge`].
    fn judge(models: [Self; N], views: &[View], case: &Case) -> Vec<Difference>;

    /// See [`Finding::new`].
    fn finding(models: [Self; N], case: &Case, difference: Difference) -> Finding;
}

macro_rules! registered {
    ($($n:literal)*) => { $(
        impl Registered<$n> for AnyModel {
            fn run(exploration: &Exploration<'_, Self, $n>) -> SearchSummary {
                exploration.run()
            }

            fn explore(exploration: &Exploration<'_, Self, $n>) -> SearchSummary {
                exploration.explore()
            }

            fn minimized(
                exploration: &Exploration<'_, Self, $n>,
                summary: SearchSummary,
                deadline: Deadline<'_>,
            ) -> SearchSummary {
                exploration.minimized(summary, deadline)
            }

            fn go_on(
                search: &Search<'_, Self, $n>,
                saved: Saved,
                save: &mut dyn FnMut(&Saved),
            ) -> SearchSummary {
                search.go_on(saved, save)
            }

            fn saved(
                checkpoint: &Checkpoint,
                question: &Question<'_, Self, $n>,
            ) -> Result<Saved, Refused> {
                checkpoint.read(question)
            }

            fn save(
                checkpoint: &mut Checkpoint,
                saved: &Saved,
                question: &Question<'_, Self, $n>,
            ) -> Result<(), Refused> {
                checkpoint.write(saved, question)
            }

            #[cfg(feature = "cluster")]
            fn on_a_cluster(
                task: crate::search::cluster::Task<Self, $n>,
                arguments: Vec<String>,
                interrupt: &'static std::sync::atomic::AtomicBool,
            ) -> Result<(SearchSummary, bool), crate::search::cluster::ClusterError> {
                crate::search::cluster::search(task, arguments, interrupt)
            }

            fn certified(
                models: [Self; $n],
                views: &[View],
                case: &Case,
                cause: &Cause,
                goes_on: GoesOn<'_>,
            ) -> Option<Finding> {
                certified_while(models, views, case, cause, goes_on)
            }

            fn is_one_minimal(
                models: [Self; $n],
                views: &[View],
                case: &Case,
                cause: &Cause,
            ) -> Option<bool> {
                is_one_minimal(&models, views, case, cause)
            }

            fn needs_all(models: [Self; $n], views: &[View], case: &Case, cause: &Cause) -> bool {
                needs_all(&models, views, case, cause)
            }

            fn judge(models: [Self; $n], views: &[View], case: &Case) -> Vec<Difference> {
                judge(&models, views, case)
            }

            fn finding(models: [Self; $n], case: &Case, difference: Difference) -> Finding {
                Finding::new(&models, case, difference)
            }
        }
    )* };
}

registered!(1 2);

impl AnyModel {
    /// See [`Explorer::explore_while`]; keeps schedules.
    pub fn explore_program(
        self,
        explorer: &mut Explorer,
        (topology, program): (&Topology, &Program),
        bounds: Bounds,
        goes_on: &dyn Fn(&Explored) -> bool,
    ) -> Explored {
        explorer.explore_while((&self, true), topology, program, bounds, goes_on)
    }

    /// See [`Explored::sample`].
    pub fn sample(
        self,
        explored: &mut Explored,
        (topology, program): (&Topology, &Program),
        goes_on: &dyn Fn() -> bool,
    ) {
        explored.sample(&self, topology, program, goes_on);
    }

    /// Runs a case and records everything.
    pub fn record(self, case: &Case) -> Recording {
        record::record(&self, case)
    }
}

/// See [`minimize`].
pub fn smallest(
    models: [AnyModel; 2],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Finding> {
    minimize(&models, views, case, cause)
}

/// See [`Hunt::run`].
///
/// # Errors
///
/// The error of `tell`.
pub fn hunt<E>(
    hunt: &Hunt<'_, AnyModel>,
    mut tell: impl FnMut(&HuntFinding) -> Result<(), E>,
) -> Result<HuntSummary, E> {
    let mut result = Ok(());
    let summary = until_told_otherwise(hunt, &mut |finding| {
        result = tell(finding);
        result.is_ok()
    });
    result.map(|()| summary)
}

/// Runs a hunt, until it ends or `tell` returns false.
fn until_told_otherwise(
    hunt: &Hunt<'_, AnyModel>,
    tell: &mut dyn FnMut(&HuntFinding) -> bool,
) -> HuntSummary {
    let summary = hunt.run(|finding| if tell(finding) { Ok(()) } else { Err(()) });
    summary.unwrap_or_default()
}

/// Runs the operations of a case under every interleaving. Returns what the two models do differently
/// by a cause that is not known, and adds the causes to those that are known; returns `None` if there
/// are too many interleavings.
pub fn differences_of_program(
    models: [AnyModel; 2],
    case: &Case,
    known: &mut HashSet<Cause>,
) -> Option<Vec<Finding>> {
    let search = RaceSearch::of_programs(models, &View::DEFAULT);
    let (mut looked, mut explorers) = (Looked::default(), Default::default());
    search.look_at(case, 0, known, &mut explorers, &mut looked);
    if looked.too_large() > 0 {
        return None;
    }
    let found = search.settle(looked, known).into_iter();
    let found = found.map(|(_, mut finding)| {
        search.on_one_cpu(&mut finding);
        finding
    });
    Some(found.collect())
}

/// Returns whether the operations of a case show a cause under any schedule; `None` if there are too
/// many schedules.
pub fn shows_under_any_schedule(models: [AnyModel; 2], case: &Case, cause: &Cause) -> Option<bool> {
    RaceSearch::of_programs(models, &View::DEFAULT).shows_under_any_schedule(case, cause)
}
