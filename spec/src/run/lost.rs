// SPDX-License-Identifier: GPL-2.0-or-later
//! Finds objects that exist but can no longer be released.

use super::{Held, Run};
use crate::kernel::{DomainId, Entry};

/// Number of objects that exist but that no caller can release any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Entries of a group's array whose domain neither a handle nor a caller holds.
    pub entries: u32,
    /// Domains that are unreachable.
    pub domains: u32,
    /// PASIDs that neither an mm nor a caller holds.
    pub pasids: u32,
    /// References to mms that neither users nor domains hold.
    pub references: u32,
}

impl Lost {
    /// Returns whether any of the numbers is larger than before.
    pub fn is_more_than(&self, before: &Lost) -> bool {
        self.entries > before.entries
            || self.domains > before.domains
            || self.pasids > before.pasids
            || self.references > before.references
    }
}

impl Run {
    /// Counts all lost objects, except handles.
    pub fn lost(&self) -> Lost {
        let m = &self.machine;
        let bit = |domain: DomainId| 1u64.checked_shl(domain.raw().into()).unwrap_or(0);
        // Domains that callers hold, directly or through a handle.
        let mut had = 0u64;
        for handle in m.handles().iter().filter(|handle| !handle.freed) {
            had |= bit(handle.domain);
        }
        for held in self.all_held() {
            if let Held::Domain { domain, .. } = held {
                had |= bit(domain);
            }
        }
        let entries = m.pasid_arrays.entries().iter();
        // A reserved entry does not name its domain, but its caller knows the entry.
        let reserved = |entry: &Entry| {
            self.all_held().any(|held| match held {
                Held::Domain { dev, pasid, .. } => {
                    (m.device(dev).group, pasid) == (entry.group, entry.pasid)
                }
                _ => false,
            })
        };
        let orphans = entries
            .clone()
            .filter(|entry| match entry.domain.is_null() {
                true => !reserved(entry),
                false => had & bit(entry.domain) == 0,
            });
        let mut known = entries.fold(had, |known, entry| known | bit(entry.domain));
        for mm in &m.mms[..m.nr_mms()] {
            let mut domain = mm.sva_domains;
            // A broken list can lead back to where it began.
            let mut listed = 0u64;
            while !domain.is_null() && listed & bit(domain) == 0 {
                listed |= bit(domain);
                domain = m.domains[domain.index()].next;
            }
            known |= listed;
        }
        let domains = (0..).zip(m.domains());
        let lost = domains.filter(|(at, domain)| !domain.freed && known >> at & 1 == 0);
        Lost {
            entries: orphans.count() as u32,
            domains: lost.count() as u32,
            pasids: self.lost_pasids(),
            references: self.lost_references(),
        }
    }

    /// Counts lost PASIDs and references only; a search does this after each operation.
    #[inline]
    pub fn lost_numbers(&self) -> Lost {
        Lost {
            pasids: self.lost_pasids(),
            references: self.lost_references(),
            ..Lost::default()
        }
    }

    fn lost_pasids(&self) -> u32 {
        let m = &self.machine;
        let held = self.all_held().filter_map(|held| match held {
            Held::Pasid(pasid) => Some(pasid),
            _ => None,
        });
        let mut lost = m.global_pasids.0;
        for pasid in m.mms[..m.nr_mms()].iter().map(|mm| mm.pasid).chain(held) {
            let bit = 1u64.checked_shl(u32::from(pasid).wrapping_sub(1));
            lost &= !bit.unwrap_or(0);
        }
        lost.count_ones()
    }

    fn lost_references(&self) -> u32 {
        let m = &self.machine;
        let mms = &m.mms[..m.nr_mms()];
        let references: u32 = mms.iter().map(|mm| u32::from(mm.mm_count)).sum();
        let users = mms.iter().filter(|mm| mm.mm_users != 0).count() as u32;
        let of_mms = |domain: &&crate::kernel::Domain| !domain.freed && !domain.mm.is_null();
        let domains = m.domains().iter().filter(of_mms).count() as u32;
        references.saturating_sub(users + domains)
    }
}
