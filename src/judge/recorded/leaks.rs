// SPDX-License-Identifier: GPL-2.0-or-later
//! What is left after a teardown, and at which point of a run it was lost.

use super::super::{Cause, LeakKind, Place, Side, View};
use super::Finder;
use spec::record::{Note, Recording};
use spec::run::Release;
use spec::trace::Live;
use spec::{Decision, OpKind, Ret};

impl Finder<'_> {
    /// One side leaves more than the other of this kind. What a lost handle holds is lost with it,
    /// so where handles were lost, that is all there is to say.
    pub(super) fn leaks(&mut self, side: Side, left: LeakKind) {
        let lost = [Side::From, Side::To].map(|side| self.handles_lost(side));
        if lost[0] == lost[1] {
            let at = match left {
                LeakKind::Dangling => self.entries_left_dangling(side).pop(),
                _ => None,
            };
            let at = at.or_else(|| self.apart_for_good(left));
            return self.leak(side, left, at);
        }
        for side in [Side::From, Side::To] {
            let [mine, other] = [&lost[side.index()], &lost[1 - side.index()]];
            let only_mine: Vec<usize> = mine
                .iter()
                .filter(|at| !other.contains(at))
                .copied()
                .collect();
            for at in only_mine {
                self.leak(side, LeakKind::Handles, Some(at));
            }
        }
    }

    pub(super) fn leak(&mut self, side: Side, left: LeakKind, at: Option<usize>) {
        let decided = self.decided_by(at);
        let cause = Cause::Leaked {
            side,
            kind: left,
            // On several CPUs, which call lost it is not known.
            decided: decided[side.index()].filter(|_| !self.case.is_on_several_cpus()),
        };
        self.push(Place::End, View::Leak, cause, decided);
    }

    /// What either side decided at a point; where it had nothing to do there, what it did last
    /// before.
    pub(super) fn decided_by(&self, at: Option<usize>) -> [Option<Decision>; 2] {
        let Some(at) = at else { return [None; 2] };
        let points = self.points();
        [0, 1].map(|side| {
            let before = points[..=at].iter().rev();
            let mut decided = before.filter_map(|(_, notes)| notes[side]?.decisions.last());
            decided.next().copied()
        })
    }

    /// All operations, in the order in which they were over, and all releases of the teardown: which
    /// bind's handle is given back there, and what either side did.
    pub(super) fn points(&self) -> Vec<(Option<usize>, [Option<&Note>; 2])> {
        let steps = self.order.iter().map(|&index| {
            let unbound = match self.case.ops[index].kind {
                OpKind::Unbind { of } => Some(of as usize),
                _ => None,
            };
            (unbound, self.sides.map(|side| side.steps.get(index)))
        });
        let ends = releases(self.sides).into_iter().map(|release| {
            let unbound = match release {
                Release::Op(op) => Some(op as usize),
                Release::Mm(_) => None,
            };
            (unbound, self.sides.map(|side| released(side, release)))
        });
        steps.chain(ends).collect()
    }

    /// The points at which a side loses a handle: a call fails and keeps it, or the last unbind of
    /// it does not free it.
    ///
    /// On several CPUs, a handle that exists need not be that of the call that is over, so nothing
    /// is said.
    pub(super) fn handles_lost(&self, side: Side) -> Vec<usize> {
        if self.case.is_on_several_cpus() {
            return Vec::new();
        }
        let recording = self.sides[side.index()];
        let returned = |op: usize| match recording.trace.steps.get(op)?.ret {
            Ret::Handle { handle, .. } => Some(handle),
            _ => None,
        };
        let points = self.points();
        // The handle that is given back at a point, unless the unbind was skipped.
        let given_back = |at: usize| {
            let (unbound, notes) = &points[at];
            let step = recording.trace.steps.get(at);
            let done = step.is_none_or(|step| step.ret == Ret::Ok);
            let unbound = unbound.filter(|_| done && notes[side.index()].is_some())?;
            returned(unbound)
        };
        let mut before = 0;
        let mut lost = Vec::new();
        for (at, (_, notes)) in points.iter().enumerate() {
            let Some(live) = notes[side.index()].and_then(|note| note.live.as_ref()) else {
                continue;
            };
            let is_last = given_back(at).is_some_and(|handle| {
                let mut later = at + 1..points.len();
                !later.any(|later| given_back(later) == Some(handle))
            });
            // A handle that was returned before is no new one.
            let is_new = |handle: &u8| !(0..at).any(|earlier| returned(earlier) == Some(*handle));
            let due = returned(at).filter(is_new).map_or(0, |_| 1);
            let kept = at < recording.steps.len() && live.handles > before + due;
            if kept || is_last && live.handles == before {
                lost.push(at);
            }
            before = live.handles;
        }
        lost
    }

    /// The last point at which a side lost more of what it leaves in the end.
    pub(super) fn lost_last(&self, side: Side, left: LeakKind) -> Option<usize> {
        let mut before = 0;
        let mut found = None;
        for (at, (_, notes)) in self.points().iter().enumerate() {
            let Some(Note { lost, .. }) = notes[side.index()] else {
                continue;
            };
            let now = match left {
                LeakKind::Handles | LeakKind::Dangling => return None,
                LeakKind::Attached => lost.entries,
                LeakKind::Domains => lost.domains,
                LeakKind::MmCount => lost.references,
                LeakKind::Pasids => lost.pasids,
            };
            if now > before {
                found = Some(at);
            }
            before = now;
        }
        found
    }

    /// The points at which a side frees a domain that an entry points at.
    pub(super) fn entries_left_dangling(&self, side: Side) -> Vec<usize> {
        let mut before = 0;
        let mut found = Vec::new();
        for (at, (_, notes)) in self.points().iter().enumerate() {
            let Some(live) = notes[side.index()].and_then(|note| note.live.as_ref()) else {
                continue;
            };
            let dangling = LeakKind::Dangling.count(live);
            if dangling > before {
                found.push(at);
            }
            before = dangling;
        }
        found
    }

    /// The point since which the two sides differ in this as they do at the end.
    fn apart_for_good(&self, left: LeakKind) -> Option<usize> {
        // A side that has nothing to release at a point stays as it was.
        let mut lives: [Option<&Live>; 2] = [None; 2];
        let mut since = None;
        let mut last = None;
        for (at, (_, notes)) in self.points().iter().enumerate() {
            for (live, note) in lives.iter_mut().zip(notes) {
                *live = note.and_then(|note| note.live.as_ref()).or(*live);
            }
            let [Some(a), Some(b)] = lives else { continue };
            let now = left.distance(a, b);
            if last.as_ref() != Some(&now) {
                since = Some(at);
                last = Some(now);
            }
        }
        since
    }
}

/// What either side releases in its teardown, in the order in which it is released.
pub(super) fn releases(sides: [&Recording; 2]) -> Vec<Release> {
    let mut all: Vec<Release> = sides
        .iter()
        .flat_map(|side| side.end.iter().map(|(release, _)| *release))
        .collect();
    all.sort();
    all.dedup();
    all
}

pub(super) fn released(side: &Recording, release: Release) -> Option<&Note> {
    let found = side.end.iter().find(|(this, _)| *this == release);
    found.map(|(_, note)| note)
}
