// SPDX-License-Identifier: GPL-2.0-or-later
//! What an exploration did, from which the best schedules of its outcomes are found afterwards.
//!
//! Most programs show nothing that is looked at any further, so no schedules are kept while they are
//! explored.

use super::explorer::SchedulePath;
use super::ways::Ways;
use spec::concurrent::Program;
use std::ops::Range;

/// A section: by it, a CPU leads from a state of a level to one of the next level.
#[derive(Clone, Copy, Debug)]
struct Section {
    from: u32,
    to: u32,
    cpu: u8,
}

/// A run that is over: a state of a level, and the index of its outcome.
#[derive(Clone, Copy, Debug)]
struct End {
    state: u32,
    outcome: u32,
}

/// The sections and the ends of an exploration, level by level.
#[derive(Debug, Default)]
pub(super) struct Log {
    sections: Vec<Section>,
    ends: Vec<End>,
    /// For each level but the last one, the numbers of sections and ends up to its end.
    levels: Vec<(usize, usize)>,
    /// For each section, whether it leads to an outcome that is wanted.
    leads: Vec<bool>,
}

impl Log {
    /// Prepares for an exploration.
    pub(super) fn begin(&mut self) {
        self.sections.clear();
        self.ends.clear();
        self.levels.clear();
    }

    /// Notes that a section of `cpu` leads from a state of the level to one of the next level.
    #[inline(always)]
    pub(super) fn leads(&mut self, from: usize, cpu: usize, to: usize) {
        self.sections.push(Section {
            from: from as u32,
            to: to as u32,
            cpu: cpu as u8,
        });
    }

    /// Notes that the run is over in a state of the level.
    #[inline]
    pub(super) fn ends(&mut self, state: usize, outcome: usize) {
        let (state, outcome) = (state as u32, outcome as u32);
        self.ends.push(End { state, outcome });
    }

    /// Makes the next level the one that is explored.
    pub(super) fn next_level(&mut self) {
        self.levels.push((self.sections.len(), self.ends.len()));
    }

    /// Returns the memory that the log takes, with what finding schedules from it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let found = Ways::bytes_of(self.sections.len());
        self.sections.len() * size_of::<Section>() + self.ends.len() * size_of::<End>() + found
    }

    /// Calls `each` with the best schedule that leads to each state in which the run is over, if its
    /// outcome is `wanted`.
    pub(super) fn each_path(
        &mut self,
        ways: &mut Ways,
        program: &Program,
        wanted: &[bool],
        each: &mut dyn FnMut(usize, SchedulePath),
    ) {
        let levels = self.levels();
        // Backwards: which sections lead to such states.
        self.leads.clear();
        self.leads.resize(self.sections.len(), false);
        let (mut here, mut next) = (Vec::new(), Vec::new());
        let mark = |states: &mut Vec<bool>, state: u32| {
            let state = state as usize;
            if states.len() <= state {
                states.resize(state + 1, false);
            }
            states[state] = true;
        };
        for (sections, ends) in levels.iter().rev() {
            here.clear();
            let ends = self.ends[ends.clone()].iter();
            for end in ends.filter(|end| wanted[end.outcome as usize]) {
                mark(&mut here, end.state);
            }
            for at in sections.clone() {
                let Section { from, to, .. } = self.sections[at];
                if next.get(to as usize) == Some(&true) {
                    self.leads[at] = true;
                    mark(&mut here, from);
                }
            }
            std::mem::swap(&mut here, &mut next);
        }
        ways.begin(program.nr_cpus());
        for (sections, ends) in levels {
            let ends = self.ends[ends].iter();
            for end in ends.filter(|end| wanted[end.outcome as usize]) {
                if let Some(path) = ways.of(end.state as usize, program) {
                    each(end.outcome as usize, path);
                }
            }
            for at in sections.filter(|&at| self.leads[at]) {
                let Section { from, to, cpu } = self.sections[at];
                ways.leads(from as usize, cpu.into(), to as usize);
            }
            ways.next_level();
        }
    }

    /// Returns the sections and the ends of each level.
    fn levels(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let last = (self.sections.len(), self.ends.len());
        let mut first = (0, 0);
        let all = self.levels.iter().chain([&last]);
        all.map(|&until| {
            let level = (first.0..until.0, first.1..until.1);
            first = until;
            level
        })
        .collect()
    }
}
