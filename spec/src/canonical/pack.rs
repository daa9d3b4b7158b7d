// SPDX-License-Identifier: GPL-2.0-or-later
//! Packs runs into bytes.

use super::facts::Facts;
use super::order::{Sorted, members};
use super::writer::{Buffer, Writer};
use super::{Canon, Devices, Mms, Names, moved};
use crate::case::{MAX_DEVICES, MAX_MMS, MAX_OPS};
use crate::kernel::{DomainType, Link, NONE};
use crate::run::{Held, Run};

/// Buffers that packing reuses from call to call.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(super) facts: [Facts; 2],
    pub(super) objects: [Objects; 2],
    pub(super) held: Sorted<u128>,
    entries: Sorted<u64>,
    bytes: Buffer,
}

/// The domains and handles of one run in canonical order, and the position of each in it.
#[derive(Clone, Debug)]
pub(super) struct Objects {
    domains: Sorted<u64>,
    domain: [u8; MAX_OPS],
    handles: Sorted<u64>,
    pub(super) handle: [u8; MAX_OPS],
}

impl Default for Objects {
    fn default() -> Self {
        Objects {
            domains: Sorted::default(),
            domain: [NONE; MAX_OPS],
            handles: Sorted::default(),
            handle: [NONE; MAX_OPS],
        }
    }
}

impl Objects {
    fn fill(&mut self, run: &Run, facts: &Facts, names: &Devices, mms: &Mms) {
        let m = &run.machine;
        // A listed object is ordered by its position on the list. Any other is told apart by the
        // first entry that names it or, without such an entry, by its holder.
        let place = |at: u8, pasid: u16| u64::from(at) << 16 | u64::from(pasid);
        let holder = |domain: u8| {
            let mut places = run.all_held().filter_map(|held| match held {
                Held::Domain {
                    dev,
                    pasid,
                    domain: this,
                } if this.raw() == domain => Some(1 << 19 | place(names.dev[dev.index()], pasid)),
                _ => None,
            });
            places.next().unwrap_or(0xf_ffff)
        };
        let first_entry = |domain: u8| {
            let entries = m.pasid_arrays.entries().iter();
            let places = entries
                .filter(|entry| entry.domain.raw() == domain)
                .map(|entry| place(names.group[entry.group as usize], entry.pasid));
            places.min().unwrap_or_else(|| holder(domain))
        };
        self.domains.clear();
        for domain in members(facts.domains) {
            let this = &m.domains[domain as usize];
            let at = facts.domain_at[domain as usize];
            // The fields of a freed domain are never read.
            let (instance, users) = match this.freed {
                true => (NONE, 0),
                false => (this.instance, this.users.0),
            };
            // A domain on a list sorts with the mm that owns the list, so that domains keep the
            // order of the lists.
            let mm = match this.link.is_on() || this.freed {
                true => moved(mms, facts.domain_mm[domain as usize]),
                false => moved(mms, this.mm.raw()),
            };
            let mut key = u64::from(mm) << 8 | u64::from(at);
            key = key << 2 | u64::from(this.freed) << 1 | u64::from(this.kind == DomainType::Sva);
            key = key << 8 | u64::from(instance);
            key = key << 8 | u64::from(users);
            key = key << 20 | if at == NONE { first_entry(domain) } else { 0 };
            self.domains.insert(key, domain);
        }
        self.domains.inverse(m.nr_domains, &mut self.domain);
        self.handles.clear();
        for handle in members(facts.handles) {
            let this = &m.handles[handle as usize];
            let (dev, on, users) = match this.freed {
                true => (NONE, NONE, 0),
                false => {
                    let on = moved(&self.domain, this.domain.raw());
                    (moved(&names.dev, this.dev.raw()), on, this.users.0)
                }
            };
            let mut key = u64::from(moved(mms, facts.handle_mm[handle as usize]));
            key = key << 8 | u64::from(facts.handle_at[handle as usize]);
            key = key << 8 | u64::from(dev);
            key = key << 8 | u64::from(on);
            key = key << 8 | u64::from(users);
            key = key << 1 | u64::from(this.freed);
            key = key << 8 | u64::from(facts.holders[handle as usize]);
            self.handles.insert(key, handle);
        }
        self.handles.inverse(m.nr_handles, &mut self.handle);
    }
}

