// SPDX-License-Identifier: GPL-2.0-or-later
//! The states that two models reach together, driven by the same operations, breadth first.

use super::seen::{Seen, kind_of};
use super::{Finding, Universe};
use crate::diff::{View, differences};
use crate::lockstep::same_ret;
use crate::models::AnyModel;
use crate::signature::Cause;
use hashbrown::HashTable;
use indexmap::IndexMap;
use spec::canonical::{Canon, Names, Scratch};
use spec::case::{MAX_DEVICES, MAX_MMS, MAX_OPS, OP_NAMES};
use spec::kernel::NONE;
use spec::record::record;
use spec::run::Held;
use spec::{Case, Cite, Decision, Op, OpKind, Ret, Run, Topology};
use std::collections::HashSet;

/// What must be remembered of the way to a state, since it decides what is a consequence of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Past {
    /// Who saw a difference already.
    diverged: Differ,
    /// A reference count of this model has complained already.
    refcount: [bool; 2],
    /// Nothing differed yet, but what is attached does: since which operation and which decisions.
    apart: Option<Since>,
}

/// Who sees a difference: callers or dmesg, the driver, a debugger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Differ {
    seen: bool,
    driver: bool,
    state: bool,
}

impl Differ {
    fn any(self) -> bool {
        self.seen || self.driver || self.state
    }

    fn or(self, other: Differ) -> Differ {
        Differ {
            seen: self.seen || other.seen,
            driver: self.driver || other.driver,
            state: self.state || other.state,
        }
    }
}

/// The name of an operation and the decisions of both models in it, as bytes.
type Since = [u8; 13];

impl Past {
    fn pack(&self, out: &mut Vec<u8>) {
        let [from, to] = self.refcount;
        let Differ {
            seen,
            driver,
            state,
        } = self.diverged;
        let flags = [self.apart.is_some(), seen, driver, state, from, to];
        out.push(
            flags
                .iter()
                .fold(0, |bits, &flag| bits << 1 | u8::from(flag)),
        );
        out.extend(self.apart.iter().flatten());
    }

    /// The past, and what follows it.
    fn unpack(bytes: &[u8]) -> (Past, &[u8]) {
        let (flags, mut rest) = bytes.split_first().expect("a state has a past");
        let mut apart = None;
        if flags & 32 != 0 {
            let (since, state) = rest.split_first_chunk().expect("a state has a past");
            apart = Some(*since);
            rest = state;
        }
        let past = Past {
            diverged: Differ {
                seen: flags & 16 != 0,
                driver: flags & 8 != 0,
                state: flags & 4 != 0,
            },
            refcount: [flags & 2 != 0, flags & 1 != 0],
            apart,
        };
        (past, rest)
    }
}

fn since(op: &Op, seen: &[Seen; 2]) -> Since {
    let mut bytes = [0; 13];
    let name = OP_NAMES.iter().position(|&name| name == op.kind.name());
    bytes[0] = name.unwrap_or(0) as u8;
    let mut write = |slot: usize, cite: Cite| {
        let [high, low] = cite.line.to_be_bytes();
        bytes[1 + slot * 3..][..3].copy_from_slice(&[1 + cite.file as u8, high, low]);
    };
    for (side, seen) in seen.iter().enumerate() {
        if let Some(Decision { at, because }) = seen.decided {
            write(side * 2, at);
            because.into_iter().for_each(|at| write(side * 2 + 1, at));
        }
    }
    bytes
}

/// The states of one level, one after the other.
#[derive(Default)]
struct Level {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    states: Vec<u32>,
}

impl Level {
    fn push(&mut self, state: u32, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        self.states.push(state);
    }

    fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let spans = starts.zip(&self.ends);
        let bytes = spans.map(|(&start, &end)| &self.bytes[start..end]);
        self.states.iter().copied().zip(bytes)
    }
}

/// A state, and perhaps one of its operations more: where something is looked at.
#[derive(Clone, Copy)]
struct At {
    state: u32,
    /// As the universe numbers the operations of the state.
    op: Option<u16>,
}

