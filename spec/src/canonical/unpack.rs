// SPDX-License-Identifier: GPL-2.0-or-later
//! From bytes to runs, under canonical names.

use super::Canon;
use super::pack::TO_HANDLE;
use crate::case::MAX_MMS;
use crate::kernel::{Domain, DomainType, Entry, Handle, Mm, NONE, Refcount};
use crate::run::{Held, Run};

impl Canon {
    /// The runs that [`Canon::pack`] packed, under their canonical names.
    ///
    /// # Panics
    ///
    /// If these are not the bytes of a state of this topology.
    pub fn unpack<const N: usize>(&self, bytes: &[u8]) -> [Run; N] {
        let mut bytes = bytes.iter().copied();
        let mut next = || bytes.next().expect("a packed state is whole");
        let mut runs = [self.boot; N];
        let nr_mms = next();
        let held = next();
        for run in &mut runs {
            run.machine.nr_mms = nr_mms;
            unpack_machine(run, &mut next);
        }
        for op in 0..held as usize {
            for run in &mut runs {
                run.nr_held = held;
                run.held[op] = match next() {
                    0 => Held::Nothing,
                    1 => Held::Bind(next()),
                    2 => Held::Pasid(next().into()),
                    _ => Held::Domain {
                        dev: next(),
                        pasid: u16::from_le_bytes([next(), next()]),
                        domain: next(),
                    },
                };
            }
        }
        let mut nr_numbers = 0;
        for run in &mut runs {
            for handle in 0..run.machine.nr_handles as usize {
                let number = next();
                run.numbers[handle] = number;
                if number != NONE {
                    nr_numbers = nr_numbers.max(number + 1);
                }
            }
        }
        for run in &mut runs {
            run.nr_numbers = nr_numbers;
        }
        runs
    }
}

fn unpack_machine(run: &mut Run, next: &mut impl FnMut() -> u8) {
    let m = &mut run.machine;
    m.iommu_sva_lock.held = next() != 0;
    for mm in 0..m.nr_mms as usize {
        let flags = next();
        m.mms[mm] = Mm::FREED;
        let surplus = if flags & 1 != 0 { next() } else { 0 };
        if flags & 16 == 0 {
            let mm_users = next();
            m.mms[mm] = Mm {
                mm_users,
                // Its domains follow.
                mm_count: u8::from(mm_users != 0) + surplus,
                exited: flags & 8 != 0,
                dma_compat: flags & 4 != 0,
                iommu_mm: flags & 2 != 0,
                pasid: next().into(),
                ..Mm::FREED
            };
        }
    }
    let mut pasids = [0; 8];
    let bytes = next() as usize;
    pasids[..bytes].fill_with(&mut *next);
    m.global_pasids.0 = u64::from_le_bytes(pasids);

    m.nr_domains = next();
    // Canonical order is list order, so each goes to the tail.
    let mut tails = [NONE; MAX_MMS];
    for domain in 0..m.nr_domains {
        let flags = next();
        let this = &mut m.domains[domain as usize];
        *this = Domain {
            kind: match flags & 2 {
                0 => DomainType::Unmanaged,
                _ => DomainType::Sva,
            },
            ..Domain::NEVER
        };
        if flags & 4 == 0 {
            this.freed = false;
            this.mm = next();
            this.users = next();
            this.instance = next();
            let mm = this.mm;
            if mm != NONE {
                m.mms[mm as usize].mm_count += 1;
            }
        }
        if flags & 1 != 0 {
            // A domain that is not freed is on the list of its own mm.
            let mm = match flags & 4 {
                0 => m.domains[domain as usize].mm,
                _ => next(),
            };
            match tails[mm as usize] {
                NONE => m.mms[mm as usize].sva_domains = domain,
                tail => m.domains[tail as usize].next = domain,
            }
            tails[mm as usize] = domain;
        }
    }
    m.nr_handles = next();
    let mut tails = [NONE; MAX_MMS];
    for handle in 0..m.nr_handles {
        let flags = next();
        let listed = flags & 1 != 0;
        m.handles[handle as usize] = Handle {
            listed,
            ..Handle::NEVER
        };
        if listed {
            let mm = next();
            match tails[mm as usize] {
                NONE => m.mms[mm as usize].sva_handles = handle,
                tail => m.handles[tail as usize].next = handle,
            }
            tails[mm as usize] = handle;
        }
        if flags & 2 == 0 {
            let this = &mut m.handles[handle as usize];
            this.freed = false;
            this.dev = next();
            this.domain = next();
            this.users = Refcount(next());
        }
    }
    for _ in 0..next() {
        let mut entry = Entry {
            group: next(),
            pasid: u16::from_le_bytes([next(), next()]),
            domain: next(),
            handle: NONE,
        };
        if entry.domain != NONE && entry.domain & TO_HANDLE != 0 {
            entry.handle = entry.domain & !TO_HANDLE;
            // What a freed one led to, nobody can read.
            entry.domain = m.handles[entry.handle as usize].domain;
        }
        m.pasid_arrays.store(entry);
    }
}
