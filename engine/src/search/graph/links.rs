// SPDX-License-Identifier: GPL-2.0-or-later
//! What became of links, looked up instead of computed again.

use super::link::Change;
use crate::search::visited::Word;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use spec::kernel::NONE;

/// The number of results of a line of the processor's cache.
const SLOTS: usize = 8;

/// The most lines of a table: four mebibytes. At this number, all results are forgotten.
const MOST: usize = 1 << 16;

/// Results that lie together in memory, each with its key; 0 marks a slot that is not in use.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line([u64; SLOTS]);

/// The results of one link, a hash table of its own.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// The position of its first line.
    first: u32,
    /// The number of its lines, which is a power of two, or 0.
    lines: u32,
    /// The number of results.
    len: u32,
}

/// The links after operations, by link and operation. All operations either keep their order or do
/// not. The results of one link lie together, since all operations of a state are about one link.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// The rows of all links that have results: at most one for each line.
    rows: HashMap<u32, Row, FixedState>,
    /// The link that was looked for last, and its row.
    last: (u32, Row),
    lines: Vec<Line>,
    /// Where rows that are no longer in use begin, by the logarithm of their length.
    free: Vec<Vec<u32>>,
}

/// The number of bits of a result, and of the number of an effect.
const RESULT: u32 = 25;
const EFFECT: u32 = 15;

/// What distinguishes the operations of one link in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(u64);

impl Links {
    /// Returns the key of an operation with these effects; `None` if the numbers are too large for
    /// one, so that the result is not kept.
    #[inline(always)]
    pub(super) fn key([from, to]: [u32; 2], change: Change) -> Option<Key> {
        const OF_NONE: u8 = 127;
        let (released, fits) = match change.released {
            NONE => (OF_NONE, true),
            released => (released, released < OF_NONE),
        };
        let fits = fits && (from | to) < 1 << EFFECT;
        let effects = u64::from(from) << EFFECT | u64::from(to);
        let change = u64::from(released) << 1 | u64::from(change.same_numbers);
        // The highest bit marks a slot that is in use.
        fits.then_some(Key((1 << 38 | effects << 8 | change) << RESULT))
    }

    /// Returns the result of a key, if it is known: the next link, and whether the handles that were
    /// returned are different.
    #[inline(always)]
    pub(super) fn get(&mut self, link: u32, key: Key) -> Option<(u32, bool)> {
        if self.last.0 != link {
            self.last = (link, self.rows.get(&link).copied().unwrap_or_default());
        }
        let (line, slot) = self.find(self.last.1, key)?;
        let found = self.lines[line].0[slot];
        let result = (found % (1 << RESULT)) as u32;
        (found != 0).then_some((result >> 1, result & 1 != 0))
    }

    /// Returns the place of a key in a row, or else where it belongs; `None` if the row has no lines.
    #[inline(always)]
    fn find(&self, row: Row, key: Key) -> Option<(usize, usize)> {
        let mask = (row.lines as usize * SLOTS).checked_sub(1)?;
        let mut at = key.0.hash() as usize;
        loop {
            at &= mask;
            let place = (row.first as usize + at / SLOTS, at % SLOTS);
            let slot = self.lines[place.0].0[place.1];
            if slot == 0 || slot >> RESULT == key.0 >> RESULT {
                return Some(place);
            }
            at += 1;
        }
    }

    /// Adds the result of a key that is not known. If its number is too large, it is not kept.
    #[cold]
    pub(super) fn add(&mut self, link: u32, key: Key, (next, differ): (u32, bool)) {
        let result = u64::from(next) << 1 | u64::from(differ);
        if result >= 1 << RESULT {
            return;
        }
        let mut row = self.rows.get(&link).copied().unwrap_or_default();
        // At most three quarters of the slots are in use.
        if row.len as usize * 4 >= row.lines as usize * SLOTS * 3 {
            row = self.grow(row);
        }
        self.put(row, key.0 | result);
        row.len += 1;
        self.rows.insert(link, row);
        self.last = (link, row);
    }

