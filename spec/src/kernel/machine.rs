// SPDX-License-Identifier: GPL-2.0-or-later
//! The simulated machine, as a value.

use super::{
    DeviceId, Domain, Entry, Handle, HandleId, Ida, LeakDigest, Mm, MmId, Mutex, NONE, PasidArrays,
    copy,
};
use crate::case::{Device, MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS, Topology};
use crate::trace::{Attached, Live};

/// The value of a slot without a device.
const NO_DEVICE: Device = Device {
    group: NONE,
    max_pasids: 0,
    instance: 0,
};

/// All objects that exist at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Machine {
    pub(crate) devices: [Device; MAX_DEVICES],
    pub(crate) nr_devices: u8,
    /// Bit sets of the devices of each group.
    groups: [u8; MAX_GROUPS],
    pub(crate) mms: [Mm; MAX_MMS],
    pub(crate) nr_mms: u8,
    /// The domains, by number. An operation of a correct kernel allocates at most one domain and one
    /// handle, so [`MAX_OPS`] of each are enough.
    pub(crate) domains: [Domain; MAX_OPS],
    pub(crate) nr_domains: u8,
    pub(crate) handles: [Handle; MAX_OPS],
    pub(crate) nr_handles: u8,
    pub(crate) global_pasids: Ida,
    /// The `pasid_array` of every group.
    pub pasid_arrays: PasidArrays,
    pub(crate) iommu_sva_lock: Mutex,
    /// How many resets of each device have begun and are not over.
    pub(crate) resets: [u8; MAX_DEVICES],
}

impl Machine {
    /// Overwrites `self` with `from`. Copies only the items that either machine has ever allocated,
    /// since a search copies for each operation.
    #[inline]
    pub fn copy_from(&mut self, from: &Self) {
        let domains = self.nr_domains.max(from.nr_domains) as usize;
        let handles = self.nr_handles.max(from.nr_handles) as usize;
        let mms = self.nr_mms.max(from.nr_mms) as usize;
        self.devices = from.devices;
        self.nr_devices = from.nr_devices;
        self.groups = from.groups;
        copy(&mut self.mms, &from.mms, mms);
        self.nr_mms = from.nr_mms;
        copy(&mut self.domains, &from.domains, domains);
        self.nr_domains = from.nr_domains;
        copy(&mut self.handles, &from.handles, handles);
        self.nr_handles = from.nr_handles;
        self.global_pasids = from.global_pasids;
        self.pasid_arrays.copy_from(&from.pasid_arrays);
        self.iommu_sva_lock = from.iommu_sva_lock;
        self.resets = from.resets;
    }
}

impl Machine {
    /// Returns whether two machines of one topology are the same. Compares only the items that have
    /// ever been allocated.
    pub fn same_as(&self, other: &Self) -> bool {
        self.iommu_sva_lock == other.iommu_sva_lock
            && self.resets == other.resets
            && self.global_pasids == other.global_pasids
            && self.mms[..self.nr_mms()] == other.mms[..other.nr_mms()]
            && self.handles() == other.handles()
            && self.domains() == other.domains()
            && self.pasid_arrays.entries() == other.pasid_arrays.entries()
    }
}

impl Machine {
    /// Creates the machine of a topology, at boot.
    ///
    /// # Panics
    ///
    /// If the topology exceeds the limits of [`crate::case`]. [`crate::read`] refuses such
    /// topologies.
    pub fn new(topology: &Topology) -> Self {
        assert!(topology.devices.len() <= MAX_DEVICES && topology.mms.len() <= MAX_MMS);
        let mut machine = Machine {
            devices: [NO_DEVICE; MAX_DEVICES],
            nr_devices: topology.devices.len() as u8,
            groups: [0; MAX_GROUPS],
            mms: [Mm::FREED; MAX_MMS],
            nr_mms: topology.mms.len() as u8,
            domains: [Domain::NEVER; MAX_OPS],
            nr_domains: 0,
            handles: [Handle::NEVER; MAX_OPS],
            nr_handles: 0,
            global_pasids: Ida::default(),
            pasid_arrays: PasidArrays::default(),
            iommu_sva_lock: Mutex::default(),
            resets: [0; MAX_DEVICES],
        };
        for (dev, device) in topology.devices.iter().enumerate() {
            machine.devices[dev] = *device;
            machine.groups[device.group as usize] |= 1 << dev;
        }
        for (mm, spec) in machine.mms.iter_mut().zip(&topology.mms) {
            *mm = Mm::new(spec.dma_compat);
        }
        machine
    }

    /// Returns the number of devices.
    pub fn nr_devices(&self) -> usize {
        self.nr_devices as usize
    }

