// SPDX-License-Identifier: GPL-2.0-or-later
//! Judges a case by a cause that can be one of both models: for that, it has to be known what the
//! second model does under other schedules.

use super::{Outcome, allows};
use crate::judge::{Cause, Difference, View, judge, misbehaviours};
use spec::record::record;
use spec::{Case, Model};

/// What both of two models do with a case that no kernel may do. On several CPUs the second model
/// has to reach the same outcome under some schedule, which need not be that of the case.
pub fn misbehaviours_of_both<M: Model>([from, to]: &[M; 2], case: &Case) -> Vec<Difference> {
    let recording = record(from, case);
    let mut all = misbehaviours(case, &recording);
    if case.is_on_several_cpus() {
        let is_allowed = allows(to, case, &Outcome::of(&recording)) == Some(true);
        all.retain(|this| !this.follows && is_allowed);
    } else {
        let theirs = misbehaviours(case, &record(to, case));
        let is_theirs = |this: &Difference| {
            let mut theirs = theirs.iter();
            theirs.any(|other| (other.place, other.view) == (this.place, this.view))
        };
        all.retain(|this| !this.follows && is_theirs(this));
    }
    all.iter_mut()
        .for_each(|this| this.cause.attribute_to_both());
    all
}

/// The difference with this cause that a case shows, unless it is a consequence there.
pub fn find<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Difference> {
    let all = match &models[..] {
        [from, to] if cause.is_of_both() => misbehaviours_of_both(&[*from, *to], case),
        _ => judge(models, views, case),
    };
    let mut all = all.into_iter();
    all.find(|difference| difference.cause == *cause && !difference.follows)
}
