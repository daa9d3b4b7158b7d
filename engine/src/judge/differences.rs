// SPDX-License-Identifier: GPL-2.0-or-later
//! The state machine that finds differences. Its input is one point at a time.
//!
//! For two sides it finds where they differ; for one side, its misbehaviours. A difference is a
//! consequence if an earlier one explains it. A complaint, an oops, a hang or a leak is never a
//! consequence, because it is a misbehaviour after any history; the exception is a reference count
//! that has complained before.

use super::diverged::{Diverged, unmatched};
use super::exists::{Exists, dangling, same_entries, same_exists};
use super::point::{Point, Visitor};
use super::{Cause, Difference, LeakKind, Place, RetKind, Side, View, ViewSet, same_calls};
use spec::case::MAX_OPS;
use spec::kernel::NONE;
use spec::run::Release;
use spec::{Case, Decision, Op, Ret, Splat};

/// A receiver of differences.
pub(crate) trait Sink {
    /// Whether the receiver wants consequences as well.
    const CONSEQUENCES: bool;
    /// Receives one difference.
    fn push(&mut self, difference: Difference);
}

impl Sink for Vec<Difference> {
    const CONSEQUENCES: bool = true;
    fn push(&mut self, mut difference: Difference) {
        // If a cause shows again, that is a consequence.
        difference.follows |= self.iter().any(|earlier| earlier.cause == difference.cause);
        Vec::push(self, difference);
    }
}

impl Sink for Vec<Cause> {
    const CONSEQUENCES: bool = false;
    fn push(&mut self, difference: Difference) {
        if !difference.follows && !self.contains(&difference.cause) {
            Vec::push(self, difference.cause);
        }
    }
}

/// Finds the differences of a case, except for leaks.
#[derive(Debug)]
pub(super) struct Differences<S, const N: usize> {
    views: ViewSet,
    /// Whether driver calls or existing objects are compared.
    is_deep: bool,
    /// The view in which a death is reported.
    view_of_death: View,
    /// Whether operations can overlap. If so, an object that exists after one operation can come
    /// from another one.
    is_concurrent: bool,
    pub sink: S,
    /// The observers of earlier differences.
    diverged: Diverged,
    /// Whether a reference count has complained on this side but not on the other.
    refcount: [bool; N],
    /// For each side and handle, the operation that first returned the handle.
    returned: [[u8; MAX_OPS]; N],
    /// The operation since which the entries differ, and the decisions in it.
    apart: Option<(&'static str, [Option<Decision>; 2])>,
    /// The side where the device of the current operation is attached, if it is attached on one
    /// side only.
    attached: Option<Side>,
    /// For a single side: the number of entries that point at freed memory, and the last decision.
    dangling: u64,
    decided: Option<Decision>,
    /// Whether an entry has pointed at freed memory at any point.
    pub has_dangled: bool,
    /// The decisions after which entries pointed at freed memory, in the teardown.
    dangling_at_end: Vec<Option<Decision>>,
    /// The leak, if any.
    pub leak: Option<(Side, Option<LeakKind>)>,
    /// Whether the driver calls of the teardown differ.
    end_called: bool,
}

impl<S: Sink, const N: usize> Differences<S, N> {
    /// Compares two sides in `views`. A single side is judged in all views.
    pub(super) fn new(views: &[View], sink: S) -> Self {
        let views = if N == 1 { &View::ALL } else { views };
        let first = views.first().copied().unwrap_or(View::Api);
        let set = ViewSet::of(views);
        let mut preferred = [View::Api, View::Splat].into_iter();
        Differences {
            views: set,
            is_deep: N == 2 && (set.has(View::Driver) || set.has(View::State)),
            view_of_death: preferred.find(|&view| set.has(view)).unwrap_or(first),
            is_concurrent: false,
            sink,
            diverged: Diverged::default(),
            refcount: [false; N],
            returned: [[NONE; MAX_OPS]; N],
            apart: None,
            attached: None,
            dangling: 0,
            decided: None,
            has_dangled: false,
            dangling_at_end: Vec::new(),
            leak: None,
            end_called: false,
        }
    }

    /// Prepares for the next case. The sink keeps its contents.
    #[inline]
    pub(super) fn begin(&mut self, is_concurrent: bool) {
        self.is_concurrent = is_concurrent;
        self.diverged = Diverged::default();
        self.refcount = [false; N];
        self.returned = [[NONE; MAX_OPS]; N];
        self.apart = None;
        self.attached = None;
        self.dangling = 0;
        self.decided = None;
        self.has_dangled = false;
        self.dangling_at_end.clear();
        self.leak = None;
        self.end_called = false;
    }

    /// Returns whether a difference in this view has to be reported if there is one now.
    #[inline(always)]
    fn is_wanted(&self, view: View) -> bool {
        N == 2 && self.views.has(view) && (S::CONSEQUENCES || !self.diverged.explains(view))
    }