/// A search in one topology.
pub(super) struct Product<'a> {
    models: [AnyModel; 2],
    universe: &'a Universe,
    views: &'a [View],
    topology: &'a Topology,
    canon: Canon,
    /// Which states are known, by their fingerprints.
    known: HashTable<u32>,
    fingerprints: Vec<u128>,
    /// For each state, the one it was first reached from, and which of its operations did.
    reached: Vec<(u32, u16)>,
    next: Level,
    pub(super) transitions: usize,
    pub(super) depth: usize,
    /// What was looked at before: everything that tells causes apart.
    looked_at: HashSet<Box<[u8]>, foldhash::fast::FixedState>,
    pub(super) findings: IndexMap<Cause, Finding>,
    packed: Vec<u8>,
    scratch: Box<Scratch>,
    in_op: [Seen; 2],
    at_end: [Seen; 2],
}

impl<'a> Product<'a> {
    pub(super) fn new(
        models: [AnyModel; 2],
        universe: &'a Universe,
        views: &'a [View],
        topology: &'a Topology,
    ) -> Self {
        let canon = match universe.symmetry {
            true => Canon::symmetric(topology),
            false => Canon::plain(topology),
        };
        // Where any number of operations can follow, each order of releases is also a sequence of
        // its own. Where their number is limited, the teardown has to see each.
        let canon = match universe.ops {
            Some(_) => canon.ordered(),
            None => canon,
        };
        Product {
            models,
            universe,
            views,
            topology,
            canon,
            known: HashTable::new(),
            fingerprints: Vec::new(),
            reached: Vec::new(),
            next: Level::default(),
            transitions: 0,
            depth: 0,
            looked_at: HashSet::default(),
            findings: IndexMap::new(),
            packed: Vec::new(),
            scratch: Box::default(),
            in_op: [0, 1].map(|_| Seen::new(views)),
            at_end: [0, 1].map(|_| Seen::new(views)),
        }
    }

    pub(super) fn states(&self) -> usize {
        self.fingerprints.len()
    }

    /// Whether it came to its end before it had more than so many states.
    pub(super) fn run(&mut self, most: usize) -> bool {
        let boot = Run::new(self.topology);
        let nothing = [0, 1].map(|_| Seen::new(self.views));
        // No operation leads to the state at boot.
        let root = OpKind::Fork { mm: u32::MAX }.into();
        self.reach((0, 0), &root, &[boot, boot], &Past::default(), &nothing);
        let mut ops = Vec::new();
        for depth in 0..self.universe.ops.unwrap_or(MAX_OPS) {
            let level = std::mem::take(&mut self.next);
            if level.states.is_empty() {
                return true;
            }
            for (state, bytes) in level.iter() {
                if self.states() >= most {
                    return false;
                }
                let (past, bytes) = Past::unpack(bytes);
                let runs = self.canon.unpack(bytes);
                let index = outstanding(&runs);
                self.universe
                    .operations([&runs[0], &runs[1]], index, &mut ops);
                for (number, op) in (0..).zip(&ops) {
                    self.transition((state, number), &runs, index, op, &past);
                }
            }
            if !self.next.states.is_empty() {
                self.depth = depth + 1;
            }
        }
        // A case has no more operations than that.
        self.universe.ops.is_some() || self.next.states.is_empty()
    }

    /// Runs one operation on both models, and looks at what can be seen.
    fn transition(
        &mut self,
        from: (u32, u16),
        runs: &[Run; 2],
        index: usize,
        op: &Op,
        past: &Past,
    ) {
        self.transitions += 1;
        let mut runs = *runs;
        let mut seen = std::mem::take(&mut self.in_op);
        let (rets, differ) = step(self.models, self.views, &mut runs, index, op, &mut seen);
        if differ.any() {
            let mut key = Vec::with_capacity(64);
            past.pack(&mut key);
            key.extend(op.kind.name().bytes());
            let at = At {
                state: from.0,
                op: Some(from.1),
            };
            let shown = self.look(key, rets, &seen, at);
            let looks_there = [View::Api, View::Splat].map(|view| self.views.contains(&view));
            debug_assert!(
                shown || !differ.seen || looks_there != [true; 2],
                "a case is not the way that it was made of"
            );
        }
        let diverged = past.diverged.or(differ);
        let is_over = rets.iter().any(|ret| ret.ends_the_run());
        let stays = only_looks(op) && diverged == past.diverged;
        if !is_over && !stays {
            let arrays = [0, 1].map(|side| runs[side].machine.pasid_arrays());
            let apart = match diverged.seen || arrays[0].same_entries(arrays[1]) {
                true => None,
                false => past.apart.or_else(|| Some(since(op, &seen))),
            };
            let past = Past {
                diverged,
                refcount: [0, 1].map(|side| past.refcount[side] || seen[side].refcount),
                apart,
            };
            self.reach(from, op, &runs, &past, &seen);
        }
        self.in_op = seen;
    }

