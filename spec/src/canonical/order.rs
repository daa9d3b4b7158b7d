// SPDX-License-Identifier: GPL-2.0-or-later
//! Small lists without heap, for the inner loop of a search.

use crate::case::MAX_OPS;
use crate::kernel::NONE;

/// What a list is ordered by: a number that leaves room for eight bits more.
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

/// A list that is kept in order while it grows: a handful of items, so insertion is the way. Of
/// equal keys the smaller value is first.
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

    /// In order.
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

    /// At the end, whatever the order.
    #[inline(always)]
    pub(super) fn push(&mut self, key: K, value: u8) {
        self.items[self.len] = key.join(value);
        self.len += 1;
    }

    #[inline(always)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, u8)> + '_ {
        self.items[..self.len].iter().map(|item| item.split())
    }

    /// Where each of so many indexes stands, or [`NONE`].
    pub(super) fn inverse(&self, indexes: u8, to: &mut [u8; MAX_OPS]) {
        to[..indexes as usize].fill(NONE);
        for (new, (_, old)) in self.iter().enumerate() {
            to[old as usize] = new as u8;
        }
    }
}

/// The members of a set of small numbers, ascending.
pub(super) fn members(mut set: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let least = set.trailing_zeros() as u8;
            set &= set - 1;
            least
        })
    })
}
