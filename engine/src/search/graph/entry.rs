// SPDX-License-Identifier: GPL-2.0-or-later
//! The entries of a graph: what one operation does in one state.

use super::outline::Outline;
use super::symmetry::Names;
use super::{NOTHING, World};
use std::hash::{Hash, Hasher};

/// What one operation does in one state: the state that follows, and what comes with it.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct Entry {
    /// The number of the state, or [`ABSENT`] if the kernel died.
    pub next: u32,
    /// The number of the [`Info`], below bits that save a look at the state.
    bits: u32,
}

/// The next state has no symmetry, and no reference too many.
const PLAIN: u32 = 1 << 31;
/// The same groups have entries for the same PASIDs as before.
const SAME_KEYS: u32 = 1 << 30;
/// The next state has one more mm.
const GROWS: u32 = 1 << 29;

impl Entry {
    fn new(next: u32, info: u32, bits: u32) -> Self {
        assert!(info < GROWS, "more infos than bits");
        Entry {
            next,
            bits: info | bits,
        }
    }

    /// Returns the entry of an operation that ends the run.
    pub(super) fn end(info: u32) -> Self {
        Entry::new(ABSENT, info, 0)
    }

    /// Returns the entry of an operation that leads to a state. `grows` says whether it has one more
    /// mm.
    pub(super) fn to(
        next: u32,
        outline: &Outline,
        info: u32,
        (same_keys, grows): (bool, bool),
    ) -> Self {
        let bits = u32::from(same_keys) * SAME_KEYS + u32::from(grows) * GROWS;
        Entry::new(next, info, bits | plain(outline))
    }

    /// Returns the entry of an operation that changes nothing.
    #[inline(always)]
    pub(in crate::search) fn still(node: u32, this: &Outline, info: u32) -> Self {
        Entry::new(node, info, plain(this) | SAME_KEYS)
    }

    /// Returns the number of the info.
    #[inline(always)]
    pub(in crate::search) fn info(self) -> u32 {
        self.bits & (GROWS - 1)
    }

    /// Returns whether all next states are in normal form as they are, whatever else there is.
    #[inline(always)]
    pub(in crate::search) fn all_plain<const N: usize>(entries: [Entry; N]) -> bool {
        entries.iter().all(|entry| entry.bits & PLAIN != 0)
    }

    /// Returns whether all models keep the entries of groups' arrays where they are.
    #[inline(always)]
    pub(in crate::search) fn all_keep_keys<const N: usize>(entries: [Entry; N]) -> bool {
        entries.iter().all(|entry| entry.bits & SAME_KEYS != 0)
    }

    /// Returns the number of mms that are added.
    #[inline(always)]
    pub(in crate::search) fn new_mms(self) -> usize {
        usize::from(self.bits & GROWS != 0)
    }
}

#[inline(always)]
fn plain(outline: &Outline) -> u32 {
    if outline.is_plain() { PLAIN } else { 0 }
}

/// Stands for the state after the kernel died.
pub(in crate::search) const ABSENT: u32 = u32::MAX;

/// What many entries have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct Info {
    /// The number of what is seen, the number of what callers and readers of dmesg see of it, and its
    /// flags.
    pub seen: u32,
    pub shown: u32,
    pub seen_flags: u8,
    /// The number of the effect on names of handles and of what is held.
    pub effect: u32,
    /// The names in the next state of what has names in this one, and the reverse.
    pub names: Names,
    pub inverse: Names,
    pub flags: u8,
    /// The numbers of handles and domains that were lost.
    pub lost: [u8; 2],
    /// In the view of state, the number of what exists afterwards, under the names of this state;
    /// [`ABSENT`] if that is what exists in this state.
    pub existing: u32,
}

/// Something was lost that the next state does not contain.
pub(in crate::search) const LOST: u8 = 1;
/// More was lost than before.
pub(in crate::search) const MORE: u8 = 2;
/// Nothing changed.
pub(in crate::search) const STILL: u8 = 4;

impl Hash for Info {
    /// Leaves out what depends on the rest.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [handles, domains] = self.lost;
        let small = u32::from_le_bytes([self.names.dev, self.flags, handles, domains]);
        state.write_u64(u64::from(self.seen) << 32 | u64::from(self.effect));
        state.write_u64(u64::from(self.existing) << 32 | u64::from(small));
        self.names.mms.hash(state);
    }
}

impl Info {
    /// Returns the info of an operation that changes nothing.
    pub(in crate::search) fn still(world: &World, seen: u32) -> Info {
        let this = world.seen.get(seen);
        Info {
            seen,
            shown: this.shown,
            seen_flags: this.flags,
            effect: NOTHING,
            names: Names::SAME,
            inverse: Names::SAME,
            flags: STILL,
            lost: [0; 2],
            existing: ABSENT,
        }
    }
}
