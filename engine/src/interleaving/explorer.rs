// SPDX-License-Identifier: GPL-2.0-or-later
//! Explores every interleaving of a program on one model.
//!
//! The exploration goes level by level; a level holds the states after the same number of sections.
//! Schedules that lead to the same state, with the same return values and complaints so far, also
//! continue alike, so they are merged and only counted. The work is therefore proportional to the
//! number of states, while the counts are those of all schedules.

use super::explored::{Explored, SchedulePath};
use super::graph::Graph;
use super::level::{Level, State};
use super::log::Log;
use super::outcome::Outcome;
use super::pasts::Pasts;
use super::state::{self, EachSchedule};
use super::ways::Ways;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use spec::concurrent::Program;
use spec::{Model, Ret, Topology};

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

/// When schedules are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Schedules {
    /// Never; they are only counted.
    None,
    /// While the program is explored.
    AtOnce,
    /// When they are asked for, from a log.
    Later,
}

/// An explorer that reuses its memory from one exploration to the next.
#[derive(Debug, Default)]
pub struct Explorer {
    graph: Graph,
    pasts: Pasts,
    log: Log,
    ways: Ways,
    level: Level,
    next: Level,
    /// The indexes of outcomes, by past and end.
    over: HashMap<(u32, u32), usize, FixedState>,
    /// The number of each operation in the graph.
    ops: Vec<u32>,
    choices: Vec<usize>,
}

/// The most bytes that a graph may take for the next program to begin with it.
const MOST_KEPT: usize = 1 << 25;