    /// Returns a row with the same results and twice as many lines, or an empty one if there are too
    /// many lines.
    fn grow(&mut self, old: Row) -> Row {
        let lines = (old.lines as usize * 2).max(1);
        let free = lines.ilog2() as usize;
        if self.free.len() <= free {
            self.free.resize(free + 1, Vec::new());
        }
        let first = match self.free[free].pop() {
            Some(first) => first as usize,
            None => {
                if self.lines.len() + lines > MOST {
                    *self = Links::default();
                    return self.grow(Row::default());
                }
                self.lines.resize(self.lines.len() + lines, Line::default());
                self.lines.len() - lines
            }
        };
        let row = Row {
            first: first as u32,
            lines: lines as u32,
            len: old.len,
        };
        for at in old.first as usize..old.first as usize + old.lines as usize {
            for slot in std::mem::take(&mut self.lines[at].0) {
                if slot != 0 {
                    self.put(row, slot);
                }
            }
        }
        if old.lines > 0 {
            self.free[free - 1].push(old.first);
        }
        row
    }

    /// Adds a slot for whose key there is room.
    fn put(&mut self, row: Row, slot: u64) {
        let key = Key(slot >> RESULT << RESULT);
        let (line, at) = self.find(row, key).expect("there is room");
        self.lines[line].0[at] = slot;
    }

    /// Returns the bytes that the table takes.
    pub(super) fn bytes(&self) -> usize {
        let free: usize = self.free.iter().map(Vec::capacity).sum();
        self.lines.capacity() * size_of::<Line>()
            + self.rows.capacity() * (size_of::<(u32, Row)>() + 1)
            + free * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn change(released: u8, same_numbers: bool) -> Change {
        Change {
            released,
            same_numbers,
            ordered: false,
        }
    }

    #[test]
    fn different_operations_have_different_keys() {
        let mut all = HashSet::new();
        for from in [0, 1, 1 << 14, (1 << 15) - 1] {
            for to in [0, 1, 1 << 14, (1 << 15) - 1] {
                for released in [0, 1, 63, NONE] {
                    for same_numbers in [false, true] {
                        let change = change(released, same_numbers);
                        let key = Links::key([from, to], change).expect("it fits");
                        assert_eq!(key.0 % (1 << RESULT), 0, "there is room for a result");
                        assert!(all.insert(key.0));
                    }
                }
            }
        }
        for effects in [[1 << 15, 0], [0, 1 << 15]] {
            assert_eq!(Links::key(effects, change(0, false)), None);
        }
        assert_eq!(Links::key([0, 0], change(127, false)), None);
    }

    #[test]
    fn what_is_found_is_what_was_added() {
        let mut links = Links::default();
        let mut random = fastrand::Rng::with_seed(1);
        let (mut found, mut asked, mut forgot) = (0, 0, 0);
        for _ in 0..1_200_000 {
            // A few links have most of the operations.
            let bits = random.u32(0..11);
            let link = random.u32(0..1 << bits);
            let effects = [random.u32(0..1 << 5), random.u32(0..1 << 5)];
            let result = (
                link << 9 | effects[0] << 4 | effects[1] >> 1,
                effects[1] & 1 != 0,
            );
            let key = Links::key(effects, change(0, false)).expect("it fits");
            asked += 1;
            match links.get(link, key) {
                Some(known) => {
                    assert_eq!(known, result);
                    found += 1;
                }
                None => {
                    let before = links.lines.len();
                    links.add(link, key, result);
                    forgot += usize::from(links.lines.len() < before);
                    assert_eq!(links.get(link, key), Some(result));
                }
            }
            assert!(links.lines.len() <= MOST && links.rows.len() <= links.lines.len());
        }
        assert!(found * 3 > asked, "{found} of {asked}");
        assert!(forgot > 0, "there were too many results");
    }

    #[test]
    fn a_result_that_is_too_large_is_not_kept() {
        let mut links = Links::default();
        let key = Links::key([1, 2], change(3, true)).expect("it fits");
        for too_large in [1 << (RESULT - 1), u32::MAX] {
            links.add(5, key, (too_large, false));
            assert_eq!(links.get(5, key), None);
        }
        let largest = ((1 << (RESULT - 1)) - 1, true);
        links.add(5, key, largest);
        assert_eq!(links.get(5, key), Some(largest));
    }
}
