// SPDX-License-Identifier: GPL-2.0-or-later
//! A digest of the objects that remain after a teardown. It is cheap to compare.

use super::{Entry, Ida, PasidArrays};
use crate::case::MAX_MMS;

/// A digest of the objects that remain after a teardown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LeakDigest {
    pub(super) handles: u8,
    pub(super) domains: u8,
    pub(super) pasids: Ida,
    pub(super) mm_count: [u8; MAX_MMS],
    /// The entries, with 1 for a freed domain and 0 for one that is not freed.
    pub(super) attached: PasidArrays,
}

impl LeakDigest {
    /// Returns whether nothing remains.
    pub fn is_nothing(&self) -> bool {
        *self == LeakDigest::default()
    }

    /// Returns the digest under other names of groups and mms, with some handles and domains more.
    pub fn renamed(
        &self,
        group: impl Fn(u8) -> u8,
        mm: impl Fn(u8) -> u8,
        [handles, domains]: [u8; 2],
    ) -> LeakDigest {
        let mut renamed = LeakDigest {
            handles: self.handles.saturating_add(handles),
            domains: self.domains.saturating_add(domains),
            ..*self
        };
        for (at, &count) in (0..).zip(&self.mm_count) {
            renamed.mm_count[mm(at) as usize] = count;
        }
        renamed.attached = PasidArrays::default();
        for entry in self.attached.entries() {
            renamed.attached.store(Entry {
                group: group(entry.group),
                ..*entry
            });
        }
        renamed
    }

    /// Returns bytes that describe how two digests differ.
    pub fn compare(&self, other: &LeakDigest) -> [u8; 5] {
        [
            self.handles.cmp(&other.handles),
            self.domains.cmp(&other.domains),
            self.pasids.len().cmp(&other.pasids.len()),
            self.mm_count.cmp(&other.mm_count),
            self.attached.entries().cmp(other.attached.entries()),
        ]
        .map(|order| order as i8 as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, LeakDigest};
    use crate::kernel::{DomainId, HandleId};

    #[test]
    fn a_digest_has_other_names_and_what_else_was_lost() {
        let entry = |group: u8, pasid: u16, freed: u8| Entry {
            group,
            pasid,
            domain: DomainId::new(freed),
            handle: HandleId::NULL,
        };
        let digest = |counts: [u8; 2], entries: [Entry; 2], lost: [u8; 2]| {
            let mut digest = LeakDigest {
                handles: lost[0],
                domains: lost[1],
                ..LeakDigest::default()
            };
            digest.mm_count[..2].copy_from_slice(&counts);
            entries.into_iter().for_each(|entry| {
                digest.attached.store(entry);
            });
            digest
        };
        let before = digest([3, 5], [entry(0, 7, 1), entry(1, 9, 0)], [1, 2]);
        let exchanged = |at: u8| if at < 2 { 1 - at } else { at };
        let after = before.renamed(exchanged, exchanged, [10, 20]);
        let expected = digest([5, 3], [entry(1, 7, 1), entry(0, 9, 0)], [11, 22]);
        assert_eq!(after, expected);
        assert_eq!(before.renamed(|at| at, |at| at, [0; 2]), before);
    }
}
