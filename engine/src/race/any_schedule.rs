// SPDX-License-Identifier: GPL-2.0-or-later
//! Finds what a program shows under any schedule.

use super::joint::{Alone, Showing};
use super::search::RaceSearch;
use crate::finding::Finding;
use crate::interleaving::{Explored, Explorer, Outcome, switches};
use crate::judge::{Cause, View};
use crate::question::Question;
use spec::concurrent::Program;
use spec::edit::without_op;
use spec::{Case, Model};

impl<M: Model, const N: usize> RaceSearch<'_, M, N> {
    /// Returns whether a case shows a cause under any schedule even without one of its operations.
    /// If so, the smaller program has been explored, and its causes are known.
    pub(super) fn shows_with_less(&self, case: &Case, cause: &Cause) -> bool {
        (0..case.ops.len()).any(|op| {
            let smaller = without_op(case, op);
            self.shows_under_any_schedule(&smaller, cause) == Some(true)
        })
    }

    /// Returns whether the operations of a case show a cause under any schedule: as the first
    /// difference in an outcome that only one side allows, or as a misbehaviour. Returns `None` if
    /// the program exceeds the bounds.
    pub fn shows_under_any_schedule(&self, case: &Case, cause: &Cause) -> Option<bool> {
        let mut is_shown = false;
        self.showings(case, cause, &mut |_| {
            is_shown = true;
            false
        })?;
        Some(is_shown)
    }

    /// Returns whether a case that was made smaller can replace the one that it was made of: on
    /// several CPUs, whether it shows its cause under any schedule. Returns false if the program
    /// exceeds the bounds.
    pub(crate) fn accepts(&self, smaller: &Finding) -> bool {
        let Finding {
            case, difference, ..
        } = smaller;
        !case.is_on_several_cpus()
            || self.shows_under_any_schedule(case, &difference.cause) == Some(true)
    }

    /// Returns the case under the schedule that shows the cause best. A schedule is better if the
    /// other side shows its first difference under no schedule; among equals, if it has fewer
    /// switches between CPUs. The outer `None` means that the program exceeds the bounds, the inner
    /// one that no schedule shows the cause.
    pub fn shown_best(&self, case: &Case, cause: &Cause) -> Option<Option<Finding>> {
        let mut best: Option<Showing> = None;
        let rank = |showing: &Showing| {
            let schedule = showing.case.schedule.as_deref().unwrap_or_default();
            (showing.is_possible, switches(schedule))
        };
        self.showings(case, cause, &mut |showing| {
            if best.as_ref().is_none_or(|best| rank(&showing) < rank(best)) {
                best = Some(showing);
            }
            true
        })?;
        Some(best.map(|showing| self.finding(showing.case, showing.first)))
    }

    /// Calls `shown` with the case under schedules that show the cause, until it returns `false`.
    /// Returns `None` if the program exceeds the bounds.
    fn showings(
        &self,
        case: &Case,
        cause: &Cause,
        shown: &mut dyn FnMut(Showing) -> bool,
    ) -> Option<()> {
        let Question { models, views, .. } = &self.question;
        let (topology, program) = (&case.topology, Program::new(&case.ops));
        let mut explorer = Explorer::default();
        let mut all: [Option<Explored>; N] = std::array::from_fn(|_| None);
        for (explored, model) in all.iter_mut().zip(models) {
            let goes_on = |_: &Explored| self.goes_on();
            let with_paths = (model, true);
            let this =
                explorer.explore_while(with_paths, topology, &program, self.bounds, &goes_on);
            if this.cut {
                return None;
            }
            *explored = Some(this);
        }
        let all = all.map(|explored| explored.expect("each was explored"));
        let everything: &[_] = if N == 1 { &View::ALL } else { views };
        let seen = |side: usize| -> Vec<Outcome> {
            let outcomes = all[side].outcomes.keys();
            outcomes.map(|outcome| outcome.seen(everything)).collect()
        };
        for (side, explored) in all.iter().enumerate() {
            let others = seen(N - 1 - side);
            for (outcome, fewest) in &explored.outcomes {
                let is_alone = N == 2 && !others.contains(&outcome.seen(everything));
                let case = Case::scheduled(topology, program.ops(), fewest.fewest.1.clone());
                let here = self.shown(&case, is_alone.then_some(side));
                let here = here.into_iter().find(|this| this.cause == *cause);
                let showing = here.map(|first| Showing {
                    case,
                    first,
                    is_possible: is_alone,
                });
                if showing.is_some_and(|showing| !shown(showing)) {
                    return Some(());
                }
                if let ([from, to], true) = (&models[..], is_alone) {
                    let alone = Alone {
                        models: [*from, *to],
                        views,
                        side,
                        topology,
                        program: &program,
                        outcome,
                        others: &others,
                        goes_on: &|| self.goes_on(),
                    };
                    for showing in alone
                        .showings()
                        .filter(|showing| showing.first.cause == *cause)
                    {
                        if !shown(showing) {
                            return Some(());
                        }
                    }
                }
            }
        }
        Some(())
    }
}
