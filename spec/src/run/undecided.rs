// SPDX-License-Identifier: GPL-2.0-or-later
//! The observer of the second half of a bind.

use crate::kernel::Splat;
use crate::model::Decision;
use crate::record::Watch;
use crate::revision::At;
use crate::trace;

/// An observer of the `iommu_sva_get_pasid()` that follows a bind. It drops decisions, since they
/// did not decide the bind, until the kernel dies; it passes on the rest.
pub(super) struct Undecided<'a, W> {
    pub watch: &'a mut W,
    /// Whether the kernel died.
    pub died: bool,
}

impl<W: Watch> Watch for Undecided<'_, W> {
    fn call(&mut self, call: trace::Call) {
        self.watch.call(call);
    }
    fn splat(&mut self, splat: Splat, at: At) {
        self.died |= splat.is_fatal();
        self.watch.splat(splat, at);
    }
    fn decide(&mut self, decision: Decision) {
        if self.died {
            self.watch.decide(decision);
        }
    }
    fn pass(&mut self, at: At) {
        self.watch.pass(at);
    }
    fn core(&mut self, at: At) {
        self.watch.core(at);
    }
    fn lock(&mut self, taken: bool) {
        self.watch.lock(taken);
    }
    fn foreign(&mut self) {
        self.watch.foreign();
    }
}
