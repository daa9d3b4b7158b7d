// SPDX-License-Identifier: GPL-2.0-or-later
//! The known states, and the states that are reached in the current level.
//!
//! A known state is stored as a fingerprint only. Its contents are kept only until it is expanded,
//! and they are compressed, because states that are reached one after the other are similar.

use super::nibbles;
use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

/// The fingerprint that identifies a state.
pub(super) type Fingerprint = u128;

/// Returns the fingerprint of a packed state. It is the same on every machine.
pub(super) fn fingerprint(packed: &[u8]) -> Fingerprint {
    xxhash_rust::xxh3::xxh3_128(packed)
}

/// A set of fingerprints in one array, with open addressing. The array is sorted by the lower half
/// of the fingerprint, so that growing reads and writes memory sequentially.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Vec<Fingerprint>", from = "Vec<Fingerprint>")]
pub(super) struct Table {
    /// A slot is 0 if it is empty.
    slots: Vec<Fingerprint>,
    len: usize,
}

impl From<Table> for Vec<Fingerprint> {
    fn from(table: Table) -> Self {
        table.iter().collect()
    }
}

impl From<Vec<Fingerprint>> for Table {
    fn from(all: Vec<Fingerprint>) -> Self {
        let mut table = Table::default();
        all.into_iter().for_each(|this| table.insert(this));
        table
    }
}

impl Table {
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Fingerprint>()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Fingerprint> + '_ {
        self.slots.iter().copied().filter(|&slot| slot != 0)
    }

    /// Replaces the fingerprint 0, which would mean an empty slot, by 1.
    fn stored(fingerprint: Fingerprint) -> Fingerprint {
        fingerprint.max(1)
    }

    /// Returns the slot of a fingerprint, or the free slot for it. At least one slot must be free.
    fn slot_of(&self, stored: Fingerprint) -> usize {
        let length = self.slots.len();
        let mut slot = ((stored as u64 as u128 * length as u128) >> 64) as usize;
        while self.slots[slot] != 0 && self.slots[slot] != stored {
            slot += 1;
            if slot == length {
                slot = 0;
            }
        }
        slot
    }

    pub(super) fn contains(&self, fingerprint: Fingerprint) -> bool {
        let stored = Table::stored(fingerprint);
        !self.slots.is_empty() && self.slots[self.slot_of(stored)] == stored
    }

    pub(super) fn insert(&mut self, fingerprint: Fingerprint) {
        // At most four fifths of the slots are in use.
        if (self.len + 1) * 5 > self.slots.len() * 4 {
            let length = (self.slots.len() * 5 / 4).max(64);
            let old = std::mem::replace(&mut self.slots, vec![0; length]);
            for stored in old.into_iter().filter(|&slot| slot != 0) {
                let slot = self.slot_of(stored);
                self.slots[slot] = stored;
            }
        }
        let stored = Table::stored(fingerprint);
        let slot = self.slot_of(stored);
        self.len += usize::from(self.slots[slot] == 0);
        self.slots[slot] = stored;
    }
}

/// Some states of one level, which are expanded together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Unit {
    /// The number of states already expanded.
    done: usize,
    /// The packed states, encoded by [`nibbles`], concatenated and compressed.
    compressed: Box<[u8]>,
    /// The paths to the states, all of one length.
    paths: Box<[u8]>,
    /// For each path, the observation in its last operation, as an index into the list of the
    /// shard.
    lasts: Box<[u32]>,
    /// The index of that shard.
    pub shard: usize,
}

/// The bytes of packed states that are compressed together.
const UNIT_BYTES: usize = 8 << 10;

impl Unit {
    /// Returns the number of states.
    pub(super) fn states(&self) -> usize {
        self.lasts.len()
    }

    /// Returns the number of states that have not been expanded.
    pub(super) fn remaining(&self) -> usize {
        self.states() - self.done
    }

