// SPDX-License-Identifier: GPL-2.0-or-later
//! Callers that release twice, as error paths of drivers have done.
//!
//! What such a caller reaches depends on what it has released before, which a state up to renaming
//! does not have. So this search keeps what every operation has held, and is a small one.

use super::explore::Notes;
use super::way::{Doing, Returned, Shown, Way};
use crate::limits::Control;
use crate::models::AnyModel;
use crate::universe::Universe;
use spec::run::Held;
use spec::{Case, Decision, Op, Recorder, Run, Topology};
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher};

/// The operations before a state, and what each of them has held, released or not.
#[derive(Clone, Default)]
struct Path {
    ops: Vec<Op>,
    held: Vec<Held>,
    /// Whether any operation was performed again.
    wrong: bool,
}

/// Notes what callers reach that release twice. Adds only ways that `notes` does not have.
pub(super) fn releases_again(
    model: AnyModel,
    universe: &Universe,
    topology: &Topology,
    notes: &mut Notes,
    control: &Control<'_>,
) {
    let most = universe.ops.unwrap_or(0);
    let hasher = foldhash::fast::FixedState::default();
    let mut known = HashSet::new();
    let mut level = vec![Path::default()];
    let mut watch = Recorder::default();
    let mut ops = Vec::new();
    for length in 1..=most {
        let mut longer = Vec::new();
        for path in std::mem::take(&mut level) {
            if control.no_more() {
                return;
            }
            let mut runs = [Run::new(topology)];
            let run = &mut runs[0];
            for (index, op) in path.ops.iter().enumerate() {
                run.step(&model, index, op, &mut ());
            }
            let before = runs[0];
            let index = path.ops.len();
            universe.operations(&[model], &runs, index, &mut ops);
            // What only reads is worth trying at the end alone.
            ops.retain(|op| !op.kind.info().read_only || path.wrong);
            again(&path, &runs[0], &mut ops);
            notes.transitions += ops.len() as u64;
            control.expanded(1, ops.len() as u64, 0);
            for op in &ops {
                let mut next = before;
                watch.clear();
                let ret = next.step(&model, index, op, &mut watch);
                let wrong = path.wrong || op.again;
                let case = || {
                    let ops = path.ops.iter().copied().chain([*op]).collect();
                    Case::new(topology.clone(), ops)
                };
                let mut note = |shown, decided| {
                    let way = Way {
                        doing: Doing::Op(op.kind.code()),
                        shown,
                        decided,
                    };
                    if wrong && !notes.has(&way, usize::MAX) {
                        notes.add(way, case);
                    }
                };
                let decided = watch.decisions.last().copied();
                if let Some(ret) = Returned::of(ret, decided) {
                    note(Shown::Ret(ret), decided);
                }
                for &(splat, at) in &watch.splats {
                    note(Shown::Splat(splat), Some(Decision { at, because: None }));
                }
                if ret.ends_the_run() || op.kind.info().read_only {
                    continue;
                }
                if wrong {
                    tear_down(model, &next, notes, &mut watch, case);
                }
                let mut held = path.held.clone();
                held.push(next.held(index));
                let mut state = hasher.build_hasher();
                next.hash(&mut state);
                wrong.hash(&mut state);
                for (at, this) in held.iter().enumerate() {
                    if *this != Held::Nothing {
                        this.hash(&mut state);
                        (next.held(at) == Held::Nothing).hash(&mut state);
                    }
                }
                if length < most && known.insert(state.finish()) {
                    let ops = path.ops.iter().copied().chain([*op]).collect();
                    notes.states += 1;
                    control.new_state();
                    longer.push(Path { ops, held, wrong });
                }
            }
        }
        notes.depth = notes.depth.max(length);
        level = longer;
    }
}

/// Adds every release that can be performed again.
fn again(path: &Path, run: &Run, ops: &mut Vec<Op>) {
    for (at, held) in path.held.iter().enumerate() {
        let is_released = *held != Held::Nothing && run.held(at) == Held::Nothing;
        let Some(resource) = held.resource().filter(|_| is_released) else {
            continue;
        };
        let releases = |op: &&Op| {
            op.kind.of() == Some(at as u32)
                && op.kind.info().again
                && op.kind.info().names() == Some(resource)
        };
        if let Some(first) = path.ops.iter().find(releases) {
            ops.push(Op {
                again: true,
                ..*first
            });
        }
    }
}

/// Notes what the teardown complains of.
fn tear_down(
    model: AnyModel,
    run: &Run,
    notes: &mut Notes,
    watch: &mut Recorder,
    case: impl Fn() -> Case,
) {
    let mut last = *run;
    watch.clear();
    let ret = last.teardown(&model, watch);
    let decided = watch.decisions.last().copied();
    let mut note = |shown, decided| {
        let way = Way {
            doing: Doing::End,
            shown,
            decided,
        };
        if !notes.has(&way, usize::MAX) {
            notes.add(way, &case);
        }
    };
    if let Some(ret) = Returned::of(ret, None) {
        note(Shown::Ret(ret), decided.filter(|_| last_died(ret)));
    }
    for &(splat, at) in &watch.splats {
        note(Shown::Splat(splat), Some(Decision { at, because: None }));
    }
}

fn last_died(ret: Returned) -> bool {
    matches!(ret, Returned::Oops | Returned::Hang)
}
