// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes a case smaller while it still shows the same cause.
//!
//! The [shrinker](shrink()) moves from a case to simpler ones for which a predicate holds. It
//! removes runs of operations, single operations together with those that name them, pairs of
//! operations, faults, devices and mms; it simplifies faults, topologies and operations; it changes
//! the order and the names. Here the predicate asks the judge whether the case shows the cause. If
//! the result is short, all cases that are even simpler are tried at the end, so two people who
//! find the same cause get the same case.

mod concurrent;
mod exhaust;
mod one_minimal;
mod rank;
mod shrink;

pub use one_minimal::is_one_minimal;
pub use one_minimal::needs_all;
pub use shrink::shrink;

use crate::finding::Finding;
use crate::interleaving::find;
use crate::judge::{Cause, Place, View};
use rank::Rank;
use spec::edit::{in_sequence, without_ops_and_their_names};
use spec::{Case, Model};

/// Returns whether the work goes on. Once it returns false, the smallest case so far is the result.
pub type GoesOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// Returns the simplest case found that shows the same cause as this one on these models, compared
/// in `views`; `None` if this case does not show the cause, or shows it only as a consequence. The
/// result is minimized to itself.
pub fn minimize<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Finding> {
    minimize_while(models, views, case, cause, &|| true)
}

/// Like [`minimize`], but stops when `goes_on` returns false.
pub(crate) fn minimize_while<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
    goes_on: GoesOn<'_>,
) -> Option<Finding> {
    let sequential = |case: &Case| sequential(models, views, case, cause, goes_on);
    let on_one_cpu = |case: &Case| on_one_cpu(case).and_then(|alone| sequential(&alone));
    if !case.is_concurrent() {
        return sequential(&case.bare());
    }
    on_one_cpu(case).or_else(|| {
        let finding = concurrent::simplest(models, views, case, cause, goes_on)?;
        // Without the removed operations, one CPU may be enough.
        Some(on_one_cpu(&finding.case).unwrap_or(finding))
    })
}

/// Returns the case with the operations of all CPUs in sequence on one CPU; `None` if the case is
/// sequential already.
fn on_one_cpu(case: &Case) -> Option<Case> {
    case.is_concurrent().then(|| in_sequence(&case.bare()))
}

fn sequential<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
    goes_on: GoesOn<'_>,
) -> Option<Finding> {
    let shows = |case: &Case| find(models, views, case, cause);
    let place = shows(case)?.place;
    let mut still = |case: &Case| goes_on() && shows(case).is_some();
    // If no operation fails, as in a universe without faults, none fails in a shorter case either.
    let may_fail = case.ops.iter().any(|op| op.fault.is_some());
    let mut case = case.clone();
    if let Place::Op(last) = place {
        // Operations after the difference are rarely needed.
        let until = without_ops_and_their_names(&case, |op| op > last);
        if still(&until) {
            case = until;
        }
    }
    case = shrunk(case, &mut still);
    while let Some(simplest) = exhaust::simplest(
        models,
        views,
        cause,
        (&case, may_fail),
        (&mut still, goes_on),
    ) && Rank::of(&simplest) < Rank::of(&case)
    {
        case = shrunk(simplest, &mut still);
    }
    Finding::find(models, views, &case, cause)
}

/// Shrinks a case until shrinking makes it no simpler.
fn shrunk(mut case: Case, shows: &mut dyn FnMut(&Case) -> bool) -> Case {
    loop {
        let simpler = shrink(&case, &mut *shows);
        if Rank::of(&simpler) >= Rank::of(&case) {
            return case;
        }
        case = simpler;
    }
}
