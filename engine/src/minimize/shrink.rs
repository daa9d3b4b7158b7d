// SPDX-License-Identifier: GPL-2.0-or-later
//! The shrinker: makes a case simpler while a predicate holds.
//!
//! It moves from a case to a simpler one for which the predicate holds, until it finds no simpler
//! one. It knows nothing about models. It never tests a case twice, so the predicate may be slow,
//! and even inconsistent: the result is the last case for which it held.

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

/// Returns the simplest case that can be reached from this one by steps for which `shows` holds. If
/// there is none, returns `case` itself, without calling `shows` for it. The result has no title,
/// origin or note.
pub fn shrink(case: &Case, mut shows: impl FnMut(&Case) -> bool) -> Case {
    let mut shrinker = Shrinker::new(case.bare(), &mut shows);
    shrinker.run();
    shrinker.best
}

/// A case that becomes simpler step by step.
pub(super) struct Shrinker<'a> {
    /// The last case for which the predicate held.
    pub best: Case,
    tried: HashSet<Case>,
    shows: &'a mut dyn FnMut(&Case) -> bool,
}

impl<'a> Shrinker<'a> {
    /// Starts with a case for which the predicate is assumed to hold.
    pub(super) fn new(case: Case, shows: &'a mut dyn FnMut(&Case) -> bool) -> Self {
        Shrinker {
            tried: HashSet::from([case.clone()]),
            best: case,
            shows,
        }
    }

    /// Repeats all passes until none of them makes a step.
    pub(super) fn run(&mut self) {
        // First remove operations that name nothing that exists.
        self.take(without_ops_and_their_names(&self.best, |_| false));
        self.chunks();
        loop {
            let before = self.best.clone();
            self.single_ops();
            self.faults();
            self.mistakes();
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

    /// Moves to a case that was not tried before, if the predicate holds for it.
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

    /// Moves to a case if it is simpler.
    fn take_simpler(&mut self, case: Case) -> bool {
        Rank::of(&case) < Rank::of(&self.best) && self.take(case)
    }

    /// Moves to a case, or to the same case with lower PASIDs, because a removed mm may have had
    /// one.
    fn take_with_pasids(&mut self, case: Case) -> bool {
        if self.take(case.clone()) {
            return true;
        }
        // Lower all PASIDs from one of them on by one.
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
