// SPDX-License-Identifier: GPL-2.0-or-later
//! What an exploration did, from which the best schedules of its outcomes are found afterwards.
//!
//! Most programs of a search show nothing that is looked at any further, so no schedules are kept
//! while they are explored.

use super::explored::SchedulePath;
use super::ways::Ways;
use spec::concurrent::Program;
use std::ops::Range;

/// A section of a CPU. It leads from a state of a level to one of the next level.
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
    /// For each level that is over, the numbers of sections and ends up to its end.
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

    /// Returns the memory that the log takes, in bytes, and that finding schedules takes then.
    /// `slots` is the number of states of two levels, times that of CPUs.
    pub(super) fn bytes(&self, slots: usize) -> usize {
        const SECTION: usize = size_of::<Section>() + size_of::<bool>();
        let sections = self.sections.len();
        sections * SECTION + self.ends.len() * size_of::<End>() + Ways::bytes_of(sections, slots)
    }

    /// For each state in which a run ends with a `wanted` outcome, calls `each` with that outcome
    /// and the best schedule to the state.
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

#[cfg(test)]
mod tests {
    use crate::interleaving::{Bounds, Explorer, Outcome};
    use crate::models;
    use spec::concurrent::Program;
    use spec::generate::{EVERYTHING, Generator, Sizes};

    #[test]
    fn schedules_that_are_found_later_are_those_that_are_kept_at_once() {
        let (mut several, mut cut, mut again) = (0, 0, 0);
        for (at, model) in models::all().iter().enumerate().step_by(3) {
            // It knows other programs, and other topologies.
            let mut explorer = Explorer::default();
            for seed in 0..30 {
                let sizes = Sizes {
                    devices: 1..=2,
                    mms: 1..=2,
                    ops: 2..=5,
                    cpus: 1..=3,
                };
                let mut generator = Generator::within(EVERYTHING, sizes);
                let mut case = generator.case(seed << 8 | at as u64).clone();
                if seed % 5 == 0 {
                    case.ops.iter_mut().for_each(|op| op.again = true);
                }
                let bounds = Bounds {
                    states: if seed % 3 == 0 { 40 } else { 3000 },
                    ..Bounds::NONE
                };
                let program = Program::new(&case.ops);
                let (topology, goes_on) = (&case.topology, &|_: &_| true);
                let kept = Explorer::default().explore(model, topology, &program, true, bounds);
                let mut found = explorer.explore_next(model, topology, &program, bounds, goes_on);
                let is_wanted = |outcome: &Outcome| outcome.rets.len() + outcome.splats.len() != 3;
                explorer.add_schedules(&program, &mut found, is_wanted);
                assert_eq!(found.outcomes.len(), kept.outcomes.len());
                let is_again = case.ops.iter().any(|op| op.again);
                for (outcome, shown) in &found.outcomes {
                    let name = model.name();
                    let same = &kept.outcomes[outcome];
                    assert_eq!(shown.schedules, same.schedules, "{name} {case:?}");
                    if is_wanted(outcome) || is_again {
                        assert_eq!(shown, same, "{name} {case:?}");
                    } else {
                        assert!(shown.schedule.is_empty() && shown.fewest.1.is_empty());
                    }
                }
                several += usize::from(found.outcomes.len() > 1);
                cut += usize::from(found.cut);
                again += usize::from(is_again);
            }
        }
        assert!(
            several > 100 && cut > 2 && again > 5,
            "{several} {cut} {again}"
        );
    }
}