    /// Returns the number of mms ever created, freed ones included.
    pub fn nr_mms(&self) -> usize {
        self.nr_mms as usize
    }

    /// Returns the allocated global PASIDs.
    pub fn global_pasids(&self) -> &Ida {
        &self.global_pasids
    }

    /// Returns the device at an index below [`Machine::nr_devices`]; for any other index, a device
    /// of no group.
    pub fn device(&self, dev: DeviceId) -> &Device {
        self.devices.get(dev.index()).unwrap_or(&NO_DEVICE)
    }

    /// Returns the mm at an index below [`Machine::nr_mms`]; for any other index, a freed mm.
    pub fn mm(&self, mm: MmId) -> &Mm {
        self.mms.get(mm.index()).unwrap_or(&Mm::FREED)
    }

    /// Returns `group->devices`, in order. A group that does not exist has none.
    pub(super) fn group_devices(&self, group: u8) -> impl Iterator<Item = DeviceId> + use<> {
        let mut left = self.groups.get(group as usize).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let dev = left.trailing_zeros() as u8;
            let rest = left & left.checked_sub(1)?;
            debug_assert!(rest < left, "a device without end");
            left = rest;
            Some(DeviceId::new(dev))
        })
    }

    /// Returns the domains allocated so far, freed ones included.
    pub fn domains(&self) -> &[Domain] {
        &self.domains[..self.nr_domains as usize]
    }

    /// Returns the handles allocated so far, freed ones included.
    pub fn handles(&self) -> &[Handle] {
        &self.handles[..self.nr_handles as usize]
    }

    /// Returns whether `iommu_sva_lock` is held. Between two sections it is held only if a call
    /// returned or died without releasing it.
    pub fn iommu_sva_lock_is_held(&self) -> bool {
        self.iommu_sva_lock.held
    }

    /// Returns the `pasid_array` of every group.
    pub fn pasid_arrays(&self) -> &PasidArrays {
        &self.pasid_arrays
    }

    /// Returns the number of entries that point at freed memory.
    pub fn dangling(&self) -> usize {
        let entries = self.pasid_arrays.entries().iter();
        entries.filter(|entry| self.is_dangling(entry)).count()
    }

    /// Returns whether an entry points at freed memory.
    pub fn is_dangling(&self, entry: &Entry) -> bool {
        let handle = self.handles.get(entry.handle.index());
        let domain = self.domains.get(entry.domain.index());
        handle.is_some_and(|handle| handle.freed) || domain.is_some_and(|domain| domain.freed)
    }

    /// Returns whether the domain of a handle belongs to another mm than this one. While the domain
    /// is not stored, it belongs to none.
    #[inline]
    pub(crate) fn belongs_to_another(&self, handle: HandleId, mm: MmId) -> bool {
        let domain = self.handles.get(handle.index()).map(|handle| handle.domain);
        let domain = domain.and_then(|domain| self.domains.get(domain.index()));
        domain.is_some_and(|domain| domain.mm != mm)
    }

    /// Returns a digest of the existing objects, without `mm_data`: equal for machines whose
    /// [`live`](Self::live) is equal up to `mm_data` and the numbers of domains.
    pub fn left(&self) -> LeakDigest {
        let mut left = LeakDigest {
            handles: self.handles().iter().filter(|h| !h.freed).count() as u8,
            domains: self.domains().iter().filter(|d| !d.freed).count() as u8,
            pasids: self.global_pasids,
            mm_count: [0; MAX_MMS],
            attached: self.pasid_arrays,
        };
        for (count, mm) in left.mm_count.iter_mut().zip(&self.mms) {
            *count = mm.mm_count;
        }
        left.attached.digest(|entry| self.is_dangling(entry).into());
        left
    }

    /// Returns the existing objects in the form of a trace.
    pub fn live(&self) -> Live {
        let mms = &self.mms[..self.nr_mms as usize];
        Live {
            handles: self.handles().iter().filter(|h| !h.freed).count() as u32,
            domains: self.domains().iter().filter(|d| !d.freed).count() as u32,
            mm_data: mms.iter().filter(|mm| mm.iommu_mm).count() as u32,
            pasids: self.global_pasids.iter().collect(),
            mm_count: mms.iter().map(|mm| mm.mm_count as u32).collect(),
            attached: self
                .pasid_arrays
                .entries()
                .iter()
                .map(|entry| Attached {
                    group: entry.group,
                    pasid: entry.pasid,
                    domain: (!entry.domain.is_null()).then_some(entry.domain.raw().into()),
                    freed: self.is_dangling(entry),
                })
                .collect(),
        }
    }
}
