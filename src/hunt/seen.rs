// SPDX-License-Identifier: GPL-2.0-or-later
//! What a hunt looks at, of each operation and of each release.

use crate::judge::{View, Views};
use spec::trace::Call;
use spec::{Cite, Decision, Splat, Watch};

/// What can be seen of an operation on one side.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What decided last.
    pub decided: Option<Decision>,
    pub splats: Vec<(Splat, Cite)>,
    pub calls: Vec<Call>,
    /// Whether anybody asks for calls.
    driver: bool,
}

impl Watch for Seen {
    #[inline(always)]
    fn call(&mut self, call: Call) {
        if self.driver {
            self.calls.push(call);
        }
    }
    #[inline]
    fn splat(&mut self, splat: Splat, at: Cite) {
        self.splats.push((splat, at));
    }
    #[inline(always)]
    fn decide(&mut self, decision: Decision) {
        self.decided = Some(decision);
    }
}

impl Seen {
    pub fn new(views: Views) -> Self {
        Seen {
            driver: views.has(View::Driver),
            ..Seen::default()
        }
    }

    /// What decided, and forgets everything.
    pub fn take(&mut self) -> Option<Decision> {
        let decided = self.decided;
        self.clear();
        decided
    }

    #[inline(always)]
    pub fn clear(&mut self) {
        self.decided = None;
        self.splats.clear();
        self.calls.clear();
    }

    /// Whether the driver was called alike, labels aside.
    pub fn same_calls(&self, other: &Seen) -> bool {
        let (a, b) = (&self.calls, &other.calls);
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_like(b))
    }
}
