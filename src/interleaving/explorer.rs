// SPDX-License-Identifier: GPL-2.0-or-later
//! Explores every interleaving of a program on one model.
//!
//! The exploration goes level by level; a level holds the states after the same number of sections.
//! Schedules that lead to the same state, with the same return values and complaints so far, also
//! continue alike, so they are merged and only counted. The work is therefore proportional to the
//! number of states, while the counts are those of all schedules.

use super::outcome::{Leaked, Outcome};
use crate::judge::View;
use hashbrown::HashTable;
use indexmap::IndexMap;
use spec::concurrent::{Cpus, Program, Section};
use spec::record::Watch;
use spec::{At, Model, Ret, Splat, Topology};
use xxhash_rust::xxh3::xxh3_128;

/// The bounds of an exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Whether schedules that lead to the same state are merged.
    pub merge: bool,
    /// Maximum number of states.
    pub states: usize,
    /// The most bytes for states.
    pub bytes: usize,
}

impl Bounds {
    /// No bounds.
    pub const NONE: Bounds = Bounds {
        merge: true,
        states: usize::MAX,
        bytes: usize::MAX,
    };

    /// Bounds for interactive use: the reader of a case waits seconds, not minutes.
    pub const WAITING: Bounds = Bounds {
        states: 20_000,
        ..Bounds::NONE
    };
}

/// Everything that a program can result in on a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// The outcomes, each with its witness, in an order that does not depend on the exploration.
    pub outcomes: IndexMap<Outcome, Witness>,
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
}

/// The schedules that show an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A state, and the schedules that lead to it.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) cpus: Cpus,
    rets: Vec<Ret>,
    /// The splats with their operations, in the order of the operations.
    splats: Vec<(u8, Splat)>,
    schedules: u128,
    /// For each CPU, the path with the fewest switches whose last section runs on that CPU.
    paths: Vec<Option<SchedulePath>>,
}

/// The number of switches of a schedule, and the schedule. The lesser one is better.
pub(crate) type SchedulePath = (u32, Vec<u8>);

/// An explorer that reuses its memory from one exploration to the next.
#[derive(Debug, Default)]
pub struct Explorer {
    level: Vec<State>,
    next: Vec<State>,
    known: HashTable<(u128, u32)>,
    choices: Vec<usize>,
    key: Vec<u8>,
}

/// The bytes that a path takes in addition to its entries.
const PATH: usize = 48;

/// An observer that keeps only splats.
#[derive(Default)]
pub(crate) struct Splats(pub Vec<Splat>);

impl Watch for Splats {
    fn splat(&mut self, splat: Splat, _at: At) {
        self.0.push(splat);
    }
}

impl Explorer {
    /// Runs a program under every interleaving. Without `paths`, no schedules are kept.
    pub fn explore<M: Model>(
        &mut self,
        model: &M,
        topology: &Topology,
        program: &Program,
        paths: bool,
        bounds: Bounds,
    ) -> Explored {
        let model = (model, paths);
        self.explore_while(model, topology, program, bounds, &|_| true)
    }

    /// Runs a program under every interleaving. Calls `goes_on` before each state, with the result
    /// so far, and stops when it returns false.
    pub fn explore_while<M: Model>(
        &mut self,
        (model, paths): (&M, bool),
        topology: &Topology,
        program: &Program,
        bounds: Bounds,
        goes_on: &dyn Fn(&Explored) -> bool,
    ) -> Explored {
        let mut explored = Explored {
            states: 1,
            ..Explored::default()
        };
        let boot = State::boot(topology, program, paths);
        let mut scratch = boot.clone();
        let mut watch = Splats::default();
        let mut level = std::mem::take(&mut self.level);
        let mut next = std::mem::take(&mut self.next);
        level.clear();
        level.push(boot);
        let mut depth = 0;
        'levels: while !level.is_empty() {
            next.clear();
            self.known.clear();
            for state in &level {
                if !goes_on(&explored) {
                    explored.cut = true;
                    break 'levels;
                }
                state.cpus.choices(model, program, &mut self.choices);
                if self.choices.is_empty() {
                    explored.add(model, state, &mut scratch);
                    continue;
                }
                for choice in 0..self.choices.len() {
                    let cpu = self.choices[choice];
                    scratch.copy_run_from(state);
                    scratch.section(model, program, cpu, &mut watch);
                    explored.sections += 1;
                    let at = match self.find(&scratch, program, bounds.merge) {
                        Ok(at) => {
                            next[at].schedules += state.schedules;
                            at
                        }
                        Err(fingerprint) => {
                            let each = size_of::<State>() + scratch.paths.len() * (depth + PATH);
                            let bytes = (level.len() + next.len()).saturating_mul(each);
                            if explored.states >= bounds.states || bytes >= bounds.bytes {
                                explored.cut = true;
                                break 'levels;
                            }
                            explored.states += 1;
                            scratch.schedules = state.schedules;
                            scratch.paths.iter_mut().for_each(|path| *path = None);
                            next.push(scratch.clone());
                            let at = next.len() - 1;
                            if let Some(fingerprint) = fingerprint {
                                self.known.insert_unique(
                                    fingerprint as u64,
                                    (fingerprint, at as u32),
                                    |&(fingerprint, _)| fingerprint as u64,
                                );
                            }
                            at
                        }
                    };
                    if paths {
                        let path = best(&state.paths, depth, cpu, program.number(cpu));
                        let known = &mut next[at].paths[cpu];
                        if known.as_ref().is_none_or(|known| path < *known) {
                            *known = Some(path);
                        }
                    }
                }
            }
            depth += 1;
            std::mem::swap(&mut level, &mut next);
        }
        (self.level, self.next) = (level, next);
        explored
            .outcomes
            .sort_by_cached_key(|outcome, _| outcome.key());
        explored
    }

    /// Returns the index of an equal state in the next level. If there is none, returns the
    /// fingerprint of the state, or `None` if states are not merged.
    fn find(
        &mut self,
        state: &State,
        program: &Program,
        merge: bool,
    ) -> Result<usize, Option<u128>> {
        if !merge {
            return Err(None);
        }
        self.key.clear();
        state.cpus.identify(program, &mut self.key);
        for ret in &state.rets {
            identify(*ret, &mut self.key);
        }
        for (op, splat) in &state.splats {
            self.key.extend([*op, *splat as u8]);
        }
        let fingerprint = xxh3_128(&self.key);
        let found = self
            .known
            .find(fingerprint as u64, |(this, _)| *this == fingerprint);
        found.map(|&(_, at)| at as usize).ok_or(Some(fingerprint))
    }
}

