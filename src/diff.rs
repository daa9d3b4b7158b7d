// SPDX-License-Identifier: GPL-2.0-or-later
//! Two recordings of one case: where they differ, and what of it merely follows.
//!
//! Numbers of handles and domains are labels. Two returned handles are the same where the same
//! earlier operation returned them first; the number of a driver's own domain tells its caller
//! nothing, so `attach` agrees with `attach` where both succeed or both fail alike.

use crate::signature::{Cause, Left, Outcome, Root, Side};
use spec::record::{Note, Recording};
use spec::run::Release;
use spec::trace::Live;
use spec::{Case, Decision, OpKind, Ret, Splat};
use std::fmt;

/// What is compared, and who cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum View {
    /// What each operation returned: callers.
    Api,
    /// What dmesg says.
    Splat,
    /// What is left after the teardown (but not `mm_data`, which 6.7 has not).
    Leak,
    /// The driver callbacks, in order.
    Driver,
    /// What exists after each operation.
    State,
}

impl View {
    /// All views.
    pub const ALL: [View; 5] = [
        View::Api,
        View::Splat,
        View::Leak,
        View::Driver,
        View::State,
    ];
    /// The views that are on unless others are asked for.
    pub const DEFAULT: [View; 3] = [View::Api, View::Splat, View::Leak];

    /// Its name, on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            View::Api => "api",
            View::Splat => "splat",
            View::Leak => "leak",
            View::Driver => "driver",
            View::State => "state",
        }
    }
}

/// Where in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// In the operation with this index.
    Op(usize),
    /// In the teardown.
    End,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Op(op) => write!(f, "op {op}"),
            Place::End => f.write_str("end"),
        }
    }
}

/// One difference between two recordings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub place: Place,
    /// In which view.
    pub view: View,
    /// What it is, regardless of where it shows.
    pub cause: Cause,
    /// What decided on either side. Not all of it need be in the cause.
    pub decided: [Option<Decision>; 2],
    /// Whether it is only a consequence of an earlier one.
    pub follows: bool,
}

/// All differences in these views, in order.
///
/// The first one is never a consequence. A later one is, unless it is something that no kernel may
/// ever show, whatever came before: a splat, an oops, a hang, a leak. Once a reference count has
/// complained, its further complaints are consequences too.
pub fn differences(
    case: &Case,
    from: &Recording,
    to: &Recording,
    views: &[View],
) -> Vec<Difference> {
    let mut found = Finder {
        case,
        sides: [from, to],
        views,
        all: Vec::new(),
        refcount_complained: [false; 2],
        apart_since: None,
    };
    found.steps();
    found.end();
    found.all
}