    /// Expands the remaining states. Calls `expand` with the packed state, the path to it, and the
    /// observation in the last operation of the path, until `expand` returns `false`.
    pub(super) fn expand(&mut self, mut expand: impl FnMut(&[u8], &[u8], u32) -> bool) {
        let length = self.paths.len() / self.states();
        let unpacked = lz4_flex::block::decompress_size_prepended(&self.compressed)
            .expect("what was compressed here is whole");
        let (mut rest, mut state) = (&unpacked[..], Vec::new());
        for index in 0..self.states() {
            rest = nibbles::decode(rest, &mut state);
            if index < self.done {
                continue;
            }
            let path = &self.paths[index * length..][..length];
            if !expand(&state, path, self.lasts[index]) {
                return;
            }
            self.done += 1;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.compressed.len() + self.paths.len() + 4 * self.lasts.len()
    }
}

/// A part of the states, chosen by their fingerprints.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Shard {
    known: Table,
    new: New,
    /// All observations in last operations of paths. There are a few dozen.
    lasts: IndexSet<Box<[u8]>, foldhash::fast::FixedState>,
}

/// The states that were first reached in the current level.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct New {
    #[serde(skip)]
    states: hashbrown::HashTable<u32>,
    fingerprints: Vec<Fingerprint>,
    paths: Vec<u8>,
    lasts: Vec<u32>,
    /// The compressed blocks with their numbers of states, then the data that is not compressed
    /// yet.
    blocks: Vec<(Box<[u8]>, usize)>,
    open: Vec<u8>,
    in_open: usize,
}

impl Shard {
    /// Adds the state that a path leads to. Returns whether it was new. Of several paths of this
    /// level to one state, keeps the first in order, with the observation in its last operation.
    pub(super) fn reach(
        &mut self,
        fingerprint: Fingerprint,
        packed: &[u8],
        path: &[u8],
        last: impl FnOnce(&mut Vec<u8>),
    ) -> bool {
        if self.known.contains(fingerprint) {
            return false;
        }
        let new = &mut self.new;
        let hash = fingerprint as u64;
        let is_it = |&state: &u32| new.fingerprints[state as usize] == fingerprint;
        if let Some(&state) = new.states.find(hash, is_it) {
            let known_path = &mut new.paths[state as usize * path.len()..][..path.len()];
            if path < &*known_path {
                known_path.copy_from_slice(path);
                new.lasts[state as usize] = intern(&mut self.lasts, last);
            }
            return false;
        }
        let state = new.fingerprints.len() as u32;
        new.fingerprints.push(fingerprint);
        let fingerprints = &new.fingerprints;
        new.states
            .insert_unique(hash, state, |&state| fingerprints[state as usize] as u64);
        new.paths.extend_from_slice(path);
        new.lasts.push(intern(&mut self.lasts, last));
        nibbles::encode(packed, &mut new.open);
        new.in_open += 1;
        if new.open.len() >= UNIT_BYTES {
            new.close();
        }
        true
    }

    /// Ends a level. Its new states become known, and are returned to be expanded next.
    pub(super) fn end_level(&mut self, shard: usize) -> Vec<Unit> {
        self.new.close();
        let new = std::mem::take(&mut self.new);
        for &fingerprint in &new.fingerprints {
            self.known.insert(fingerprint);
        }
        let length = new.paths.len() / new.fingerprints.len().max(1);
        let mut from = 0;
        let units = new.blocks.into_iter().map(|(compressed, states)| {
            let range = from..from + states;
            from = range.end;
            Unit {
                done: 0,
                compressed,
                paths: new.paths[range.start * length..range.end * length].into(),
                lasts: new.lasts[range].into(),
                shard,
            }
        });
        units.collect()
    }

    /// Restores the data that a checkpoint does not contain, after reading it.
    pub(super) fn restore(&mut self) {
        let fingerprints = &self.new.fingerprints;
        let hash = |state: u32| fingerprints[state as usize] as u64;
        for state in 0..fingerprints.len() as u32 {
            let states = &mut self.new.states;
            states.insert_unique(hash(state), state, |&state| hash(state));
        }
    }

