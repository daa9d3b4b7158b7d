// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu.c`, as far as it is on the path: attaching a domain to a PASID of a
//! group, from 6.7 to 6.8. Only the line numbers differ between them.

use super::{DomainType, Entry, Kernel, NONE, Splat, Stop};
use crate::case::{Errno, Site};
use crate::model::{Cite, core};
use crate::record::Watch;

/// Where these functions stand in one revision of `iommu.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreLines {
    /// `iommu_attach_device_pasid()`: the entry is taken, or cannot be stored.
    pub attach_entry: Cite,
    /// The same: the driver is asked.
    pub attach_set: Cite,
    /// `iommu_detach_device_pasid()`: the entry is erased. Up to 6.8 this is in the `WARN_ON()`.
    pub detach_erase: Cite,
    /// `iommu_get_domain_for_dev_pasid()`; from 6.12 on `iommu_attach_handle_get()`.
    pub get_domain: Cite,
    /// `iommu_sva_domain_alloc()`: the driver's allocation. From 6.12 on it is in `iommu-sva.c`,
    /// and this is not cited.
    pub sva_domain_alloc: Cite,
    /// `iommu_domain_free()`.
    pub domain_free: Cite,
    /// `iommu_alloc_global_pasid()`: the device has no PASIDs.
    pub alloc_global_pasid_unsupported: Cite,
    /// The same: the IDA is asked.
    pub alloc_global_pasid: Cite,
    /// `iommu_free_global_pasid()`: the IDA is told.
    pub free_global_pasid: Cite,
}

impl CoreLines {
    /// `iommu.c` of 6.7, blob 33e2a9b5d339.
    pub const V6_7: CoreLines = CoreLines {
        attach_entry: core(3487),
        attach_set: core(3491),
        detach_erase: core(3519),
        get_domain: core(3538),
        sva_domain_alloc: core(3565),
        domain_free: core(2156),
        alloc_global_pasid_unsupported: core(3583),
        alloc_global_pasid: core(3590),
        free_global_pasid: core(3601),
    };

    /// `iommu.c` of 6.8-rc1, blob 68e648b55767.
    pub const V6_8_RC1: CoreLines = CoreLines {
        attach_entry: core(3546),
        attach_set: core(3550),
        detach_erase: core(3578),
        get_domain: core(3597),
        sva_domain_alloc: core(3624),
        domain_free: core(2206),
        alloc_global_pasid_unsupported: core(3642),
        alloc_global_pasid: core(3649),
        free_global_pasid: core(3660),
    };

    /// `iommu.c` of 6.8, blob d14413916f93. A device's driver must own the domain here; with the
    /// one driver of this machine it always does.
    pub const V6_8: CoreLines = CoreLines {
        attach_entry: core(3554),
        attach_set: core(3558),
        detach_erase: core(3586),
        get_domain: core(3605),
        sva_domain_alloc: core(3632),
        domain_free: core(2214),
        alloc_global_pasid_unsupported: core(3651),
        alloc_global_pasid: core(3658),
        free_global_pasid: core(3669),
    };
}

