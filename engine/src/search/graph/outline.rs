// SPDX-License-Identifier: GPL-2.0-or-later
//! What is needed of the states that operations lead to.

use super::symmetry::Mms;
use spec::case::MAX_OPS;
use spec::op::Resource;
use std::sync::atomic::AtomicU8;

/// The part of a state that is needed whenever an operation leads to it. It is stored apart from the
/// rest, so that more of it fits into the caches of the processor.
#[derive(Debug)]
pub(in crate::search) struct Outline {
    /// The first mm of each block of mms that nothing but their indexes tells apart.
    pub blocks: Mms,
    /// The renamings of devices that leave the state as it is, and their effects.
    pub class: u32,
    pub moves: u32,
    /// The entries of groups' arrays.
    pub keys: u32,
    /// The mms whose processes have not exited, and those that are not freed.
    pub alive: u16,
    pub exists: u16,
    pub nr_mms: u8,
    /// The most references to an mm that neither users nor domains hold.
    pub surplus: u8,
    /// Whether every teardown is known to be quiet and to leave nothing, or not to be.
    pub(super) clean: AtomicU8,
}

impl Outline {
    /// Returns whether the state has no symmetry, and no reference too many.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        self.class == 0 && self.blocks == Mms::SAME && self.surplus == 0
    }
}

/// A short list of resources.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::search) struct Resources {
    /// In two bits each, the first in the lowest.
    kinds: u128,
    len: u8,
}

impl Resources {
    pub(super) fn of(resources: impl Iterator<Item = Resource>) -> Self {
        const { assert!(MAX_OPS <= 64 && Resource::ALL.len() <= 4) };
        let mut list = Resources::default();
        for resource in resources {
            list.kinds |= (resource as u128) << (2 * list.len);
            list.len += 1;
        }
        list
    }

    #[inline(always)]
    pub(in crate::search) fn len(self) -> usize {
        self.len.into()
    }

    /// Returns the place of a resource in [`Resource::ALL`].
    #[inline(always)]
    pub(in crate::search) fn kind(self, at: usize) -> usize {
        (self.kinds >> (2 * at)) as usize & 3
    }
}
