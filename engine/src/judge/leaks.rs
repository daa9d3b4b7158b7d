// SPDX-License-Identifier: GPL-2.0-or-later
//! The state machine that finds the point at which something was lost.
//!
//! It visits the points of a case a second time, if the teardown leaks something.

use super::differences::{Sink, pair};
use super::exists::{Exists, dangling};
use super::point::{Point, Visitor};
use super::{Cause, Difference, LeakKind, Place, Side, View};
use spec::case::{MAX_MMS, MAX_OPS};
use spec::kernel::NONE;
use spec::op::Resource;
use spec::run::{Lost, Release};
use spec::{Case, Decision, Op, Ret};

/// The most points of a case: all operations, and all releases of the teardown.
const POINTS: usize = 2 * MAX_OPS + MAX_MMS;

/// Attributes leaks to the points at which something was lost.
#[derive(Debug, Default)]
pub(super) struct Leaks<const N: usize> {
    /// Allocated when first needed.
    sides: Option<Box<[Tracked; N]>>,
    /// The kind of leak, and the side that leaks more of it.
    leak: Option<(Side, LeakKind)>,
    /// Whether several CPUs work. A handle that exists after a call can then belong to another
    /// call.
    several_cpus: bool,
    /// The number of points visited so far.
    points: usize,
    /// The last point at which the difference between the two sides changed.
    apart_since: Option<usize>,
    /// The difference at this point and at the previous one, as [`LeakKind::distance`] describes
    /// it.
    distance: Vec<i64>,
    before: Vec<i64>,
}

/// The tracked data of one side.
#[derive(Debug)]
struct Tracked {
    /// The last decision at or before each point.
    decided: [Option<Decision>; POINTS],
    /// The points at which it lost a handle: a call failed but kept it, or the last unbind did not
    /// free it.
    lost_handle: [bool; POINTS],
    /// For each handle number, whether that handle was returned.
    is_returned: [bool; MAX_OPS],
    /// For each handle number, the point at which the handle was last given back, if that did not
    /// free it.
    not_freed: [Option<usize>; MAX_OPS],
    /// The number of the handle that each operation returned.
    returned: [u8; MAX_OPS],
    handles: u32,
    /// The last point at which the number of entries that point at freed memory grew.
    dangles: Option<usize>,
    dangling: u64,
    /// The last point at which more of the leaked kind was lost.
    lost_last: Option<usize>,
    lost: u32,
}

const CLEAR: Tracked = Tracked {
    decided: [None; POINTS],
    lost_handle: [false; POINTS],
    is_returned: [false; MAX_OPS],
    not_freed: [None; MAX_OPS],
    returned: [NONE; MAX_OPS],
    handles: 0,
    dangles: None,
    dangling: 0,
    lost_last: None,
    lost: 0,
};

impl<const N: usize> Leaks<N> {
    /// Prepares for a case that leaks. For two sides, `kind` is the first kind in which they differ
    /// and `side` the one that leaks more of it; for one side, `kind` is the first kind that it
    /// leaks.
    pub(super) fn begin(&mut self, case: &Case, side: Side, kind: Option<LeakKind>) {
        let new = || Box::new([CLEAR; N]);
        for side in self.sides.get_or_insert_with(new).iter_mut() {
            *side = CLEAR;
        }
        self.leak = kind.map(|kind| (side, kind));
        self.several_cpus = case.is_on_several_cpus();
        self.points = 0;
        self.apart_since = None;
        self.before.clear();
    }

    /// Reports the leaks. `explained` means that an earlier report already explains the leak of a
    /// single side.
    ///
    /// The objects that a lost handle holds are lost with it, so if handles were lost, only those
    /// are reported.
    pub(super) fn report(&mut self, sink: &mut impl Sink, explained: bool) {
        let Some(sides) = &mut self.sides else { return };
        for side in sides.iter_mut() {
            for at in side.not_freed.iter().flatten() {
                side.lost_handle[*at] = true;
            }
        }
        let mut push = |side: Side, kind: LeakKind, at: Option<usize>| {
            let decided = |side: &Tracked| at.and_then(|at| side.decided[at]);
            let decided = pair(sides.each_ref().map(decided));
            let cause = Cause::Leaked {
                side,
                kind,
                // On several CPUs the call that lost it is not known.
                decided: decided[side.index()].filter(|_| !self.several_cpus),
            };
            sink.push(Difference {
                place: Place::End,
                view: View::Leak,
                cause,
                decided,
                follows: false,
            });
        };
        let [from, to] = [&sides[0], &sides[N - 1]];
        if N == 1 || from.lost_handle != to.lost_handle {
            let mut any = false;
            for (at, side) in [Side::From, Side::To].into_iter().enumerate().take(N) {
                let lost = &sides[at].lost_handle[..self.points];
                for point in (0..lost.len()).filter(|&point| lost[point]) {
                    if N == 1 || !sides[1 - at].lost_handle[point] {
                        push(side, LeakKind::Handles, Some(point));
                        any = true;
                    }
                }
            }
            if any || explained || N == 2 {
                return;
            }
        }
        let Some((side, kind)) = self.leak else {
            return;
        };
        let tracked = &sides[side.index()];
        let at = match N {
            1 => tracked.lost_last,
            _ => tracked.dangles.or(self.apart_since),
        };
        push(side, kind, at);
    }

