// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu.c` up to Linux 6.10, as far as the SVA calls reach it: the entries of a
//! group's `pasid_array` are domains.
//!
//! `k.has(COMMIT)` marks code that a commit changed.

use crate::revisions::{
    ALLOC_FOR_DEVICE, DETACH_LAST_BUSY_IS_OK, UNDO_WHAT_WAS_SET, VALIDATE_PASID,
};
use spec::kernel::{DeviceId, DomainId, DomainType, Entry, HandleId, MmId};
use spec::{At, Errno, Kernel, Site, Splat, Stop, Watch};

/// `iommu_attach_device_pasid()`.
pub fn iommu_attach_device_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    domain: DomainId,
    dev: DeviceId,
    pasid: u16,
) -> Result<Result<(), Errno>, Stop> {
    let group = k.device(dev, At::AttachEntry)?.group;
    if k.has(VALIDATE_PASID) {
        if pasid == 0 {
            k.core_decides(At::AttachNoPasid);
            return Ok(Err(Errno::EINVAL));
        }
        for device in k.group_devices(group) {
            if pasid >= k.device(device, At::AttachRange)?.max_pasids {
                k.core_decides(At::AttachRange);
                return Ok(Err(Errno::EINVAL));
            }
        }
    }
    k.core_decides(At::AttachEntry);
    if k.xa_load(group, pasid, At::AttachEntry)?.is_some() {
        if k.has(DETACH_LAST_BUSY_IS_OK) {
            return Ok(Ok(()));
        }
        return Ok(Err(Errno::EBUSY));
    }
    if k.armed.strikes(Site::PasidArray).is_some() {
        return Ok(Err(Errno::ENOMEM));
    }
    let entry = Entry {
        group,
        pasid,
        domain,
        handle: HandleId::NULL,
    };
    k.xa_store(entry, At::AttachEntry)?;
    k.core_decides(At::AttachSet);
    let result = iommu_set_group_pasid(k, domain, group, pasid)?;
    if result.is_err() {
        if !k.has(UNDO_WHAT_WAS_SET) {
            // Also of devices whose set_dev_pasid never ran.
            iommu_remove_group_pasid(k, group, pasid)?;
        }
        k.xa_erase(group, pasid, At::AttachEntry)?;
    } else {
        k.core_succeeds();
    }
    Ok(result)
}

/// `__iommu_set_group_pasid()`. Stops at the first failure.
fn iommu_set_group_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    domain: DomainId,
    group: u8,
    pasid: u16,
) -> Result<Result<(), Errno>, Stop> {
    for device in k.group_devices(group) {
        let result = k.driver_set_dev_pasid(domain, device, pasid)?;
        if result.is_err() {
            if k.has(UNDO_WHAT_WAS_SET) {
                for done in k.group_devices(group).take_while(|&d| d != device) {
                    k.driver_remove_dev_pasid(done, pasid)?;
                }
            }
            return Ok(result);
        }
    }
    Ok(Ok(()))
}

/// `__iommu_remove_group_pasid()`.
fn iommu_remove_group_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    group: u8,
    pasid: u16,
) -> Result<(), Stop> {
    for device in k.group_devices(group) {
        k.driver_remove_dev_pasid(device, pasid)?;
    }
    Ok(())
}

/// `iommu_detach_device_pasid()`.
pub fn iommu_detach_device_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    domain: DomainId,
    dev: DeviceId,
    pasid: u16,
) -> Result<(), Stop> {
    let group = k.device(dev, At::DetachErase)?.group;
    iommu_remove_group_pasid(k, group, pasid)?;
    let erased = k.xa_erase(group, pasid, At::DetachErase)?;
    if erased.map(|entry| entry.domain) != Some(domain) {
        k.warn(Splat::WarnDetach, At::DetachErase);
    }
    Ok(())
}

/// `iommu_get_domain_for_dev_pasid()` for any domain type. Returns the domain, or `None`.
pub fn iommu_get_domain_for_dev_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    pasid: u16,
) -> Result<Option<DomainId>, Stop> {
    let group = k.device(dev, At::GetDomain)?.group;
    k.core_decides(At::GetDomain);
    let entry = k.xa_load(group, pasid, At::GetDomain)?;
    Ok(entry.map(|entry| entry.domain))
}

/// `iommu_get_domain_for_dev_pasid()` for `IOMMU_DOMAIN_SVA`: `-EBUSY` if the domain has another
/// type.
pub fn iommu_get_sva_domain_for_dev_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    pasid: u16,
) -> Result<Result<Option<DomainId>, Errno>, Stop> {
    let Some(domain) = iommu_get_domain_for_dev_pasid(k, dev, pasid)? else {
        return Ok(Ok(None));
    };
    Ok(match k.domain(domain, At::GetDomain)?.kind {
        DomainType::Sva => Ok(Some(domain)),
        DomainType::Unmanaged => Err(Errno::EBUSY),
    })
}

/// `iommu_sva_domain_alloc()`. Since 80af5a452024 the function is in `iommu-sva.c` and returns the
/// driver's error, and the driver gets the device, so the domain belongs to the device's hardware
/// from the start. Until then it returns null, which its caller takes for `-ENOMEM`.
pub fn iommu_sva_domain_alloc<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    mm: MmId,
) -> Result<Result<DomainId, Errno>, Stop> {
    let at = At::SvaDomainAlloc;
    // In 6.9, which c404f55c26fc came with, the function already is in the file of its caller, whose
    // anchor is cited alone.
    if k.has(VALIDATE_PASID) || k.has(ALLOC_FOR_DEVICE) {
        k.core_succeeds();
    } else {
        k.core_decides(at);
    }
    let domain = match k.driver_domain_alloc(DomainType::Sva)? {
        Ok(domain) => domain,
        Err(errno) if k.has(ALLOC_FOR_DEVICE) => return Ok(Err(errno)),
        Err(_) => return Ok(Err(Errno::ENOMEM)),
    };
    k.mmgrab(mm, at)?;
    k.domain(domain, at)?.mm = mm;
    if k.has(ALLOC_FOR_DEVICE) {
        k.domain(domain, at)?.instance = k.device(dev, at)?.instance;
    }
    Ok(Ok(domain))
}

/// `iommu_domain_free()`. Of an SVA domain, the reference to the mm is dropped first.
pub fn iommu_domain_free<W: Watch>(k: &mut Kernel<'_, W>, domain: DomainId) -> Result<(), Stop> {
    let this = *k.domain(domain, At::DomainFree)?;
    if this.kind == DomainType::Sva {
        k.mmdrop(this.mm, At::DomainFree)?;
    }
    k.driver_domain_free(domain)
}
