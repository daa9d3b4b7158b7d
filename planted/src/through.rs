// SPDX-License-Identifier: GPL-2.0-or-later
//! One observer for all: dozens of models are not to be compiled once more for each.

use spec::trace::Call;
use spec::{At, Decision, Splat, Watch};

/// Passes everything on to another observer.
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
}
