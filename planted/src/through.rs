// SPDX-License-Identifier: GPL-2.0-or-later
//! One observer type for all models, so that dozens of models are not compiled for each observer.

use spec::trace::Call;
use spec::{At, Decision, Splat, Watch};

/// An observer that passes everything on to another observer.
pub(crate) struct Through<'w>(pub(crate) &'w mut dyn Watch);

impl Watch for Through<'_> {
    fn call(&mut self, call: Call) {
        self.0.call(call);
    }
    fn splat(&mut self, splat: Splat, at: At) {
        self.0.splat(splat, at);
    }
    fn decide(&mut self, decision: Decision) {
        self.0.decide(decision);
    }
    fn foreign(&mut self) {
        self.0.foreign();
    }
}
