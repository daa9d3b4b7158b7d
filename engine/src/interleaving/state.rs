// SPDX-License-Identifier: GPL-2.0-or-later
//! One run of a program, section by section, for schedules that are not merged.

use super::explored::{Explored, switches};
use super::explorer::Bounds;
use super::outcome::{Leaked, Outcome};
use spec::concurrent::{Cpus, Program, Section};
use spec::record::Watch;
use spec::{At, Model, Ret, Splat, Topology};

/// An observer that keeps only splats.
#[derive(Debug, Default)]
pub(crate) struct Splats(pub Vec<Splat>);

impl Watch for Splats {
    fn splat(&mut self, splat: Splat, _at: At) {
        self.0.push(splat);
    }
}

/// The state of a run between two sections.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) cpus: Cpus,
    rets: Vec<Ret>,
    /// The splats with their operations, in the order of the operations.
    splats: Vec<(u8, Splat)>,
}

impl State {
    /// Returns the state before the first section.
    pub(super) fn boot(topology: &Topology, program: &Program) -> Self {
        State {
            cpus: Cpus::boot(topology, program),
            rets: vec![Ret::Unfinished; program.ops().len()],
            splats: Vec::new(),
        }
    }

    /// Overwrites `self` with `from`.
    pub(super) fn copy_from(&mut self, from: &State) {
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
        watch
            .0
            .iter()
            .for_each(|&splat| complain(&mut self.splats, op as u8, splat));
    }

    /// Tears down a run that is over, and returns its outcome.
    pub(super) fn outcome<M: Model>(&mut self, model: &M) -> Outcome {
        let mut splats: Vec<Splat> = self.splats.iter().map(|&(_, splat)| splat).collect();
        let died = self.rets.iter().any(|ret| ret.ends_the_run());
        let leaked = match died {
            true => None,
            false => {
                let mut watch = Splats::default();
                let ret = self.cpus.run.teardown(model, &mut watch);
                splats.extend(watch.0);
                (!ret.ends_the_run()).then(|| Leaked::of(&self.cpus.run.machine.live()))
            }
        };
        Outcome {
            rets: self.rets.clone(),
            splats,
            leaked,
        }
    }
}

/// Adds a splat of an operation. Those of one operation are adjacent, and operations are in order.
pub(super) fn complain(splats: &mut Vec<(u8, Splat)>, op: u8, splat: Splat) {
    let at = splats.partition_point(|&(of, _)| of <= op);
    splats.insert(at, (op, splat));
}

/// Runs every schedule of a program on its own, one after the other, without a graph of the model
/// and without merging what is equal.
pub(super) struct EachSchedule<'a, M> {
    pub(super) model: &'a M,
    pub(super) program: &'a Program,
    /// Whether the schedules are kept.
    pub(super) paths: bool,
    pub(super) bounds: Bounds,
    pub(super) goes_on: &'a dyn Fn(&Explored) -> bool,
}

impl<M: Model> EachSchedule<'_, M> {
    /// Runs every schedule that continues `schedule`, after which the run is in `state`. Returns
    /// whether the exploration goes on.
    pub(super) fn run(
        &self,
        state: &State,
        schedule: &mut Vec<u8>,
        explored: &mut Explored,
    ) -> bool {
        if !(self.goes_on)(explored) {
            explored.cut = true;
            return false;
        }
        let mut choices = Vec::new();
        state.cpus.choices(self.model, self.program, &mut choices);
        let mut after = state.clone();
        if choices.is_empty() {
            let path = self.paths.then(|| (switches(schedule), schedule.clone()));
            explored.add(after.outcome(self.model), 1, path);
            return true;
        }
        let mut watch = Splats::default();
        choices.into_iter().all(|cpu| {
            if explored.states >= self.bounds.states {
                explored.cut = true;
                return false;
            }
            after.copy_from(state);
            after.section(self.model, self.program, cpu, &mut watch);
            explored.sections += 1;
            explored.states += 1;
            schedule.push(self.program.number(cpu));
            let goes_on = self.run(&after, schedule, explored);
            schedule.pop();
            goes_on
        })
    }
}
