// SPDX-License-Identifier: GPL-2.0-or-later
//! Encodes a run and its calls as bytes that are equal only for runs with the same future.
//!
//! Freed and unreachable objects are omitted, so that runs with different pasts can be equal. The
//! other objects keep their order and are renumbered without gaps. The numbers of domains are kept
//! if the number of a driver's domain can still be returned, since callers see them then.

use super::{Bind, Call, Held, Run, Unbind, Under};
use crate::canonical::members;
use crate::case::{Errno, MAX_DEVICES, MAX_OPS};
use crate::kernel::{Armed, DomainId, HandleId, NONE};

/// New numbers of domains and handles.
struct Numbers {
    domain: [u8; MAX_OPS],
    handle: [u8; MAX_OPS],
}

impl Numbers {
    fn domain(&self, domain: DomainId) -> u8 {
        self.domain.get(domain.index()).copied().unwrap_or(NONE)
    }

    fn handle(&self, handle: HandleId) -> u8 {
        self.handle.get(handle.index()).copied().unwrap_or(NONE)
    }
}

fn bit(index: u8) -> u64 {
    1u64.checked_shl(index.into()).unwrap_or(0)
}

/// Numbers the members of a set.
fn numbered(set: u64, to: &mut [u8; MAX_OPS]) {
    // Each bit of the set has a place.
    const { assert!(MAX_OPS == 64) };
    for (next, index) in (0..).zip(members(set)) {
        to[index as usize] = next;
    }
}

