// SPDX-License-Identifier: GPL-2.0-or-later
//! The input of the judge: the behaviour of each side at each point of a case, from a live machine
//! or a recording.

use super::exists::Exists;
use spec::run::{Lost, Release};
use spec::trace::Call;
use spec::{At, Case, Decision, Op, Ret, Splat};

/// The behaviour of one side at a point: in an operation, in a release of the teardown, or, for the
/// last point, in the whole teardown.
pub(crate) trait Point: Copy {
    /// The representation of the existing objects.
    type Exists: Exists;
    /// Returns whether this side did anything. It may have nothing to release where the other side
    /// does.
    fn is_done(self) -> bool;
    /// Returns the return value of this side.
    fn ret(self) -> Ret;
    /// Returns the complaints of this side, in order, each with the statement that raised it.
    fn splats(&self) -> &[(Splat, At)];
    /// Returns the last decision of this side.
    fn decided(self) -> Option<Decision>;
    /// Returns the driver calls of this side, in order; for a release, those of the whole teardown
    /// so far.
    fn calls(&self) -> &[Call];
    /// Returns the objects that exist afterwards; `None` if the run is over.
    fn exists(&self) -> Option<&Self::Exists>;
    /// Returns whether a bind returned a handle whose domain belongs to another mm.
    fn is_foreign(self) -> bool;
    /// Returns the numbers of lost objects.
    fn lost(self) -> Lost;
}

/// A visitor of the points of a case, on each of `N` sides.
pub(crate) trait Visitor<const N: usize> {
    /// Called before an operation runs, with the objects that exist at that moment.
    fn before<E: Exists>(&mut self, case: &Case, op: &Op, exists: [Option<&E>; N]);
    /// Called after the operation with this index. `overlaps` is true if another operation ran at
    /// the same time.
    fn op<P: Point>(
        &mut self,
        case: &Case,
        index: usize,
        points: [P; N],
        overlaps: impl Fn() -> bool,
    );
    /// Called after the teardown released something on at least one side.
    fn release<P: Point>(&mut self, release: Release, points: [P; N]);
    /// Called after the teardown, if every side reached its end.
    fn end<P: Point>(&mut self, points: [P; N]);
}

/// A source of the points of a case.
pub(crate) trait Feed<const N: usize> {
    /// Returns whether operations can overlap. If so, an object that exists after one operation can
    /// come from another one.
    fn is_concurrent(&self) -> bool;
    /// Visits all points. Returns the number of operations that ran on every side.
    fn feed(&mut self, visitor: &mut impl Visitor<N>) -> usize;
}
