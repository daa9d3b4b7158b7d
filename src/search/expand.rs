// SPDX-License-Identifier: GPL-2.0-or-later
//! Expands states: runs every operation that is possible in a state.
//!
//! The return values, complaints and leaks of each operation form a key. A case with a new key
//! becomes a candidate, and is judged in full at the end of the level; see [`super::candidates`].

use super::candidates::{Candidates, Keys, Path, Width};
use super::key::{self, KeyObserver};
use super::names::Real;
use super::past::{LOST, Past, since};
use super::shard::{Fingerprint, fingerprint};
use crate::judge::{
    Diverged, Observed, Point, View, ViewSet, same_calls, same_entries, same_splats,
};
use crate::question::Question;
use spec::canonical::{Canon, Scratch};
use spec::case::MAX_OPS;
use spec::run::{Held, Lost};
use spec::{Case, Model, Op, Ret, Run, Topology};

/// A receiver of the states that are reached.
pub(super) trait Reached {
    /// Called for a path and the state that it leads to. `last` appends the observation in the last
    /// operation of the path.
    fn reached(
        &mut self,
        fingerprint: Fingerprint,
        packed: &[u8],
        path: &[u8],
        last: impl FnOnce(&mut Vec<u8>),
    );
}

/// Expands the states of one topology, one after the other.
pub(super) struct Expander<'a, M, const N: usize> {
    question: &'a Question<'a, M, N>,
    topology: &'a Topology,
    canon: Canon,
    width: Width,
    /// Cases that may show a new cause.
    pub candidates: Candidates,
    ops: Vec<Op>,
    packed: Vec<u8>,
    key: Vec<u8>,
    path: Path,
    scratch: Box<Scratch>,
    /// The runs of the operation that is being tried.
    next: Box<[Run; N]>,
    in_op: [KeyObserver; N],
    at_end: [KeyObserver; N],
}

impl<'a, M: Model, const N: usize> Expander<'a, M, N> {
    pub(super) fn new(question: &'a Question<'a, M, N>, topology: &'a Topology) -> Self {
        let universe = question.universe;
        let canon = match universe.symmetry {
            true => Canon::symmetric(topology),
            false => Canon::plain(topology),
        };
        // If any number of operations can follow, every order of releases is also a sequence of its
        // own. If their number is limited, the teardown has to try each order.
        let canon = match universe.ops {
            Some(_) => canon.ordered(),
            None => canon,
        };
        Expander {
            question,
            topology,
            canon,
            width: Width::of(universe.most_operations()),
            candidates: Candidates::default(),
            ops: Vec::new(),
            packed: Vec::new(),
            key: Vec::new(),
            path: Path::new(),
            scratch: Box::default(),
            next: Box::new([Run::new(topology); N]),
            in_op: observers(question.views),
            at_end: observers(question.views),
        }
    }

    /// Reports the state at boot.
    pub(super) fn boot(&mut self, to: &mut impl Reached) {
        self.next.fill(Run::new(self.topology));
        self.in_op.iter_mut().for_each(KeyObserver::clear);
        self.path.clear();
        self.reach(&Past::default(), "boot", to);
    }

    /// Runs the teardown in a state, and then each operation, unless the path already has the
    /// maximum length. Returns the number of operations that ran.
    ///
    /// `last` appends the observation in the last operation of the path.
    pub(super) fn expand(
        &mut self,
        state: &[u8],
        path: &[u8],
        last: impl FnOnce(&mut Vec<u8>),
        known: &Keys,
        to: &mut impl Reached,
    ) -> u64 {
        let (past, bytes) = Past::unpack(state);
        let runs: [Run; N] = self.canon.unpack(bytes);
        self.path.clear();
        self.path.extend_from_slice(path);
        *self.next = runs;
        self.tear_down(&past, last, known);
        if path.len()
            >= self
                .width
                .bytes(self.question.universe.ops.unwrap_or(MAX_OPS))
        {
            return 0;
        }

        let index = outstanding(&runs);
        let mut ops = std::mem::take(&mut self.ops);
        let Question {
            models, universe, ..
        } = self.question;
        universe.operations(models, &runs, index, &mut ops);
        let before = Before {
            dangling: dangling(&runs),
            lost: lost(&runs),
        };
        let mut is_fresh = false;
        for (number, op) in ops.iter().enumerate() {
            if !is_fresh {
                for (next, run) in self.next.iter_mut().zip(&runs) {
                    next.copy_from(run);
                }
            }
            self.path.truncate(path.len());
            self.width.push(&mut self.path, number);
            is_fresh = self.transition(&past, (before, &runs), index, op, known, to);
        }
        let transitions = ops.len() as u64;
        self.ops = ops;
        transitions
    }

