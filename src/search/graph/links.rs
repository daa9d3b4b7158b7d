// SPDX-License-Identifier: GPL-2.0-or-later
//! What became of links, looked up instead of computed again.

use super::link::Change;
use crate::search::visited::Word;

/// The number of results of a bucket, which takes one line of the processor's cache.
const SLOTS: usize = 4;

/// The most buckets: four mebibytes.
const MOST: usize = 1 << 16;

/// Results that lie together in memory. A key that is 0 marks a slot that is not in use.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Bucket {
    keys: [u64; SLOTS],
    results: [u32; SLOTS],
    /// The slot that is replaced next.
    next: u8,
}

/// The links after operations, by link and operation. A new result replaces an earlier one where a
/// bucket is full, which is rare before the table has its full size.
#[derive(Debug)]
pub(super) struct Links {
    buckets: Vec<Bucket>,
    /// The number of results that were added since the table grew.
    added: usize,
}

impl Default for Links {
    fn default() -> Self {
        Links {
            buckets: vec![Bucket::default(); 1 << 6],
            added: 0,
        }
    }
}

impl Links {
    /// Returns the key of an operation with these effects in a state with this link; `None` if the
    /// numbers are too large for one, so that the result is not kept.
    #[inline(always)]
    pub(super) fn key(link: u32, [from, to]: [u32; 2], change: Change) -> Option<u64> {
        debug_assert!(change.bits() < 1 << 10, "a key has ten bits for a change");
        // The largest link is left out, so that no key is 0.
        let fits = link < (1 << 24) - 1 && (from | to) < 1 << 15;
        let key = u64::from(link) << 40 | u64::from(from) << 25 | u64::from(to) << 10;
        fits.then(|| (key | u64::from(change.bits())).wrapping_add(1))
    }

    #[inline(always)]
    fn place(&self, key: u64) -> usize {
        key.hash() as usize & (self.buckets.len() - 1)
    }

    /// Returns the result of a key, if it is known.
    #[inline(always)]
    pub(super) fn get(&self, key: u64) -> Option<u32> {
        let bucket = &self.buckets[self.place(key)];
        let at = bucket.keys.iter().position(|&this| this == key)?;
        Some(bucket.results[at])
    }

    /// Adds the result of a key that is not known.
    #[cold]
    pub(super) fn add(&mut self, key: u64, result: u32) {
        self.added += 1;
        if self.added > self.buckets.len() * SLOTS / 2 && self.buckets.len() < MOST {
            let more = vec![Bucket::default(); self.buckets.len() * 4];
            let old = std::mem::replace(&mut self.buckets, more);
            self.added = 0;
            for bucket in old {
                for (&key, &result) in bucket.keys.iter().zip(&bucket.results) {
                    if key != 0 {
                        self.put(key, result);
                    }
                }
            }
        }
        self.put(key, result);
    }

    fn put(&mut self, key: u64, result: u32) {
        let place = self.place(key);
        let bucket = &mut self.buckets[place];
        let slot = bucket.next as usize % SLOTS;
        bucket.keys[slot] = key;
        bucket.results[slot] = result;
        bucket.next = bucket.next.wrapping_add(1);
    }

    /// Returns the bytes that the table takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.buckets[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn change(released: u8, same_numbers: bool, ordered: bool) -> Change {
        Change {
            released,
            same_numbers,
            ordered,
        }
    }

    #[test]
    fn different_operations_have_different_keys() {
        let mut all = HashMap::new();
        for link in [0, 1, 2, 1 << 23, (1 << 24) - 2] {
            for from in [0, 1, 1 << 14, (1 << 15) - 1] {
                for to in [0, 1, 1 << 14, (1 << 15) - 1] {
                    for released in [0, 1, 64, u8::MAX] {
                        for bits in 0..4 {
                            let change = change(released, bits & 1 != 0, bits & 2 != 0);
                            let key = Links::key(link, [from, to], change).expect("it fits");
                            assert_ne!(key, 0);
                            let known = all.insert(key, (link, from, to, change));
                            assert_eq!(known, None);
                        }
                    }
                }
            }
        }
        let none = change(0, false, false);
        for (link, effects) in [
            ((1 << 24) - 1, [0, 0]),
            (0, [1 << 15, 0]),
            (0, [0, 1 << 15]),
        ] {
            assert_eq!(Links::key(link, effects, none), None);
        }
    }

    #[test]
    fn what_is_found_is_what_was_added() {
        let mut links = Links::default();
        let mut random = fastrand::Rng::with_seed(1);
        let (mut found, mut asked) = (0, 0);
        for _ in 0..400_000 {
            let key = random.u64(1..200_000);
            asked += 1;
            match links.get(key) {
                Some(result) => {
                    assert_eq!(result, key as u32 ^ 5);
                    found += 1;
                }
                None => links.add(key, key as u32 ^ 5),
            }
        }
        // Every key is asked for twice on average; few are forgotten.
        assert!(found * 5 > asked * 2, "{found} of {asked}");
        assert!(links.bytes() <= 64 * MOST);
    }
}
