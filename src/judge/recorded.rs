// SPDX-License-Identifier: GPL-2.0-or-later
//! Two recordings of one case: where they differ, and what of it merely follows.
//!
//! Numbers of handles and domains are labels. Two returned handles are the same where the same
//! earlier operation returned them first; the number of a driver's own domain tells its caller
//! nothing, so `attach` agrees with `attach` where both succeed or both fail alike.

mod alone;
mod leaks;

pub use alone::misbehaviours;

use super::{Cause, Difference, LeakKind, Place, RetKind, Side, View, same_calls};
use leaks::{released, releases};
use spec::record::{Note, Recording};
use spec::trace::{Live, Step};
use spec::{Case, Decision, OpKind, Ret, Splat};

/// All differences in these views, in order.
///
/// The first one is never a consequence. A later one is, unless it is something that no kernel may
/// ever show, whatever came before: a splat, an oops, a hang, a leak. Once a reference count has
/// complained, its further complaints are consequences too. What only drivers or debuggers see
/// makes nothing that callers see a consequence.
pub fn differences(
    case: &Case,
    from: &Recording,
    to: &Recording,
    views: &[View],
) -> Vec<Difference> {
    let mut found = Finder::new(case, [from, to], views);
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
    /// The operations in the order in which the first side was through with them.
    order: Vec<usize>,
    /// The operation since which what is attached differs, and what decided in it.
    apart_since: Option<(&'static str, [Option<Decision>; 2])>,
}

impl<'a> Finder<'a> {
    fn new(case: &'a Case, sides: [&'a Recording; 2], views: &'a [View]) -> Self {
        Finder {
            case,
            sides,
            views,
            all: Vec::new(),
            refcount_complained: [false; 2],
            order: sides[0].order(),
            apart_since: None,
        }
    }

    fn looks_at(&self, view: View) -> bool {
        self.views.contains(&view)
    }

    fn push(&mut self, place: Place, view: View, cause: Cause, decided: [Option<Decision>; 2]) {
        // What callers and dmesg saw before; and, for a view that looks deeper, what it saw itself.
        let seen_before = |deeper: bool| {
            self.all.iter().any(|earlier| {
                let counts = match earlier.view {
                    View::Api | View::Splat | View::Leak => true,
                    View::Driver | View::State => deeper && earlier.view == view,
                };
                counts && self.rank(earlier.place) < self.rank(place)
            })
        };
        let follows = match &cause {
            Cause::Returned { .. } | Cause::Attached { .. } => seen_before(false),
            Cause::Called { .. } | Cause::Existed { .. } => seen_before(true),
            Cause::Complained { side, splat, .. } if splat.is_refcount() => {
                std::mem::replace(&mut self.refcount_complained[side.index()], true)
            }
            Cause::Complained { .. } | Cause::Leaked { .. } | Cause::Dangles { .. } => false,
        };
        // To say a thing twice says nothing more.
        let follows = follows || self.all.iter().any(|earlier| earlier.cause == cause);
        self.all.push(Difference {
            place,
            view,
            cause,
            decided,
            follows,
        });
    }

    /// What came before what.
    fn rank(&self, place: Place) -> usize {
        let of = |op: usize| self.order.iter().position(|&this| this == op);
        match place {
            Place::Op(op) => of(op).unwrap_or(usize::MAX - 1),
            Place::End => usize::MAX,
        }
    }

    fn steps(&mut self) {
        let [from, to] = self.sides;
        for index in self.order.clone() {
            // Where a run ended, there are no more steps.
            let (Some(a), Some(b)) = (from.trace.steps.get(index), to.trace.steps.get(index))
            else {
                continue;
            };
            let place = Place::Op(index);
            let notes = [&from.steps[index], &to.steps[index]];
            let decided = notes.map(|note| note.decisions.last().copied());
            let op = self.case.ops[index].kind.name();
            let rets = [a.ret, b.ret];
            let died = rets.map(|ret| ret.ends_the_run() || ret == Ret::Unfinished);
            if self.looks_at(View::Api) && died == [false; 2] && !same_ret_at(from, to, index) {
                let cause = self.attached_in_one(index).unwrap_or(Cause::Returned {
                    op,
                    from: (self.outcome(0, index), decided[0]),
                    to: (self.outcome(1, index), decided[1]),
                });
                self.push(place, View::Api, cause, decided);
            }
            self.splats(place, notes, died);
            if self.looks_at(View::Driver) && !same_calls(&a.calls, &b.calls) {
                self.push(place, View::Driver, Cause::Called { op, decided }, decided);
            }
            if self.looks_at(View::State) && died == [false; 2] && !same_live(a, b) {
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
            let (mine, other) = (notes[side.index()], notes[1 - side.index()]);
            let mut unmatched: Vec<Splat> = other.splats.iter().map(|(splat, _)| *splat).collect();
            for &(splat, at) in &mine.splats {
                if let Some(same) = unmatched.iter().position(|&other| other == splat) {
                    unmatched.swap_remove(same);
                    continue;
                }
                let fatal = splat.is_fatal() && died[side.index()];
                // Whoever looks at anything sees a death.
                let view = match fatal {
                    true if self.looks_at(View::Api) => View::Api,
                    true if !self.looks_at(View::Splat) => self.views[0],
                    _ => View::Splat,
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
            && let Some((side, left)) = LeakKind::compare(a, b)
        {
            self.leaks(side, left);
        }
        if self.looks_at(View::Driver) && !same_calls(&a.calls, &b.calls) {
            let cause = Cause::Called {
                op: "end",
                decided: [None; 2],
            };
            self.push(Place::End, View::Driver, cause, [None; 2]);
        }
    }

    /// Whether an operation ran at the same time as another, on either side.
    fn overlaps(&self, index: usize) -> bool {
        self.sides.into_iter().any(|side| {
            let of = |op: usize| {
                let sections = &side.sections;
                let first = sections.iter().position(|ran| ran.op == op)?;
                Some((first, sections.iter().rposition(|ran| ran.op == op)?))
            };
            let Some((first, last)) = of(index) else {
                return false;
            };
            let mut others = (0..side.steps.len())
                .filter(|&op| op != index)
                .filter_map(of);
            others.any(|(begin, end)| begin < last && first < end)
        })
    }

    fn outcome(&self, side: usize, index: usize) -> RetKind {
        let returned_handle = |side: &Recording| {
            let ret = side.trace.steps.get(index).map(|step| step.ret);
            matches!(ret, Some(Ret::Handle { .. }))
        };
        let both = self.sides.into_iter().all(returned_handle);
        match self.sides[side].trace.steps[index].ret {
            Ret::Handle { .. } if !both && self.overlaps(index) => RetKind::Handle,
            Ret::Handle { .. }
                if first_returned(self.sides[side], &self.order, index) == Some(index) =>
            {
                RetKind::NewHandle
            }
            ret => RetKind::of(ret),
        }
    }
}

/// Whether two recordings of a case returned the same from an operation, labels aside. What came
/// before it is as the first one's order has it.
pub fn same_ret_at(a: &Recording, b: &Recording, index: usize) -> bool {
    let order = a.order();
    let ret = |recording: &Recording| recording.trace.steps.get(index).map(|step| step.ret);
    match (ret(a), ret(b)) {
        (Some(Ret::Handle { pasid: p, .. }), Some(Ret::Handle { pasid: q, .. })) => {
            p == q && first_returned(a, &order, index) == first_returned(b, &order, index)
        }
        (Some(Ret::Domain(_)), Some(Ret::Domain(_))) => true,
        (a, b) => a == b,
    }
}

/// Which operation, in this order, first returned the handle that this one returned.
pub fn first_returned(recording: &Recording, order: &[usize], index: usize) -> Option<usize> {
    let number = |at: usize| match recording.trace.steps.get(at)?.ret {
        Ret::Handle { handle, .. } => Some(handle),
        _ => None,
    };
    let wanted = number(index)?;
    let mut order = order.iter().copied();
    order.find(|&at| number(at) == Some(wanted))
}

/// Whether the same existed afterwards, labels aside.
pub fn same_live(a: &Step, b: &Step) -> bool {
    match (&a.live, &b.live) {
        (Some(a), Some(b)) => a.is_like(b),
        (a, b) => a.is_some() == b.is_some(),
    }
}

/// Whether the same entries of the same groups are there, whatever they point at.
fn same_entries(a: &Live, b: &Live) -> bool {
    let keys = |live: &Live| -> Vec<(u8, u16)> {
        let entries = live.attached.iter();
        entries.map(|entry| (entry.group, entry.pasid)).collect()
    };
    keys(a) == keys(b)
}
