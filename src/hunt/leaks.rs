// SPDX-License-Identifier: GPL-2.0-or-later
//! What lost what is left: a case whose teardown leaves something else on either side is run once
//! more, point by point, as [`differences`](crate::judge::differences) looks at it.

use super::left;
use super::quick::first;
use super::seen::Seen;
use crate::judge::{Cause, LeakKind, Side};
use spec::case::{MAX_MMS, MAX_OPS};
use spec::kernel::NONE;
use spec::run::Release;
use spec::{Case, Decision, Model, OpKind, Ret, Run};

/// All operations, and all releases of a teardown.
const POINTS: usize = 2 * MAX_OPS + MAX_MMS;

/// What one side did at a point.
#[derive(Clone, Copy, Debug)]
struct Point {
    /// It did something.
    is_done: bool,
    /// The number of the handle that was given back.
    given_back: u8,
    /// How many handles there were afterwards.
    handles: u8,
    /// What it decided last, here or before.
    decided: Option<Decision>,
}

const NOTHING: Point = Point {
    is_done: false,
    given_back: NONE,
    handles: 0,
    decided: None,
};

/// What one side did.
#[derive(Debug)]
struct Tape {
    run: Run,
    seen: Seen,
    /// The number of the handle that each operation returned.
    returned: [u8; MAX_OPS],
    points: [Point; POINTS],
    /// The last point at which one more entry pointed at freed memory.
    dangles: Option<usize>,
    dangling: u64,
    decided: Option<Decision>,
}

/// The run once more, and its memory.
#[derive(Debug, Default)]
pub(super) struct Leaks {
    tapes: Option<Box<[Tape; 2]>>,
    /// How the two sides differ in what is left, and how they did at the point before.
    distance: Vec<i64>,
    before: Vec<i64>,
}

impl Leaks {
    /// Adds the causes of what is left. `left` is the first kind in which the two sides differ, and
    /// who leaves more of it.
    #[cold]
    pub fn run<M: Model>(
        &mut self,
        models: &[M; 2],
        case: &Case,
        (side, left): (Side, LeakKind),
        causes: &mut Vec<Cause>,
    ) {
        let boot = Run::new(&case.topology);
        let new = || Box::new([Tape::new(), Tape::new()]);
        let tapes = &mut **self.tapes.get_or_insert_with(new);
        tapes.iter_mut().for_each(|tape| tape.rewind(&boot));
        self.before.clear();
        let ops = case.ops.len();
        let (mut at, mut apart_since) = (0, None);
        let mut next = None;
        loop {
            if at < ops {
                for (tape, model) in tapes.iter_mut().zip(models) {
                    tape.operation(model, at, case);
                }
            } else {
                let mut releases = next.unwrap_or_else(|| after(tapes, None));
                let Some(release) = first(releases) else {
                    break;
                };
                for side in [0, 1] {
                    let is_done = releases[side] == Some(release);
                    tapes[side].release(&models[side], at, release, is_done);
                    if is_done {
                        releases[side] = tapes[side].run.next_release(Some(release));
                    }
                }
                next = Some(releases);
            }
            let [from, to] = &*tapes;
            let machines = [&from.run.machine, &to.run.machine];
            left::distance(left, machines[0], machines[1], &mut self.distance);
            if at == 0 || self.distance != self.before {
                apart_since = Some(at);
                std::mem::swap(&mut self.distance, &mut self.before);
            }
            if left == LeakKind::Dangling {
                tapes.iter_mut().for_each(|tape| tape.count_dangling(at));
            }
            at += 1;
        }
        let points = at;
        let lost = tapes.each_ref().map(|tape| tape.lost(ops, points));
        let mut push = |side: Side, left: LeakKind, at: Option<usize>| {
            let points = &tapes[side.index()].points;
            let decided = at.and_then(|at| points[at].decided);
            causes.push(Cause::Leaked {
                side,
                kind: left,
                decided,
            });
        };
        if lost[0] == lost[1] {
            let dangles = tapes[side.index()].dangles;
            return push(side, left, dangles.or(apart_since));
        }
        for side in [Side::From, Side::To] {
            let [mine, other] = [&lost[side.index()], &lost[1 - side.index()]];
            for at in (0..points).filter(|&at| mine[at] && !other[at]) {
                push(side, LeakKind::Handles, Some(at));
            }
        }
    }
}

/// What either side releases next.
fn after(tapes: &[Tape; 2], release: Option<Release>) -> [Option<Release>; 2] {
    tapes.each_ref().map(|tape| tape.run.next_release(release))
}

impl Tape {
    fn new() -> Self {
        Tape {
            run: Run::new(&Default::default()),
            seen: Seen::default(),
            returned: [NONE; MAX_OPS],
            points: [NOTHING; POINTS],
            dangles: None,
            dangling: 0,
            decided: None,
        }
    }

    fn rewind(&mut self, boot: &Run) {
        self.run.copy_from(boot);
        self.dangles = None;
        self.dangling = 0;
        self.decided = None;
    }

    fn operation<M: Model>(&mut self, model: &M, at: usize, case: &Case) {
        let op = &case.ops[at];
        let ret = self.run.step(model, at, op, &mut self.seen);
        self.returned[at] = match ret {
            Ret::Handle { handle, .. } => handle,
            _ => NONE,
        };
        let given_back = match (op.kind, ret) {
            (OpKind::Unbind { of }, Ret::Ok) => self.returned[of as usize],
            _ => NONE,
        };
        self.note(at, true, given_back);
    }

    fn release<M: Model>(&mut self, model: &M, at: usize, release: Release, is_done: bool) {
        let mut given_back = NONE;
        if is_done {
            self.run.release(model, release, &mut self.seen);
            if let Release::Op(op) = release {
                given_back = self.returned[op as usize];
            }
        }
        self.note(at, is_done, given_back);
    }

    fn note(&mut self, at: usize, is_done: bool, given_back: u8) {
        self.decided = self.seen.take().or(self.decided);
        self.points[at] = Point {
            is_done,
            given_back,
            handles: left::handles(&self.run.machine),
            decided: self.decided,
        };
    }

    fn count_dangling(&mut self, at: usize) {
        let now = left::count(LeakKind::Dangling, &self.run.machine);
        if now > self.dangling && self.points[at].is_done {
            self.dangles = Some(at);
        }
        self.dangling = now;
    }

    /// The points at which a handle is lost: a call fails and keeps it, or the last unbind of it
    /// does not free it.
    fn lost(&self, ops: usize, points: usize) -> [bool; POINTS] {
        let mut lost = [false; POINTS];
        let mut before = 0;
        for (at, point) in self.points[..points].iter().enumerate() {
            if !point.is_done {
                continue;
            }
            let later = &self.points[at + 1..points];
            let is_last = point.given_back != NONE
                && later
                    .iter()
                    .all(|later| later.given_back != point.given_back);
            let kept = at < ops && {
                let returned = self.returned[at];
                let is_new = returned != NONE && !self.returned[..at].contains(&returned);
                point.handles > before + u8::from(is_new)
            };
            lost[at] = kept || is_last && point.handles == before;
            before = point.handles;
        }
        lost
    }
}
