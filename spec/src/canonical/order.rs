// SPDX-License-Identifier: GPL-2.0-or-later
//! Small lists without heap allocation, for the inner loop of a search.

use crate::case::MAX_OPS;
use crate::kernel::NONE;

/// A sort key: a number that can be extended by eight bits.
pub(super) trait Key: Copy + Ord + Default {
    fn join(self, value: u8) -> Self;
    fn split(self) -> (Self, u8);
}

macro_rules! key {
    ($($number:ty)*) => {$(
        impl Key for $number {
            #[inline(always)]
            fn join(self, value: u8) -> Self {
                debug_assert!(self.leading_zeros() >= 8);
                self << 8 | Self::from(value)
            }
            #[inline(always)]
            fn split(self) -> (Self, u8) {
                (self >> 8, self as u8)
            }
        }
    )*};
}

key!(u32 u64 u128);

/// A list that stays sorted while it grows. It holds a handful of items, so it uses insertion.
/// Items with equal keys are sorted by value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorted<K, const N: usize = MAX_OPS> {
    items: [K; N],
    len: usize,
}

impl<K: Key, const N: usize> Default for Sorted<K, N> {
    fn default() -> Self {
        Sorted {
            items: [K::default(); N],
            len: 0,
        }
    }
}

impl<K: Key, const N: usize> Sorted<K, N> {
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn len(&self) -> u8 {
        self.len as u8
    }

    /// Inserts an item in order.
    #[inline(always)]
    pub(super) fn insert(&mut self, key: K, value: u8) {
        let item = key.join(value);
        let mut at = self.len;
        while at > 0 && self.items[at - 1] > item {
            self.items[at] = self.items[at - 1];
            at -= 1;
        }
        self.items[at] = item;
        self.len += 1;
    }

    /// Appends an item, regardless of the order.
    #[inline(always)]
    pub(super) fn push(&mut self, key: K, value: u8) {
        self.items[self.len] = key.join(value);
        self.len += 1;
    }

    #[inline(always)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, u8)> + '_ {
        self.items[..self.len].iter().map(|item| item.split())
    }

    /// Writes the position of each index below `indexes` in the list, or [`NONE`].
    pub(super) fn inverse(&self, indexes: u8, to: &mut [u8; MAX_OPS]) {
        to[..indexes as usize].fill(NONE);
        for (new, (_, old)) in self.iter().enumerate() {
            to[old as usize] = new as u8;
        }
    }
}

/// Returns the members of a bit set, ascending.
pub(crate) fn members(mut set: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let least = set.trailing_zeros() as u8;
            set &= set - 1;
            least
        })
    })
}