    fn push(&mut self, (place, view): (Place, View), cause: Cause, decided: [Option<Decision>; 2]) {
        let follows = match &cause {
            Cause::Returned { .. }
            | Cause::Attached { .. }
            | Cause::Called { .. }
            | Cause::Existed { .. } => self.diverged.explains(view),
            Cause::Complained { side, splat, .. } if splat.is_refcount() => {
                std::mem::replace(&mut self.refcount[side.index()], true)
            }
            Cause::Complained { .. }
            | Cause::Leaked { .. }
            | Cause::Dangles { .. }
            | Cause::Foreign { .. } => false,
        };
        self.sink.push(Difference {
            place,
            view,
            cause,
            decided,
            follows,
        });
    }

    /// Returns, for each side, the first operation that returned the handle that this operation
    /// returned.
    #[inline(always)]
    fn first_returned(&mut self, index: usize, rets: [Ret; N]) -> [u8; N] {
        std::array::from_fn(|side| match rets[side] {
            Ret::Handle { handle, .. } => {
                let first = &mut self.returned[side][handle as usize];
                if *first == NONE {
                    *first = index as u8;
                }
                *first
            }
            _ => NONE,
        })
    }

    /// Compares the results and observations of the operation with this index in detail.
    #[cold]
    fn examine<P: Point>(
        &mut self,
        case: &Case,
        index: usize,
        points: [P; N],
        firsts: Option<[u8; N]>,
        overlaps: impl Fn() -> bool,
    ) {
        let place = Place::Op(index);
        let op = case.ops[index].kind.name();
        let mut now = self.diverged;
        let decided = pair(points.map(Point::decided));
        let died = points.map(|side| ends(side.ret()));
        let goes_on = died == [false; N];
        if let Some(firsts) = firsts.filter(|_| goes_on) {
            let kinds: [RetKind; N] = std::array::from_fn(|side| {
                let others = points.map(Point::ret);
                let all = others.iter().all(|ret| matches!(ret, Ret::Handle { .. }));
                match points[side].ret() {
                    Ret::Handle { .. } if !all && overlaps() => RetKind::Handle,
                    Ret::Handle { .. } if firsts[side] as usize == index => RetKind::NewHandle,
                    ret => RetKind::of(ret),
                }
            });
            let [from, to] = pair(kinds);
            let cause = match (self.attached, self.apart) {
                (Some(side), Some((op, decided))) => Cause::Attached { side, op, decided },
                _ => Cause::Returned {
                    op,
                    from: (from, decided[0]),
                    to: (to, decided[1]),
                },
            };
            now.mark(View::Api);
            self.push((place, View::Api), cause, decided);
        }
        self.complaints(place, points, died, &mut now);
        let [from, to] = pair(points);
        if self.is_wanted(View::Driver) && !same_calls(from.calls(), to.calls()) {
            now.mark(View::Driver);
            self.push(
                (place, View::Driver),
                Cause::Called { op, decided },
                decided,
            );
        }
        if self.is_wanted(View::State)
            && goes_on
            && !self.is_concurrent
            && let (Some(a), Some(b)) = (from.exists(), to.exists())
            && !same_exists(a, b)
        {
            now.mark(View::State);
            self.push(
                (place, View::State),
                Cause::Existed { op, decided },
                decided,
            );
        }
        self.diverged = now;
    }

    /// Reports the complaints of one side that the other side does not have. A death also changes
    /// the return value, but it is reported as one difference.
    fn complaints<P: Point>(
        &mut self,
        place: Place,
        points: [P; N],
        died: [bool; N],
        now: &mut Diverged,
    ) {
        let decided = pair(points.map(Point::decided));
        for (at, side) in [Side::From, Side::To].into_iter().enumerate().take(N) {
            let others = match N {
                2 => points[1 - at].splats(),
                _ => &[],
            };
            for (splat, cite) in unmatched(points[at].splats(), others) {
                let view = match splat.is_fatal() && died[at] {
                    true => self.view_of_death,
                    false => View::Splat,
                };
                if !self.views.has(view) {
                    continue;
                }
                now.mark(view);
                // A call that waits for a lock that is never released did not cause the deadlock.
                let at = (splat != Splat::Deadlock).then_some(cite);
                let cause = Cause::Complained { side, splat, at };
                self.push((place, view), cause, decided);
            }
        }
    }

    /// Returns whether more entries of the only side point at freed memory than at the previous
    /// point.
    fn more_dangle<P: Point>(&mut self, point: P) -> bool {
        self.decided = point.decided().or(self.decided);
        let Some(exists) = point.exists() else {
            return false;
        };
        let before = std::mem::replace(&mut self.dangling, dangling(exists));
        self.dangling > before
    }

    fn dangles(&mut self, place: Place, decided: Option<Decision>) {
        self.has_dangled = true;
        let cause = Cause::Dangles { decided };
        self.push((place, View::State), cause, [decided; 2]);
    }

