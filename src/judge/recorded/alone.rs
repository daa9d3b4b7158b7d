// SPDX-License-Identifier: GPL-2.0-or-later
//! One recording by itself: what no kernel may ever do.

use super::super::{Cause, Difference, LeakKind, Place, Side, View};
use super::Finder;
use spec::Case;
use spec::record::{Note, Recording};
use spec::{Ret, Splat};

/// What no kernel may ever do, in order: complain, oops or hang; leave an entry that points at freed
/// memory; leave something behind after the teardown.
///
/// A further complaint of a reference count that complained already follows from the first one, and
/// so does whatever was said before.
pub fn misbehaviours(case: &Case, recording: &Recording) -> Vec<Difference> {
    // Both sides are the same one, so that what a side does can be asked.
    let mut found = Finder::new(case, [recording; 2], &View::ALL);
    for index in recording.order() {
        let note = &recording.steps[index];
        let died = recording.trace.steps[index].ret.ends_the_run();
        found.complaints(Place::Op(index), note, died);
    }
    if let Some(end) = &recording.trace.end {
        for (_, note) in &recording.end {
            found.complaints(Place::End, note, end.ret.ends_the_run());
        }
    }
    found.dangling();
    found.left_alone();
    let order = found.order;
    let rank = |place: Place| match place {
        Place::Op(op) => order.iter().position(|&this| this == op).unwrap_or(op),
        Place::End => usize::MAX,
    };
    let mut all = found.all;
    all.sort_by_cached_key(|difference| rank(difference.place));
    all
}

impl Finder<'_> {
    fn complaints(&mut self, place: Place, note: &Note, died: bool) {
        for &(splat, at) in &note.splats {
            let view = match splat.is_fatal() && died {
                true => View::Api,
                false => View::Splat,
            };
            // Whoever takes a lock that nobody releases is not to blame for it.
            let cause = Cause::Complained {
                side: Side::From,
                splat,
                at: (splat != Splat::Deadlock).then_some(at),
            };
            self.push(place, view, cause, [note.decisions.last().copied(); 2]);
        }
    }

    /// Each point at which one more entry points at freed memory than before.
    fn dangling(&mut self) {
        let steps = self.sides[0].steps.len();
        for at in self.entries_left_dangling(Side::From) {
            let place = match at < steps {
                true => Place::Op(self.order[at]),
                false => Place::End,
            };
            let decided = self.decided_by(Some(at));
            let cause = Cause::Dangles {
                decided: decided[0],
            };
            self.push(place, View::State, cause, decided);
        }
    }

    /// What is left after the teardown. What a lost handle holds is lost with it, and of an entry
    /// that points at freed memory was said what there is to say.
    fn left_alone(&mut self) {
        let end = self.sides[0].trace.end.as_ref();
        let Some(live) = end
            .filter(|end| end.ret == Ret::Ok)
            .and_then(|end| end.live.as_ref())
        else {
            return;
        };
        for at in self.handles_lost(Side::From) {
            self.leak(Side::From, LeakKind::Handles, Some(at));
        }
        let said = self
            .all
            .iter()
            .any(|this| matches!(this.cause, Cause::Leaked { .. } | Cause::Dangles { .. }));
        let left = LeakKind::ALL.into_iter().find(|left| left.count(live) > 0);
        if let Some(left) = left.filter(|_| !said) {
            let at = self.lost_last(Side::From, left);
            self.leak(Side::From, left, at);
        }
    }
}