/// Appends four bytes that identify a return value.
pub(crate) fn identify(ret: Ret, out: &mut Vec<u8>) {
    let mut which = 0;
    let (kind, value) = match ret {
        Ret::Handle { handle, pasid } => {
            which = handle;
            (0, pasid.unwrap_or(0))
        }
        Ret::Ok => (1, 0),
        Ret::Pasid(pasid) => (2, pasid),
        Ret::Invalid => (3, 0),
        Ret::Mm(mm) => (4, mm.into()),
        Ret::Domain(domain) => (5, domain.into()),
        Ret::Err(errno) => (6, errno as u16),
        Ret::Skipped => (7, 0),
        Ret::Oops => (8, 0),
        Ret::Hang => (9, 0),
        Ret::Unfinished => (10, 0),
        Ret::Lacking => (11, 0),
    };
    let [low, high] = value.to_le_bytes();
    out.extend([kind, which, low, high]);
}

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

impl State {
    /// Returns the state before the first section. If `paths` is true, states keep the schedules
    /// that lead to them.
    pub(super) fn boot(topology: &Topology, program: &Program, paths: bool) -> Self {
        let nr_cpus = program.nr_cpus();
        let mut boot = State {
            cpus: Cpus::boot(topology, program),
            rets: vec![Ret::Unfinished; program.ops().len()],
            splats: Vec::new(),
            schedules: 1,
            paths: vec![None; if paths { nr_cpus.max(1) } else { 0 }],
        };
        if let Some(path) = boot.paths.first_mut() {
            *path = Some((0, Vec::new()));
        }
        boot
    }

    /// Replaces the schedules that lead to this state by one schedule that does not count.
    pub(super) fn end_with(&mut self, schedule: Vec<u8>) {
        self.schedules = 0;
        self.paths.truncate(1);
        self.paths[0] = Some((switches(&schedule), schedule));
    }

    /// Copies the machine, the return values and the splats, but not the schedules.
    pub(super) fn copy_run_from(&mut self, from: &State) {
        self.cpus.copy_from(&from.cpus);
        self.rets.clone_from(&from.rets);
        self.splats.clone_from(&from.splats);
    }

    /// Runs one section of a CPU. `watch` is scratch memory.
    pub(super) fn section<M: Model>(
        &mut self,
        model: &M,
        program: &Program,
        cpu: usize,
        watch: &mut Splats,
    ) {
        watch.0.clear();
        let Section { op, ret } = self.cpus.section(model, program, cpu, watch);
        if let Some(ret) = ret {
            self.rets[op] = ret;
        }
        for &splat in &watch.0 {
            // Splats of one operation are adjacent, and operations are in order.
            let at = self.splats.partition_point(|&(of, _)| of <= op as u8);
            self.splats.insert(at, (op as u8, splat));
        }
    }
}

impl Explored {
    /// Adds the outcome of a run that is over, after its teardown.
    pub(super) fn add<M: Model>(&mut self, model: &M, state: &State, scratch: &mut State) {
        let mut splats: Vec<Splat> = state.splats.iter().map(|&(_, splat)| splat).collect();
        let died = state.rets.iter().any(|ret| ret.ends_the_run());
        let leaked = match died {
            true => None,
            false => {
                let run = &mut scratch.cpus.run;
                run.copy_from(&state.cpus.run);
                let mut watch = Splats::default();
                let ret = run.teardown(model, &mut watch);
                splats.extend(watch.0);
                (!ret.ends_the_run()).then(|| Leaked::of(&run.machine.live()))
            }
        };
        let outcome = Outcome {
            rets: state.rets.clone(),
            splats,
            leaked,
        };
        let path = state.paths.iter().flatten().min();
        let (fewest, schedule) = path.cloned().unwrap_or_default();
        let shown = self.outcomes.entry(outcome).or_insert_with(|| Witness {
            schedules: 0,
            schedule: schedule.clone(),
            fewest: (fewest, schedule.clone()),
        });
        shown.schedules += state.schedules;
        let by_length = |schedule: &Vec<u8>| {
            let length = schedule.len();
            (length, switches(schedule), schedule.clone())
        };
        if by_length(&schedule) < by_length(&shown.schedule) {
            shown.schedule.clone_from(&schedule);
        }
        let (least, known) = &shown.fewest;
        if (fewest, schedule.len(), &schedule) < (*least, known.len(), known) {
            shown.fewest = (fewest, schedule);
        }
    }
}