    /// Arrives at a state. If it is a new one, looks at what its teardown leaves.
    fn reach(&mut self, from: (u32, u16), op: &Op, runs: &[Run; 2], past: &Past, last: &[Seen; 2]) {
        self.packed.clear();
        past.pack(&mut self.packed);
        let names = self.canon.pack(
            &mut self.scratch,
            [&runs[0], &runs[1]],
            !past.diverged.seen,
            &mut self.packed,
        );
        let fingerprint = xxhash_rust::xxh3::xxh3_128(&self.packed);
        let fingerprints = &self.fingerprints;
        let is_it = |&state: &u32| fingerprints[state as usize] == fingerprint;
        if self.known.find(fingerprint as u64, is_it).is_some() {
            // A state does not know what was lost on the way to it.
            if names.lost {
                let (state, number) = from;
                let at = At {
                    state,
                    op: Some(number),
                };
                self.tear_down(at, op, runs, past, last);
            }
            return;
        }
        let state = self.fingerprints.len() as u32;
        self.fingerprints.push(fingerprint);
        let fingerprints = &self.fingerprints;
        self.known
            .insert_unique(fingerprint as u64, state, |&state| {
                fingerprints[state as usize] as u64
            });
        self.reached.push(from);
        self.next.push(state, &self.packed);
        self.tear_down(At { state, op: None }, op, runs, past, last);
    }

    /// Looks at what a teardown leaves, here where `op` has just been done.
    fn tear_down(&mut self, at: At, op: &Op, runs: &[Run; 2], past: &Past, last: &[Seen; 2]) {
        let mut runs = *runs;
        let mut seen = std::mem::take(&mut self.at_end);
        let mut rets = [Ret::Ok; 2];
        for side in 0..2 {
            seen[side].clear();
            rets[side] = runs[side].teardown(&self.models[side], &mut seen[side]);
        }
        let left = [0, 1].map(|side| runs[side].machine.left());
        let leaks = rets == [Ret::Ok; 2] && left[0] != left[1];
        let splats = seen[0].splats_differ(&seen[1]);
        if rets[0] != rets[1] || splats || leaks || seen[0].calls_differ(&seen[1]) {
            // What is lost was lost in the teardown or in the last operation: if it was lost before,
            // the state before showed it.
            let mut key = Vec::with_capacity(128);
            past.pack(&mut key);
            key.extend(op.kind.name().bytes());
            for last in last {
                key.extend(&last.events);
                key.push(b'|');
            }
            key.extend(left[0].compare(&left[1]));
            self.look(key, rets, &seen, at);
        }
        self.at_end = seen;
    }

    /// Looks at a difference, unless one that no cause could tell from it was looked at before:
    /// runs the way to it in full, and keeps what is no consequence and was not found before.
    /// Whether there is a difference, as far as it was looked at.
    fn look(&mut self, mut key: Vec<u8>, rets: [Ret; 2], seen: &[Seen; 2], at: At) -> bool {
        for (ret, seen) in rets.iter().zip(seen) {
            key.extend(format!("{:?}", kind_of(*ret)).bytes());
            key.extend(&seen.events);
            key.push(0);
        }
        if !self.looked_at.insert(key.into()) {
            return true;
        }
        let case = self.case_of(at);
        let [from, to] = self.models.map(|model| record(&model, &case));
        let all = differences(&case, &from, &to, self.views);
        let shown = !all.is_empty();
        for difference in all {
            if !difference.follows && !self.findings.contains_key(&difference.cause) {
                let cause = difference.cause.clone();
                let case = case.clone();
                self.findings.insert(cause, Finding { case, difference });
            }
        }
        shown
    }

