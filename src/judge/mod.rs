// SPDX-License-Identifier: GPL-2.0-or-later
//! The judge: a case in, differences out.

mod cause;
mod difference;
mod leak_kind;
mod place;
mod recorded;
mod ret_kind;
mod same;
mod side;
mod view;

pub use cause::Cause;
pub use difference::Difference;
pub use leak_kind::LeakKind;
pub use place::Place;
pub use recorded::{differences, first_returned, misbehaviours, same_live, same_ret_at};
pub use ret_kind::RetKind;
pub use same::{same_calls, same_ret};
pub use side::Side;
pub use view::View;
pub(crate) use view::Views;

use crate::race::{Outcome, allows};
use spec::record::record;
use spec::{Case, Model};

/// Runs a case on one model or two, and judges it: of two models, where they differ in these views;
/// of one model, what it does that no kernel may do, whatever the views.
///
/// # Panics
///
/// If there are more than two models, or none.
pub fn judge<M: Model, const N: usize>(
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
