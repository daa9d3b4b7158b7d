// SPDX-License-Identifier: GPL-2.0-or-later
//! The canonical form of a single run, whatever another run does.

use super::pack::Scratch;
use super::{Canon, Mms};
use crate::case::{MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS};
use crate::kernel::{MmId, NONE};
use crate::run::{Held, Run};

/// Maps the names in a packed run to the names in its canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct One {
    /// The index of the renaming of the devices, among those of [`Canon::renaming`].
    pub renaming: u8,
    /// The canonical index of each mm.
    pub mms: [u8; MAX_MMS],
    /// The canonical index of each handle; [`NONE`] for a handle that was dropped.
    pub handles: [u8; MAX_OPS],
    held: [u8; MAX_OPS],
    nr_held: u8,
    /// The number of handles that were dropped, since nothing reaches them any more.
    pub lost_handles: u8,
    /// The number of domains that were dropped.
    pub lost_domains: u8,
}

impl One {
    /// Returns the operations that hold something, in canonical order.
    pub fn held(&self) -> &[u8] {
        &self.held[..self.nr_held as usize]
    }
}

/// Stands for a number of holders that no run has, so that no surplus reference is merged.
const ANY_NUMBER: u8 = 100;

impl Canon {
    /// Appends the canonical form of a run. Numbers of handles are left out.
    ///
    /// References to an mm in excess of `2 * holders + 1` are left out, because as many holders
    /// cannot exhaust them. With `None`, all are kept.
    pub fn pack_one(
        &self,
        scratch: &mut Scratch,
        run: &Run,
        holders: Option<u8>,
        out: &mut Vec<u8>,
    ) -> One {
        scratch.facts[0].fill(run);
        let start = out.len();
        let mut best: Option<One> = None;
        let first = self.mms_of_one(run);
        let others = exchange_equal(run, first);
        for mms in std::iter::once(&first).chain(&others) {
            let marks = self.marks([run], &scratch.facts, mms);
            let orders = self.orders(&marks);
            for &index in orders.tried() {
                let end = out.len();
                let one = self.pack_filled(scratch, run, holders, index, mms, out);
                if best.is_some() {
                    if out[end..] >= out[start..end] {
                        out.truncate(end);
                        continue;
                    }
                    out.drain(start..end);
                }
                best = Some(one);
            }
        }
        best.expect("one of the orders is the first")
    }

    /// Appends the renamings of the devices that leave a canonical run as it is, except for the
    /// identity, each with the index that every handle then has.
    ///
    /// `bytes` is what [`Canon::pack_one`] returned for a run that [`Canon::unpack`] restored.
    pub fn stabilizer(&self, scratch: &mut Scratch, run: &Run, bytes: &[u8]) -> Vec<One> {
        let mms = std::array::from_fn(|mm| mm as u8);
        scratch.facts[0].fill(run);
        let marks = self.marks([run], &scratch.facts, &mms);
        let devices = self.topology.devices.len();
        let keeps_marks = |&renaming: &u8| {
            let dev = &self.renamings[renaming as usize].dev;
            (0..devices).all(|old| marks[old] == marks[dev[old] as usize])
        };
        let mut other = Vec::with_capacity(bytes.len());
        let all = (1..self.renamings.len() as u8).filter(keeps_marks);
        let same = all.filter_map(|renaming| {
            other.clear();
            let one = self.pack_filled(scratch, run, None, renaming, &mms, &mut other);
            (other == bytes).then_some(one)
        });
        same.collect()
    }

    fn pack_filled(
        &self,
        scratch: &mut Scratch,
        run: &Run,
        holders: Option<u8>,
        renaming: u8,
        mms: &Mms,
        out: &mut Vec<u8>,
    ) -> One {
        let names = &self.renamings[renaming as usize];
        let holders = holders.unwrap_or(ANY_NUMBER).min(ANY_NUMBER);
        self.pack_renamed(scratch, [run], false, (names, mms), Some(holders), out);
        let (mut held, mut nr_held) = ([0; MAX_OPS], 0);
        for (slot, (_, op)) in held.iter_mut().zip(scratch.held.iter()) {
            *slot = op;
            nr_held += 1;
        }
        let facts = &scratch.facts[0];
        let m = &run.machine;
        let (mut lost_handles, mut lost_domains) = (0, 0);
        if facts.lost {
            let is_lost = |known: u64, at: usize, freed: bool| known >> at & 1 == 0 && !freed;
            let handles = m.handles().iter().enumerate();
            let domains = m.domains().iter().enumerate();
            lost_handles = handles
                .filter(|(at, this)| is_lost(facts.handles, *at, this.freed))
                .count();
            lost_domains = domains
                .filter(|(at, this)| is_lost(facts.domains, *at, this.freed))
                .count();
        }
        One {
            renaming,
            mms: *mms,
            handles: scratch.objects[0].handle,
            held,
            nr_held,
            lost_handles: lost_handles as u8,
            lost_domains: lost_domains as u8,
        }
    }

