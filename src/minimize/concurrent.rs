// SPDX-License-Identifier: GPL-2.0-or-later
//! Smaller cases on several CPUs.
//!
//! A finding on several CPUs is about what a program shows under any schedule. A case that is too
//! large for all its schedules is made smaller under its own first, until they can be tried.

use super::edit::without;
use super::pass;
use crate::finding::Finding;
use crate::interleaving::{find, switches};
use crate::judge::{Cause, Difference, Place, View};
use crate::race::RaceSearch;
use crate::record::record;
use spec::{Case, Model};

/// What is asked of cases on several CPUs.
struct Asked<'a, M, const N: usize> {
    models: &'a [M; N],
    views: &'a [View],
    cause: &'a Cause,
}

impl<M: Model, const N: usize> Asked<'_, M, N> {
    /// What it shows under its own schedule.
    fn under(&self, case: &Case) -> Option<Difference> {
        find(self.models, self.views, case, self.cause)
    }

    /// Whether it shows it under any schedule, as far as all of them can be tried.
    fn somehow(&self, case: &Case) -> bool {
        let search = RaceSearch::of_programs(*self.models, self.views);
        search.shows_somehow(case, self.cause) == Some(true)
    }

    /// The schedule with the fewest switches that shows it, and what it shows there.
    fn best(&self, case: &Case) -> Option<Finding> {
        let search = RaceSearch::of_programs(*self.models, self.views);
        search.shown_best(case, self.cause)?
    }
}

/// The simplest case on several CPUs that shows a cause.
pub(super) fn simplest<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Finding> {
    /// With more operations there are too many schedules to begin with all of them.
    const FEW_OPS: usize = 8;
    let asked = Asked {
        models,
        views,
        cause,
    };
    let mut case = case.bare();
    let is_small = case.ops.len() <= FEW_OPS;
    if !(is_small && asked.somehow(&case)) {
        asked.under(&case)?;
        case = under_schedule(&asked, case);
        if !asked.somehow(&case) {
            let case = fewer_switches(&asked, case);
            return Finding::find(models, views, &case, cause);
        }
    }
    // Which schedule it is, is looked at in the end.
    case.schedule = None;
    let case = pass::descend(case, Place::End, &mut |case| asked.somehow(case));
    asked.best(&case)
}

/// Without operations and the entries of the schedule that ran them.
fn under_schedule<M: Model, const N: usize>(asked: &Asked<'_, M, N>, mut case: Case) -> Case {
    let mut size = case.ops.len().div_ceil(2);
    while size > 0 {
        let mut end = case.ops.len();
        let before = end;
        while end > 0 {
            let begin = end.saturating_sub(size);
            let drop: Vec<bool> = (0..case.ops.len())
                .map(|op| (begin..end).contains(&op))
                .collect();
            let smaller = without(&case, &drop);
            let schedules = asked.models.each_ref().map(|model| {
                let sections = record(model, &case).sections;
                let stay = sections.iter().filter(|ran| !drop[ran.op]);
                Some(stay.map(|ran| ran.cpu).collect())
            });
            let all = schedules.into_iter().chain([case.schedule.clone()]);
            for schedule in all {
                let smaller = Case {
                    schedule,
                    ..smaller.clone()
                };
                if asked.under(&smaller).is_some() {
                    case = smaller;
                    break;
                }
            }
            end = begin.min(case.ops.len());
        }
        if size > 1 || case.ops.len() == before {
            size /= 2;
        }
    }
    pass::descend(case, Place::End, &mut |case| asked.under(case).is_some())
}

/// Under a schedule with fewer switches between CPUs, and without entries that it does not need.
fn fewer_switches<M: Model, const N: usize>(asked: &Asked<'_, M, N>, mut case: Case) -> Case {
    loop {
        let schedule = case.schedule.clone().unwrap_or_default();
        let key = |schedule: &[u8]| (switches(schedule), schedule.len(), schedule.to_vec());
        let shorter = (0..schedule.len()).map(|at| {
            let mut schedule = schedule.clone();
            schedule.remove(at);
            schedule
        });
        let moved = (0..schedule.len()).flat_map(|from| {
            let schedule = schedule.clone();
            (0..schedule.len()).map(move |to| {
                let mut schedule = schedule.clone();
                let entry = schedule.remove(from);
                schedule.insert(to, entry);
                schedule
            })
        });
        let mut all = shorter.chain(moved);
        let simpler = all.find_map(|other| {
            let case = Case {
                schedule: Some(other),
                ..case.clone()
            };
            let other = case.schedule.as_deref().unwrap_or_default();
            (key(other) < key(&schedule) && asked.under(&case).is_some()).then_some(case)
        });
        match simpler {
            Some(simpler) => case = simpler,
            None => return case,
        }
    }
}
