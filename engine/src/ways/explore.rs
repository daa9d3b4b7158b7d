// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs everything in a universe on one model, and keeps the first case for each way.
//!
//! The search is breadth first over states up to renaming, as that of `check`, but what it looks
//! for is every way and not only misbehaviour.

use super::way::{Doing, Found, Gone, Returned, Shown, Way};
use crate::judge::LeakKind;
use crate::limits::Control;
use crate::models::AnyModel;
use crate::universe::Universe;
use indexmap::IndexMap;
use spec::canonical::{Canon, Scratch};
use spec::case::MAX_OPS;
use spec::run::Held;
use spec::{Case, Decision, Fault, Op, OpCode, Recorder, Ret, Run, Topology};
use std::collections::HashSet;
use xxhash_rust::xxh3::xxh3_128;

/// The ways in a part of a universe, in the order in which they were found, and its extent.
#[derive(Debug, Default)]
pub(super) struct Notes {
    ways: IndexMap<Way, Case, foldhash::fast::FixedState>,
    /// The number of distinct states.
    pub states: usize,
    /// The number of operations that ran.
    pub transitions: u64,
    /// The largest number of operations before a state.
    pub depth: usize,
}

impl Notes {
    /// Adds the notes of a later part. Of two cases for a way, keeps the one with fewer operations.
    pub(super) fn merge(&mut self, other: Notes) {
        for (way, case) in other.ways {
            match self.ways.get_mut(&way) {
                Some(known) if known.ops.len() <= case.ops.len() => {}
                Some(known) => *known = case,
                None => {
                    self.ways.insert(way, case);
                }
            }
        }
        self.states += other.states;
        self.transitions += other.transitions;
        self.depth = self.depth.max(other.depth);
    }

    /// Returns whether a way is known with a case of at most this many operations.
    pub(super) fn has(&self, way: &Way, ops: usize) -> bool {
        self.ways.get(way).is_some_and(|case| case.ops.len() <= ops)
    }

    /// Adds a way with a case that shows it, unless one that is as short is known.
    pub(super) fn add(&mut self, way: Way, case: impl FnOnce() -> Case) {
        match self.ways.get_mut(&way) {
            None => {
                self.ways.insert(way, case());
            }
            Some(known) => {
                let case = case();
                if case.ops.len() < known.ops.len() {
                    *known = case;
                }
            }
        }
    }

    /// Returns the ways.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.ways.keys()
    }

    /// Returns the ways with their cases, those with the fewest operations first.
    pub(super) fn found(self) -> Vec<Found> {
        let mut found: Vec<Found> = { self.ways.into_iter() }
            .map(|(way, case)| Found { way, case })
            .collect();
        found.sort_by_key(|found| (crate::finding::size(&found.case), found.way));
        found
    }
}

/// A search in one topology.
pub(super) struct Sequences<'a> {
    model: AnyModel,
    universe: &'a Universe,
    topology: &'a Topology,
    notes: Notes,
    watch: Recorder,
    at_end: Recorder,
    /// The operations from boot to the state that is expanded, and the one that is tried.
    path: Vec<Op>,
    next: Box<Run>,
    last: Box<Run>,
}

impl<'a> Sequences<'a> {
    pub(super) fn new(model: AnyModel, universe: &'a Universe, topology: &'a Topology) -> Self {
        let run = Box::new(Run::new(topology));
        Sequences {
            model,
            universe,
            topology,
            notes: Notes::default(),
            watch: Recorder::default(),
            at_end: Recorder::default(),
            path: Vec::new(),
            next: run.clone(),
            last: run,
        }
    }

