// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs in little memory, for those who keep many.

use super::{Held, Run};
use crate::case::MAX_DEVICES;
use crate::kernel::{Domain, Entry, Handle, Ida, Mm, Mutex};

/// The most mms, and the most of everything else, that a [`SmallRun`] has room for.
const MMS: usize = 4;
const FEW: usize = 8;
const _: () = assert!(size_of::<SmallRun>() * 4 < size_of::<Run>());

/// A run that has few of everything, without its topology.
#[derive(Clone, Copy, Debug)]
pub struct SmallRun {
    slots: [Held; FEW],
    nr_held: u8,
    released: u64,
    numbers: [u8; FEW],
    nr_numbers: u8,
    mms: [Mm; MMS],
    nr_mms: u8,
    domains: [Domain; FEW],
    nr_domains: u8,
    handles: [Handle; FEW],
    nr_handles: u8,
    global_pasids: Ida,
    entries: [Entry; FEW],
    nr_entries: u8,
    iommu_sva_lock: Mutex,
    resets: [u8; MAX_DEVICES],
}

impl SmallRun {
    /// Returns a run in little memory, or `None` if it has too much for that.
    #[inline]
    pub fn of(run: &Run) -> Option<Self> {
        let m = &run.machine;
        let (entries, nr_entries) = m.pasid_arrays.few()?;
        let is_small = run.is_small();
        is_small.then(|| SmallRun {
            slots: first(&run.slots),
            nr_held: run.nr_held,
            released: run.released,
            numbers: first(&run.numbers),
            nr_numbers: run.nr_numbers,
            mms: first(&m.mms),
            nr_mms: m.nr_mms,
            domains: first(&m.domains),
            nr_domains: m.nr_domains,
            handles: first(&m.handles),
            nr_handles: m.nr_handles,
            global_pasids: m.global_pasids,
            entries,
            nr_entries,
            iommu_sva_lock: m.iommu_sva_lock,
            resets: m.resets,
        })
    }

    /// Overwrites a run of the same topology with this one. `boot` is a run of that topology at
    /// boot.
    #[inline]
    pub fn write_to(&self, run: &mut Run, boot: &Run) {
        if !run.is_small() {
            run.copy_from(boot);
        }
        run.slots[..FEW].copy_from_slice(&self.slots);
        run.nr_held = self.nr_held;
        run.released = self.released;
        run.numbers[..FEW].copy_from_slice(&self.numbers);
        run.nr_numbers = self.nr_numbers;
        let m = &mut run.machine;
        m.mms[..MMS].copy_from_slice(&self.mms);
        m.nr_mms = self.nr_mms;
        m.domains[..FEW].copy_from_slice(&self.domains);
        m.nr_domains = self.nr_domains;
        m.handles[..FEW].copy_from_slice(&self.handles);
        m.nr_handles = self.nr_handles;
        m.global_pasids = self.global_pasids;
        m.pasid_arrays.replace(&self.entries, self.nr_entries);
        m.iommu_sva_lock = self.iommu_sva_lock;
        m.resets = self.resets;
    }
}

impl Run {
    /// Returns whether a [`SmallRun`] has room for it.
    #[inline]
    fn is_small(&self) -> bool {
        let m = &self.machine;
        let most = [
            self.nr_held,
            m.nr_domains,
            m.nr_handles,
            m.pasid_arrays.entries().len() as u8,
        ];
        most.iter().all(|&items| usize::from(items) <= FEW) && usize::from(m.nr_mms) <= MMS
    }
}

#[inline]
fn first<T: Copy, const N: usize, const MOST: usize>(items: &[T; MOST]) -> [T; N] {
    const { assert!(N <= MOST) };
    *items.first_chunk().expect("there are at least as many")
}