impl Canon {
    /// Appends the canonical form of one run, or of two runs of the same operations.
    ///
    /// `same_numbers` is true if handles of one run can still be identified with those of the
    /// other.
    ///
    /// # Panics
    ///
    /// If `runs` does not hold one or two runs.
    pub fn pack<const N: usize>(
        &self,
        scratch: &mut Scratch,
        runs: [&Run; N],
        same_numbers: bool,
        out: &mut Vec<u8>,
    ) -> Names {
        let mms = self.mms(runs);
        for (facts, run) in scratch.facts.iter_mut().zip(runs) {
            facts.fill(run);
        }
        let marks = self.marks(runs, &scratch.facts, &mms);
        let start = out.len();
        let mut names: Option<Names> = None;
        let orders = self.orders(&marks);
        for &index in orders.tried() {
            let renaming = &self.renamings[index as usize];
            let end = out.len();
            self.pack_renamed(scratch, runs, same_numbers, (renaming, &mms), None, out);
            if names.is_some() {
                if out[end..] >= out[start..end] {
                    out.truncate(end);
                    continue;
                }
                out.drain(start..end);
            }
            let mut held = [0; MAX_OPS];
            for (slot, (_, op)) in held.iter_mut().zip(scratch.held.iter()) {
                *slot = op;
            }
            names = Some(Names {
                dev: renaming.dev,
                mm: mms,
                held,
                nr_held: scratch.held.len(),
                lost: scratch.facts[..N].iter().any(|facts| facts.lost),
            });
        }
        names.expect("one of the orders is the first")
    }

