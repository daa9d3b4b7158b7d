// SPDX-License-Identifier: GPL-2.0-or-later
//! Numbers for values: equal values have equal numbers.

use crate::workers::lock;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hash};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A list of distinct values. Threads read it without a lock, and take one to add a value.
#[derive(Debug)]
pub(in crate::search) struct Interner<T> {
    items: boxcar::Vec<T>,
    bytes: AtomicUsize,
    index: Mutex<HashTable<u32>>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Interner {
            items: boxcar::Vec::new(),
            bytes: AtomicUsize::new(0),
            index: Mutex::default(),
        }
    }
}

fn hash_of<T: Hash + ?Sized>(item: &T) -> u64 {
    FixedState::default().hash_one(item)
}

/// A value that has a part outside of itself.
pub(in crate::search) trait Heap {
    /// Returns the bytes of that part.
    fn heap(&self) -> usize {
        0
    }
}

impl<T> Heap for Box<[T]> {
    fn heap(&self) -> usize {
        size_of_val(&**self)
    }
}

impl<T: Eq + Hash + Heap> Interner<T> {
    /// Returns the number of a value, which it adds if it is new.
    pub(in crate::search) fn intern(&self, item: T) -> u32 {
        let hash = hash_of(&item);
        let mut index = lock(&self.index);
        if let Some(&known) = index.find(hash, |&at| self.items[at as usize] == item) {
            return known;
        }
        // With its place in the index, and a flag.
        self.bytes
            .fetch_add(size_of::<T>() + item.heap() + 16, Relaxed);
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

    /// Returns the number of values. Every smaller number has a value.
    pub(in crate::search) fn len(&self) -> usize {
        self.items.count()
    }

    /// Returns the bytes that the values take.
    pub(in crate::search) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// Returns all values, by number.
    pub(in crate::search) fn all(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, item)| item)
    }
}
