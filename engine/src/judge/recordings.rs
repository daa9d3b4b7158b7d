// SPDX-License-Identifier: GPL-2.0-or-later
//! Feeds the judge from recordings.
//!
//! Numbers of handles and domains are labels. Two returned handles are the same if the same earlier
//! operation returned them first. The number of a driver's own domain is of no use to its caller,
//! so two `attach` calls agree if both succeed or both fail alike.

use super::point::{Feed, Point, Visitor};
use super::{Difference, Judge, View, same_exists};
use spec::record::{Note, Recording};
use spec::run::{Lost, Release};
use spec::trace::{Call, Live, Step};
use spec::{At, Case, Decision, Ret, Splat};

/// Returns all differences between two recordings of a case in `views`, including consequences, in
/// the order of the points where they show. The first one is never a consequence.
pub fn differences(
    case: &Case,
    from: &Recording,
    to: &Recording,
    views: &[View],
) -> Vec<Difference> {
    let mut judge = Judge::new(views, Vec::new());
    let sides = [from, to];
    judge.judge(case, &mut Recordings { case, sides });
    judge.into_sink()
}

/// Returns the misbehaviours in a recording, in order: complaints, an oops, a hang, entries that
/// point at freed memory, and what still exists after the teardown.
///
/// Once a reference count has complained, its further complaints are consequences, and so is every
/// cause that shows again.
pub fn misbehaviours(case: &Case, recording: &Recording) -> Vec<Difference> {
    let mut judge = Judge::new(&View::ALL, Vec::new());
    let sides = [recording];
    judge.judge(case, &mut Recordings { case, sides });
    judge.into_sink()
}

/// Recordings of one case.
struct Recordings<'a, const N: usize> {
    case: &'a Case,
    sides: [&'a Recording; N],
}

/// A point of a case, as a recording has it.
#[derive(Clone, Copy)]
struct Recorded<'a> {
    ret: Ret,
    /// `None` if this side has nothing to release.
    note: Option<&'a Note>,
    calls: &'a [Call],
    exists: Option<&'a Live>,
}

impl Point for Recorded<'_> {
    type Exists = Live;
    fn is_done(self) -> bool {
        self.note.is_some()
    }
    fn ret(self) -> Ret {
        self.ret
    }
    fn splats(&self) -> &[(Splat, At)] {
        self.note.map_or(&[], |note| &note.splats)
    }
    fn decided(self) -> Option<Decision> {
        self.note?.decisions.last().copied()
    }
    fn calls(&self) -> &[Call] {
        self.calls
    }
    fn exists(&self) -> Option<&Live> {
        self.exists
    }
    fn is_foreign(self) -> bool {
        self.note.is_some_and(|note| note.foreign)
    }
    fn lost(self) -> Lost {
        self.note.map_or(Lost::default(), |note| note.lost)
    }
}

impl<const N: usize> Feed<N> for Recordings<'_, N> {
    fn is_concurrent(&self) -> bool {
        self.case.is_concurrent()
    }

    /// The points are visited in the order in which operations finished on the first side.
    fn feed(&mut self, visitor: &mut impl Visitor<N>) -> usize {
        let Recordings { case, sides } = *self;
        let mut exist: [Option<&Live>; N] = [None; N];
        let mut ops = 0;
        for index in sides[0].order() {
            // After the end of a run there are no steps.
            let steps = sides.map(|side| side.trace.steps.get(index));
            if steps.iter().any(Option::is_none) {
                continue;
            }
            visitor.before(case, &case.ops[index], exist);
            let points: [_; N] = std::array::from_fn(|side| {
                let note = &sides[side].steps[index];
                let step: Option<&Step> = steps[side];
                Recorded {
                    ret: step.map_or(Ret::Unfinished, |step| step.ret),
                    note: Some(note),
                    calls: step.map_or(&[], |step| &step.calls),
                    exists: note.live.as_ref(),
                }
            });
            exist = points.map(|point| point.exists);
            let overlaps = || sides.into_iter().any(|side| overlaps(side, index));
            visitor.op(case, index, points, overlaps);
            ops += 1;
        }
        let ends = sides.map(|side| side.trace.end.as_ref());
        let mut releases: Vec<Release> = { sides.iter() }
            .flat_map(|side| side.end.iter().map(|(release, _)| *release))
            .collect();
        if ends.iter().any(Option::is_none) {
            return ops;
        }
        releases.sort();
        releases.dedup();
        for release in releases {
            let points: [_; N] = std::array::from_fn(|side| {
                let all = &sides[side].end;
                let at = all.iter().position(|(this, _)| *this == release);
                let note = at.map(|at| &all[at].1);
                let is_last = at.is_some_and(|at| at + 1 == all.len());
                Recorded {
                    ret: ends[side]
                        .filter(|_| is_last)
                        .map_or(Ret::Ok, |end| end.ret),
                    note,
                    calls: &[],
                    exists: note.map_or(exist[side], |note| note.live.as_ref()),
                }
            });
            exist = points.map(|point| point.exists);
            visitor.release(release, points);
        }
        visitor.end(ends.map(|end| Recorded {
            ret: end.map_or(Ret::Ok, |end| end.ret),
            note: None,
            calls: end.map_or(&[], |end| &end.calls),
            exists: end.and_then(|end| end.live.as_ref()),
        }));
        ops
    }
}

/// Returns whether an operation ran at the same time as another one.
fn overlaps(recording: &Recording, index: usize) -> bool {
    let span = |op: usize| {
        let sections = &recording.sections;
        let first = sections.iter().position(|ran| ran.op == op)?;
        Some((first, sections.iter().rposition(|ran| ran.op == op)?))
    };
    let Some((first, last)) = span(index) else {
        return false;
    };
    let others = (0..recording.steps.len()).filter(|&op| op != index);
    let mut others = others.filter_map(span);
    others.any(|(begin, end)| begin < last && first < end)
}

/// Returns whether an operation returned the same in two recordings of a case, except for labels.
/// Which operations came before it is taken from the order of the first recording.
pub fn same_ret_at(a: &Recording, b: &Recording, index: usize) -> bool {
    let order = a.order();
    let ret = |recording: &Recording| recording.trace.steps.get(index).map(|step| step.ret);
    match (ret(a), ret(b)) {
        (Some(a_ret), Some(b_ret)) => {
            let firsts = [a, b].map(|side| first_returned(side, &order, index));
            super::same_return([a_ret, b_ret], firsts)
        }
        (a, b) => a == b,
    }
}

/// Returns the operation that first returned, in this order, the handle that the operation with
/// this index returned; `None` if it returned no handle.
pub fn first_returned(recording: &Recording, order: &[usize], index: usize) -> Option<usize> {
    let number = |at: usize| match recording.trace.steps.get(at)?.ret {
        Ret::Handle { handle, .. } => Some(handle),
        _ => None,
    };
    let wanted = number(index)?;
    let mut order = order.iter().copied();
    order.find(|&at| number(at) == Some(wanted))
}

/// Returns whether the same objects existed after two steps, without comparing labels.
pub fn same_live(a: &Step, b: &Step) -> bool {
    match (&a.live, &b.live) {
        (Some(a), Some(b)) => same_exists(a, b),
        (a, b) => a.is_some() == b.is_some(),
    }
}