    /// Returns for each device its contents, as a number that does not depend on the names of
    /// devices.
    pub(super) fn marks<const N: usize>(
        &self,
        runs: [&Run; N],
        facts: &[Facts; 2],
        mms: &Mms,
    ) -> [u64; MAX_DEVICES] {
        let mut marks = [0u64; MAX_DEVICES];
        if self.renamings.len() == 1 {
            return marks;
        }
        let mix = |bytes: [u8; 8]| {
            let value = u64::from_le_bytes(bytes);
            let value = (value ^ value >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (value ^ value >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        // Sums do not depend on the order of their terms.
        for (side, (run, facts)) in (0..).zip(runs.iter().zip(facts)) {
            let m = &run.machine;
            for handle in members(facts.handles) {
                let this = &m.handles[handle as usize];
                let Some(sum) = marks.get_mut(this.dev.index()) else {
                    continue;
                };
                let domain = m.domains.get(this.domain.index());
                let mm = domain.map_or(NONE, |domain| moved(mms, domain.mm.raw()));
                let (listed, freed) = (u8::from(this.link.is_on()), u8::from(this.freed));
                let holders = facts.holders[handle as usize];
                let mark = mix([1, side, mm, this.users.0, listed, freed, holders, 0]);
                *sum = sum.wrapping_add(mark);
            }
            for op in members(facts.ops) {
                if let Held::Domain { dev, pasid, .. } = run.held(op as usize) {
                    let [low, high] = pasid.to_le_bytes();
                    let sum = &mut marks[dev.index()];
                    *sum = sum.wrapping_add(mix([3, side, low, high, 0, 0, 0, 0]));
                }
            }
            for (sum, &resets) in marks.iter_mut().zip(&m.resets) {
                if resets != 0 {
                    *sum = sum.wrapping_add(mix([4, side, resets, 0, 0, 0, 0, 0]));
                }
            }
            for entry in m.pasid_arrays.entries() {
                let [low, high] = entry.pasid.to_le_bytes();
                let mark = mix([2, side, low, high, 0, 0, 0, 0]);
                for (sum, device) in marks.iter_mut().zip(&self.topology.devices) {
                    if device.group == entry.group {
                        *sum = sum.wrapping_add(mark);
                    }
                }
            }
        }
        marks
    }

    /// Appends a state under these names. `holders` is the number of operations that hold something,
    /// if it is not that of `runs`.
    pub(super) fn pack_renamed<const N: usize>(
        &self,
        scratch: &mut Scratch,
        runs: [&Run; N],
        same_numbers: bool,
        (names, mms): (&Devices, &Mms),
        holders: Option<u8>,
        out: &mut Vec<u8>,
    ) {
        for (side, run) in runs.into_iter().enumerate() {
            scratch.objects[side].fill(run, &scratch.facts[side], names, mms);
        }
        self.sort_held(scratch, runs, names);
        let Scratch {
            facts,
            objects,
            held,
            entries,
            bytes,
        } = scratch;
        let mut w = bytes.writer();

        w.push(runs[0].machine.nr_mms);
        w.push(held.len());
        for side in 0..N {
            w = pack_machine(
                runs[side],
                &facts[side],
                &objects[side],
                (names, mms, holders.unwrap_or(held.len())),
                entries,
                w,
            );
        }
        for (key, _) in held.iter() {
            for side in (0..N).rev() {
                let bytes = &(key >> (40 * side)).to_be_bytes()[11..];
                let length = [1, 2, 2, 5, 2][bytes[0] as usize];
                w.extend_from_slice(&bytes[..length]);
            }
        }
        // Handles that were returned before are numbered by position, those of the first run first.
        // A handle of the second run that is the same handle gets the same number.
        let number = |side: usize, handle: u8| {
            let number = runs[side].numbers[handle as usize];
            (same_numbers && number != NONE).then_some(number)
        };
        for (new, (_, handle)) in (0..).zip(objects[0].handles.iter()) {
            w.push(number(0, handle).map_or(NONE, |_| new));
        }
        for (new, (_, handle)) in (objects[0].handles.len()..).zip(objects[N - 1].handles.iter()) {
            if N == 1 {
                break;
            }
            w.push(number(1, handle).map_or(NONE, |mine| {
                let mut others = objects[0].handles.iter();
                let same = others.position(|(_, other)| number(0, other) == Some(mine));
                same.map_or(new, |same| same as u8)
            }));
        }
        out.extend_from_slice(w.written());
    }

    /// Puts the operations that hold something into canonical order. Each run's resource takes five
    /// bytes; the first byte gives the number of bytes that count.
    fn sort_held<const N: usize>(&self, scratch: &mut Scratch, runs: [&Run; N], names: &Devices) {
        let objects = &scratch.objects;
        let describe = |side: usize, op: u8| -> u128 {
            let objects = &objects[side];
            let [a, b, c, d, e] = match runs[side].held(op as usize) {
                Held::Nothing => [0; 5],
                Held::Bind(handle) => [1, moved(&objects.handle, handle.raw()), 0, 0, 0],
                Held::Pasid(pasid) => [2, pasid as u8, 0, 0, 0],
                Held::Domain { dev, pasid, domain } => {
                    let [low, high] = pasid.to_le_bytes();
                    let domain = moved(&objects.domain, domain.raw());
                    [3, names.dev[dev.index()], low, high, domain]
                }
                Held::Reset(dev) => [4, names.dev[dev.index()], 0, 0, 0],
            };
            u64::from_be_bytes([0, 0, 0, a, b, c, d, e]).into()
        };
        scratch.held.clear();
        let ops = scratch.facts[..N]
            .iter()
            .fold(0, |ops, facts| ops | facts.ops);
        for op in members(ops) {
            let key = (0..N).fold(0, |key, side| key << 40 | describe(side, op));
            match self.ordered {
                true => scratch.held.push(key, op),
                false => scratch.held.insert(key, op),
            }
        }
    }
}

/// Flag of an entry that points at an attach handle; without it, the entry points at a domain.
/// Indexes are below [`MAX_OPS`], and an index with the flag set is never [`NONE`].
pub(super) const TO_HANDLE: u8 = MAX_OPS as u8;
/// Flag of an entry with an attach handle whose domain is not the domain of the entry. The domain
/// of the entry follows.
pub(super) const TO_ODD_HANDLE: u8 = 2 * TO_HANDLE;

fn bits<const N: usize>(flags: [bool; N]) -> u8 {
    flags
        .iter()
        .fold(0, |bits, &flag| bits << 1 | u8::from(flag))
}

#[inline(always)]
fn pack_machine<'a>(
    run: &Run,
    facts: &Facts,
    objects: &Objects,
    (names, mms, held): (&Devices, &Mms, u8),
    entries: &mut Sorted<u64>,
    mut w: Writer<'a>,
) -> Writer<'a> {
    let m = &run.machine;
    let is_resetting = m.resets != [0; MAX_DEVICES];
    w.push(bits([is_resetting, m.iommu_sva_lock.held]));
    if is_resetting {
        for &old in &names.old[..m.nr_devices()] {
            w.push(m.resets[old as usize]);
        }
    }
    let mut old_mms = [NONE; MAX_MMS];
    let mut reachable = [0; MAX_MMS];
    for (old, mm) in (0..).zip(&m.mms[..m.nr_mms()]) {
        old_mms[mms[old as usize] as usize] = old;
        reachable[old as usize] = u8::from(mm.mm_users != 0);
    }
    for (_, domain) in objects.domains.iter() {
        let this = &m.domains[domain as usize];
        if let Some(reachable) = reachable.get_mut(this.mm.index()).filter(|_| !this.freed) {
            *reachable += 1;
        }
    }
    for &old in &old_mms[..m.nr_mms()] {
        let mm = &m.mms[old as usize];
        // Reference counts that holders cannot exhaust by dropping twice are equivalent.
        let surplus = mm.mm_count.saturating_sub(reachable[old as usize]);
        let surplus = surplus.min(2 * held + 1);
        let missing = reachable[old as usize].saturating_sub(mm.mm_count);
        let [pasid, high] = mm.pasid.to_le_bytes();
        let is_odd = mm.mm_count != 0 && (missing, high) != (0, 0);
        w.push(bits([
            is_odd,
            mm.mm_count == 0,
            mm.exited,
            mm.dma_compat,
            mm.iommu_mm,
            surplus != 0,
        ]));
        if surplus != 0 {
            w.push(surplus);
        }
        if mm.mm_count != 0 {
            // A global PASID is at most 64, so it fits in a byte.
            w.extend_from_slice(&[mm.mm_users, pasid]);
        }
        if is_odd {
            w.extend_from_slice(&[missing, high]);
        }
    }
    let pasids = m.global_pasids.0;
    let bytes = 8 - pasids.leading_zeros() as usize / 8;
    w.push(bytes as u8);
    w.extend_from_slice(&pasids.to_le_bytes()[..bytes]);

    w.push(objects.domains.len());
    for (_, domain) in objects.domains.iter() {
        let this = &m.domains[domain as usize];
        let listed = this.link.is_on();
        let list = facts.domain_mm[domain as usize];
        let is_odd = !this.freed
            && match this.link {
                Link::Never => false,
                Link::On => list != this.mm.raw(),
                Link::Deleted | Link::Stale => true,
            };
        let is_sva = this.kind == DomainType::Sva;
        w.push(bits([is_odd, this.freed, is_sva, listed]));
        if !this.freed {
            w.extend_from_slice(&[moved(mms, this.mm.raw()), this.users.0, this.instance]);
        } else if listed {
            w.push(moved(mms, list));
        }
        if is_odd {
            w.extend_from_slice(&[this.link as u8, moved(mms, list)]);
        }
    }
    w.push(objects.handles.len());
    for (_, handle) in objects.handles.iter() {
        let this = &m.handles[handle as usize];
        let listed = this.link.is_on();
        let is_odd = !this.freed && matches!(this.link, Link::Deleted | Link::Stale);
        w.push(bits([is_odd, this.freed, listed]));
        if listed {
            w.push(moved(mms, facts.handle_mm[handle as usize]));
        }
        if is_odd {
            w.push(this.link as u8);
        }
        if !this.freed {
            let domain = moved(&objects.domain, this.domain.raw());
            w.extend_from_slice(&[moved(&names.dev, this.dev.raw()), domain, this.users.0]);
        }
    }
    entries.clear();
    for entry in m.pasid_arrays.entries() {
        let group = u64::from(names.group[entry.group as usize]);
        let domain = moved(&objects.domain, entry.domain.raw());
        let to = match m.handles.get(entry.handle.index()) {
            None => domain,
            Some(handle) => {
                let is_odd = match handle.freed {
                    true => !entry.domain.is_null(),
                    false => entry.domain != handle.domain,
                };
                let to = if is_odd { TO_ODD_HANDLE } else { TO_HANDLE };
                to | moved(&objects.handle, entry.handle.raw())
            }
        };
        let key = group << 16 | u64::from(entry.pasid);
        entries.insert(key << 8 | u64::from(domain), to);
    }
    w.push(entries.len());
    for (key, to) in entries.iter() {
        let [domain, low, high, group, ..] = key.to_le_bytes();
        w.extend_from_slice(&[group, low, high, to]);
        if to != NONE && to & TO_ODD_HANDLE != 0 {
            w.push(domain);
        }
    }
    w
}
