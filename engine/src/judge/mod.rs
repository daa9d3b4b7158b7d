// SPDX-License-Identifier: GPL-2.0-or-later
//! The judge: takes a case, and finds differences.
//!
//! There is one judge for recordings and live machines, and for one model and two. It visits a case
//! point by point: each operation, then each release of the teardown. At every point it gets the
//! behaviour of each side: the return value, the complaints, the last decision, the driver calls,
//! and the objects that exist afterwards.

mod cause;
mod comparable;
mod difference;
mod differences;
mod diverged;
mod effect;
mod exists;
mod leak_kind;
mod leaks;
mod machines;
mod place;
mod point;
mod recordings;
mod ret_kind;
mod same;
mod side;
#[cfg(test)]
mod tests;
mod view;

pub use cause::Cause;
pub(crate) use comparable::is_tried;
pub use comparable::{incomparable, left_out};
pub use difference::Difference;
pub use effect::UserEffect;
pub use leak_kind::LeakKind;
pub use machines::{CauseFinder, Stepped};
pub use place::Place;
pub use recordings::{differences, first_returned, misbehaviours, same_live, same_ret_at};
pub use ret_kind::RetKind;
pub use same::{same_calls, same_ret};
pub use side::Side;
pub use view::View;
pub use view::ViewSet;

pub use diverged::{Diverged, same_splats};
pub use machines::Observer;

use crate::record::record;
use differences::{Differences, Sink, same_return};
use exists::same_exists;
pub(crate) use exists::{Entry as ExistingEntry, Exists};
use leaks::Leaks;
use point::Feed;
use spec::{Case, Model};

/// Runs a case on one or two models and judges it: for two models, returns their differences in
/// `views`; for one, its misbehaviours, for which `views` has no meaning. Two models that are
/// [`incomparable`] have no differences.
///
/// # Panics
///
/// If there are no models, or more than two.
pub fn judge<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
) -> Vec<Difference> {
    if incomparable(models, case).is_some() {
        return Vec::new();
    }
    let recordings: [_; N] = std::array::from_fn(|side| record(&models[side], case));
    match &recordings[..] {
        [alone] => misbehaviours(case, alone),
        [from, to] => differences(case, from, to, views),
        _ => panic!("one model or two"),
    }
}

/// The judge. It can judge one case after the other.
#[derive(Debug)]
struct Judge<S, const N: usize> {
    differences: Differences<S, N>,
    leaks: Leaks<N>,
}

impl<S: Sink, const N: usize> Judge<S, N> {
    /// Makes a judge that compares two sides in `views`, or judges a single side in all of them.
    fn new(views: &[View], sink: S) -> Self {
        Judge {
            differences: Differences::new(views, sink),
            leaks: Leaks::default(),
        }
    }

    /// Judges a case. Returns the number of operations that ran on every side.
    #[inline]
    fn judge(&mut self, case: &Case, feed: &mut impl Feed<N>) -> usize {
        let differences = &mut self.differences;
        differences.begin(feed.is_concurrent());
        let ops = feed.feed(differences);
        if let Some((side, kind)) = differences.leak {
            self.leaks.begin(case, side, kind);
            feed.feed(&mut self.leaks);
            let explained = differences.has_dangled;
            self.leaks.report(&mut differences.sink, explained);
        }
        differences.finish();
        ops
    }

    /// Returns the sink with the differences found.
    fn sink(&mut self) -> &mut S {
        &mut self.differences.sink
    }

    fn into_sink(self) -> S {
        self.differences.sink
    }
}