    /// Runs one operation, and adds a candidate if it may show something new. Returns whether
    /// `next` is unchanged.
    fn transition(
        &mut self,
        past: &Past,
        (before, runs): (Before<N>, &[Run; N]),
        index: usize,
        op: &Op,
        known: &Keys,
        to: &mut impl Reached,
    ) -> bool {
        let Question { models, views, .. } = self.question;
        let rets = step(models, &mut self.next, index, op, &mut self.in_op);
        let differ = differ(views, &rets, &self.next, &self.in_op, before.dangling);
        if differ.any() {
            self.key.clear();
            past.pack(&mut self.key);
            self.key.extend(op.kind.name().bytes());
            key::result(&mut self.key, &rets, &self.in_op);
            let looks_there = [View::Api, View::Splat].map(|view| views.contains(&view));
            let differs = differ.callers && looks_there == [true; 2];
            self.candidates
                .note(known, &self.key, &self.path, false, differs);
        }
        // With one model, its misbehaviour so far does not affect its next operations.
        let diverged = match N {
            1 => Diverged::default(),
            _ => past.diverged.or(differ),
        };
        // Only an incorrect kernel writes in an operation that should only read.
        let is_same = op.kind.info().read_only && { self.next.iter().zip(runs) }
            .all(|(a, b)| a.machine.same_as(&b.machine));
        let is_over = rets.iter().any(|ret| ret.ends_the_run());
        if is_over || is_same && diverged == past.diverged {
            return is_same;
        }
        let mut now = Past {
            diverged,
            refcount: past.refcount,
            lost: past.lost,
            apart: None,
        };
        for (complained, seen) in now.refcount.iter_mut().zip(&self.in_op) {
            *complained |= seen.refcount;
        }
        if let [from, to] = &self.next[..]
            && !diverged.callers
            && !same_entries(&from.machine, &to.machine)
        {
            now.apart = past.apart.or_else(|| Some(since(op, &self.in_op)));
        }
        let lost = self.reach(&now, op.kind.name(), to);
        let after = self::lost(&self.next);
        let more = after.iter().zip(&before.lost);
        if lost || { more }.any(|(after, before)| after.is_more_than(before)) {
            // The state does not record the objects that were lost on the path to it, so run the
            // teardown here.
            let in_op = std::mem::replace(&mut self.in_op, observers(self.question.views));
            self.tear_down(&now, |key| key::last_op(key, op.kind.name(), &in_op), known);
            self.in_op = in_op;
            return false;
        }
        is_same
    }

    /// Reports the state in `next`. Returns whether something was lost, that is, nothing can reach
    /// it any more.
    fn reach(&mut self, past: &Past, op: &str, to: &mut impl Reached) -> bool {
        self.packed.clear();
        past.pack(&mut self.packed);
        let runs: [&Run; N] = std::array::from_fn(|side| &self.next[side]);
        let same_numbers = N > 1 && !past.diverged.callers;
        let names = self
            .canon
            .pack(&mut self.scratch, runs, same_numbers, &mut self.packed);
        if names.lost {
            self.packed[0] |= LOST;
        }
        let in_op = &self.in_op;
        to.reached(
            fingerprint(&self.packed),
            &self.packed,
            &self.path,
            |last| key::last_op(last, op, in_op),
        );
        names.lost
    }

    /// Runs the teardown in the state `next`, and adds a candidate if it may show something new.
    fn tear_down(&mut self, past: &Past, last: impl FnOnce(&mut Vec<u8>), known: &Keys) {
        let runs = &mut self.next;
        let rets: [Ret; N] = std::array::from_fn(|side| {
            let seen = &mut self.at_end[side];
            seen.clear();
            runs[side].teardown(&self.question.models[side], seen)
        });
        let left = runs.each_ref().map(|run| run.machine.left());
        let is_over = rets.iter().any(|ret| ret.ends_the_run());
        let points = points(&rets, runs, &self.at_end);
        let (shown, what) = match (&left[..], &points[..]) {
            ([left], [point]) => {
                let shown = is_over || !point.splats().is_empty() || !left.is_nothing();
                (shown, left.compare(&Default::default()))
            }
            ([a, b], [from, to]) => {
                let shown = rets[0] != rets[1]
                    || !same_splats(from.splats(), to.splats())
                    || !is_over && a != b
                    || !same_calls(from.calls(), to.calls());
                (shown, a.compare(b))
            }
            _ => unreachable!("one model or two"),
        };
        if shown {
            // Whatever is lost was lost in the teardown or in the last operation. If it was lost
            // earlier, an earlier state has shown it.
            self.key.clear();
            self.key.push(b'$');
            past.pack(&mut self.key);
            last(&mut self.key);
            self.key.extend(what);
            key::result(&mut self.key, &rets, &self.at_end);
            self.candidates
                .note(known, &self.key, &self.path, true, false);
        }
    }

