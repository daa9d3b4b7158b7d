// SPDX-License-Identifier: GPL-2.0-or-later
//! Case in, verdict out: the one question that every driver asks.

use crate::diff::{Difference, View, differences, misbehaviours};
use crate::race::{Outcome, allows};
use spec::record::record;
use spec::{Case, Model};

/// What a case shows: of two models where they differ, in these views; of one model what no kernel
/// may ever do, whatever the views.
///
/// # Panics
///
/// If there are more than two models, or none.
pub fn ask<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
) -> Vec<Difference> {
    let recordings: [_; N] = std::array::from_fn(|side| record(&models[side], case));
    match &recordings[..] {
        [alone] => misbehaviours(case, alone),
        [from, to] => differences(case, from, to, views),
        _ => panic!("one model or two"),
    }
}

/// What a case shows on both of two models that no kernel may ever do. On several CPUs the second
/// one has to come to the same under some schedule, which need not be that of the case.
pub fn alike<M: Model>([from, to]: &[M; 2], case: &Case) -> Vec<Difference> {
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
    all.iter_mut().for_each(|this| this.cause.lay_to_both());
    all
}
