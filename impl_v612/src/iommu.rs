// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu.c` of Linux 6.12 and later, as far as the SVA calls reach it: the entries
//! of a group's `pasid_array` are attach handles.
//!
//! `k.has(COMMIT)` marks code that a commit changed.

use crate::revisions::{DETACH_SKIPS_RESET, ENTRY_NAMES_DOMAIN, PUBLISH_ATTACHED, SKIP_NO_PASIDS};
use impl_v67::revisions::{UNDO_WHAT_WAS_SET, VALIDATE_PASID};
use spec::kernel::{DeviceId, DomainId, DomainType, Entry, HandleId};
use spec::op::RESET;
use spec::{At, Errno, Kernel, Site, Stop, Watch};

/// Whether attaching, setting and removing skips a device of a group: since b3f6fcd8404f, those that
/// have no PASIDs.
fn is_skipped<W: Watch>(k: &mut Kernel<'_, W>, dev: DeviceId, at: At) -> Result<bool, Stop> {
    Ok(k.has(SKIP_NO_PASIDS) && k.device(dev, at)?.max_pasids == 0)
}

/// `iommu_attach_device_pasid()`. `handle` is the attach handle, null where a driver
/// attaches a domain of its own.
pub fn iommu_attach_device_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    domain: DomainId,
    dev: DeviceId,
    pasid: u16,
    handle: HandleId,
) -> Result<Result<(), Errno>, Stop> {
    let group = k.device(dev, At::AttachRange)?.group;
    if pasid == 0 && k.has(VALIDATE_PASID) {
        k.core_decides(At::AttachNoPasid);
        return Ok(Err(Errno::EINVAL));
    }
    // under the mutex of the group, as all that follows
    if k.has(RESET) && k.is_group_in_reset(group, At::AttachReset)? {
        k.core_decides(At::AttachReset);
        return Ok(Err(Errno::EBUSY));
    }
    // under the mutex of the group
    for device in k.group_devices(group) {
        let has_it = is_skipped(k, device, At::AttachRange)?
            || pasid < k.device(device, At::AttachRange)?.max_pasids;
        if !has_it && k.has(VALIDATE_PASID) {
            k.core_decides(At::AttachRange);
            return Ok(Err(Errno::EINVAL));
        }
    }
    if !handle.is_null() {
        k.handle(handle, At::AttachEntry)?.domain = domain;
    }

    // xa_insert()
    k.core_decides(At::AttachEntry);
    if k.xa_load(group, pasid, At::AttachEntry)?.is_some() {
        return Ok(Err(Errno::EBUSY));
    }
    if k.armed.strikes(Site::PasidArray).is_some() {
        return Ok(Err(Errno::ENOMEM));
    }
    let reserved = Entry {
        group,
        pasid,
        domain: DomainId::NULL,
        handle: HandleId::NULL,
    };
    let attached = match (handle.is_null(), k.has(ENTRY_NAMES_DOMAIN)) {
        // Without a handle there is nothing to point at: the entry is only reserved.
        (true, false) => reserved,
        _ => Entry {
            domain,
            handle,
            ..reserved
        },
    };
    let early = match k.has(PUBLISH_ATTACHED) {
        true => reserved,
        false => attached,
    };
    k.xa_store(early, At::AttachEntry)?;

    k.core_decides(At::AttachSet);
    let result = iommu_set_group_pasid(k, domain, group, pasid)?;
    if result.is_err() {
        k.xa_erase(group, pasid, At::AttachSet)?;
    } else {
        k.xa_store(attached, At::AttachSet)?;
        k.core_succeeds();
    }
    Ok(result)
}

/// `__iommu_set_group_pasid()`. Stops at the first failure, and removes the PASID again.
pub(crate) fn iommu_set_group_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    domain: DomainId,
    group: u8,
    pasid: u16,
) -> Result<Result<(), Errno>, Stop> {
    for device in k.group_devices(group) {
        if is_skipped(k, device, At::AttachSet)? {
            continue;
        }
        if let Err(errno) = k.driver_set_dev_pasid(domain, device, pasid)? {
            // err_revert
            let everything = !k.has(UNDO_WHAT_WAS_SET);
            let devices = k.group_devices(group);
            for device in devices.take_while(|&d| everything || d != device) {
                if !is_skipped(k, device, At::AttachSet)? {
                    k.driver_remove_dev_pasid(device, pasid)?;
                }
            }
            return Ok(Err(errno));
        }
    }
    Ok(Ok(()))
}

/// `iommu_detach_device_pasid()`. `dev` can be null; reading its group is then an oops.
pub fn iommu_detach_device_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    pasid: u16,
) -> Result<(), Stop> {
    let group = k.device(dev, At::DetachGroup)?.group;
    // __iommu_remove_group_pasid()
    for device in k.group_devices(group) {
        let is_removed = k.has(DETACH_SKIPS_RESET) && k.resets(device, At::DetachErase)? != 0;
        if !is_removed && !is_skipped(k, device, At::DetachErase)? {
            k.driver_remove_dev_pasid(device, pasid)?;
        }
    }
    k.xa_erase(group, pasid, At::DetachErase)?;
    Ok(())
}

/// `iommu_attach_handle_get()` for any domain type. Returns the attach handle, or `None`; an entry
/// without a handle counts as empty.
pub fn iommu_attach_handle_get<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    pasid: u16,
) -> Result<Option<HandleId>, Stop> {
    k.core_decides(At::GetDomain);
    let group = k.device(dev, At::GetDomain)?.group;
    let entry = k.xa_load(group, pasid, At::GetDomain)?;
    let handle = entry.map(|entry| entry.handle);
    Ok(handle.filter(|handle| !handle.is_null()))
}

/// `iommu_attach_handle_get()` for `IOMMU_DOMAIN_SVA`: `-EBUSY` if the handle's domain has another
/// type.
pub fn iommu_attach_handle_get_sva<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    pasid: u16,
) -> Result<Result<Option<HandleId>, Errno>, Stop> {
    let Some(handle) = iommu_attach_handle_get(k, dev, pasid)? else {
        return Ok(Ok(None));
    };
    let domain = k.handle(handle, At::GetDomain)?.domain;
    Ok(match k.domain(domain, At::GetDomain)?.kind {
        DomainType::Sva => Ok(Some(handle)),
        DomainType::Unmanaged => Err(Errno::EBUSY),
    })
}

/// `iommu_domain_free()`. For an SVA domain, drops the reference to the mm first.
pub fn iommu_domain_free<W: Watch>(k: &mut Kernel<'_, W>, domain: DomainId) -> Result<(), Stop> {
    let this = *k.domain(domain, At::DomainFree)?;
    if this.kind == DomainType::Sva {
        k.mmdrop(this.mm, At::DomainFree)?;
    }
    k.driver_domain_free(domain)
}