    /// Returns the case of a path, with the indices that devices, mms and operations have in the
    /// case.
    pub(super) fn case(&mut self, path: &[u8]) -> Case {
        let Question {
            models,
            views,
            universe,
        } = self.question;
        let mut case = Case::new(self.topology.clone(), Vec::new());
        let mut runs = [Run::new(self.topology); N];
        let mut real = Real::at_boot();
        let mut diverged = Diverged::default();
        let mut ops = Vec::new();
        let mut bytes = Vec::new();
        // Repeat the same canonical states as the search, so that the indices mean the same
        // operations.
        for number in self.width.numbers(path) {
            bytes.clear();
            let same_numbers = N > 1 && !diverged.callers;
            let both = std::array::from_fn(|side| &runs[side]);
            let names = self
                .canon
                .pack::<N>(&mut self.scratch, both, same_numbers, &mut bytes);
            real.rename(&names);
            runs = self.canon.unpack(&bytes);
            let index = outstanding(&runs);
            universe.operations(models, &runs, index, &mut ops);
            let op = ops[number];
            real.held.push(case.ops.len() as u32);
            case.ops.push(real.op(&op));
            let dangling = dangling(&runs);
            let rets = step(models, &mut runs, index, &op, &mut self.in_op);
            let differ = differ(views, &rets, &runs, &self.in_op, dangling);
            if N > 1 {
                diverged = diverged.or(differ);
            }
        }
        case
    }
}

/// Runs one operation on all models, and returns their return values.
fn step<M: Model, const N: usize>(
    models: &[M; N],
    runs: &mut [Run; N],
    index: usize,
    op: &Op,
    observers: &mut [KeyObserver; N],
) -> [Ret; N] {
    std::array::from_fn(|side| {
        observers[side].clear();
        runs[side].step(&models[side], index, op, &mut observers[side])
    })
}

/// Returns the observers of a difference. For one model, `callers` is true if it misbehaved.
fn differ<const N: usize>(
    views: &[View],
    rets: &[Ret; N],
    runs: &[Run; N],
    observers: &[KeyObserver; N],
    dangled: usize,
) -> Diverged {
    let points = points(rets, runs, observers);
    match points[..] {
        [point] => Diverged {
            callers: !point.splats().is_empty() || point.is_foreign() || dangling(runs) > dangled,
            ..Diverged::default()
        },
        [from, to] => Diverged::at(ViewSet::of(views), [from, to]),
        _ => unreachable!("one model or two"),
    }
}

/// Returns the input of the judge for all sides.
fn points<'a, const N: usize>(
    rets: &[Ret; N],
    runs: &'a [Run; N],
    observers: &'a [KeyObserver; N],
) -> [Observed<'a>; N] {
    std::array::from_fn(|side| Observed {
        is_done: true,
        ret: rets[side],
        observer: &observers[side].observer,
        run: &runs[side],
    })
}

/// Makes an observer for each side.
fn observers<const N: usize>(views: &[View]) -> [KeyObserver; N] {
    std::array::from_fn(|_| KeyObserver::new(ViewSet::of(views)))
}

/// Counts before an operation. They should not grow in it.
#[derive(Clone, Copy)]
struct Before<const N: usize> {
    dangling: usize,
    lost: [Lost; N],
}

/// Returns the numbers of objects that each run has lost. Attached entries are counted for a single
/// model only; for two models, a difference in them is noticed anyway.
fn lost<const N: usize>(runs: &[Run; N]) -> [Lost; N] {
    std::array::from_fn(|side| match N {
        1 => runs[side].lost(),
        _ => runs[side].lost_numbers(),
    })
}

/// Returns the number of entries that point at freed memory, for a single model; 0 for two.
fn dangling<const N: usize>(runs: &[Run; N]) -> usize {
    match &runs[..] {
        [run] => run.machine.dangling(),
        _ => 0,
    }
}

/// Returns the number of operations that hold something in at least one of these canonical runs.
fn outstanding<const N: usize>(runs: &[Run; N]) -> usize {
    let nothing = |op: usize| runs.iter().all(|run| run.held(op) == Held::Nothing);
    (0..MAX_OPS).find(|&op| nothing(op)).unwrap_or(MAX_OPS)
}