    /// Reports the differences that are known only after all points.
    pub(super) fn finish(&mut self) {
        if std::mem::take(&mut self.end_called) {
            let cause = Cause::Called {
                op: "end",
                decided: [None; 2],
            };
            self.push((Place::End, View::Driver), cause, [None; 2]);
        }
    }
}

impl<S: Sink, const N: usize> Visitor<N> for Differences<S, N> {
    #[inline(always)]
    fn before<E: Exists>(&mut self, case: &Case, op: &Op, exists: [Option<&E>; N]) {
        if self.apart.is_some() && self.is_wanted(View::Api) {
            self.attached = attached_in_one(case, op, exists);
        }
    }

    #[inline(always)]
    fn op<P: Point>(
        &mut self,
        case: &Case,
        index: usize,
        points: [P; N],
        overlaps: impl Fn() -> bool,
    ) {
        let is_compared = self.is_wanted(View::Api);
        let rets = points.map(Point::ret);
        let firsts = self.first_returned(index, rets);
        let differs = is_compared && !same_return(rets, firsts);
        let has_splats = points.iter().any(|side| !side.splats().is_empty());
        if differs || has_splats || self.is_deep {
            let firsts = differs.then_some(firsts);
            self.examine(case, index, points, firsts, overlaps);
        }
        if N == 1 && self.more_dangle(points[0]) {
            self.dangles(Place::Op(index), self.decided);
        }
        if N == 1 && points[0].is_foreign() {
            let decided = points[0].decided();
            let cause = Cause::Foreign { decided };
            self.push((Place::Op(index), View::State), cause, [decided; 2]);
        }
        if is_compared && !self.is_concurrent {
            let [from, to] = pair(points);
            if let (Some(a), Some(b)) = (from.exists(), to.exists()) {
                let since = || (case.ops[index].kind.name(), [from.decided(), to.decided()]);
                let is_apart = !same_entries(a, b);
                self.apart = is_apart.then(|| self.apart.unwrap_or_else(since));
                self.attached = None;
            }
        }
    }

    #[inline]
    fn release<P: Point>(&mut self, _: Release, points: [P; N]) {
        if points.iter().any(|side| !side.splats().is_empty()) {
            let died = points.map(|side| ends(side.ret()));
            self.complaints(Place::End, points, died, &mut Diverged::default());
        }
        if N == 1 && self.more_dangle(points[0]) {
            self.dangling_at_end.push(self.decided);
        }
    }

    #[inline]
    fn end<P: Point>(&mut self, points: [P; N]) {
        for at in 0..self.dangling_at_end.len() {
            self.dangles(Place::End, self.dangling_at_end[at]);
        }
        let [from, to] = pair(points);
        let compared = match (from.exists(), to.exists()) {
            (Some(a), Some(b)) if self.views.has(View::Leak) => Some((a, b)),
            _ => None,
        };
        self.leak = compared.and_then(|(a, b)| match N {
            1 => Some((Side::From, LeakKind::first_in(a))),
            _ => LeakKind::compare(a, b).map(|(side, kind)| (side, Some(kind))),
        });
        self.end_called = self.is_wanted(View::Driver) && !same_calls(from.calls(), to.calls());
    }
}

/// Returns both sides, or the only side twice.
#[inline(always)]
pub(super) fn pair<T: Copy, const N: usize>(all: [T; N]) -> [T; 2] {
    [all[0], all[N - 1]]
}

/// Returns whether this return value ends the run.
fn ends(ret: Ret) -> bool {
    ret.ends_the_run() || ret == Ret::Unfinished
}

/// Returns whether two sides returned the same, except for labels. Two handles are the same if the
/// same earlier operation returned them first.
#[inline(always)]
pub(super) fn same_return<T: Copy + PartialEq, const N: usize>(
    rets: [Ret; N],
    firsts: [T; N],
) -> bool {
    match pair(rets) {
        [Ret::Handle { pasid: p, .. }, Ret::Handle { pasid: q, .. }] => {
            let [a, b] = pair(firsts);
            p == q && a == b
        }
        [a, b] => super::same_ret(a, b),
    }
}

/// Returns the side where the device of an operation is attached, if it is attached on one side
/// only. A different result of the operation then shows only that an earlier operation left the
/// device attached there.
#[cold]
fn attached_in_one<E: Exists, const N: usize>(
    case: &Case,
    op: &Op,
    exists: [Option<&E>; N],
) -> Option<Side> {
    let (dev, pasid) = (op.kind.dev()?, op.kind.pasid()?);
    let group = case.topology.devices.get(dev as usize)?.group;
    let is_attached = |exists: &E| {
        let mut keys = exists.keys();
        keys.any(|(this, at)| (this, u32::from(at)) == (group, pasid))
    };
    match pair(exists).map(|exists| exists.is_some_and(is_attached)) {
        [true, false] => Some(Side::From),
        [false, true] => Some(Side::To),
        _ => None,
    }
}
