// SPDX-License-Identifier: GPL-2.0-or-later
//! What an exploration found: outcomes, each with its best schedules.

use super::outcome::Outcome;
use crate::judge::View;
use foldhash::fast::FixedState;
use indexmap::IndexMap;

/// Everything that a program can result in on a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// The outcomes, each with its witness, in an order that does not depend on the exploration.
    pub outcomes: IndexMap<Outcome, Witness, FixedState>,
    /// The number of distinct states, including the one at boot.
    pub states: usize,
    /// The number of sections that ran.
    pub sections: u64,
    /// Whether the bounds stopped the exploration early.
    pub cut: bool,
}

impl Explored {
    /// Returns the number of schedules.
    pub fn schedules(&self) -> u128 {
        self.outcomes.values().map(|shown| shown.schedules).sum()
    }

    /// Returns the number of schedules that have this outcome, as far as callers and dmesg can
    /// observe it, and the number of all schedules; `None` if the bounds stopped the exploration
    /// early.
    pub fn showing(&self, outcome: &Outcome) -> Option<(u128, u128)> {
        if self.cut {
            return None;
        }
        let wanted = outcome.seen(&View::DEFAULT);
        let all = self.outcomes.iter();
        let like = all.filter(|(this, _)| this.seen(&View::DEFAULT) == wanted);
        let schedules = like.map(|(_, shown)| shown.schedules).sum();
        Some((schedules, self.schedules()))
    }

    pub(super) fn sort(&mut self) {
        let key = |outcome: &Outcome, _: &Witness| outcome.key();
        self.outcomes.sort_by_cached_key(key);
    }

    /// Adds an outcome, and the number of schedules that have it. `path` is one of them, if
    /// schedules are kept.
    pub(super) fn add(&mut self, outcome: Outcome, schedules: u128, path: Option<SchedulePath>) {
        let at = self.number(outcome);
        let shown = &mut self.outcomes[at];
        shown.schedules += schedules;
        if let Some(path) = path {
            shown.add(path);
        }
    }

    /// Returns the index of an outcome. A new one has no schedules.
    pub(super) fn number(&mut self, outcome: Outcome) -> usize {
        let entry = self.outcomes.entry(outcome);
        let at = entry.index();
        entry.or_default();
        at
    }
}

/// The schedules that show an outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// The number of schedules.
    pub schedules: u128,
    /// The shortest schedule, as the number of the CPU of each section. Of several, the one with
    /// the fewest switches between CPUs, then the first in order.
    pub schedule: Vec<u8>,
    /// The number of switches of the schedule with the fewest, and the schedule. Of several, the
    /// shortest, then the first in order.
    pub fewest: (u32, Vec<u8>),
}

/// The number of switches of a schedule, and the schedule. The lesser one is better.
pub(crate) type SchedulePath = (u32, Vec<u8>);

/// Returns the number of switches between CPUs in a schedule.
pub(crate) fn switches(schedule: &[u8]) -> u32 {
    let switches = schedule.windows(2).filter(|pair| pair[0] != pair[1]);
    switches.count() as u32
}

/// Returns the best path to a state, extended by a section on `cpu`.
pub(crate) fn best(
    paths: &[Option<SchedulePath>],
    depth: usize,
    cpu: usize,
    number: u8,
) -> SchedulePath {
    let paths = paths.iter().enumerate();
    let paths = paths.filter_map(|(last, path)| {
        let (switches, schedule) = path.as_ref()?;
        let switched = depth > 0 && last != cpu;
        Some((switches + u32::from(switched), schedule))
    });
    let (switches, schedule) = paths.min().expect("some path leads to a state");
    let mut schedule = schedule.clone();
    schedule.push(number);
    (switches, schedule)
}

impl Witness {
    /// Adds a schedule with its number of switches, if it is better than those before.
    pub(super) fn add(&mut self, (fewest, schedule): SchedulePath) {
        // If a program has operations, an empty schedule stands for none so far.
        let is_first = self.schedule.is_empty();
        let by_length = |schedule: &Vec<u8>| {
            let length = schedule.len();
            (length, switches(schedule), schedule.clone())
        };
        if is_first || by_length(&schedule) < by_length(&self.schedule) {
            self.schedule.clone_from(&schedule);
        }
        let (least, known) = &self.fewest;
        if is_first || (fewest, schedule.len(), &schedule) < (*least, known.len(), known) {
            self.fewest = (fewest, schedule);
        }
    }
}
