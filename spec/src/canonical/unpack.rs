// SPDX-License-Identifier: GPL-2.0-or-later
//! Restores runs from bytes, under canonical names.

use super::Canon;
use super::pack::{TO_HANDLE, TO_ODD_HANDLE};
use crate::case::MAX_MMS;
use crate::kernel::{
    DeviceId, Domain, DomainId, DomainType, Entry, Handle, HandleId, Int, Link, Mm, MmId, NONE,
    Refcount,
};
use crate::run::{Held, Run};

impl Canon {
    /// Returns the runs that [`Canon::pack`] packed, under their canonical names.
    ///
    /// # Panics
    ///
    /// If `bytes` are not those of a state of this topology.
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
                let held = match next() {
                    0 => Held::Nothing,
                    1 => Held::Bind(HandleId::new(next())),
                    2 => Held::Pasid(next().into()),
                    4 => Held::Reset(DeviceId::new(next())),
                    _ => Held::Domain {
                        dev: DeviceId::new(next()),
                        pasid: u16::from_le_bytes([next(), next()]),
                        domain: DomainId::new(next()),
                    },
                };
                run.hold(op, held);
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
    let flags = next();
    m.iommu_sva_lock.held = flags & 1 != 0;
    if flags & 2 != 0 {
        let nr_devices = m.nr_devices();
        m.resets[..nr_devices].fill_with(&mut *next);
    }
    let mut missing = [None; MAX_MMS];
    let nr_mms = m.nr_mms as usize;
    for (mm, missing) in m.mms[..nr_mms].iter_mut().zip(&mut missing) {
        let flags = next();
        *mm = Mm {
            exited: flags & 8 != 0,
            ..Mm::FREED
        };
        let surplus = if flags & 1 != 0 { next() } else { 0 };
        if flags & 16 == 0 {
            *missing = Some(0);
            let mm_users = next();
            *mm = Mm {
                mm_users,
                // The references of its domains are added below.
                mm_count: u8::from(mm_users != 0) + surplus,
                exited: flags & 8 != 0,
                dma_compat: flags & 4 != 0,
                iommu_mm: flags & 2 != 0,
                pasid: next().into(),
                ..Mm::FREED
            };
        }
        if flags & 32 != 0 {
            *missing = Some(next());
            mm.pasid |= u16::from(next()) << 8;
        }
    }
    let mut pasids = [0; 8];
    let bytes = next() as usize;
    pasids[..bytes].fill_with(&mut *next);
    m.global_pasids.0 = u64::from_le_bytes(pasids);

    m.nr_domains = next();
    // Canonical order is list order, so each domain is appended at the tail.
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
            this.mm = MmId::new(next());
            this.users = Int(next());
            this.instance = next();
            if let Some(mm) = m.mms.get_mut(this.mm.index()) {
                mm.mm_count += 1;
            }
        }
        // A live domain is on the list of its own mm, unless it is odd.
        let mut mm = match flags & 5 {
            0 | 1 => m.domains[domain as usize].mm.raw(),
            4 => NONE,
            _ => next(),
        };
        let this = &mut m.domains[domain as usize];
        if flags & 1 != 0 {
            this.link = Link::On;
        }
        if flags & 8 != 0 {
            this.link = Link::ALL[next() as usize];
            mm = next();
        }
        if this.link.is_on() {
            match tails[mm as usize] {
                NONE => m.mms[mm as usize].sva_domains = DomainId::new(domain),
                tail => m.domains[tail as usize].next = DomainId::new(domain),
            }
            tails[mm as usize] = domain;
        }
    }
    for (mm, missing) in m.mms.iter_mut().zip(missing) {
        // Domains hold no references to an mm that is already freed.
        mm.mm_count = missing.map_or(0, |missing| mm.mm_count - missing);
    }
    m.nr_handles = next();
    let mut tails = [NONE; MAX_MMS];
    for handle in 0..m.nr_handles {
        let flags = next();
        let listed = flags & 1 != 0;
        m.handles[handle as usize] = Handle {
            link: if listed { Link::On } else { Link::Never },
            ..Handle::NEVER
        };
        if listed {
            let mm = next();
            match tails[mm as usize] {
                NONE => m.mms[mm as usize].sva_handles = HandleId::new(handle),
                tail => m.handles[tail as usize].next = HandleId::new(handle),
            }
            tails[mm as usize] = handle;
        }
        if flags & 4 != 0 {
            m.handles[handle as usize].link = Link::ALL[next() as usize];
        }
        if flags & 2 == 0 {
            let this = &mut m.handles[handle as usize];
            this.freed = false;
            this.dev = DeviceId::new(next());
            this.domain = DomainId::new(next());
            this.users = Refcount(next());
        }
    }
    for _ in 0..next() {
        let group = next();
        let pasid = u16::from_le_bytes([next(), next()]);
        let (handle, domain) = match next() {
            to if to != NONE && to & TO_ODD_HANDLE != 0 => {
                (HandleId::new(to & !TO_ODD_HANDLE), DomainId::new(next()))
            }
            to if to != NONE && to & TO_HANDLE != 0 => {
                let handle = HandleId::new(to & !TO_HANDLE);
                // The domain of a freed handle is null.
                (handle, m.handles[handle.index()].domain)
            }
            to => (HandleId::NULL, DomainId::new(to)),
        };
        m.pasid_arrays.store(Entry {
            group,
            pasid,
            domain,
            handle,
        });
    }
}