/// How many states are explored before the caller is asked again whether to go on, which may have to
/// read a clock.
const STATES_AT_A_TIME: usize = 256;

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

    /// Runs a program under every interleaving. Calls `goes_on` before the first state and from time
    /// to time, with the result so far, and stops when it returns false.
    pub fn explore_while<M: Model>(
        &mut self,
        (model, paths): (&M, bool),
        topology: &Topology,
        program: &Program,
        bounds: Bounds,
        goes_on: &dyn Fn(&Explored) -> bool,
    ) -> Explored {
        let schedules = match paths {
            true => Schedules::AtOnce,
            false => Schedules::None,
        };
        let with = (schedules, false);
        let mut explored = self.run(model, with, topology, program, bounds, goes_on);
        explored.sort();
        explored
    }

    /// Does the same with what is known from the programs before, which ran on the same model. The
    /// outcomes are in no particular order. Schedules of merged states are only counted until
    /// [`Explorer::add_schedules`] is called.
    pub(crate) fn explore_next<M: Model>(
        &mut self,
        model: &M,
        topology: &Topology,
        program: &Program,
        bounds: Bounds,
        goes_on: &dyn Fn(&Explored) -> bool,
    ) -> Explored {
        let with = (Schedules::Later, true);
        self.run(model, with, topology, program, bounds, goes_on)
    }

    /// Adds the schedules of some outcomes that [`Explorer::explore_next`] has just found for this
    /// program.
    pub(crate) fn add_schedules(
        &mut self,
        program: &Program,
        explored: &mut Explored,
        is_wanted: impl Fn(&Outcome) -> bool,
    ) {
        let wanted: Vec<bool> = explored.outcomes.keys().map(is_wanted).collect();
        let mut add = |outcome: usize, path: SchedulePath| {
            explored.outcomes[outcome].add(path);
        };
        self.log
            .each_path(&mut self.ways, program, &wanted, &mut add);
    }

    fn run<M: Model>(
        &mut self,
        model: &M,
        (schedules, keep): (Schedules, bool),
        topology: &Topology,
        program: &Program,
        bounds: Bounds,
        goes_on: &dyn Fn(&Explored) -> bool,
    ) -> Explored {
        let mut explored = Explored {
            states: 1,
            ..Explored::default()
        };
        self.log.begin();
        // What an operation that is performed again does depends on more than a configuration.
        let again = program.ops().iter().any(|op| op.again);
        if !bounds.merge || again {
            let each = EachSchedule {
                model,
                program,
                paths: schedules != Schedules::None,
                bounds,
                goes_on,
            };
            let boot = state::State::boot(topology, program);
            each.run(&boot, &mut Vec::new(), &mut explored);
        } else {
            // A limited exploration does not begin with its memory full of other programs.
            let most = if keep {
                MOST_KEPT.min(bounds.bytes / 4)
            } else {
                0
            };
            let boot = self.graph.begin(model, topology, program, most);
            let boot = State {
                node: boot,
                past: 0,
                schedules: 1,
            };
            self.merging(
                (model, schedules),
                boot,
                program,
                bounds,
                goes_on,
                &mut explored,
            );
        }
        explored
    }

    fn merging<M: Model>(
        &mut self,
        (model, schedules): (&M, Schedules),
        boot: State,
        program: &Program,
        bounds: Bounds,
        goes_on: &dyn Fn(&Explored) -> bool,
        explored: &mut Explored,
    ) {
        self.ops.clear();
        let ops = program.ops().iter().enumerate();
        self.ops
            .extend(ops.map(|(index, op)| self.graph.op(index, op)));
        self.pasts.begin(program);
        self.over.clear();
        self.ways.begin(program.nr_cpus());
        let mut level = std::mem::take(&mut self.level);
        let mut next = std::mem::take(&mut self.next);
        level.clear();
        level.push(boot);
        let mut until_asked = 0;
        'levels: while !level.states().is_empty() {
            next.clear();
            for (from, state) in level.states().iter().enumerate() {
                if until_asked == 0 {
                    if !goes_on(explored) {
                        explored.cut = true;
                        break 'levels;
                    }
                    until_asked = STATES_AT_A_TIME;
                }
                until_asked -= 1;
                self.choose(model, program, state);
                if self.choices.is_empty() {
                    let outcome = self.over(model, state, explored);
                    match schedules {
                        Schedules::None => {}
                        Schedules::AtOnce => {
                            if let Some(path) = self.ways.of(from, program) {
                                explored.outcomes[outcome].add(path);
                            }
                        }
                        Schedules::Later => self.log.ends(from, outcome),
                    }
                    continue;
                }
                for choice in 0..self.choices.len() {
                    let cpu = self.choices[choice];
                    let op = self.op_of(program, state, cpu);
                    let edge = self.graph.section(model, state.node, self.ops[op as usize]);
                    let graph = &self.graph;
                    let past = self.pasts.after(state.past, op, edge.seen, graph, program);
                    explored.sections += 1;
                    let after = State {
                        node: edge.to,
                        past,
                        schedules: state.schedules,
                    };
                    let to = match next.merge(&after) {
                        Some(to) => to,
                        None => {
                            let states = level.bytes() + next.bytes();
                            let slots =
                                (level.states().len() + next.states().len()) * program.nr_cpus();
                            let bytes = || states + self.bytes(schedules, slots);
                            if explored.states >= bounds.states
                                || bounds.bytes != usize::MAX && bytes() >= bounds.bytes
                            {
                                explored.cut = true;
                                break 'levels;
                            }
                            explored.states += 1;
                            next.push(after)
                        }
                    };
                    match schedules {
                        Schedules::None => {}
                        Schedules::AtOnce => self.ways.leads(from, cpu, to),
                        Schedules::Later => self.log.leads(from, cpu, to),
                    }
                }
            }
            self.ways.next_level();
            self.log.next_level();
            std::mem::swap(&mut level, &mut next);
        }
        (self.level, self.next) = (level, next);
    }

    /// Returns the memory that an exploration takes beside its states, in bytes. `slots` is the
    /// number of states of both levels, times that of CPUs.
    fn bytes(&self, schedules: Schedules, slots: usize) -> usize {
        let found = match schedules {
            Schedules::None => 0,
            Schedules::AtOnce => self.ways.bytes(),
            Schedules::Later => self.log.bytes(slots),
        };
        self.pasts.bytes() + found + self.graph.bytes()
    }

    /// Returns the index of the operation that a CPU runs next.
    #[inline]
    fn op_of(&self, program: &Program, state: &State, cpu: usize) -> u8 {
        program.ops_of(cpu)[self.pasts.finished(state.past)[cpu] as usize]
    }

    /// Finds the CPUs that can run in a state.
    fn choose<M: Model>(&mut self, model: &M, program: &Program, state: &State) {
        self.choices.clear();
        if self.pasts.is_dead(state.past) {
            return;
        }
        let finished = self.pasts.finished(state.past);
        let unfinished = |&cpu: &usize| (finished[cpu] as usize) < program.ops_of(cpu).len();
        self.choices
            .extend((0..program.nr_cpus()).filter(unfinished));
        if self.graph.is_locked(state.node) {
            let lowest = self.choices.first().copied();
            let (graph, pasts, ops) = (&mut self.graph, &self.pasts, &self.ops);
            self.choices.retain(|&cpu| {
                let op = program.ops_of(cpu)[pasts.finished(state.past)[cpu] as usize];
                let edge = graph.section(model, state.node, ops[op as usize]);
                graph.seen(edge.seen).0 != Some(Ret::Hang)
            });
            // If all wait, the lock is never released, and one of them is found to hang.
            if self.choices.is_empty() {
                self.choices.extend(lowest);
            }
        }
    }

    /// Adds the outcome of a run that is over, and returns its index.
    fn over<M: Model>(&mut self, model: &M, state: &State, explored: &mut Explored) -> usize {
        let died = self.pasts.is_dead(state.past);
        let end = match died {
            true => DIED,
            false => self.graph.end(model, state.node),
        };
        let known = self.over.entry((state.past, end));
        let known = match known {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let past = self.pasts.get(state.past);
                let mut outcome = Outcome {
                    rets: past.rets.to_vec(),
                    splats: past.splats.iter().map(|&(_, splat)| splat).collect(),
                    leaked: None,
                };
                if !died {
                    let (splats, leaked) = self.graph.of_end(end);
                    outcome.splats.extend(splats);
                    outcome.leaked.clone_from(leaked);
                }
                *new.insert(explored.number(outcome))
            }
        };
        explored.outcomes[known].schedules += state.schedules;
        known
    }
}

/// In place of the end of a run in which the kernel died.
const DIED: u32 = u32::MAX;
