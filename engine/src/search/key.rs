// SPDX-License-Identifier: GPL-2.0-or-later
//! Keys: bytes that distinguish operations and teardowns that can show different causes.

use super::graph::seen::Seen;
use crate::judge::{Observer, ViewSet};
use spec::trace::Call;
use spec::{At, Decision, Ret, Splat, Watch};

/// Appends two bytes for the kind of a return value, without its numbers.
pub(super) fn ret_kind(key: &mut Vec<u8>, ret: Ret) {
    let [kind, _, errno, _] = ret.to_bytes();
    let is_errno = matches!(ret, Ret::Err(_));
    key.extend([kind, if is_errno { errno } else { 0 }]);
}

/// Appends the return values, the decisions and the complaints of an operation.
pub(super) fn results<const N: usize>(key: &mut Vec<u8>, seen: &[&Seen; N]) {
    for seen in seen {
        ret_kind(key, seen.ret);
        key.extend(&seen.events);
        key.push(0);
    }
}

/// Appends the last operation of a path, and the decisions and complaints in it.
pub(super) fn last_op<const N: usize>(key: &mut Vec<u8>, op: &str, events: [&[u8]; N]) {
    key.extend(op.bytes());
    for events in events {
        key.extend(events);
        key.push(b'|');
    }
}

/// Observes an operation, both for the judge and as bytes.
#[derive(Debug)]
pub(super) struct KeyObserver {
    /// Decisions and splats as bytes.
    pub(super) events: Vec<u8>,
    /// The observer for the judge.
    pub(super) observer: Observer,
    /// Whether a reference count complained.
    pub(super) refcount: bool,
}

impl KeyObserver {
    pub(super) fn new(views: ViewSet) -> Self {
        KeyObserver {
            events: Vec::new(),
            observer: Observer::new(views),
            refcount: false,
        }
    }

    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.observer.clear();
        self.refcount = false;
    }

    fn cite(&mut self, at: At) {
        // Larger values mark the reason of a decision, and a splat.
        const { assert!(At::COUNT < 0x7f) };
        self.events.push(at as u8);
    }
}

impl Watch for KeyObserver {
    fn call(&mut self, call: Call) {
        self.observer.call(call);
    }
    fn splat(&mut self, splat: Splat, at: At) {
        self.events.push(0x80 | splat as u8);
        self.cite(at);
        self.observer.splat(splat, at);
        self.refcount |= splat.is_refcount();
    }
    fn decide(&mut self, decision: Decision) {
        self.cite(decision.at);
        if let Some(because) = decision.because {
            self.events.push(0x7f);
            self.cite(because);
        }
        self.observer.decide(decision);
    }
    fn foreign(&mut self) {
        // No splat is marked like this.
        const { assert!(Splat::ALL.len() < 0x7f) };
        self.events.push(0xff);
        self.observer.foreign();
    }
}
