// SPDX-License-Identifier: GPL-2.0-or-later
//! Small lists without heap, for the inner loop of a search.

use crate::case::MAX_OPS;
use crate::kernel::NONE;

/// A list that is kept in order while it grows: a handful of items, so insertion is the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorted<K, const N: usize = MAX_OPS> {
    items: [(K, u8); N],
    len: usize,
}

impl<K: Copy + Default, const N: usize> Default for Sorted<K, N> {
    fn default() -> Self {
        Sorted {
            items: [(K::default(), 0); N],
            len: 0,
        }
    }
}

impl<K: Copy + Ord, const N: usize> Sorted<K, N> {
    pub fn clear(&mut self) {
        self.len = 0;
    }

    pub fn len(&self) -> u8 {
        self.len as u8
    }

    /// After all that are not greater.
    pub fn insert(&mut self, key: K, value: u8) {
        let mut at = self.len;
        while at > 0 && self.items[at - 1].0 > key {
            self.items[at] = self.items[at - 1];
            at -= 1;
        }
        self.items[at] = (key, value);
        self.len += 1;
    }

    /// At the end, whatever the order.
    pub fn push(&mut self, key: K, value: u8) {
        self.items[self.len] = (key, value);
        self.len += 1;
    }

    pub fn iter(&self) -> impl Iterator<Item = (K, u8)> + '_ {
        self.items[..self.len].iter().copied()
    }

    /// Where each of so many indexes stands, or [`NONE`].
    pub fn inverse(&self, indexes: u8, to: &mut [u8; MAX_OPS]) {
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
