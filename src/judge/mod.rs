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
