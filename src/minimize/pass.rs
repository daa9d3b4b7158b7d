// SPDX-License-Identifier: GPL-2.0-or-later
//! The passes of the minimizer. Each takes a step only to a simpler case that shows the same, and
//! all are repeated until none takes one.

mod normal;
mod ops;
mod topology;

use super::rank::Rank;
use crate::judge::Place;
use spec::Case;
use spec::smaller::named;

/// A case on its way down.
struct Descent<'a> {
    best: Case,
    shows: &'a mut dyn FnMut(&Case) -> bool,
}

/// The simplest case that can be reached from this one.
pub(super) fn descend(case: Case, place: Place, shows: &mut dyn FnMut(&Case) -> bool) -> Case {
    let mut this = Descent { best: case, shows };
    if let Place::Op(op) = place {
        this.truncate(op + 1);
    }
    this.chunks();
    loop {
        let before = this.best.clone();
        this.single_ops();
        this.faults();
        this.topology();
        this.forks();
        this.cpus();
        if this.best != before {
            continue;
        }
        if this.pairs() {
            continue;
        }
        this.replace();
        this.rename();
        if this.best == before {
            return this.best;
        }
    }
}

impl Descent<'_> {
    /// Takes the step if it is one down and shows the same.
    fn take(&mut self, case: Case) -> bool {
        let takes = (self.shows)(&case);
        if takes {
            self.best = case;
        }
        takes
    }

    fn take_simpler(&mut self, case: Case) -> bool {
        Rank::of(&case) < Rank::of(&self.best) && self.take(case)
    }

    /// The same, or the same with PASIDs that are lower: what is gone may have had one.
    fn take_with_pasids(&mut self, case: Case) -> bool {
        if self.take(case.clone()) {
            return true;
        }
        let mut pasids: Vec<u32> = Vec::new();
        for op in &mut case.ops.clone() {
            pasids.extend(named(op).pasid.map(|pasid| *pasid));
        }
        pasids.sort();
        pasids.dedup();
        // All above one of them move down by one.
        (0..pasids.len()).any(|from| {
            let mut lower = case.clone();
            for op in &mut lower.ops {
                if let Some(pasid) = named(op).pasid
                    && *pasid >= pasids[from]
                {
                    *pasid = pasid.saturating_sub(1);
                }
            }
            self.take(lower)
        })
    }
}
