// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes a case smaller as long as it shows the same cause.
//!
//! The [shrinker](shrink()) goes from a case to simpler ones for which a predicate holds: without
//! runs of operations, without one and what names it, without two, without faults, devices and mms;
//! with simpler faults, topologies and operations; in another order, under other names. Here the
//! predicate is the judge's: the case shows the cause. What remains is short, so at the end all
//! cases that are simpler yet can be tried. Two people who found the same thing therefore end at the
//! same case, as long as cases with this cause are short.

mod certify;
mod concurrent;
mod exhaust;
mod one_minimal;
mod rank;
mod shrink;

pub use certify::certified;
pub use one_minimal::is_one_minimal;
pub(crate) use one_minimal::needs_all;
pub use shrink::shrink;

use crate::finding::Finding;
use crate::interleaving::find;
use crate::judge::{Cause, Place, View};
use rank::Rank;
use spec::edit::{in_sequence, without_ops_and_their_names};
use spec::{Case, Model};

/// The simplest case found that shows the same cause as this one, with the same models and views;
/// `None` where this one does not show it, or only as a consequence.
pub fn minimize<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Finding> {
    let sequential = |case: &Case| sequential(models, views, case, cause);
    let on_one_cpu = |case: &Case| on_one_cpu(case).and_then(|alone| sequential(&alone));
    if !case.is_concurrent() {
        return sequential(&case.bare());
    }
    on_one_cpu(case).or_else(|| {
        let finding = concurrent::simplest(models, views, case, cause)?;
        // With what is gone, one CPU may do.
        Some(on_one_cpu(&finding.case).unwrap_or(finding))
    })
}

/// Returns the operations of several CPUs on one, one after the other.
fn on_one_cpu(case: &Case) -> Option<Case> {
    case.is_concurrent().then(|| in_sequence(&case.bare()))
}

fn sequential<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Finding> {
    let shows = |case: &Case| find(models, views, case, cause);
    let place = shows(case)?.place;
    let mut still = |case: &Case| shows(case).is_some();
    let mut case = case.clone();
    if let Place::Op(last) = place {
        // What comes after it hardly matters.
        let until = without_ops_and_their_names(&case, |op| op > last);
        if still(&until) {
            case = until;
        }
    }
    case = shrink(&case, &mut still);
    if let Some(simplest) = exhaust::simplest(models, views, cause, &case, &mut still)
        && Rank::of(&simplest) < Rank::of(&case)
    {
        case = shrink(&simplest, &mut still);
    }
    Finding::find(models, views, &case, cause)
}
