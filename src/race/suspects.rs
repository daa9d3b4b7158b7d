// SPDX-License-Identifier: GPL-2.0-or-later
//! What programs show before it is looked at closely.

use crate::interleaving::Outcome;
use crate::judge::{Cause, Difference};
use spec::Case;
use std::collections::HashMap;

/// What a program shows, before it is looked at closely: which cause the schedule with the fewest
/// switches shows, the case with that schedule, who allows the outcome, and the outcome.
pub(super) struct Suspect {
    pub rank: ([usize; 5], u32, usize),
    pub case: Case,
    pub difference: Difference,
    /// The side that allows it alone, with everything that the other one allows; `None` where it is
    /// allowed by all.
    pub alone: Option<(usize, Outcome, Vec<Outcome>)>,
}

/// What a program shows, and would with an operation less.
pub(super) struct PutOff {
    /// The number of the program.
    pub order: usize,
    pub case: Case,
    /// What it shows: as it was seen first, and as it was seen closely.
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

/// Numbers of a search so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Done {
    pub programs: usize,
    pub schedules: u128,
    pub states: usize,
    pub sections: u64,
    /// Whether a program was beyond the bounds.
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
