// SPDX-License-Identifier: GPL-2.0-or-later
//! Candidates: cases of a level that may show a new cause. They are judged in full at the end of
//! the level.

use serde::{Deserialize, Serialize};
use spec::case::MAX_OPS;
use std::collections::{HashMap, HashSet};

/// The operations from boot to a state, each as its index among the operations of the state in
/// which it runs. All indices of a search take the same number of bytes, in big endian, so
/// comparing the bytes of two paths of equal length compares the paths.
pub(super) type Path = Vec<u8>;

/// The number of bytes of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Width(usize);

impl Width {
    /// Returns the width for indices below `most_operations`.
    pub(super) fn of(most_operations: usize) -> Self {
        assert!(most_operations <= 1 << 16, "{most_operations} operations");
        Width(if most_operations <= 1 << 8 { 1 } else { 2 })
    }

    /// Returns the number of bytes of a path of this many operations.
    pub(super) fn bytes(self, ops: usize) -> usize {
        debug_assert!(ops <= MAX_OPS + 1);
        self.0 * ops
    }

    /// Appends an index.
    pub(super) fn push(self, path: &mut Path, number: usize) {
        let bytes = (number as u16).to_be_bytes();
        path.extend_from_slice(&bytes[2 - self.0..]);
    }

    /// Returns the indices in a path.
    pub(super) fn numbers(self, path: &[u8]) -> impl Iterator<Item = usize> + '_ {
        let number = |all: usize, &byte: &u8| all << 8 | usize::from(byte);
        path.chunks(self.0)
            .map(move |bytes| bytes.iter().fold(0, number))
    }
}

/// A case that may show a new cause, in the last operation of a path or in the teardown after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Candidate {
    pub path: Path,
    pub at_end: bool,
    /// Whether callers or dmesg observed a difference, so that the judge must find one.
    pub differs: bool,
}

impl Candidate {
    fn order(&self) -> (usize, &[u8], bool) {
        (self.path.len(), &self.path, self.at_end)
    }
}

/// The key of a candidate. Candidates that may show different causes have different keys.
pub(super) type Key = Box<[u8]>;
pub(super) type Keys = HashSet<Key, foldhash::fast::FixedState>;

/// The first candidate in order for each key. It does not depend on the order in which candidates
/// are added, nor on the distribution of work among threads.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Candidates {
    all: HashMap<Key, Candidate, foldhash::fast::FixedState>,
}

impl Candidates {
    /// Adds a candidate, unless its key is `known` from earlier levels or an earlier candidate has
    /// the same key.
    pub(super) fn note(
        &mut self,
        known: &Keys,
        key: &[u8],
        path: &[u8],
        at_end: bool,
        differs: bool,
    ) {
        if known.contains(key) {
            return;
        }
        if let Some(candidate) = self.all.get_mut(key) {
            if (path.len(), path, at_end) < candidate.order() {
                candidate.path.clear();
                candidate.path.extend_from_slice(path);
                candidate.at_end = at_end;
                candidate.differs = differs;
            }
            return;
        }
        let candidate = Candidate {
            path: path.to_vec(),
            at_end,
            differs,
        };
        self.all.insert(key.into(), candidate);
    }

    /// Adds the candidates of another thread.
    pub(super) fn merge(&mut self, other: Candidates) {
        let known = Keys::default();
        for (key, candidate) in other.all {
            self.note(
                &known,
                &key,
                &candidate.path,
                candidate.at_end,
                candidate.differs,
            );
        }
    }

    /// Returns all candidates in order.
    pub(super) fn in_order(self) -> Vec<(Key, Candidate)> {
        let mut all: Vec<_> = self.all.into_iter().collect();
        all.sort_by(|(k, a), (l, b)| a.order().cmp(&b.order()).then_with(|| k.cmp(l)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidates, Keys, Width};

    #[test]
    fn the_first_candidate_in_order_is_kept_in_whatever_order_they_are_met() {
        let all = [
            (vec![2], false),
            (vec![1, 0], true),
            (vec![1, 0], false),
            (vec![1], true),
        ];
        let noted = |order: &[usize]| {
            let mut candidates = Candidates::default();
            for &at in order {
                let (path, at_end) = &all[at];
                let mut alone = Candidates::default();
                alone.note(&Keys::default(), b"key", path, *at_end, false);
                candidates.merge(alone);
            }
            let mut all = candidates.in_order().into_iter();
            let (_, candidate) = all.next().expect("a candidate");
            assert!(all.next().is_none());
            (candidate.path, candidate.at_end)
        };
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            assert_eq!(noted(&order), (vec![1], true), "{order:?}");
        }
        assert_eq!(noted(&[1, 2]), (vec![1, 0], false));
    }

    #[test]
    fn what_was_judged_in_an_earlier_level_is_no_candidate() {
        let known = Keys::from_iter([b"old"[..].into()]);
        let mut candidates = Candidates::default();
        candidates.note(&known, b"old", &[1], false, true);
        assert!(candidates.in_order().is_empty());
    }

    #[test]
    fn paths_are_ordered_as_the_numbers_in_them_whatever_their_width() {
        for most in [200, 5000] {
            let width = Width::of(most);
            let path = |numbers: &[usize]| {
                let mut path = Vec::new();
                numbers.iter().for_each(|&n| width.push(&mut path, n));
                assert_eq!(path.len(), width.bytes(numbers.len()));
                assert!(width.numbers(&path).eq(numbers.iter().copied()));
                path
            };
            assert!(path(&[1, most - 1]) < path(&[2, 0]));
            assert!(path(&[most - 2, 3]) < path(&[most - 1, 0]));
        }
    }
}