impl Run {
    /// Numbers all objects that exist or are reachable.
    fn numbers<'a>(&self, calls: impl Iterator<Item = &'a Call>, all_domains: bool) -> Numbers {
        let m = &self.machine;
        let (mut domains, mut handles) = (0u64, 0u64);
        for mm in &m.mms[..m.nr_mms()] {
            domains |= bit(mm.sva_domains.raw());
            handles |= bit(mm.sva_handles.raw());
        }
        for entry in m.pasid_arrays.entries() {
            domains |= bit(entry.domain.raw());
            handles |= bit(entry.handle.raw());
        }
        for held in self.all_held() {
            match held {
                Held::Bind(handle) => handles |= bit(handle.raw()),
                Held::Domain { domain, .. } => domains |= bit(domain.raw()),
                Held::Nothing | Held::Pasid(_) | Held::Reset(_) => {}
            }
        }
        for call in calls {
            let (domain, handle) = match call.under {
                Under::Start => (DomainId::NULL, HandleId::NULL),
                Under::Bind(Bind { domain, handle, .. })
                | Under::Unbind(Unbind { domain, handle, .. }) => (domain, handle),
                Under::BindGetPasid { handle, .. } => (DomainId::NULL, handle),
            };
            domains |= bit(domain.raw());
            handles |= bit(handle.raw());
        }
        for (index, handle) in (0..).zip(m.handles()) {
            handles |= if handle.freed { 0 } else { bit(index) };
        }
        for (index, domain) in (0..).zip(m.domains()) {
            let is_one = all_domains || !domain.freed;
            domains |= if is_one { bit(index) } else { 0 };
        }
        // Objects that are reachable through them.
        loop {
            let before = (domains, handles);
            for (index, handle) in (0..).zip(m.handles()) {
                if handles & bit(index) != 0 {
                    handles |= bit(handle.next.raw());
                    domains |= bit(handle.domain.raw());
                }
            }
            for (index, domain) in (0..).zip(m.domains()) {
                if domains & bit(index) != 0 {
                    domains |= bit(domain.next.raw());
                }
            }
            if before == (domains, handles) {
                break;
            }
        }
        let mut numbers = Numbers {
            domain: [NONE; MAX_OPS],
            handle: [NONE; MAX_OPS],
        };
        numbered(domains, &mut numbers.domain);
        numbered(handles, &mut numbers.handle);
        numbers
    }

    /// Appends bytes that are equal for runs of one program, with these calls in progress, only if
    /// the runs have the same future. `domains_are_seen` is true if an operation can still return
    /// the number of a domain.
    pub fn identify<'a>(
        &self,
        calls: impl Iterator<Item = Option<&'a Call>> + Clone,
        domains_are_seen: bool,
        out: &mut Vec<u8>,
    ) {
        let m = &self.machine;
        let numbers = self.numbers(calls.clone().flatten(), domains_are_seen);
        let is_resetting = m.resets != [0; MAX_DEVICES];
        let flags = u8::from(is_resetting) << 1 | u8::from(m.iommu_sva_lock.held);
        out.extend([flags, m.nr_mms]);
        if is_resetting {
            out.extend(m.resets);
        }
        for mm in &m.mms[..m.nr_mms as usize] {
            let flags = [mm.exited, mm.dma_compat, mm.iommu_mm].map(u8::from);
            let flags = flags[0] << 2 | flags[1] << 1 | flags[2];
            let [low, high] = mm.pasid.to_le_bytes();
            out.extend([mm.mm_users, mm.mm_count, flags, low, high]);
            out.extend([
                numbers.domain(mm.sva_domains),
                numbers.handle(mm.sva_handles),
            ]);
        }
        for (index, domain) in (0..).zip(m.domains()) {
            if numbers.domain[index as usize] == NONE {
                continue;
            }
            let kind = (domain.link as u8) << 1 | domain.kind as u8;
            out.extend([1, kind, domain.mm.raw(), domain.users.0]);
            let next = numbers.domain(domain.next);
            out.extend([domain.instance, domain.freed.into(), next]);
        }
        out.push(0);
        for (index, handle) in (0..).zip(m.handles()) {
            if numbers.handle[index as usize] == NONE {
                continue;
            }
            let flags = (handle.link as u8) << 1 | u8::from(handle.freed);
            let domain = numbers.domain(handle.domain);
            out.extend([1, handle.dev.raw(), domain, handle.users.0, flags]);
            let next = numbers.handle(handle.next);
            out.extend([next, self.numbers[index as usize]]);
        }
        out.push(0);
        out.extend(m.global_pasids.0.to_le_bytes());
        let entries = m.pasid_arrays.entries();
        out.push(entries.len() as u8);
        for entry in entries {
            let [low, high] = entry.pasid.to_le_bytes();
            let (domain, handle) = (numbers.domain(entry.domain), numbers.handle(entry.handle));
            out.extend([entry.group, low, high, domain, handle]);
        }
        for (op, held) in (0..).zip(self.all_held()) {
            match held {
                Held::Nothing => {}
                Held::Bind(handle) => out.extend([op, 1, numbers.handle(handle)]),
                Held::Pasid(pasid) => {
                    let [low, high] = pasid.to_le_bytes();
                    out.extend([op, 2, low, high]);
                }
                Held::Domain { dev, pasid, domain } => {
                    let [low, high] = pasid.to_le_bytes();
                    out.extend([op, 3, dev.raw(), low, high, numbers.domain(domain)]);
                }
                Held::Reset(dev) => out.extend([op, 4, dev.raw()]),
            }
        }
        out.push(u8::MAX);
        out.push(self.nr_numbers);
        for call in calls {
            match call {
                None => out.push(u8::MAX),
                Some(call) => call.identify(&numbers, out),
            }
        }
    }
}

impl Call {
    /// Appends the bytes of a call. They never begin with `u8::MAX`.
    fn identify(&self, numbers: &Numbers, out: &mut Vec<u8>) {
        // No operation on several CPUs is performed again.
        let Call {
            op, under, armed, ..
        } = self;
        out.push(*op);
        match *under {
            Under::Start => out.push(0),
            Under::Bind(Bind {
                dev,
                mm,
                section,
                handle,
                domain,
                ret,
            }) => {
                let errno = |ret: Errno| ret as u8;
                out.extend([1, dev.raw(), mm.raw(), section]);
                out.extend([numbers.handle(handle), numbers.domain(domain)]);
                out.push(ret.map_or(u8::MAX, errno));
            }
            Under::BindGetPasid { mm, handle } => out.extend([2, mm.raw(), numbers.handle(handle)]),
            Under::Unbind(Unbind {
                handle,
                section,
                domain,
                dev,
                pasid,
            }) => {
                let [low, high] = pasid.to_le_bytes();
                out.extend([3, numbers.handle(handle), section]);
                out.extend([numbers.domain(domain), dev.raw(), low, high]);
            }
        }
        // The operation already determines the fault.
        let Armed { reached, .. } = armed;
        out.extend(reached.to_le_bytes());
    }
}
