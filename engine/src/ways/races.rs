// SPDX-License-Identifier: GPL-2.0-or-later
//! Ways that only an interleaving on several CPUs reaches.

use super::explore::Notes;
use super::way::{Doing, Returned, Shown, Way};
use crate::limits::{Control, Limits};
use crate::models::AnyModel;
use crate::race::Programs;
use crate::universe::Universe;
use spec::concurrent::{Cpus, Program, Section};
use spec::{Case, Decision, Op, Recorder, Topology};
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_128;

/// A state of a program, and a schedule that leads to it.
#[derive(Clone)]
struct State {
    cpus: Cpus,
    /// The last decision of each operation.
    decided: Vec<Option<Decision>>,
    schedule: Vec<u8>,
}

/// Notes what the programs of a universe reach under every interleaving. Adds only ways that
/// `notes` does not have. Returns the number of programs.
pub(super) fn interleavings(
    model: AnyModel,
    universe: &Universe,
    topology: &Topology,
    notes: &mut Notes,
    control: &Control<'_>,
) -> usize {
    let programs = Programs::new(&[model], universe, topology);
    let most = universe.ops.unwrap_or(0);
    let mut count = 0;
    let mut level: Vec<Vec<Op>> = vec![Vec::new()];
    for length in 1..=most {
        let mut longer = Vec::new();
        for program in &level {
            programs.extend(program, &mut |ops| {
                if control.no_more() {
                    return;
                }
                count += 1;
                // A program on one CPU is a sequence.
                if ops.iter().any(|op| op.cpu != ops[0].cpu) {
                    program_on(model, topology, ops, notes, control);
                }
                longer.push(ops.to_vec());
            });
        }
        if control.no_more() {
            return count;
        }
        notes.depth = notes.depth.max(length);
        level = longer;
    }
    count
}

/// Runs a program under every interleaving.
fn program_on(
    model: AnyModel,
    topology: &Topology,
    ops: &[Op],
    notes: &mut Notes,
    control: &Control<'_>,
) {
    let program = Program::new(ops);
    let mut level = vec![State {
        cpus: Cpus::boot(topology, &program),
        decided: vec![None; ops.len()],
        schedule: Vec::new(),
    }];
    let mut watch = Recorder::default();
    let (mut choices, mut key) = (Vec::new(), Vec::new());
    while !level.is_empty() {
        let mut next: Vec<State> = Vec::new();
        let mut known: HashMap<u128, ()> = HashMap::new();
        let (mut states, mut sections) = (0, 0);
        for state in &level {
            state.cpus.choices(&model, &program, &mut choices);
            for &cpu in &choices {
                let mut this = state.clone();
                watch.clear();
                let Section { op, ret } = this.cpus.section(&model, &program, cpu, &mut watch);
                sections += 1;
                this.schedule.push(program.number(cpu));
                if let Some(decided) = watch.decisions.last() {
                    this.decided[op] = Some(*decided);
                }
                let case = || {
                    let mut case = Case::new(topology.clone(), ops.to_vec());
                    case.schedule = Some(this.schedule.clone());
                    case
                };
                let mut note = |shown, decided| {
                    let way = Way {
                        doing: Doing::Op(ops[op].kind.code()),
                        shown,
                        decided,
                    };
                    if !notes.has(&way, usize::MAX) {
                        notes.add(way, case);
                    }
                };
                if let Some(ret) = ret.and_then(|ret| Returned::of(ret, this.decided[op])) {
                    note(Shown::Ret(ret), this.decided[op]);
                }
                for &(splat, at) in &watch.splats {
                    note(Shown::Splat(splat), Some(Decision { at, because: None }));
                }
                key.clear();
                this.cpus.identify(&program, &mut key);
                for decided in &this.decided {
                    let because = decided.and_then(|decided| decided.because);
                    let places = [decided.map(|decided| decided.at), because];
                    key.extend(places.map(|at| at.map_or(u8::MAX, |at| at as u8)));
                }
                if known.insert(xxh3_128(&key), ()).is_none() {
                    states += 1;
                    next.push(this);
                }
            }
        }
        notes.states += states;
        notes.transitions += sections;
        control.new_states(states);
        control.expanded(level.len(), sections, 0);
        level = next;
    }
}

/// Returns whether any schedule of a case shows a way.
pub fn any_schedule(model: AnyModel, case: &Case, is_it: &dyn Fn(&Way) -> bool) -> bool {
    let control = Control::new(Limits::default(), None, None);
    let mut notes = Notes::default();
    program_on(model, &case.topology, &case.ops, &mut notes, &control);
    notes.ways().any(is_it)
}
