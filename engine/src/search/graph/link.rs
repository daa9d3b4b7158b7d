// SPDX-License-Identifier: GPL-2.0-or-later
//! What the callers of operations hold in each model, and which handles of the models are the same
//! to callers.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use spec::kernel::NONE;

/// New indexes, by index.
pub(in crate::search) type Map = SmallVec<[u8; 16]>;

/// What an operation does to the names of handles and of what is held, in one model. Identical
/// mappings at the end of a list are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::search) struct Effect {
    /// The new index of each handle; [`NONE`] if it is gone.
    pub handles: Map,
    /// The new index of each thing that is held; [`NONE`] if it is not held any more.
    pub held: Map,
    /// The handle that a bind returned.
    pub returned: Option<Returned>,
    /// The index of what the caller holds now, or [`NONE`].
    pub holds: u8,
}

/// A handle that a bind returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::search) struct Returned {
    /// Its index before the operation, or [`NONE`] if it is new.
    pub before: u8,
    /// Its index afterwards.
    pub after: u8,
}

impl Effect {
    /// Returns the effect of an operation that changes nothing.
    pub(in crate::search) fn nothing() -> Self {
        Effect {
            holds: NONE,
            ..Effect::default()
        }
    }

    /// Returns a list without the identical mappings at its end.
    pub(in crate::search) fn map(mut to: Map) -> Map {
        while to
            .last()
            .is_some_and(|&last| usize::from(last) + 1 == to.len())
        {
            to.pop();
        }
        to
    }
}

#[inline]
fn moved(map: &[u8], at: u8) -> u8 {
    map.get(at as usize).copied().unwrap_or(at)
}

/// The operations that hold something, in order, and the handles that were returned before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::search) struct Link {
    /// For each operation and model the index of what its caller holds, from 1; 0 for nothing.
    pub pairs: Vec<[u8; 2]>,
    /// The handles of the first model that were returned before, ascending, if handles of one model
    /// can still be identified with those of the other.
    pub first: Vec<u8>,
    /// The same for the second model, each with the handle of the first model that is the same to
    /// callers, or with [`NONE`].
    pub second: Vec<(u8, u8)>,
}

/// The change of a link by one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::search) struct Change {
    /// The position of the operation whose resource is released, or [`NONE`].
    pub released: u8,
    /// Whether handles of one model can be identified with those of the other afterwards, unless
    /// this operation returns different ones.
    pub same_numbers: bool,
    /// Whether operations keep their order.
    pub ordered: bool,
}

impl Link {
    /// Returns the link after an operation with these effects, and whether the handles that it
    /// returned are different to callers.
    pub(in crate::search) fn after(&self, effects: [&Effect; 2], change: Change) -> (Link, bool) {
        let mut next = Link::default();
        for (at, pair) in self.pairs.iter().enumerate() {
            if at != change.released as usize {
                next.pairs.push(moved_pair(*pair, effects));
            }
        }
        let holds = effects.map(|effect| effect.holds.wrapping_add(1));
        if holds != [0; 2] {
            next.pairs.push(holds);
        }
        if !change.ordered {
            next.pairs.sort();
        }
        if !change.same_numbers {
            return (next, false);
        }
        let returned = effects.map(|effect| effect.returned);
        if let [Some(from), Some(to)] = returned {
            let known = self.first.contains(&from.before).then_some(from.before);
            let number = self.second.iter().find(|(handle, _)| *handle == to.before);
            let is_same = match (known, number) {
                (None, None) => true,
                (Some(known), Some(&(_, same))) => known == same,
                _ => false,
            };
            if !is_same {
                return (next, true);
            }
        }
        let [from, to] = effects;
        for &handle in &self.first {
            match moved(&from.handles, handle) {
                NONE => {}
                handle => next.first.push(handle),
            }
        }
        for &(handle, same) in &self.second {
            let same = if same == NONE {
                NONE
            } else {
                moved(&from.handles, same)
            };
            match moved(&to.handles, handle) {
                NONE => {}
                handle => next.second.push((handle, same)),
            }
        }
        if let [Some(from), Some(to)] = returned {
            if !next.first.contains(&from.after) {
                next.first.push(from.after);
            }
            next.second.retain(|(handle, _)| *handle != to.after);
            next.second.push((to.after, from.after));
        }
        next.first.sort();
        next.second.sort();
        (next, false)
    }

    /// Returns the link under other names of handles and of what is held.
    pub(in crate::search) fn renamed(&self, effects: [&Effect; 2], ordered: bool) -> Link {
        let change = Change {
            released: NONE,
            same_numbers: true,
            ordered,
        };
        self.after(effects, change).0
    }

    /// Returns whether any handle is known to be the same in both models.
    pub(in crate::search) fn has_numbers(&self) -> bool {
        !self.first.is_empty() || !self.second.is_empty()
    }
}

/// Returns what an operation holds after others had these effects.
pub(in crate::search) fn moved_pair(pair: [u8; 2], effects: [&Effect; 2]) -> [u8; 2] {
    std::array::from_fn(|side| match pair[side] {
        0 => 0,
        held => moved(&effects[side].held, held - 1).wrapping_add(1),
    })
}
