// SPDX-License-Identifier: GPL-2.0-or-later
//! Minimizes cases on several CPUs.
//!
//! A finding on several CPUs is about what a program shows under any schedule. If a case has too
//! many schedules, it is first made smaller under its own schedule, until all schedules can be
//! tried.

use super::shrink::Shrinker;
use super::{GoesOn, shrunk};
use crate::finding::Finding;
use crate::interleaving::find;
use crate::judge::{Cause, Difference, View};
use crate::race::RaceSearch;
use crate::record::record;
use spec::edit::without_ops_and_their_names;
use spec::{Case, Model};

/// The cause that a case on several CPUs has to show.
struct Asked<'a, M, const N: usize> {
    models: &'a [M; N],
    views: &'a [View],
    cause: &'a Cause,
    goes_on: GoesOn<'a>,
}

impl<M: Model, const N: usize> Asked<'_, M, N> {
    /// Returns the difference that the case shows under its own schedule.
    fn under(&self, case: &Case) -> Option<Difference> {
        find(self.models, self.views, case, self.cause)
    }

    /// Returns the search that tries all schedules.
    fn search(&self) -> RaceSearch<'_, M, N> {
        RaceSearch {
            goes_on: Some(self.goes_on),
            ..RaceSearch::of_programs(*self.models, self.views)
        }
    }

    /// Returns whether the case shows the cause under any schedule; false if there are too many to
    /// try.
    fn under_any(&self, case: &Case) -> bool {
        (self.goes_on)() && self.search().shows_under_any_schedule(case, self.cause) == Some(true)
    }

    /// Returns the finding under the schedule with the fewest switches that shows the cause.
    fn best(&self, case: &Case) -> Option<Finding> {
        self.search().shown_best(case, self.cause)?
    }
}

/// Returns the simplest case found on several CPUs that shows a cause.
pub(super) fn simplest<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
    goes_on: GoesOn<'_>,
) -> Option<Finding> {
    /// A case with more operations has too many schedules to start with all of them.
    const FEW_OPS: usize = 8;
    let asked = Asked {
        models,
        views,
        cause,
        goes_on,
    };
    let mut case = case.bare();
    let is_small = case.ops.len() <= FEW_OPS;
    if !(is_small && asked.under_any(&case)) {
        asked.under(&case)?;
        case = under_schedule(&asked, case);
        if !asked.under_any(&case) {
            let mut under = |case: &Case| asked.under(case).is_some();
            let mut shrinker = Shrinker::new(case, &mut under);
            shrinker.schedule();
            return Finding::find(models, views, &shrinker.best, cause);
        }
    }
    // The schedule is chosen at the end.
    case.schedule = None;
    let case = shrunk(case, &mut |case| asked.under_any(case));
    asked.best(&case)
}

/// Removes operations together with the entries of the schedule that ran them.
fn under_schedule<M: Model, const N: usize>(asked: &Asked<'_, M, N>, case: Case) -> Case {
    let mut size = case.ops.len().div_ceil(2);
    let mut shows = |case: &Case| asked.under(case).is_some();
    let mut shrinker = Shrinker::new(case, &mut shows);
    while size > 0 {
        let mut end = shrinker.best.ops.len();
        let before = end;
        while end > 0 {
            let begin = end.saturating_sub(size);
            let goes = |op| (begin..end).contains(&op);
            let case = shrinker.best.clone();
            let smaller = without_ops_and_their_names(&case, goes);
            let schedules = asked.models.each_ref().map(|model| {
                let sections = record(model, &case).sections;
                let stay = sections.iter().filter(|ran| !goes(ran.op));
                Some(stay.map(|ran| ran.cpu).collect())
            });
            let mut all = schedules.into_iter().chain([case.schedule.clone()]);
            all.any(|schedule| {
                shrinker.take(Case {
                    schedule,
                    ..smaller.clone()
                })
            });
            end = begin.min(shrinker.best.ops.len());
        }
        if size > 1 || shrinker.best.ops.len() == before {
            size /= 2;
        }
    }
    shrinker.run();
    shrinker.best
}