struct Finder<'a> {
    case: &'a Case,
    sides: [&'a Recording; 2],
    views: &'a [View],
    all: Vec<Difference>,
    refcount_complained: [bool; 2],
    /// The operation since which what is attached differs, and what decided in it.
    apart_since: Option<(&'static str, [Option<Decision>; 2])>,
}

impl Finder<'_> {
    fn looks_at(&self, view: View) -> bool {
        self.views.contains(&view)
    }

    fn push(&mut self, place: Place, view: View, cause: Cause, decided: [Option<Decision>; 2]) {
        let follows = match &cause {
            Cause::Returned { .. } | Cause::Attached { .. } => {
                self.all.first().is_some_and(|first| first.place != place)
            }
            Cause::Called { .. } | Cause::Existed { .. } => !self.all.is_empty(),
            Cause::Complained { side, splat, .. } if splat.is_refcount() => {
                std::mem::replace(&mut self.refcount_complained[*side as usize], true)
            }
            Cause::Complained { .. } | Cause::Leaked { .. } => false,
        };
        self.all.push(Difference {
            place,
            view,
            cause,
            decided,
            follows,
        });
    }

    fn steps(&mut self) {
        let [from, to] = self.sides;
        let steps = from.trace.steps.iter().zip(&to.trace.steps);
        for (index, (a, b)) in steps.enumerate() {
            let place = Place::Op(index);
            let notes = [&from.steps[index], &to.steps[index]];
            let decided = notes.map(|note| note.decisions.last().copied());
            let op = self.case.ops[index].kind.name();
            let rets = [a.ret, b.ret];
            let died = rets.map(Ret::ends_the_run);
            if self.looks_at(View::Api)
                && died == [false; 2]
                && !same_ret(self.case, from, to, index)
            {
                let cause = self.attached_in_one(index).unwrap_or(Cause::Returned {
                    op,
                    from: (self.outcome(0, index), decided[0].map(Root)),
                    to: (self.outcome(1, index), decided[1].map(Root)),
                });
                self.push(place, View::Api, cause, decided);
            }
            self.splats(place, notes, died);
            if self.looks_at(View::Driver) && a.calls != b.calls {
                self.push(place, View::Driver, Cause::Called { op, decided }, decided);
            }
            if self.looks_at(View::State) && died == [false; 2] && a.live != b.live {
                self.push(place, View::State, Cause::Existed { op, decided }, decided);
            }
            if let (Some(a), Some(b)) = (&a.live, &b.live) {
                self.apart_since =
                    (!same_entries(a, b)).then(|| self.apart_since.unwrap_or((op, decided)));
            }
        }
    }

    /// Whether an operation only shows that an earlier one left a device attached in one of the
    /// kernels.
    fn attached_in_one(&self, index: usize) -> Option<Cause> {
        let (op, decided) = self.apart_since?;
        let (OpKind::PageRequest { dev, pasid } | OpKind::Attach { dev, pasid }) =
            self.case.ops[index].kind
        else {
            return None;
        };
        let group = self.case.topology.devices.get(dev as usize)?.group;
        let is_attached = self.sides.map(|side| {
            let live = side.steps[index - 1].live.as_ref();
            live.is_some_and(|live| {
                let mut entries = live.attached.iter();
                entries.any(|entry| (entry.group, u32::from(entry.pasid)) == (group, pasid))
            })
        });
        let side = match is_attached {
            [true, false] => Side::From,
            [false, true] => Side::To,
            _ => return None,
        };
        Some(Cause::Attached { side, op, decided })
    }

    /// What one side complains of and the other does not. A death is a difference of what is
    /// returned as well, but it is one thing to say, not two.
    fn splats(&mut self, place: Place, notes: [&Note; 2], died: [bool; 2]) {
        let decided = notes.map(|note| note.decisions.last().copied());
        for side in [Side::From, Side::To] {
            let (mine, other) = (notes[side as usize], notes[1 - side as usize]);
            let mut unmatched: Vec<Splat> = other.splats.iter().map(|(splat, _)| *splat).collect();
            for &(splat, at) in &mine.splats {
                if let Some(same) = unmatched.iter().position(|&other| other == splat) {
                    unmatched.swap_remove(same);
                    continue;
                }
                let fatal = splat.is_fatal() && died[side as usize];
                let view = match fatal && self.looks_at(View::Api) {
                    true => View::Api,
                    false => View::Splat,
                };
                if !self.looks_at(view) {
                    continue;
                }
                // Whoever takes a lock that nobody releases is not to blame for it.
                let at = (splat != Splat::Deadlock).then_some(at);
                let cause = Cause::Complained { side, splat, at };
                self.push(place, view, cause, decided);
            }
        }
    }

    fn end(&mut self) {
        let [from, to] = self.sides;
        let (Some(a), Some(b)) = (&from.trace.end, &to.trace.end) else {
            return;
        };
        for release in releases(self.sides) {
            let notes = self.sides.map(|side| released(side, release));
            let empty = Note::default();
            let notes = notes.map(|note| note.unwrap_or(&empty));
            let died = [a, b].map(|end| end.ret.ends_the_run());
            self.splats(Place::End, notes, died);
        }
        if self.looks_at(View::Leak)
            && let (Some(a), Some(b)) = (&a.live, &b.live)
            && let Some((side, left)) = Left::compare(a, b)
        {
            self.leaks(side, left);
        }
        if self.looks_at(View::Driver) && a.calls != b.calls {
            let cause = Cause::Called {
                op: "end",
                decided: [None; 2],
            };
            self.push(Place::End, View::Driver, cause, [None; 2]);
        }
    }

    fn outcome(&self, side: usize, index: usize) -> Outcome {
        match self.sides[side].trace.steps[index].ret {
            Ret::Handle { .. } if first_returned(self.sides[side], index) == Some(index) => {
                Outcome::NewHandle
            }
            Ret::Handle { .. } => Outcome::SameHandle,
            Ret::Ok => Outcome::Ok,
            Ret::Pasid(_) => Outcome::Pasid,
            Ret::Invalid => Outcome::Invalid,
            Ret::Mm(_) => Outcome::Mm,
            Ret::Domain(_) => Outcome::Domain,
            Ret::Err(errno) => Outcome::Err(errno),
            Ret::Skipped => Outcome::Skipped,
            Ret::Oops | Ret::Hang | Ret::Unfinished => Outcome::Died,
        }
    }

    /// One side leaves more than the other of this kind. What a lost handle holds is lost with it,
    /// so where handles were lost, that is all there is to say.
    fn leaks(&mut self, side: Side, left: Left) {
        let lost = [Side::From, Side::To].map(|side| self.handles_lost(side));
        if lost[0] == lost[1] {
            let at = match left {
                Left::Dangling => self.entry_left_dangling(side),
                _ => None,
            };
            let at = at.or_else(|| self.apart_for_good(left));
            return self.leak(side, left, at);
        }
        for side in [Side::From, Side::To] {
            let [mine, other] = [&lost[side as usize], &lost[1 - side as usize]];
            let only_mine: Vec<usize> = mine
                .iter()
                .filter(|at| !other.contains(at))
                .copied()
                .collect();
            for at in only_mine {
                self.leak(side, Left::Handles, Some(at));
            }
        }
    }

    fn leak(&mut self, side: Side, left: Left, at: Option<usize>) {
        let decided = self.decided_by(at);
        let cause = Cause::Leaked {
            side,
            left,
            decided: decided[side as usize],
        };
        self.push(Place::End, View::Leak, cause, decided);
    }

    /// What either side decided at a point; where it had nothing to do there, what it did last
    /// before.
    fn decided_by(&self, at: Option<usize>) -> [Option<Decision>; 2] {
        let Some(at) = at else { return [None; 2] };
        let points = self.points();
        [0, 1].map(|side| {
            let before = points[..=at].iter().rev();
            let mut decided = before.filter_map(|(_, notes)| notes[side]?.decisions.last());
            decided.next().copied()
        })
    }

    /// All operations and all releases of the teardown, in order: which bind's handle is given
    /// back there, and what either side did.
    fn points(&self) -> Vec<(Option<usize>, [Option<&Note>; 2])> {
        let [from, to] = self.sides;
        let steps = from.steps.iter().zip(&to.steps).enumerate();
        let steps = steps.map(|(index, (a, b))| {
            let unbound = match self.case.ops[index].kind {
                OpKind::Unbind { of } => Some(of as usize),
                _ => None,
            };
            (unbound, [Some(a), Some(b)])
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
    fn handles_lost(&self, side: Side) -> Vec<usize> {
        let recording = self.sides[side as usize];
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
            let unbound = unbound.filter(|_| done && notes[side as usize].is_some())?;
            returned(unbound)
        };
        let mut before = 0;
        let mut lost = Vec::new();
        for (at, (_, notes)) in points.iter().enumerate() {
            let Some(live) = notes[side as usize].and_then(|note| note.live.as_ref()) else {
                continue;
            };
            let is_last = given_back(at).is_some_and(|handle| {
                let mut later = at + 1..points.len();
                !later.any(|later| given_back(later) == Some(handle))
            });
            let kept =
                live.handles > before && at < recording.steps.len() && returned(at).is_none();
            if kept || is_last && live.handles == before {
                lost.push(at);
            }
            before = live.handles;
        }
        lost
    }

    /// The last point at which a side frees a domain that an entry points at.
    fn entry_left_dangling(&self, side: Side) -> Option<usize> {
        let mut before = 0;
        let mut found = None;
        for (at, (_, notes)) in self.points().iter().enumerate() {
            let Some(live) = notes[side as usize].and_then(|note| note.live.as_ref()) else {
                continue;
            };
            let dangling = live.attached.iter().filter(|entry| entry.freed).count();
            if dangling > before {
                found = Some(at);
            }
            before = dangling;
        }
        found
    }

    /// The point since which the two sides differ in this as they do at the end.
    fn apart_for_good(&self, left: Left) -> Option<usize> {
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

/// Whether two recordings of a case returned the same from an operation, labels aside.
pub fn same_ret(case: &Case, a: &Recording, b: &Recording, index: usize) -> bool {
    debug_assert!(index < case.ops.len());
    let ret = |recording: &Recording| recording.trace.steps.get(index).map(|step| step.ret);
    match (ret(a), ret(b)) {
        (Some(Ret::Handle { pasid: p, .. }), Some(Ret::Handle { pasid: q, .. })) => {
            p == q && first_returned(a, index) == first_returned(b, index)
        }
        (Some(Ret::Domain(_)), Some(Ret::Domain(_))) => true,
        (a, b) => a == b,
    }
}

/// Which operation first returned the handle that this one returned.
pub fn first_returned(recording: &Recording, index: usize) -> Option<usize> {
    let number = |at: usize| match recording.trace.steps[at].ret {
        Ret::Handle { handle, .. } => Some(handle),
        _ => None,
    };
    let wanted = number(index)?;
    (0..=index).find(|&at| number(at) == Some(wanted))
}

/// Whether the same entries of the same groups are there, whatever they point at.
fn same_entries(a: &Live, b: &Live) -> bool {
    let keys = |live: &Live| -> Vec<(u8, u16)> {
        let entries = live.attached.iter();
        entries.map(|entry| (entry.group, entry.pasid)).collect()
    };
    keys(a) == keys(b)
}

/// What either side releases in its teardown, in the order in which it is released.
fn releases(sides: [&Recording; 2]) -> Vec<Release> {
    let mut all: Vec<Release> = sides
        .iter()
        .flat_map(|side| side.end.iter().map(|(release, _)| *release))
        .collect();
    all.sort();
    all.dedup();
    all
}

fn released(side: &Recording, release: Release) -> Option<&Note> {
    let found = side.end.iter().find(|(this, _)| *this == release);
    found.map(|(_, note)| note)
}
