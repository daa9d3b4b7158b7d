// SPDX-License-Identifier: GPL-2.0-or-later
//! What the judge is fed with: what each side did at each point of a case, be it a live machine or a
//! recording.

use super::exists::Exists;
use spec::run::{Lost, Release};
use spec::trace::Call;
use spec::{At, Case, Decision, Op, Ret, Splat};

/// What one side did at a point: in an operation, in a release of the teardown, or, at the end, in
/// the whole teardown.
pub(crate) trait Point: Copy {
    /// What represents the state.
    type Exists: Exists;
    /// Whether the side did anything: it need not have what the other side releases.
    fn is_done(self) -> bool;
    /// What it returned.
    fn ret(self) -> Ret;
    /// Its complaints, in order, and where each was raised.
    fn splats(&self) -> &[(Splat, At)];
    /// Its last decision.
    fn decided(self) -> Option<Decision>;
    /// Its driver calls, in order; for a release, those of the whole teardown so far.
    fn calls(&self) -> &[Call];
    /// What exists afterwards; `None` where the run is over.
    fn exists(&self) -> Option<&Self::Exists>;
    /// What of it is lost.
    fn lost(self) -> Lost;
}

/// Something that is fed with the points of a case, for each of `N` sides.
pub(crate) trait Visitor<const N: usize> {
    /// An operation is about to run; this is what exists before it.
    fn before<E: Exists>(&mut self, case: &Case, op: &Op, exists: [Option<&E>; N]);
    /// The operation with this index ran. `overlaps` tells whether another one ran at the same time.
    fn op<P: Point>(
        &mut self,
        case: &Case,
        index: usize,
        points: [P; N],
        overlaps: impl Fn() -> bool,
    );
    /// The teardown released something, on at least one side.
    fn release<P: Point>(&mut self, release: Release, points: [P; N]);
    /// The teardown is over. This is called only if every side reached it.
    fn end<P: Point>(&mut self, points: [P; N]);
}

/// The points of a case.
pub(crate) trait Feed<const N: usize> {
    /// Whether operations can overlap, so that what exists after one need not be its doing.
    fn is_concurrent(&self) -> bool;
    /// Visits all points. Returns how many operations ran on every side.
    fn feed(&mut self, visitor: &mut impl Visitor<N>) -> usize;
}
