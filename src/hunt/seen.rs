// SPDX-License-Identifier: GPL-2.0-or-later
//! What a hunt looks at, of each operation and of each release.

use crate::diff::View;
use spec::trace::Call;
use spec::{Cite, Decision, Splat, Watch};

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Views {
    pub api: bool,
    pub splat: bool,
    pub leak: bool,
    pub driver: bool,
    pub state: bool,
}

impl Views {
    pub fn of(views: &[View]) -> Self {
        let has = |view| views.contains(&view);
        Views {
            api: has(View::Api),
            splat: has(View::Splat),
            leak: has(View::Leak),
            driver: has(View::Driver),
            state: has(View::State),
        }
    }
}

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
            driver: views.driver,
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
