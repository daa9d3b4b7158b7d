// SPDX-License-Identifier: GPL-2.0-or-later
//! Smaller, as long as the cause stays the same.
//!
//! A case goes down by steps, each to a simpler one that shows the same: without chunks of
//! operations, without one and what names it, without two, without faults, devices and mms; with
//! simpler faults, topologies and operations. What is left is short, so all cases that are simpler yet
//! can be tried. Where nothing is simpler, the order of operations and the names of devices and mms
//! are chosen all at once. So whoever finds the same ends at the same case, wherever he began, as long
//! as cases with this cause are short.

mod certify;
mod concurrent;
mod edit;
mod exhaust;
mod one_minimal;
mod pass;
mod rank;

pub use certify::certified;
pub use one_minimal::is_one_minimal;
pub(crate) use one_minimal::needs_all;

use crate::finding::Finding;
use crate::interleaving::find;
use crate::judge::{Cause, Difference, Place, View};
use rank::Rank;
use spec::smaller::in_sequence;
use spec::{Case, Model};

/// The simplest case found that shows a cause.
#[derive(Clone, Debug)]
pub struct Minimized {
    /// The case, in canonical form.
    pub case: Case,
    /// What it shows.
    pub difference: Difference,
}

/// The simplest case that shows the same cause as this one, with the same models and views; `None`
/// where this one does not show it, or only as a consequence.
pub fn minimize<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Minimized> {
    if let Some(alone) = on_one_cpu(case)
        && let Some(minimized) = sequential(models, views, &alone, cause)
    {
        return Some(minimized);
    }
    if !case.is_concurrent() {
        return sequential(models, views, &case.bare(), cause);
    }
    let Finding {
        case, difference, ..
    } = concurrent::simplest(models, views, case, cause)?;
    // With what is gone, one CPU may do.
    if let Some(alone) = on_one_cpu(&case)
        && let Some(minimized) = sequential(models, views, &alone, cause)
    {
        return Some(minimized);
    }
    Some(Minimized { case, difference })
}

/// What several CPUs do, done by one, operation by operation.
fn on_one_cpu(case: &Case) -> Option<Case> {
    case.is_concurrent().then(|| in_sequence(&case.bare()))
}

fn sequential<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Minimized> {
    let shows = |case: &Case| find(models, views, case, cause);
    let place = shows(case)?.place;
    let mut still = |case: &Case| shows(case).is_some();
    let mut case = pass::descend(case.clone(), place, &mut still);
    if let Some(simplest) = exhaust::simplest(models, views, cause, &case, &mut still)
        && Rank::of(&simplest) < Rank::of(&case)
    {
        case = pass::descend(simplest, Place::End, &mut still);
    }
    let difference = shows(&case)?;
    Some(Minimized { case, difference })
}
