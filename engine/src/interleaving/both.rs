// SPDX-License-Identifier: GPL-2.0-or-later
//! Finds misbehaviours that two models share. On several CPUs this requires the outcomes of the
//! second model under other schedules.

use super::{Outcome, allows};
use crate::finding::{Finding, Judged};
use crate::judge::{Cause, Difference, View, misbehaviours};
use crate::record::record;
use spec::record::Recording;
use spec::{Case, Model};

/// Returns the misbehaviours of both models in a case. On several CPUs, it is enough if the second
/// model reaches the same outcome under some other schedule.
pub fn misbehaviours_of_both<M: Model>(models: &[M; 2], case: &Case) -> Vec<Difference> {
    let recordings = models.each_ref().map(|model| record(model, case));
    let [from, to] = &recordings;
    of_both(case, [from, to], |outcome| {
        allows(&models[1], case, outcome)
    })
}

/// Does the same from recordings. `allows` returns whether the second model reaches an outcome
/// under some schedule, or `None` if that is unknown.
pub fn of_both(
    case: &Case,
    [from, to]: [&Recording; 2],
    allows: impl FnOnce(&Outcome) -> Option<bool>,
) -> Vec<Difference> {
    let mut all = misbehaviours(case, from);
    if case.is_on_several_cpus() {
        let is_allowed = allows(&Outcome::of(from)) == Some(true);
        all.retain(|this| !this.follows && is_allowed);
    } else {
        let theirs = misbehaviours(case, to);
        all.retain(|this| !this.follows && theirs.iter().any(|other| this.is_like(other)));
    }
    all.iter_mut()
        .for_each(|this| this.cause.attribute_to_both());
    all
}

/// Returns the difference with this cause, if the case shows it and it is not a consequence there.
pub fn find<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Difference> {
    judged(models, views, case, cause).map(|(_, difference)| difference)
}

fn judged<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<(Judged, Difference)> {
    let mut judged = match cause.is_of_both() && N == 2 {
        true => Judged::unjudged(models, case),
        false => Judged::new(models, views, case),
    };
    if let (true, [_, model], [from, to]) =
        (cause.is_of_both(), &models[..], &judged.recordings[..])
    {
        let allows = |outcome: &Outcome| allows(model, case, outcome);
        judged.differences = of_both(case, [from, to], allows);
    }
    let mut all = judged.differences.iter();
    let is_it = |this: &&Difference| this.cause == *cause && !this.follows;
    let difference = all.find(is_it)?.clone();
    Some((judged, difference))
}

impl Finding {
    /// Returns the finding with this cause, if the case shows it and it is not a consequence there.
    pub fn find<M: Model, const N: usize>(
        models: &[M; N],
        views: &[View],
        case: &Case,
        cause: &Cause,
    ) -> Option<Finding> {
        let (judged, difference) = judged(models, views, case, cause)?;
        Some(judged.finding(case, difference))
    }
}
