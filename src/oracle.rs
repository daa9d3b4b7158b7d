// SPDX-License-Identifier: GPL-2.0-or-later
//! Case in, verdict out: the one question that every driver asks.

use crate::diff::{Difference, View, differences, misbehaviours};
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