    /// The operations that lead there, under the names that devices, mms and operations have in
    /// the case.
    fn case_of(&self, at: At) -> Case {
        let mut way: Vec<u16> = at.op.into_iter().collect();
        let mut state = at.state;
        while state != 0 {
            let (from, number) = self.reached[state as usize];
            way.push(number);
            state = from;
        }
        let mut case = Case::new(self.topology.clone(), Vec::new());
        let mut runs = [Run::new(self.topology); 2];
        let mut real = Real::at_boot();
        let mut seen = [0, 1].map(|_| Seen::new(self.views));
        let mut diverged = Differ::default();
        let mut scratch = Box::<Scratch>::default();
        let mut ops = Vec::new();
        let mut bytes = Vec::new();
        // The very states that the search went through, so that its operations mean the same.
        for &number in way.iter().rev() {
            bytes.clear();
            let both = [&runs[0], &runs[1]];
            let names = self
                .canon
                .pack(&mut scratch, both, !diverged.seen, &mut bytes);
            real.rename(&names);
            runs = self.canon.unpack(&bytes);
            let index = outstanding(&runs);
            self.universe
                .operations([&runs[0], &runs[1]], index, &mut ops);
            let op = ops[number as usize];
            real.held.push(case.ops.len() as u32);
            case.ops.push(real.op(&op));
            let (_, differ) = step(self.models, self.views, &mut runs, index, &op, &mut seen);
            diverged = diverged.or(differ);
        }
        case
    }
}

/// Runs one operation on both models: what they returned, and who sees a difference.
fn step(
    models: [AnyModel; 2],
    views: &[View],
    runs: &mut [Run; 2],
    index: usize,
    op: &Op,
    seen: &mut [Seen; 2],
) -> ([Ret; 2], Differ) {
    let mut rets = [Ret::Ok; 2];
    for side in 0..2 {
        seen[side].clear();
        rets[side] = runs[side].step(&models[side], index, op, &mut seen[side]);
    }
    let live = |side: usize| runs[side].machine.live();
    let differ = Differ {
        seen: !same_ret(rets[0], rets[1]) || seen[0].splats_differ(&seen[1]),
        driver: seen[0].calls_differ(&seen[1]),
        state: views.contains(&View::State) && !live(0).is_like(&live(1)),
    };
    (rets, differ)
}

/// Whether an operation changes nothing, in any kernel.
fn only_looks(op: &Op) -> bool {
    matches!(
        op.kind,
        OpKind::GetPasid { .. } | OpKind::PageRequest { .. } | OpKind::EnqcmdPasid { .. }
    )
}

/// How many operations hold something in at least one of two canonical runs.
fn outstanding(runs: &[Run; 2]) -> usize {
    let nothing = |op: usize| runs.iter().all(|run| run.held(op) == Held::Nothing);
    (0..MAX_OPS).find(|&op| nothing(op)).unwrap_or(MAX_OPS)
}

/// What a case calls the things of a state: by their index there, its own index.
struct Real {
    dev: [u8; MAX_DEVICES],
    mm: [u8; MAX_MMS],
    /// The operations that hold something, and the last one.
    held: Vec<u32>,
}

impl Real {
    fn at_boot() -> Self {
        Real {
            dev: std::array::from_fn(|dev| dev as u8),
            // A forked mm comes after all others in a state as in a case.
            mm: std::array::from_fn(|mm| mm as u8),
            held: Vec::new(),
        }
    }

    /// The state takes these names.
    fn rename(&mut self, names: &Names) {
        let (dev, mm) = (self.dev, self.mm);
        for (old, &new) in names
            .dev
            .iter()
            .enumerate()
            .filter(|(_, new)| **new != NONE)
        {
            self.dev[new as usize] = dev[old];
        }
        for (old, &new) in names.mm.iter().enumerate().filter(|(_, new)| **new != NONE) {
            self.mm[new as usize] = mm[old];
        }
        let held = names.held().iter().map(|&op| self.held[op as usize]);
        self.held = held.collect();
    }

    /// An operation on the state, as an operation of the case.
    fn op(&self, op: &Op) -> Op {
        let mut op = *op;
        match &mut op.kind {
            OpKind::Bind { dev, mm } => {
                *dev = self.dev[*dev as usize].into();
                *mm = self.mm[*mm as usize].into();
            }
            OpKind::Attach { dev, .. }
            | OpKind::PageRequest { dev, .. }
            | OpKind::AllocPasid { dev } => *dev = self.dev[*dev as usize].into(),
            OpKind::Fork { mm } | OpKind::Exit { mm } | OpKind::EnqcmdPasid { mm } => {
                *mm = self.mm[*mm as usize].into();
            }
            OpKind::Unbind { of }
            | OpKind::GetPasid { of }
            | OpKind::FreePasid { of }
            | OpKind::Detach { of } => *of = self.held[*of as usize],
        }
        op
    }
}
