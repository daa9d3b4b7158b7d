// SPDX-License-Identifier: GPL-2.0-or-later
//! Kinds of leaks.

use super::Side;
use super::exists::{Exists, dangling, same_entries};

/// Declares the kinds, each with its documentation and its name in JSON and in sentences.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal;)*) => {
        /// A kind of object that can leak, that is, still exist after the teardown. The order is
        /// that of ownership: an earlier kind holds references to the later ones.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum LeakKind {
            $($(#[$doc])* $kind,)*
        }

        impl LeakKind {
            const EACH: &[LeakKind] = &[$(LeakKind::$kind,)*];

            /// Returns all kinds, in the order of ownership.
            pub fn all() -> impl Iterator<Item = LeakKind> + Clone {
                LeakKind::EACH.iter().copied()
            }

            /// Returns its name, as used in JSON and in sentences.
            pub fn name(self) -> &'static str {
                match self {
                    $(LeakKind::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// Handles.
    Handles = "handles";
    /// Entries of a group's array that point at freed memory.
    Dangling = "attached to freed memory";
    /// Entries of a group's array.
    Attached = "attached";
    /// Domains.
    Domains = "domains";
    /// References to mms.
    MmCount = "mm_count";
    /// Global PASIDs.
    Pasids = "pasids";
}

impl LeakKind {
    /// Returns the first kind in which two states differ, and the side that has more of it.
    pub fn compare<E: Exists>(from: &E, to: &E) -> Option<(Side, LeakKind)> {
        let differs = |kind: &&LeakKind| !kind.is_equal(from, to);
        let &kind = LeakKind::EACH.iter().find(differs)?;
        match kind.count(from) > kind.count(to) {
            true => Some((Side::From, kind)),
            false => Some((Side::To, kind)),
        }
    }

    /// Returns the first kind of which anything exists.
    pub fn first_in<E: Exists>(exists: &E) -> Option<LeakKind> {
        let mut all = LeakKind::EACH.iter().copied();
        all.find(|kind| kind.count(exists) > 0)
    }

    /// Returns the number of objects of this kind.
    pub(crate) fn count<E: Exists>(self, exists: &E) -> u64 {
        match self {
            LeakKind::Handles => exists.handles().into(),
            LeakKind::Dangling => dangling(exists),
            LeakKind::Attached => exists.keys().len() as u64,
            LeakKind::Domains => exists.domains().into(),
            LeakKind::MmCount => exists.mm_counts().map(u64::from).sum(),
            LeakKind::Pasids => exists.nr_pasids() as u64,
        }
    }

    fn is_equal<E: Exists>(self, from: &E, to: &E) -> bool {
        match self {
            LeakKind::Attached => same_entries(from, to),
            LeakKind::Dangling => self.entries(from).eq(self.entries(to)),
            LeakKind::MmCount => {
                let mut counts = distances(from, to);
                counts.all(|distance| distance == 0)
            }
            LeakKind::Handles | LeakKind::Domains | LeakKind::Pasids => {
                self.count(from) == self.count(to)
            }
        }
    }

    /// Describes how two states differ in this kind, as a list of numbers in `out`. Two pairs of
    /// states that differ in the same way have equal lists.
    pub(crate) fn distance<E: Exists>(self, from: &E, to: &E, out: &mut Vec<i64>) {
        out.clear();
        match self {
            LeakKind::Dangling | LeakKind::Attached => {
                let has = |exists, entry| self.entries(exists).any(|this| this == entry);
                out.extend(self.entries(from).filter(|&e| !has(to, e)).map(|e| -e));
                out.extend(self.entries(to).filter(|&e| !has(from, e)));
            }
            LeakKind::MmCount => {
                out.extend(distances(from, to));
                // A fork in only one kernel makes its list longer, which by itself is not a
                // difference.
                while out.last() == Some(&0) {
                    out.pop();
                }
            }
            LeakKind::Handles | LeakKind::Domains | LeakKind::Pasids => {
                out.push(self.count(to) as i64 - self.count(from) as i64);
            }
        }
    }

    /// Returns a number above 0 for each entry of this kind.
    fn entries<E: Exists>(self, exists: &E) -> impl Iterator<Item = i64> + '_ {
        let all = exists.entries();
        all.filter(move |entry| self == LeakKind::Attached || entry.dangling)
            .map(|entry| (i64::from(entry.key.0) << 16 | i64::from(entry.key.1)) + 1)
    }
}

/// Returns the differences of all `mm_count`s. An mm that exists on one side only counts 0 on the
/// other.
fn distances<E: Exists>(from: &E, to: &E) -> impl Iterator<Item = i64> {
    let (mut from, mut to) = (from.mm_counts(), to.mm_counts());
    std::iter::from_fn(move || {
        let (a, b) = (from.next(), to.next());
        (a.is_some() || b.is_some()).then(|| i64::from(b.unwrap_or(0)) - i64::from(a.unwrap_or(0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use spec::trace::{Attached, Live};

    fn live(handles: u32, domains: u32, mm_count: &[u32], attached: &[(u8, bool)]) -> Live {
        let entry = |&(group, freed): &(u8, bool)| Attached {
            group,
            pasid: 1,
            domain: Some(0),
            freed,
        };
        Live {
            handles,
            domains,
            mm_data: 0,
            pasids: vec![1],
            mm_count: mm_count.to_vec(),
            attached: attached.iter().map(entry).collect(),
        }
    }

    #[test]
    fn the_owner_of_what_is_leaked_is_named_and_who_has_more() {
        let compare = |a: &Live, b: &Live| LeakKind::compare(a, b);
        let clean = live(0, 0, &[0], &[]);
        let leaky = live(1, 1, &[1], &[(0, false)]);
        assert_eq!(compare(&clean, &clean), None);
        let expected = Some((Side::To, LeakKind::Handles));
        assert_eq!(compare(&clean, &leaky), expected);
        let expected = Some((Side::From, LeakKind::Dangling));
        let [a, b] = [true, false].map(|freed| live(0, 1, &[0], &[(0, freed)]));
        assert_eq!(compare(&a, &b), expected);
        let domain = live(0, 1, &[1], &[]);
        assert_eq!(
            compare(&domain, &clean),
            Some((Side::From, LeakKind::Domains))
        );
    }

    #[test]
    fn as_many_entries_of_other_groups_are_a_difference() {
        let [a, b] = [0, 1].map(|group| live(0, 0, &[], &[(group, false)]));
        assert_eq!(
            LeakKind::compare(&a, &b),
            Some((Side::To, LeakKind::Attached))
        );
        let mut distance = Vec::new();
        LeakKind::Attached.distance(&a, &b, &mut distance);
        assert_eq!(distance, [-2, (1 << 16) + 2]);
    }

    #[test]
    fn a_freed_mm_more_is_no_difference() {
        let [a, b] = [live(0, 0, &[1], &[]), live(0, 0, &[1, 0], &[])];
        assert_eq!(LeakKind::compare(&a, &b), None);
        let mut distance = Vec::new();
        LeakKind::MmCount.distance(&a, &b, &mut distance);
        assert_eq!(distance, [] as [i64; 0]);
    }

    #[test]
    fn the_first_kind_is_the_one_that_holds_the_others() {
        assert_eq!(
            LeakKind::first_in(&live(0, 0, &[], &[])),
            Some(LeakKind::Pasids)
        );
        let leaky = live(0, 1, &[1], &[(0, false)]);
        assert_eq!(LeakKind::first_in(&leaky), Some(LeakKind::Attached));
    }
}
