// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases for tests that state properties: what fails one is made smaller, and stays a case.

use super::{Generator, Profile, Sizes};
use crate::case::Case;
use crate::edit::{
    in_sequence, with_cpu_as, without_device, without_entries, without_fault, without_mm,
    without_op_and_its_names, without_ops,
};
use proptest::arbitrary::any;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::ops::Range;

/// The cases of a profile, as a strategy.
#[derive(Clone, Debug)]
pub struct Cases {
    generator: Generator,
}

/// The cases of a profile, of all its sizes.
pub fn cases(profile: &'static Profile) -> Cases {
    cases_within(profile, Sizes::LIMITS)
}

/// The cases of a profile, of these sizes, as far as they are those of the profile.
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

/// What is taken away, in this order. Of a thing that can go alone, whole runs are tried first: all
/// of it, then halves, then quarters, from the end.
const PASSES: [Pass; 7] = [
    Pass::Ops,
    Pass::Names,
    Pass::Entries,
    Pass::Cpus,
    Pass::Faults,
    Pass::Devices,
    Pass::Mms,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// Operations.
    Ops,
    /// An operation, and what names it.
    Names,
    /// Entries of the schedule.
    Entries,
    /// CPUs: all of them, or one, whose work another one does.
    Cpus,
    /// Faults.
    Faults,
    /// Devices.
    Devices,
    /// Mms.
    Mms,
}

impl Pass {
    /// How many things there are to be taken away.
    fn things(self, case: &Case) -> usize {
        match self {
            Pass::Ops | Pass::Names => case.ops.len(),
            // An empty schedule can go as well.
            Pass::Entries => { case.schedule.as_ref() }.map_or(0, |all| all.len().max(1)),
            Pass::Cpus => case.cpus().len(),
            Pass::Faults => case.ops.iter().filter(|op| op.fault.is_some()).count(),
            Pass::Devices => case.topology.devices.len(),
            Pass::Mms => case.topology.mms.len(),
        }
    }

    /// How many are tried first.
    fn most(self, case: &Case) -> usize {
        match self {
            Pass::Names => 1,
            _ => self.things(case),
        }
    }

    /// The case without these; `None` if it is the same.
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
                    // A CPU is put in the place of the one before it, the first one is number 0.
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
            Pass::Devices => one_by_one(without_device),
            Pass::Mms => one_by_one(without_mm),
        })
    }
}

/// A case that is made smaller. Every one that it comes to is one that a reader accepts.
#[derive(Clone, Debug)]
pub struct Shrinking {
    /// The smallest case that is known to fail.
    best: Case,
    /// What is tried.
    shown: Case,
    /// The index of the pass.
    pass: usize,
    /// How many things are taken away at once.
    at_once: usize,
    /// Those from here on were tried.
    until: usize,
    /// Whether something went since the first pass began.
    progress: bool,
}

impl Shrinking {
    /// Begins with a case.
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

    /// The next case to be tried, if there is one.
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
                        // Something may be able to go now that could not before.
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

    /// What is shown fails: something more is taken away.
    fn simplify(&mut self) -> bool {
        if self.shown != self.best {
            self.best = self.shown.clone();
            self.progress = true;
        }
        self.try_next()
    }

    /// What is shown does not fail: it is taken back, and something else is taken away.
    fn complicate(&mut self) -> bool {
        self.shown != self.best && self.try_next()
    }
}
