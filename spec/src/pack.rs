// SPDX-License-Identifier: GPL-2.0-or-later
//! States as short byte strings: what a search keeps of a machine and of what its callers hold.
//!
//! A packed state forgets what can never be seen again: freed objects that nothing points at, the
//! numbers of handles that cannot be returned again, and the operations that hold nothing any
//! more. What remains moves up: outstanding operations become 0, 1, 2 …, objects likewise, in
//! their old order. Two runs that pack to the same bytes behave alike from there on, whatever is
//! done with them.

use crate::case::{MAX_OPS, Topology};
use crate::kernel::{Domain, DomainType, Entry, Handle, Mm, NONE, Refcount};
use crate::run::{Held, Run};

/// The operations of which at least one run still holds something, in order.
pub fn outstanding(runs: &[&Run]) -> Vec<u8> {
    (0..MAX_OPS as u8)
        .filter(|&op| {
            runs.iter()
                .any(|run| run.held(op as usize) != Held::Nothing)
        })
        .collect()
}

/// Appends the packed form of several runs of the same operations.
pub fn pack(runs: &[&Run], outstanding: &[u8], out: &mut Vec<u8>) {
    // Equal numbers have to stay equal across runs, so numbers move up in all of them together.
    let mut numbers: Vec<u8> = Vec::new();
    for run in runs {
        let handles = 0..run.machine.nr_handles;
        numbers.extend(
            handles
                .filter(|&handle| run.number_matters(handle))
                .map(|handle| run.numbers[handle as usize]),
        );
    }
    numbers.sort_unstable();
    numbers.dedup();
    let rank = |number: u8| {
        numbers
            .iter()
            .position(|&n| n == number)
            .map_or(NONE, |at| at as u8)
    };
    out.push(numbers.len() as u8);
    for run in runs {
        run.pack_one(outstanding, &rank, out);
    }
}

/// The runs that [`pack`] packed. What was the operation `outstanding[i]` is the operation `i` now.
pub fn unpack<const N: usize>(topology: &Topology, bytes: &[u8]) -> [Run; N] {
    let mut bytes = bytes.iter().copied();
    let mut next = || bytes.next().expect("a packed state is whole");
    let nr_numbers = next();
    std::array::from_fn(|_| {
        let mut run = Run::new(topology);
        run.nr_numbers = nr_numbers;
        run.unpack_one(&mut next);
        run
    })
}

impl Run {
    fn is_held(&self, handle: u8) -> bool {
        self.held.contains(&Held::Bind(handle))
    }

    /// Whether a handle that was returned is held, or can be returned again.
    fn number_matters(&self, handle: u8) -> bool {
        self.numbers[handle as usize] != NONE
            && (self.machine.handles[handle as usize].listed || self.is_held(handle))
    }

