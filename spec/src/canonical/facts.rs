// SPDX-License-Identifier: GPL-2.0-or-later
//! The objects that are reachable in a run, and the lists that contain them.

use super::order::members;
use crate::case::MAX_OPS;
use crate::kernel::NONE;
use crate::run::{Held, Run};

/// Facts about one run that do not depend on names.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The reachable domains, the reachable handles and the operations that hold something, as bit
    /// sets of indexes.
    pub domains: u64,
    pub handles: u64,
    pub ops: u64,
    /// Position of each domain and handle on the list of its mm.
    pub domain_at: [u8; MAX_OPS],
    pub handle_at: [u8; MAX_OPS],
    /// The mm on whose list each domain is. A freed domain can still be listed.
    pub domain_mm: [u8; MAX_OPS],
    /// The mm on whose list each handle is.
    pub handle_mm: [u8; MAX_OPS],
    /// Number of operations that hold each handle.
    pub holders: [u8; MAX_OPS],
    /// Whether an unreachable object exists.
    pub lost: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            domains: 0,
            handles: 0,
            ops: 0,
            domain_at: [NONE; MAX_OPS],
            handle_at: [NONE; MAX_OPS],
            domain_mm: [NONE; MAX_OPS],
            handle_mm: [NONE; MAX_OPS],
            holders: [0; MAX_OPS],
            lost: false,
        }
    }
}

/// Returns the set that contains only this index, or the empty set for null.
#[inline(always)]
fn bit(index: u8) -> u64 {
    1u64.checked_shl(index.into()).unwrap_or(0)
}

impl Facts {
    /// Overwrites `self` with the facts about `run`.
    pub(super) fn fill(&mut self, run: &Run) {
        let m = &run.machine;
        let (nr_domains, nr_handles) = (m.nr_domains as usize, m.nr_handles as usize);
        self.domain_at[..nr_domains].fill(NONE);
        self.domain_mm[..nr_domains].fill(NONE);
        self.handle_at[..nr_handles].fill(NONE);
        self.handle_mm[..nr_handles].fill(NONE);
        self.holders[..nr_handles].fill(0);
        let (mut domains, mut handles, mut ops) = (0u64, 0u64, 0u64);
        for (mm, this) in (0..).zip(&m.mms[..m.nr_mms()]) {
            let (mut at, mut place) = (this.sva_domains, 0);
            while !at.is_null() {
                domains |= 1 << at.raw();
                self.domain_at[at.index()] = place;
                self.domain_mm[at.index()] = mm;
                at = m.domains[at.index()].next;
                place += 1;
            }
            let (mut at, mut place) = (this.sva_handles, 0);
            while !at.is_null() {
                handles |= 1 << at.raw();
                self.handle_at[at.index()] = place;
                self.handle_mm[at.index()] = mm;
                at = m.handles[at.index()].next;
                place += 1;
            }
        }
        for (op, held) in run.all_held().enumerate() {
            match held {
                Held::Nothing => continue,
                Held::Bind(handle) => {
                    handles |= 1 << handle.raw();
                    self.holders[handle.index()] += 1;
                }
                Held::Domain { domain, .. } => domains |= 1 << domain.raw(),
                Held::Pasid(_) | Held::Reset(_) => {}
            }
            ops |= 1 << op;
        }
        for entry in m.pasid_arrays.entries() {
            domains |= bit(entry.domain.raw());
            handles |= bit(entry.handle.raw());
        }
        for handle in members(handles) {
            let this = &m.handles[handle as usize];
            if !this.freed {
                domains |= bit(this.domain.raw());
            }
        }
        let lost_domain =
            |domain: u8| domains >> domain & 1 == 0 && !m.domains[domain as usize].freed;
        let lost_handle =
            |handle: u8| handles >> handle & 1 == 0 && !m.handles[handle as usize].freed;
        self.lost = (0..m.nr_domains).any(lost_domain) || (0..m.nr_handles).any(lost_handle);
        self.domains = domains;
        self.handles = handles;
        self.ops = ops;
    }
}
