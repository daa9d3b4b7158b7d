// SPDX-License-Identifier: GPL-2.0-or-later
//! Numbers for values: equal values have equal numbers.

use crate::workers::lock;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hash};
use std::sync::Mutex;

/// A list of distinct values. Threads read it without a lock, and take one to add a value.
#[derive(Debug)]
pub(in crate::search) struct Interner<T> {
    items: boxcar::Vec<T>,
    index: Mutex<HashTable<u32>>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Interner {
            items: boxcar::Vec::new(),
            index: Mutex::default(),
        }
    }
}

fn hash_of<T: Hash + ?Sized>(item: &T) -> u64 {
    FixedState::default().hash_one(item)
}

impl<T: Eq + Hash> Interner<T> {
    /// Returns the number of a value, which it adds if it is new.
    pub(in crate::search) fn intern(&self, item: T) -> u32 {
        let hash = hash_of(&item);
        let mut index = lock(&self.index);
        if let Some(&known) = index.find(hash, |&at| self.items[at as usize] == item) {
            return known;
        }
        let at = self.items.push(item) as u32;
        let items = &self.items;
        index.insert_unique(hash, at, |&at| hash_of(&items[at as usize]));
        at
    }

    /// Returns the value of a number.
    #[inline(always)]
    pub(in crate::search) fn get(&self, at: u32) -> &T {
        &self.items[at as usize]
    }

    /// Returns all values, by number.
    pub(in crate::search) fn all(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, item)| item)
    }
}