    /// Visits a point. `op` is the operation that ran. For an unbind or a release, `of` is the
    /// operation whose handle was released.
    fn visit<P: Point>(&mut self, points: [P; N], op: Option<usize>, of: Option<usize>) {
        let at = self.points;
        self.points += 1;
        let Some(sides) = &mut self.sides else { return };
        for (side, point) in sides.iter_mut().zip(points) {
            let before = at.checked_sub(1).and_then(|before| side.decided[before]);
            side.decided[at] = point.decided().or(before);
            if point.is_done()
                && let Some(exists) = point.exists()
            {
                if !self.several_cpus {
                    side.handles(at, exists.handles(), point.ret(), op, of);
                }
                match self.leak {
                    Some((_, LeakKind::Dangling)) => side.dangling(at, dangling(exists)),
                    Some((_, kind)) if N == 1 => side.lost(at, kind, point.lost()),
                    _ => {}
                }
            }
        }
        let [from, to] = pair(points);
        if N == 2
            && let Some((_, kind)) = self.leak
            && let (Some(a), Some(b)) = (from.exists(), to.exists())
        {
            kind.distance(a, b, &mut self.distance);
            if self.apart_since.is_none() || self.distance != self.before {
                self.apart_since = Some(at);
                std::mem::swap(&mut self.distance, &mut self.before);
            }
        }
    }
}

impl Tracked {
    /// Tracks the number of handles at a point. `op` is the operation that ran. For an unbind or a
    /// release, `of` is the operation whose handle was released.
    fn handles(&mut self, at: usize, handles: u32, ret: Ret, op: Option<usize>, of: Option<usize>) {
        if let Some(op) = op {
            let mut due = 0;
            if let Ret::Handle { handle, .. } = ret {
                self.returned[op] = handle;
                due = u32::from(!std::mem::replace(
                    &mut self.is_returned[handle as usize],
                    true,
                ));
            }
            self.lost_handle[at] = handles > self.handles + due;
        }
        if ret == Ret::Ok
            && let Some(of) = of
            && let Some(point) = self.not_freed.get_mut(self.returned[of] as usize)
        {
            *point = (handles == self.handles).then_some(at);
        }
        self.handles = handles;
    }

    fn dangling(&mut self, at: usize, dangling: u64) {
        if dangling > self.dangling {
            self.dangles = Some(at);
        }
        self.dangling = dangling;
    }

    fn lost(&mut self, at: usize, kind: LeakKind, lost: Lost) {
        let lost = match kind {
            LeakKind::Handles | LeakKind::Dangling => return,
            LeakKind::Attached => lost.entries,
            LeakKind::Domains => lost.domains,
            LeakKind::MmCount => lost.references,
            LeakKind::Pasids => lost.pasids,
        };
        if lost > self.lost {
            self.lost_last = Some(at);
        }
        self.lost = lost;
    }
}

impl<const N: usize> Visitor<N> for Leaks<N> {
    fn before<E: Exists>(&mut self, _: &Case, _: &Op, _: [Option<&E>; N]) {}

    fn op<P: Point>(&mut self, case: &Case, index: usize, points: [P; N], _: impl Fn() -> bool) {
        let kind = case.ops[index].kind;
        let info = kind.info();
        let unbinds = info.releases && info.names() == Some(Resource::Handle);
        let of = kind.of().filter(|_| unbinds);
        self.visit(points, Some(index), of.map(|of| of as usize));
    }

    fn release<P: Point>(&mut self, release: Release, points: [P; N]) {
        let of = match release {
            Release::Op(op) => Some(op as usize),
            Release::Mm(_) => None,
        };
        self.visit(points, None, of);
    }

    fn end<P: Point>(&mut self, _: [P; N]) {}
}
