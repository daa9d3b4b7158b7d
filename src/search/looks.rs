// SPDX-License-Identifier: GPL-2.0-or-later
//! Where a search has to look closer.

use serde::{Deserialize, Serialize};
use spec::case::MAX_OPS;
use std::collections::{HashMap, HashSet};

/// The operations that lead somewhere: for each its number among those of the state that it is
/// done in. All numbers of a search take as many bytes, the high one first, so that ways of one
/// length are ordered as their bytes are.
pub(super) type Way = Vec<u8>;

/// How many bytes a number takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Width(usize);

impl Width {
    pub fn of(most_operations: usize) -> Self {
        assert!(most_operations <= 1 << 16, "{most_operations} operations");
        Width(if most_operations <= 1 << 8 { 1 } else { 2 })
    }

    /// Bytes of a way of so many operations.
    pub fn bytes(self, ops: usize) -> usize {
        debug_assert!(ops <= MAX_OPS + 1);
        self.0 * ops
    }

    pub fn push(self, way: &mut Way, number: usize) {
        let bytes = (number as u16).to_be_bytes();
        way.extend_from_slice(&bytes[2 - self.0..]);
    }

    pub fn numbers(self, way: &[u8]) -> impl Iterator<Item = usize> + '_ {
        let number = |all: usize, &byte: &u8| all << 8 | usize::from(byte);
        way.chunks(self.0)
            .map(move |bytes| bytes.iter().fold(0, number))
    }
}

/// Where to look: after the last operation of a way, or in the teardown that follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub way: Way,
    pub at_end: bool,
    /// Whether callers or dmesg saw a difference there, so that a look has to show one.
    pub differs: bool,
}

impl Place {
    fn order(&self) -> (usize, &[u8], bool) {
        (self.way.len(), &self.way, self.at_end)
    }
}

/// What tells two places apart, as far as causes go.
pub(super) type Key = Box<[u8]>;
pub(super) type Keys = HashSet<Key, foldhash::fast::FixedState>;

/// The places where to look, for each key the first in order. Which one that is does not depend on
/// the order in which they were met, and so not on who searches what.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Looks {
    places: HashMap<Key, Place, foldhash::fast::FixedState>,
}

impl Looks {
    /// Remembers a place, unless its key is `known` from earlier levels or an earlier place has it.
    pub fn note(&mut self, known: &Keys, key: &[u8], way: &[u8], at_end: bool, differs: bool) {
        if known.contains(key) {
            return;
        }
        if let Some(place) = self.places.get_mut(key) {
            if (way.len(), way, at_end) < place.order() {
                place.way.clear();
                place.way.extend_from_slice(way);
                place.at_end = at_end;
                place.differs = differs;
            }
            return;
        }
        let place = Place {
            way: way.to_vec(),
            at_end,
            differs,
        };
        self.places.insert(key.into(), place);
    }

    pub fn merge(&mut self, other: Looks) {
        let known = Keys::default();
        for (key, place) in other.places {
            self.note(&known, &key, &place.way, place.at_end, place.differs);
        }
    }

    /// All of them, the first place first.
    pub fn in_order(self) -> Vec<(Key, Place)> {
        let mut all: Vec<_> = self.places.into_iter().collect();
        all.sort_by(|(k, a), (l, b)| a.order().cmp(&b.order()).then_with(|| k.cmp(l)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{Keys, Looks, Width};

    #[test]
    fn the_first_place_in_order_is_kept_whoever_met_it() {
        let places = [
            (vec![2], false),
            (vec![1, 0], true),
            (vec![1, 0], false),
            (vec![1], true),
        ];
        let noted = |order: &[usize]| {
            let mut looks = Looks::default();
            for &at in order {
                let (way, at_end) = &places[at];
                let mut alone = Looks::default();
                alone.note(&Keys::default(), b"key", way, *at_end, false);
                looks.merge(alone);
            }
            let mut all = looks.in_order().into_iter();
            let (_, place) = all.next().expect("a place");
            assert!(all.next().is_none());
            (place.way, place.at_end)
        };
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            assert_eq!(noted(&order), (vec![1], true), "{order:?}");
        }
        assert_eq!(noted(&[1, 2]), (vec![1, 0], false));
    }

    #[test]
    fn what_was_looked_at_is_not_looked_at_again() {
        let known = Keys::from_iter([b"old"[..].into()]);
        let mut looks = Looks::default();
        looks.note(&known, b"old", &[1], false, true);
        assert!(looks.in_order().is_empty());
    }

    #[test]
    fn ways_are_ordered_as_the_numbers_in_them_whatever_their_width() {
        for most in [200, 5000] {
            let width = Width::of(most);
            let way = |numbers: &[usize]| {
                let mut way = Vec::new();
                numbers.iter().for_each(|&n| width.push(&mut way, n));
                assert_eq!(way.len(), width.bytes(numbers.len()));
                assert!(width.numbers(&way).eq(numbers.iter().copied()));
                way
            };
            assert!(way(&[1, most - 1]) < way(&[2, 0]));
            assert!(way(&[most - 2, 3]) < way(&[most - 1, 0]));
        }
    }
}
