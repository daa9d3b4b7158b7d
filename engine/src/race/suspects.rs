// SPDX-License-Identifier: GPL-2.0-or-later
//! Suspects: observations of programs that are not yet examined.

use crate::interleaving::Outcome;
use crate::judge::{Cause, Difference};
use spec::Case;
use std::collections::HashMap;

/// An observation that is not yet examined: the cause under the schedule with the fewest switches,
/// the case with that schedule, the outcome, and the side that allows it.
#[derive(Debug)]
pub(super) struct Suspect {
    pub rank: ([usize; 5], u32, usize),
    pub case: Case,
    pub difference: Difference,
    /// If only one side allows the outcome: that side, the outcome, and every outcome of the other
    /// side.
    pub alone: Option<(usize, Outcome, Vec<Outcome>)>,
}

/// An observation that the program would also show with one operation fewer.
pub(super) struct PutOff {
    /// The number of the program.
    pub order: usize,
    pub case: Case,
    /// The cause when it was first seen, and the cause that the examination found.
    pub causes: [Cause; 2],
}

/// Keeps the better one of two programs that show a cause.
pub(super) fn keep_better(all: &mut HashMap<Cause, Suspect>, cause: Cause, this: Suspect) {
    match all.get(&cause) {
        Some(known) if known.rank <= this.rank => {}
        _ => {
            all.insert(cause, this);
        }
    }
}

/// The counts of a search so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    pub programs: usize,
    pub schedules: u128,
    pub states: usize,
    pub sections: u64,
    /// Whether a program exceeded the bounds.
    pub cut: bool,
}

impl Done {
    pub(super) fn add(&mut self, more: &Done) {
        self.programs += more.programs;
        self.schedules += more.schedules;
        self.states += more.states;
        self.sections += more.sections;
    }
}