impl<W: Watch> Kernel<'_, W> {
    /// `iommu_attach_device_pasid()`.
    pub fn iommu_attach_device_pasid(
        &mut self,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<(), Errno> {
        let group = self.m.device(dev).group;
        self.tell(self.core.attach_entry);
        if self.m.pasid_arrays.load(group, pasid).is_some() {
            return Err(Errno::EBUSY);
        }
        if self.armed.strikes(Site::PasidArray).is_some() {
            return Err(Errno::ENOMEM);
        }
        self.m.pasid_arrays.store(Entry {
            group,
            pasid,
            domain,
            handle: NONE,
        });
        self.tell(self.core.attach_set);
        let result = self.iommu_set_group_pasid(domain, group, pasid);
        if result.is_err() {
            // Also of devices whose set_dev_pasid never ran.
            self.iommu_remove_group_pasid(group, pasid);
            self.m.pasid_arrays.erase(group, pasid);
        } else {
            self.say_nothing();
        }
        result
    }

    /// `__iommu_set_group_pasid()`: the first failure ends it.
    fn iommu_set_group_pasid(&mut self, domain: u8, group: u8, pasid: u16) -> Result<(), Errno> {
        for dev in self.m.group_devices(group) {
            self.driver_set_dev_pasid(domain, dev, pasid)?;
        }
        Ok(())
    }

    /// `__iommu_remove_group_pasid()`.
    fn iommu_remove_group_pasid(&mut self, group: u8, pasid: u16) {
        for dev in self.m.group_devices(group) {
            self.driver_remove_dev_pasid(dev, pasid);
        }
    }

    /// `iommu_detach_device_pasid()`.
    pub fn iommu_detach_device_pasid(&mut self, domain: u8, dev: u8, pasid: u16) {
        let group = self.m.device(dev).group;
        self.iommu_remove_group_pasid(group, pasid);
        let erased = self.m.pasid_arrays.erase(group, pasid);
        if erased.map(|entry| entry.domain) != Some(domain) {
            self.warn(Splat::WarnDetach, self.core.detach_erase);
        }
    }

    /// `iommu_get_domain_for_dev_pasid()` for any type: the entry, or none.
    pub fn iommu_get_domain_for_dev_pasid(&mut self, dev: u8, pasid: u16) -> Option<u8> {
        let group = self.m.device(dev).group;
        self.tell(self.core.get_domain);
        let entry = self.m.pasid_arrays.load(group, pasid)?;
        Some(entry.domain)
    }

    /// The same for `IOMMU_DOMAIN_SVA`: `-EBUSY` where a domain of another type sits there.
    pub fn iommu_get_sva_domain_for_dev_pasid(
        &mut self,
        dev: u8,
        pasid: u16,
    ) -> Result<Result<Option<u8>, Errno>, Stop> {
        let Some(domain) = self.iommu_get_domain_for_dev_pasid(dev, pasid) else {
            return Ok(Ok(None));
        };
        let at = self.core.get_domain;
        Ok(match self.domain(domain, at)?.kind {
            DomainType::Sva => Ok(Some(domain)),
            DomainType::Unmanaged => Err(Errno::EBUSY),
        })
    }

    /// `iommu_sva_domain_alloc()`.
    pub fn iommu_sva_domain_alloc(&mut self, mm: u8) -> Option<u8> {
        self.tell(self.core.sva_domain_alloc);
        let domain = self.driver_domain_alloc(DomainType::Sva)?;
        self.mmgrab(mm);
        self.m.domains[domain as usize].mm = mm;
        Some(domain)
    }

    /// `iommu_domain_free()`: of an SVA domain, the mm is let go first.
    pub fn iommu_domain_free(&mut self, domain: u8) -> Result<(), Stop> {
        let at = self.core.domain_free;
        let this = *self.domain(domain, at)?;
        if this.kind == DomainType::Sva {
            self.mmdrop(this.mm);
        }
        self.driver_domain_free(domain);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::CoreLines;

    /// What is known of `iommu.c` in each release. A line that a report cites is not to move by
    /// accident; nothing that was recorded could notice.
    #[test]
    fn the_lines_of_the_core_are_those_of_each_release() {
        let all = [
            (
                CoreLines::V6_7,
                [3487, 3491, 3519, 3538, 3565, 2156, 3583, 3590, 3601],
            ),
            (
                CoreLines::V6_8_RC1,
                [3546, 3550, 3578, 3597, 3624, 2206, 3642, 3649, 3660],
            ),
            (
                CoreLines::V6_8,
                [3554, 3558, 3586, 3605, 3632, 2214, 3651, 3658, 3669],
            ),
        ];
        for (lines, expected) in all {
            let lines = [
                lines.attach_entry,
                lines.attach_set,
                lines.detach_erase,
                lines.get_domain,
                lines.sva_domain_alloc,
                lines.domain_free,
                lines.alloc_global_pasid_unsupported,
                lines.alloc_global_pasid,
                lines.free_global_pasid,
            ];
            assert_eq!(lines.map(|cite| cite.line), expected);
        }
    }
}
