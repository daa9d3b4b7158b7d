// SPDX-License-Identifier: GPL-2.0-or-later
//! A `proptest` strategy that generates cases, and shrinks a failing case to smaller cases.

use super::{Generator, Profile, Sizes};
use crate::case::Case;
use crate::edit::{
    in_sequence, with_cpu_as, without_again, without_device, without_entries, without_fault,
    without_mm, without_op_and_its_names, without_ops,
};
use proptest::arbitrary::any;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::ops::Range;

/// A strategy that generates cases of a profile.
#[derive(Clone, Debug)]
pub struct Cases {
    generator: Generator,
}

/// Returns a strategy for all sizes of a profile.
pub fn cases(profile: &'static Profile) -> Cases {
    cases_within(profile, Sizes::LIMITS)
}

/// Returns a strategy for the sizes of a profile that are within `sizes`.
pub fn cases_within(profile: &'static Profile, sizes: Sizes) -> Cases {
    Cases {
        generator: Generator::within(profile, sizes),
    }
}

impl Strategy for Cases {
    type Tree = Shrinking;
    type Value = Case;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let seed = any::<u64>().new_tree(runner)?.current();
        Ok(Shrinking::of(self.generator.clone().case(seed)))
    }
}

/// The passes of shrinking, in order. A pass over items that can be removed one by one first tries
/// whole ranges: all items, then halves, then quarters, from the end.
const PASSES: [Pass; 8] = [
    Pass::Ops,
    Pass::Names,
    Pass::Entries,
    Pass::Cpus,
    Pass::Faults,
    Pass::Again,
    Pass::Devices,
    Pass::Mms,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// Operations.
    Ops,
    /// An operation, and those that name it.
    Names,
    /// Entries of the schedule.
    Entries,
    /// CPUs: all of them, or one whose operations move to another.
    Cpus,
    /// Faults.
    Faults,
    /// Mistakes of callers.
    Again,
    /// Devices.
    Devices,
    /// Mms.
    Mms,
}

impl Pass {
    /// Returns the number of items that the pass can remove.
    fn things(self, case: &Case) -> usize {
        match self {
            Pass::Ops | Pass::Names => case.ops.len(),
            // An empty schedule can be removed too.
            Pass::Entries => { case.schedule.as_ref() }.map_or(0, |all| all.len().max(1)),
            Pass::Cpus => case.cpus().len(),
            Pass::Faults => case.ops.iter().filter(|op| op.fault.is_some()).count(),
            Pass::Again => case.ops.iter().filter(|op| op.again).count(),
            Pass::Devices => case.topology.devices.len(),
            Pass::Mms => case.topology.mms.len(),
        }
    }

    /// Returns the number of items that the pass tries to remove first.
    fn most(self, case: &Case) -> usize {
        match self {
            Pass::Names => 1,
            _ => self.things(case),
        }
    }

    /// Returns the case without the items in `gone`, or `None` if it is unchanged.
    fn without(self, case: &Case, gone: Range<usize>) -> Option<Case> {
        let one_by_one = |without: fn(&Case, u32) -> Case| {
            let gone = gone.clone().rev();
            gone.fold(case.clone(), |case, index| without(&case, index as u32))
        };
        Some(match self {
            Pass::Ops => without_ops(case, gone),
            Pass::Names => without_op_and_its_names(case, gone.start)?,
            Pass::Entries => {
                let len = case.schedule.as_ref()?.len();
                without_entries(case, gone.start..gone.end.min(len))
            }
            Pass::Cpus => {
                let cpus = case.cpus();
                match &cpus[gone.clone()] {
                    all if all.len() == cpus.len() => in_sequence(case),
                    // Merge a CPU into the one before it; the first CPU is renumbered to 0.
                    &[cpu] if gone.start > 0 => with_cpu_as(case, cpu, cpus[gone.start - 1]),
                    &[cpu] if cpu > 0 => with_cpu_as(case, cpu, 0),
                    _ => return None,
                }
            }
            Pass::Faults => {
                let faulty = (0..case.ops.len()).filter(|&op| case.ops[op].fault.is_some());
                let gone = faulty.skip(gone.start).take(gone.len());
                gone.fold(case.clone(), |case, op| without_fault(&case, op))
            }
            Pass::Again => {
                let wrong = (0..case.ops.len()).filter(|&op| case.ops[op].again);
                let gone = wrong.skip(gone.start).take(gone.len());
                gone.fold(case.clone(), |case, op| without_again(&case, op))
            }
            Pass::Devices => one_by_one(without_device),
            Pass::Mms => one_by_one(without_mm),
        })
    }
}

/// A case that is being shrunk. The reader accepts every case that it takes as a value.
#[derive(Clone, Debug)]
pub struct Shrinking {
    /// The smallest case that is known to fail.
    best: Case,
    /// The candidate.
    shown: Case,
    /// Index of the pass.
    pass: usize,
    /// Number of items that are removed at once.
    at_once: usize,
    /// Items from this index on were tried.
    until: usize,
    /// Whether an item was removed since the first pass began.
    progress: bool,
}

impl Shrinking {
    /// Starts from a case.
    pub fn of(case: &Case) -> Self {
        Shrinking {
            best: case.clone(),
            shown: case.clone(),
            pass: 0,
            at_once: case.ops.len(),
            until: case.ops.len(),
            progress: false,
        }
    }

    /// Returns the next candidate, if there is one.
    fn next(&mut self) -> Option<Case> {
        loop {
            let pass = PASSES[self.pass];
            let things = pass.things(&self.best);
            self.until = self.until.min(things);
            if self.until == 0 {
                if self.at_once > 1 {
                    self.at_once = (self.at_once / 2).min(things).max(1);
                } else {
                    self.pass += 1;
                    if self.pass == PASSES.len() {
                        // An item that could not be removed before may be removable now.
                        if !std::mem::take(&mut self.progress) {
                            self.pass -= 1;
                            return None;
                        }
                        self.pass = 0;
                    }
                    self.at_once = PASSES[self.pass].most(&self.best);
                }
                self.until = PASSES[self.pass].things(&self.best);
                continue;
            }
            let from = self.until.saturating_sub(self.at_once.max(1));
            let gone = from..self.until;
            self.until = from;
            if let Some(case) = pass.without(&self.best, gone) {
                return Some(case);
            }
        }
    }

    fn try_next(&mut self) -> bool {
        let next = self.next();
        let is_there = next.is_some();
        self.shown = next.unwrap_or_else(|| self.best.clone());
        is_there
    }
}

impl ValueTree for Shrinking {
    type Value = Case;

    fn current(&self) -> Case {
        self.shown.clone()
    }

    /// The candidate fails: keeps it, and removes more.
    fn simplify(&mut self) -> bool {
        if self.shown != self.best {
            self.best = self.shown.clone();
            self.progress = true;
        }
        self.try_next()
    }

    /// The candidate does not fail: restores the previous case, and removes something else.
    fn complicate(&mut self) -> bool {
        self.shown != self.best && self.try_next()
    }
}
