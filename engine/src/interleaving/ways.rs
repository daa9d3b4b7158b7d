// SPDX-License-Identifier: GPL-2.0-or-later
//! The best schedules that lead to the states of an exploration.
//!
//! A state has one for each CPU that can have run last. Each is kept as its last entry and a
//! reference to the schedule before.

use super::explored::SchedulePath;
use spec::concurrent::Program;
use std::cmp::Ordering;

/// The number of a schedule.
pub(super) type Way = u32;

/// The schedule of a state that has none for this CPU.
const NONE: Way = Way::MAX;

#[derive(Clone, Copy, Debug)]
struct Step {
    before: Way,
    cpu: u8,
    switches: u32,
}

/// The schedules of all states, and those of the states of the level that is explored and of the
/// next one: of each state, one for each CPU.
#[derive(Debug, Default)]
pub(super) struct Ways {
    steps: Vec<Step>,
    level: Vec<Way>,
    next: Vec<Way>,
    nr_cpus: usize,
}

impl Ways {
    /// Prepares for an exploration. Its only state has the empty schedule.
    pub(super) fn begin(&mut self, nr_cpus: usize) {
        self.nr_cpus = nr_cpus.max(1);
        self.steps.clear();
        self.next.clear();
        self.level.clear();
        self.level.resize(self.nr_cpus, NONE);
        self.level[0] = 0;
        self.steps.push(Step {
            before: NONE,
            cpu: 0,
            switches: 0,
        });
    }

    /// Makes the next level the one that is explored.
    pub(super) fn next_level(&mut self) {
        std::mem::swap(&mut self.level, &mut self.next);
        self.next.clear();
    }

    /// Returns the memory that the schedules take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        Ways::bytes_of(self.steps.len(), self.level.len() + self.next.len())
    }

    /// Returns the memory that so many schedules and slots of two levels take, in bytes.
    pub(super) const fn bytes_of(schedules: usize, slots: usize) -> usize {
        schedules * size_of::<Step>() + slots * size_of::<Way>()
    }

    /// Notes that a section of `cpu` leads from a state to one of the next level.
    pub(super) fn leads(&mut self, from: usize, cpu: usize, to: usize) {
        let new = self.best(from, Some(cpu));
        let Some((switches, before)) = new else {
            unreachable!("some schedule leads to a state");
        };
        let slot = to * self.nr_cpus + cpu;
        if self.next.len() <= slot {
            self.next.resize((to + 1) * self.nr_cpus, NONE);
        }
        let step = Step {
            before,
            cpu: cpu as u8,
            switches,
        };
        match self.next[slot] {
            NONE => {
                self.next[slot] = self.steps.len() as Way;
                self.steps.push(step);
            }
            known => {
                let this = self.steps[known as usize];
                let order = switches.cmp(&this.switches);
                if order
                    .then_with(|| self.compare(before, this.before))
                    .is_lt()
                {
                    self.steps[known as usize] = step;
                }
            }
        }
    }

    /// Returns the best schedule of a state of the level, with its number of switches; if `cpu` runs
    /// next, with the switch to it.
    fn best(&self, state: usize, cpu: Option<usize>) -> Option<(u32, Way)> {
        let first = state * self.nr_cpus;
        let ways = self.level[first..first + self.nr_cpus].iter().enumerate();
        let ways = ways.filter(|&(_, &way)| way != NONE).map(|(last, &way)| {
            // The first section switches to no other CPU.
            let switched = way != 0 && cpu.is_some_and(|cpu| cpu != last);
            (self.steps[way as usize].switches + u32::from(switched), way)
        });
        ways.min_by(|a, b| a.0.cmp(&b.0).then_with(|| self.compare(a.1, b.1)))
    }

    /// Compares two schedules of the same length by their entries.
    fn compare(&self, mut a: Way, mut b: Way) -> Ordering {
        let mut order = Ordering::Equal;
        while a != b {
            let [last, other] = [a, b].map(|way| self.steps[way as usize]);
            // An earlier entry counts more.
            order = last.cpu.cmp(&other.cpu).then(order);
            (a, b) = (last.before, other.before);
        }
        order
    }

    /// Returns the best schedule of a state of the level.
    pub(super) fn of(&self, state: usize, program: &Program) -> Option<SchedulePath> {
        let (switches, mut way) = self.best(state, None)?;
        let mut schedule = Vec::new();
        while way != 0 {
            let step = self.steps[way as usize];
            schedule.push(program.number(step.cpu.into()));
            way = step.before;
        }
        schedule.reverse();
        Some((switches, schedule))
    }
}