    /// Searches until the end, or until `control` stops it.
    pub(super) fn run(mut self, control: &Control<'_>) -> Notes {
        let canon = match self.universe.symmetry {
            true => Canon::symmetric(self.topology),
            false => Canon::plain(self.topology),
        };
        let canon = canon.ordered();
        let mut scratch = Box::<Scratch>::default();
        let mut known: HashSet<u128, foldhash::fast::FixedState> = HashSet::default();
        let mut packed = Vec::new();
        let mut is_new = |run: &Run| {
            packed.clear();
            canon.pack(&mut scratch, [run], false, &mut packed);
            known.insert(xxh3_128(&packed))
        };
        let most = self.universe.ops.unwrap_or(MAX_OPS);
        let binds = self.universe.binds;
        let mut run = Run::new(self.topology);
        is_new(&run);
        self.notes.states += 1;
        control.new_state();
        self.skipped();
        let mut level: Vec<Vec<Op>> = vec![Vec::new()];
        let mut ops = Vec::new();
        for depth in 0.. {
            let mut longer = Vec::new();
            for path in std::mem::take(&mut level) {
                if control.no_more() {
                    return self.notes;
                }
                self.replay(path, &mut run);
                self.tear_down(&run);
                if depth >= most {
                    continue;
                }
                let before = gone(&run, self.path.len());
                self.operations(&run, binds, &mut ops);
                let transitions = ops.len() as u64;
                for op in &ops {
                    self.next.copy_from(&run);
                    let ret = self.transition(&run, op, &before);
                    if !ret.ends_the_run() && is_new(&self.next) {
                        self.notes.states += 1;
                        control.new_state();
                        longer.push([&self.path[..], &[*op]].concat());
                    }
                }
                self.notes.transitions += transitions;
                control.expanded(1, transitions, longer.len() * (depth + 1) * size_of::<Op>());
            }
            self.notes.depth = depth;
            if longer.is_empty() {
                break;
            }
            level = longer;
        }
        self.notes
    }

    /// Collects the operations that do something in a state.
    fn operations(&self, run: &Run, binds: Option<usize>, ops: &mut Vec<Op>) {
        let index = self.path.len();
        let runs = [*run];
        self.universe.operations(&[self.model], &runs, index, ops);
        // The universe counts every earlier operation as an outstanding one.
        let holds = |op: &Op| op.kind.info().holds.is_some();
        if binds.is_some() {
            let held = (0..index).filter(|&op| run.held(op) != Held::Nothing);
            if binds <= Some(held.count()) {
                ops.retain(|op| !holds(op));
            }
        }
    }

    /// Puts `run` in the state after a path.
    fn replay(&mut self, path: Vec<Op>, run: &mut Run) {
        *run = Run::new(self.topology);
        for (index, op) in path.iter().enumerate() {
            run.step(&self.model, index, op, &mut ());
        }
        self.path = path;
    }

    /// Notes the operations that name nothing, and those that the kernel does not have.
    fn skipped(&mut self) {
        for &code in &self.universe.only {
            let nothing = code.with_args([MAX_OPS as u32 - 1; spec::op::MAX_ARGS]);
            let op = Op::from(nothing);
            let mut run = Run::new(self.topology);
            let ret = run.step(&self.model, 0, &op, &mut ());
            if let Some(ret @ Returned::Skipped) = Returned::of(ret, None) {
                self.note(Doing::Op(code), Shown::Ret(ret), None, Some(op));
            }
        }
    }

    /// Runs one operation in `next`, and notes what it shows.
    fn transition(&mut self, run: &Run, op: &Op, before: &Gone) -> Ret {
        let ret = self.step(op);
        let is_first = self.note_step(op, ret);
        if let Some(fault) = op.fault.filter(|_| is_first) {
            self.other_errnos(run, op, fault);
            self.next.copy_from(run);
            self.step(op);
        }
        if ret.ends_the_run() {
            return ret;
        }
        if let Some(kind) = gone(&self.next, self.path.len() + 1).more_than(before) {
            self.lost(op.kind.code(), kind, Some(*op));
        }
        ret
    }

    fn step(&mut self, op: &Op) -> Ret {
        self.watch.clear();
        let index = self.path.len();
        self.next.step(&self.model, index, op, &mut self.watch)
    }

