// SPDX-License-Identifier: GPL-2.0-or-later
//! The part of the path to a state that belongs to the state.

use crate::judge::Diverged;
use spec::{At, Decision, OpCode};

/// The part of the path to a state that decides whether a later difference is a consequence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Past {
    /// The observers that have noticed a difference.
    pub diverged: Diverged,
    /// Whether a reference count of each model has already complained.
    pub refcount: [bool; 2],
    /// Whether a handle or a domain was lost that the state no longer contains.
    pub lost: bool,
    /// If callers have observed no difference yet but attached entries differ: the operation since
    /// which they do, with its decisions.
    pub apart: Option<Since>,
}

/// The name of an operation and the decisions of both models in it, as bytes.
pub(super) type Since = [u8; 5];

/// The flag in the first byte of a past that lost an object.
pub(super) const LOST: u8 = 64;

impl Past {
    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        let [from, to] = self.refcount;
        let Diverged {
            callers,
            driver,
            state,
        } = self.diverged;
        let flags = [
            self.lost,
            self.apart.is_some(),
            callers,
            driver,
            state,
            from,
            to,
        ];
        out.push(
            flags
                .iter()
                .fold(0, |bits, &flag| bits << 1 | u8::from(flag)),
        );
        out.extend(self.apart.iter().flatten());
    }

    /// Returns the past and the bytes that follow it.
    pub(super) fn unpack(bytes: &[u8]) -> (Past, &[u8]) {
        let (flags, mut rest) = bytes.split_first().expect("a state has a past");
        let mut apart = None;
        if flags & 32 != 0 {
            let (since, state) = rest.split_first_chunk().expect("a state has a past");
            apart = Some(*since);
            rest = state;
        }
        let past = Past {
            diverged: Diverged {
                callers: flags & 16 != 0,
                driver: flags & 8 != 0,
                state: flags & 4 != 0,
            },
            refcount: [flags & 2 != 0, flags & 1 != 0],
            lost: flags & LOST != 0,
            apart,
        };
        (past, rest)
    }
}

/// Returns the bytes for an operation with these last decisions of the models.
pub(super) fn since(code: OpCode, decided: &[Option<Decision>]) -> Since {
    let mut bytes = [0; 5];
    bytes[0] = code as u8;
    let mut write = |slot: usize, at: At| bytes[1 + slot] = 1 + at as u8;
    for (side, this) in decided.iter().enumerate() {
        if let Some(Decision { at, because }) = *this {
            write(side * 2, at);
            because.into_iter().for_each(|at| write(side * 2 + 1, at));
        }
    }
    bytes
}
