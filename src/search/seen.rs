// SPDX-License-Identifier: GPL-2.0-or-later
//! What a search looks at, of each operation and of each teardown.

use crate::judge::View;
use spec::trace::Call;
use spec::{Cite, Decision, Ret, Splat, Watch};

/// What an operation returned, but for numbers: as a byte or two.
pub(super) fn kind_of(ret: Ret) -> [u8; 2] {
    match ret {
        Ret::Handle { .. } => [0, 0],
        Ret::Ok => [1, 0],
        Ret::Pasid(_) => [2, 0],
        Ret::Invalid => [3, 0],
        Ret::Mm(_) => [4, 0],
        Ret::Domain(_) => [5, 0],
        Ret::Err(errno) => [6, errno as u8],
        Ret::Skipped => [7, 0],
        Ret::Oops => [8, 0],
        Ret::Hang => [9, 0],
        Ret::Unfinished => [10, 0],
    }
}

/// What can be seen of a call, and what decided it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Decisions and splats, as bytes.
    pub(super) events: Vec<u8>,
    /// Splats alone.
    pub(super) splats: Vec<Splat>,
    pub(super) decided: Option<Decision>,
    /// Driver callbacks, if anybody asks.
    calls: Option<Vec<Call>>,
    pub(super) refcount: bool,
}

impl Seen {
    pub(super) fn new(views: &[View]) -> Self {
        Seen {
            calls: views.contains(&View::Driver).then(Vec::new),
            ..Seen::default()
        }
    }

    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.splats.clear();
        self.decided = None;
        self.refcount = false;
        if let Some(calls) = &mut self.calls {
            calls.clear();
        }
    }

    /// Whether dmesg says something else.
    pub(super) fn splats_differ(&self, other: &Seen) -> bool {
        self.splats != other.splats
    }

    /// Whether the driver was called differently, if anybody asks.
    pub(super) fn calls_differ(&self, other: &Seen) -> bool {
        match (&self.calls, &other.calls) {
            (Some(a), Some(b)) => a.len() != b.len() || a.iter().zip(b).any(|(a, b)| !a.is_like(b)),
            _ => false,
        }
    }

    fn cite(&mut self, cite: Cite) {
        let [high, low] = cite.line.to_be_bytes();
        self.events.extend([1 + cite.file as u8, high, low]);
    }
}

impl Watch for Seen {
    fn call(&mut self, call: Call) {
        if let Some(calls) = &mut self.calls {
            calls.push(call);
        }
    }
    fn splat(&mut self, splat: Splat, at: Cite) {
        self.events.push(0x80 | splat as u8);
        self.cite(at);
        self.splats.push(splat);
        self.refcount |= splat.is_refcount();
    }
    fn decide(&mut self, decision: Decision) {
        self.cite(decision.at);
        if let Some(because) = decision.because {
            self.events.push(0x7f);
            self.cite(because);
        }
        self.decided = Some(decision);
    }
}