    /// Notes the return value and the complaints of an operation. Returns whether any is new.
    fn note_step(&mut self, op: &Op, ret: Ret) -> bool {
        let doing = Doing::Op(op.kind.code());
        let decided = self.watch.decisions.last().copied();
        let mut is_new = false;
        if let Some(ret) = Returned::of(ret, decided) {
            is_new |= self.note(doing, Shown::Ret(ret), decided, Some(*op));
        }
        for at in 0..self.watch.splats.len() {
            let (splat, at) = self.watch.splats[at];
            let decided = Some(Decision { at, because: None });
            is_new |= self.note(doing, Shown::Splat(splat), decided, Some(*op));
        }
        is_new
    }

    /// Runs an operation with every other error that its fault can have. A search tries only those
    /// that kernels may treat differently.
    fn other_errnos(&mut self, run: &Run, op: &Op, fault: Fault) {
        for &errno in fault.site.errnos() {
            let fault = Some(Fault { errno, ..fault });
            let op = Op { fault, ..*op };
            self.next.copy_from(run);
            let ret = self.step(&op);
            self.note_step(&op, ret);
            self.notes.transitions += 1;
        }
    }

    /// Notes that an operation lost something, if that still exists after the teardown.
    fn lost(&mut self, code: OpCode, kind: LeakKind, op: Option<Op>) {
        let decided = self.watch.decisions.last().copied();
        self.last.copy_from(&self.next);
        let ret = self.last.teardown(&self.model, &mut ());
        if !ret.ends_the_run() && !self.last.machine.left().is_nothing() {
            self.note(Doing::Op(code), Shown::Leak(kind), decided, op);
            self.note(Doing::End, Shown::Leak(kind), decided, op);
        }
    }

    /// Runs the teardown in a state, and notes what it shows.
    fn tear_down(&mut self, run: &Run) {
        self.last.copy_from(run);
        self.at_end.clear();
        let ret = self.last.teardown(&self.model, &mut self.at_end);
        let died = ret.ends_the_run();
        let decided = self.at_end.decisions.last().copied().filter(|_| died);
        if let Some(ret) = Returned::of(ret, None) {
            self.note(Doing::End, Shown::Ret(ret), decided, None);
        }
        for at in 0..self.at_end.splats.len() {
            let (splat, at) = self.at_end.splats[at];
            let decided = Some(Decision { at, because: None });
            self.note(Doing::End, Shown::Splat(splat), decided, None);
        }
        if died || self.last.machine.left().is_nothing() {
            return;
        }
        // Once more, to see which release lost it.
        self.last.copy_from(run);
        let mut before = gone(run, self.path.len());
        let mut release = None;
        while let Some(this) = self.last.next_release(release) {
            self.at_end.clear();
            self.last.release(&self.model, this, &mut self.at_end);
            let now = gone(&self.last, self.path.len());
            if let Some(kind) = now.more_than(&before) {
                let decided = self.at_end.decisions.last().copied();
                self.note(Doing::End, Shown::Leak(kind), decided, None);
            }
            before = now;
            release = Some(this);
        }
    }

    /// Notes a way, which the operations of the path and `op` show. Returns whether it is new.
    fn note(
        &mut self,
        doing: Doing,
        shown: Shown,
        decided: Option<Decision>,
        op: Option<Op>,
    ) -> bool {
        let way = Way {
            doing,
            shown,
            decided,
        };
        let is_new = !self.notes.has(&way, usize::MAX);
        if is_new {
            let ops = self.path.iter().copied().chain(op).collect();
            let case = || Case::new(self.topology.clone(), ops);
            self.notes.add(way, case);
        }
        is_new
    }
}

/// Returns what nobody can release any more in the state after this many operations.
pub(super) fn gone(run: &Run, ops: usize) -> Gone {
    let mut held = 0u64;
    for op in 0..ops.min(MAX_OPS) {
        if let Held::Bind(handle) = run.held(op) {
            held |= 1u64.checked_shl(handle.raw().into()).unwrap_or(0);
        }
    }
    let handles = run.machine.handles().iter().enumerate();
    let lost = handles.filter(|(at, handle)| !handle.freed && held >> at & 1 == 0);
    Gone {
        handles: lost.count() as u32,
        rest: run.lost(),
    }
}