    fn pack_one(&self, outstanding: &[u8], rank: &impl Fn(u8) -> u8, out: &mut Vec<u8>) {
        let m = &self.machine;
        let mut handles = [NONE; MAX_OPS];
        let mut nr_handles = 0;
        let mut domains_seen = 0u64;
        for handle in 0..m.nr_handles {
            let this = &m.handles[handle as usize];
            if !this.freed || self.is_held(handle) {
                handles[handle as usize] = nr_handles;
                nr_handles += 1;
                if this.domain != NONE && !this.freed {
                    domains_seen |= 1 << this.domain;
                }
            }
        }
        for entry in m.pasid_arrays.entries() {
            domains_seen |= 1 << entry.domain;
        }
        let mut domains = [NONE; MAX_OPS];
        let mut nr_domains = 0;
        for domain in 0..m.nr_domains {
            if !m.domains[domain as usize].freed || domains_seen >> domain & 1 == 1 {
                domains[domain as usize] = nr_domains;
                nr_domains += 1;
            }
        }
        let moved = |map: &[u8; MAX_OPS], at: u8| if at == NONE { NONE } else { map[at as usize] };

        out.push(m.iommu_sva_lock.held.into());
        out.push(m.nr_mms);
        for mm in &m.mms[..m.nr_mms()] {
            out.push(mm.mm_count);
            if mm.mm_count != 0 {
                let flags = [mm.exited, mm.dma_compat, mm.iommu_mm];
                let flags = flags
                    .iter()
                    .fold(0, |bits, &flag| bits << 1 | u8::from(flag));
                // A global PASID is at most 64.
                out.extend([mm.mm_users, flags, mm.pasid as u8]);
                out.push(moved(&domains, mm.sva_domains));
                out.push(moved(&handles, mm.sva_handles));
            }
        }
        let pasids = m.global_pasids.0;
        let bytes = 8 - pasids.leading_zeros() as usize / 8;
        out.push(bytes as u8);
        out.extend(&pasids.to_le_bytes()[..bytes]);

        out.push(nr_domains);
        for domain in (0..m.nr_domains).filter(|&d| domains[d as usize] != NONE) {
            let this = &m.domains[domain as usize];
            let sva = this.kind == DomainType::Sva;
            out.push(u8::from(this.freed) << 1 | u8::from(sva));
            if !this.freed {
                out.extend([this.mm, this.users, this.instance]);
                out.push(moved(&domains, this.next));
            }
        }
        out.push(nr_handles);
        for handle in (0..m.nr_handles).filter(|&h| handles[h as usize] != NONE) {
            let this = &m.handles[handle as usize];
            let number = match self.number_matters(handle) {
                true => rank(self.numbers[handle as usize]),
                false => NONE,
            };
            out.push(u8::from(this.freed) << 1 | u8::from(this.listed));
            out.push(number);
            if !this.freed {
                out.extend([this.dev, moved(&domains, this.domain), this.users.0]);
                out.push(moved(&handles, this.next));
            }
        }
        let entries = m.pasid_arrays.entries();
        out.push(entries.len() as u8);
        for entry in entries {
            out.push(entry.group);
            out.extend(entry.pasid.to_le_bytes());
            out.push(moved(&domains, entry.domain));
        }
        out.push(outstanding.len() as u8);
        for &op in outstanding {
            match self.held[op as usize] {
                Held::Nothing => out.push(0),
                Held::Bind(handle) => out.extend([1, moved(&handles, handle)]),
                Held::Pasid(pasid) => out.extend([2, pasid as u8]),
                Held::Domain { dev, pasid, domain } => {
                    out.extend([3, dev]);
                    out.extend(pasid.to_le_bytes());
                    out.push(moved(&domains, domain));
                }
            }
        }
    }

    fn unpack_one(&mut self, next: &mut impl FnMut() -> u8) {
        let m = &mut self.machine;
        m.iommu_sva_lock.held = next() != 0;
        m.nr_mms = next();
        for mm in 0..m.nr_mms as usize {
            m.mms[mm] = Mm::FREED;
            let mm_count = next();
            if mm_count != 0 {
                let mm_users = next();
                let flags = next();
                m.mms[mm] = Mm {
                    mm_users,
                    mm_count,
                    exited: flags & 4 != 0,
                    dma_compat: flags & 2 != 0,
                    iommu_mm: flags & 1 != 0,
                    pasid: next().into(),
                    sva_domains: next(),
                    sva_handles: next(),
                };
            }
        }
        let mut pasids = [0; 8];
        let bytes = next() as usize;
        pasids[..bytes].fill_with(&mut *next);
        m.global_pasids.0 = u64::from_le_bytes(pasids);

        m.nr_domains = next();
        for domain in 0..m.nr_domains as usize {
            let flags = next();
            m.domains[domain] = Domain {
                kind: match flags & 1 {
                    0 => DomainType::Unmanaged,
                    _ => DomainType::Sva,
                },
                ..Domain::NEVER
            };
            if flags & 2 == 0 {
                let this = &mut m.domains[domain];
                this.freed = false;
                this.mm = next();
                this.users = next();
                this.instance = next();
                this.next = next();
            }
        }
        m.nr_handles = next();
        for handle in 0..m.nr_handles as usize {
            let flags = next();
            self.numbers[handle] = next();
            m.handles[handle] = Handle {
                listed: flags & 1 != 0,
                ..Handle::NEVER
            };
            if flags & 2 == 0 {
                let this = &mut m.handles[handle];
                this.freed = false;
                this.dev = next();
                this.domain = next();
                this.users = Refcount(next());
                this.next = next();
            }
        }
        for _ in 0..next() {
            let entry = Entry {
                group: next(),
                pasid: u16::from_le_bytes([next(), next()]),
                domain: next(),
            };
            m.pasid_arrays.store(entry.group, entry.pasid, entry.domain);
        }
        for op in 0..next() as usize {
            self.held[op] = match next() {
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
}