    /// Returns the new index of each mm. mms without a PASID are ordered by everything that tells
    /// them apart, because another run can have PASIDs for them.
    fn mms_of_one(&self, run: &Run) -> Mms {
        let mut order = super::order::Sorted::<u64, MAX_MMS>::default();
        for mm in 0..run.machine.nr_mms() as u8 {
            let key = match self.by_pasid {
                true => key_of(run, mm),
                false => 0,
            };
            order.insert(key, mm);
        }
        let mut to = [NONE; MAX_MMS];
        for (new, (_, old)) in order.iter().enumerate() {
            to[old as usize] = new as u8;
        }
        to
    }

    /// Returns the new index of each device under a renaming, and the new index of each group.
    pub fn renaming(&self, index: u8) -> ([u8; MAX_DEVICES], [u8; MAX_GROUPS]) {
        let renaming = &self.renamings[index as usize];
        (renaming.dev, renaming.group)
    }
}

/// Returns a number by which mms are ordered in a single run.
fn key_of(run: &Run, mm: u8) -> u64 {
    let this = run.machine.mm(MmId::new(mm));
    let flags = [
        this.mm_count == 0,
        this.exited,
        this.dma_compat,
        this.iommu_mm,
    ];
    let flags = flags
        .iter()
        .fold(0, |bits, &flag| bits << 1 | u64::from(flag));
    let pasid = u64::from(this.pasid.wrapping_sub(1));
    pasid << 24 | flags << 16 | u64::from(this.mm_users) << 8 | u64::from(this.mm_count)
}

/// Returns the other orders of mms that own something and that [`key_of`] does not tell apart. Only
/// a kernel that takes an error for a PASID has any: it gives one PASID to several mms.
fn exchange_equal(run: &Run, first: Mms) -> Vec<Mms> {
    let nr = run.machine.nr_mms();
    let is_equal = |a: usize, b: usize| {
        let [a, b] = [a, b].map(|mm| mm as u8);
        a != b && run.machine.mm(MmId::new(a)).pasid != 0 && key_of(run, a) == key_of(run, b)
    };
    let has_equal = (0..nr).any(|a| (0..a).any(|b| is_equal(a, b)));
    if !has_equal {
        return Vec::new();
    }
    let mut orders = vec![first];
    // Exchanging any two, again and again, leads to every order.
    let mut at = 0;
    while at < orders.len() && orders.len() < MOST_ORDERS {
        for a in 0..nr {
            for b in (0..a).filter(|&b| is_equal(a, b)) {
                let mut exchanged = orders[at];
                exchanged.swap(a, b);
                if !orders.contains(&exchanged) {
                    orders.push(exchanged);
                }
            }
        }
        at += 1;
    }
    orders.split_off(1)
}

/// The most orders of mms that are tried.
const MOST_ORDERS: usize = 120;

/// Returns for each mm of a canonical run the first mm that nothing but its index tells apart from
/// it.
pub fn blocks(run: &Run) -> [u8; MAX_MMS] {
    let m = &run.machine;
    let mut blocks: Mms = std::array::from_fn(|mm| mm as u8);
    let owns = |mm: u8| {
        let this = m.mm(MmId::new(mm));
        let has = |domain: &crate::kernel::Domain| domain.mm.raw() == mm;
        !this.sva_domains.is_null() || !this.sva_handles.is_null() || m.domains().iter().any(has)
    };
    for mm in 1..m.nr_mms() as u8 {
        if key_of(run, mm) == key_of(run, mm - 1) && !owns(mm) && !owns(mm - 1) {
            blocks[mm as usize] = blocks[mm as usize - 1];
        }
    }
    blocks
}

/// Returns the largest number of references to an mm that neither its users nor its domains hold.
pub fn surplus(run: &Run) -> u8 {
    let m = &run.machine;
    let surplus = (0..m.nr_mms() as u8).map(|mm| {
        let this = m.mm(MmId::new(mm));
        let domains = m.domains().iter();
        let domains = domains.filter(|domain| !domain.freed && domain.mm.raw() == mm);
        let known = usize::from(this.mm_users != 0) + domains.count();
        usize::from(this.mm_count).saturating_sub(known) as u8
    });
    surplus.max().unwrap_or(0)
}

/// Returns what the operations of a canonical run hold, each thing once, with the first operation
/// that holds it, in canonical order.
pub fn distinct(run: &Run) -> impl Iterator<Item = (usize, Held)> + '_ {
    let mut last = None;
    let all = run.all_held().enumerate();
    all.filter(move |&(_, held)| last.replace(held) != Some(held))
}