    /// Returns the number of known states, including those of the current level.
    pub(super) fn states(&self) -> usize {
        self.known.len + self.new.fingerprints.len()
    }

    /// Returns a number that depends on all known states but not on their order.
    pub(super) fn sum(&self) -> Fingerprint {
        self.known.iter().fold(0, |sum, this| sum ^ this)
    }

    /// Returns an observation in the last operation of a path.
    pub(super) fn last(&self, index: u32) -> &[u8] {
        &self.lasts[index as usize]
    }

    pub(super) fn bytes(&self) -> usize {
        let new = &self.new;
        let blocks = new.blocks.iter().map(|(block, _)| block.len());
        self.known.bytes()
            + new.states.capacity() * 5
            + new.fingerprints.len() * size_of::<Fingerprint>()
            + new.paths.len()
            + new.lasts.len() * 4
            + blocks.sum::<usize>()
            + new.open.len()
            + self.lasts.iter().map(|last| last.len()).sum::<usize>()
    }
}

impl New {
    fn close(&mut self) {
        if self.in_open == 0 {
            return;
        }
        // Copy to a buffer of the exact size: shrinking a vector would fragment memory.
        let block = lz4_flex::block::compress_prepend_size(&self.open);
        self.blocks.push((block[..].into(), self.in_open));
        self.open.clear();
        self.in_open = 0;
    }
}

fn intern(
    lasts: &mut IndexSet<Box<[u8]>, foldhash::fast::FixedState>,
    last: impl FnOnce(&mut Vec<u8>),
) -> u32 {
    let mut bytes = Vec::with_capacity(64);
    last(&mut bytes);
    if let Some(known) = lasts.get_index_of(&bytes[..]) {
        return known as u32;
    }
    lasts.insert_full(bytes.into()).0 as u32
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, Shard, Table};

    #[test]
    fn a_table_has_what_was_put_into_it_and_nothing_else() {
        let of = |n: u64| Fingerprint::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut table = Table::default();
        assert!(!table.contains(0));
        for n in 0..5000 {
            assert!(!table.contains(of(n)), "{n}");
            table.insert(of(n));
            table.insert(of(n));
            assert_eq!(table.iter().count(), n as usize + 1);
        }
        assert!((0..5000).all(|n| table.contains(of(n))));
    }

    #[test]
    fn of_the_paths_to_a_state_the_first_in_order_is_kept_whichever_comes_first() {
        for paths in [[[1, 9], [2, 0]], [[2, 0], [1, 9]]] {
            let mut shard = Shard::default();
            let reach = |shard: &mut Shard, path: &[u8; 2]| {
                shard.reach(7, &[3, 255, 20], path, |last| last.push(path[1]))
            };
            assert!(reach(&mut shard, &paths[0]));
            assert!(!reach(&mut shard, &paths[1]));
            let mut units = shard.end_level(0);
            let mut seen = Vec::new();
            units[0].expand(|state, path, last| {
                seen.push((state.to_vec(), path.to_vec(), shard.last(last).to_vec()));
                true
            });
            assert_eq!(seen, [(vec![3, 255, 20], vec![1, 9], vec![9])]);
            assert!(!reach(&mut shard, &[0, 0]), "it is known now");
        }
    }

    #[test]
    fn a_unit_goes_on_where_it_stopped() {
        let mut shard = Shard::default();
        for n in 0..9 {
            shard.reach(n + 1, &[n as u8], &[n as u8], |_| {});
        }
        let mut unit = shard.end_level(0).remove(0);
        let mut seen = Vec::new();
        while unit.remaining() > 0 {
            let mut more = 4;
            unit.expand(|state, path, _| {
                more -= 1;
                if more > 0 {
                    assert_eq!(state, path);
                    seen.push(path[0]);
                }
                more > 0
            });
        }
        assert_eq!(seen, (0..9).collect::<Vec<u8>>());
    }
}
