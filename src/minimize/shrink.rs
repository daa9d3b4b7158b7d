// SPDX-License-Identifier: GPL-2.0-or-later
//! The shrinker: a case and a predicate.
//!
//! It goes from a case to simpler ones for which the predicate holds, until none of those that it
//! tries is simpler. It knows nothing of models, and asks about no case twice, so a predicate may
//! be slow, and may even change its mind: the result is the last case for which it held.

mod ops;
mod order;
mod schedule;
#[cfg(test)]
mod tests;
mod topology;

use super::rank::Rank;
use spec::Case;
use spec::edit::{map_pasids, pasids, without_ops_and_their_names};
use std::collections::HashSet;

/// Returns the simplest case that is reached from this one by steps for which `shows` holds; `case`
/// itself, about which it is not asked, if there is none. The result has no title, origin or note.
pub fn shrink(case: &Case, mut shows: impl FnMut(&Case) -> bool) -> Case {
    let mut shrinker = Shrinker::new(case.bare(), &mut shows);
    shrinker.run();
    shrinker.best
}

/// A case that gets simpler.
pub(super) struct Shrinker<'a> {
    /// The last case for which the predicate held.
    pub best: Case,
    tried: HashSet<Case>,
    shows: &'a mut dyn FnMut(&Case) -> bool,
}

impl<'a> Shrinker<'a> {
    /// Begins with a case for which the predicate is taken to hold.
    pub(super) fn new(case: Case, shows: &'a mut dyn FnMut(&Case) -> bool) -> Self {
        Shrinker {
            tried: HashSet::from([case.clone()]),
            best: case,
            shows,
        }
    }

    /// Repeats all passes until none makes a step.
    pub(super) fn run(&mut self) {
        // Without what names nothing.
        self.take(without_ops_and_their_names(&self.best, |_| false));
        self.chunks();
        loop {
            let before = self.best.clone();
            self.single_ops();
            self.faults();
            self.topology();
            self.forks();
            self.cpus();
            if self.best != before || self.pairs() {
                continue;
            }
            self.replace();
            self.reorder();
            if self.best == before {
                return;
            }
        }
    }

    /// Makes the step to a case that was not tried before, if the predicate holds there.
    pub(super) fn take(&mut self, case: Case) -> bool {
        if !self.tried.insert(case.clone()) {
            return false;
        }
        let shows = (self.shows)(&case);
        if shows {
            self.best = case;
        }
        shows
    }

    /// Makes the step if it is one to a simpler case.
    fn take_simpler(&mut self, case: Case) -> bool {
        Rank::of(&case) < Rank::of(&self.best) && self.take(case)
    }

    /// Makes the step to a case, or to the same with lower PASIDs: an mm that is gone may have had
    /// one.
    fn take_with_pasids(&mut self, case: Case) -> bool {
        if self.take(case.clone()) {
            return true;
        }
        // All from one of them on move down by one.
        pasids(&case).into_iter().any(|from| {
            let mut lower = case.clone();
            map_pasids(&mut lower, |pasid| match pasid >= from {
                true => pasid.saturating_sub(1),
                false => pasid,
            });
            self.take(lower)
        })
    }
}
