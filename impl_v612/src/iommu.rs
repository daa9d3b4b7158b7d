// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu.c` of Linux 6.12 and later, as far as it is on the path: the entries of a
//! group's `pasid_array` are attach handles.
//!
//! Numbers in comments are lines of 6.12. Where a line stands in each revision is in
//! [`Lines`](crate::Lines) and in its [`CoreLines`](spec::kernel::CoreLines).

use crate::Revision;
use crate::revisions::Commits;
use spec::kernel::{DomainType, Entry, NONE};
use spec::{Errno, Kernel, Splat, Stop, Watch};

/// Whether attaching, setting and removing passes a device of a group over: since b3f6fcd8404f,
/// those that have no PASIDs.
fn is_passed_over<W: Watch>(rev: &Revision, k: &Kernel<'_, W>, dev: u8) -> bool {
    rev.has(Commits::PASS_OVER_NO_PASIDS) && k.m.device(dev).max_pasids == 0
}

/// 3375: `iommu_attach_device_pasid()`. `handle` is the attach handle, [`NONE`] where a driver
/// attaches a domain of its own.
pub fn iommu_attach_device_pasid<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    domain: u8,
    dev: u8,
    pasid: u16,
    handle: u8,
) -> Result<(), Errno> {
    let group = k.m.device(dev).group;
    if pasid == 0 && rev.has(Commits::VALIDATE_PASID) {
        k.tell(rev.lines.attach_no_pasid); // 3391
        return Err(Errno::EINVAL);
    }
    // 3394: the group's mutex
    for device in k.m.group_devices(group) {
        let has_it = is_passed_over(rev, k, device) || pasid < k.m.device(device).max_pasids;
        if !has_it && rev.has(Commits::VALIDATE_PASID) {
            k.tell(rev.lines.attach_range); // 3396
            return Err(Errno::EINVAL);
        }
    }
    if handle != NONE {
        k.handle_set_domain(handle, domain); // 3403
    }

    // 3405: xa_insert()
    k.tell(k.core.attach_entry);
    if k.m.pasid_arrays().load(group, pasid).is_some() {
        return Err(Errno::EBUSY);
    }
    if k.armed.strikes(spec::Site::PasidArray).is_some() {
        return Err(Errno::ENOMEM);
    }
    let reserved = Entry {
        group,
        pasid,
        domain: NONE,
        handle: NONE,
    };
    let attached = match (handle, rev.has(Commits::ENTRY_NAMES_DOMAIN)) {
        // Without a handle there is nothing to point at: the entry is only reserved.
        (NONE, false) => reserved,
        _ => Entry {
            domain,
            handle,
            ..reserved
        },
    };
    let early = match rev.has(Commits::PUBLISH_ATTACHED) {
        true => reserved,
        false => attached,
    };
    k.m.pasid_arrays.store(early);

    k.tell(k.core.attach_set); // 3409
    let result = iommu_set_group_pasid(rev, k, domain, group, pasid);
    if result.is_err() {
        k.m.pasid_arrays.erase(group, pasid); // 3411
    } else {
        k.m.pasid_arrays.store(attached);
        k.say_nothing();
    }
    result
}

/// 3327: `__iommu_set_group_pasid()`. The first failure ends it, and what was set is removed.
fn iommu_set_group_pasid<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    domain: u8,
    group: u8,
    pasid: u16,
) -> Result<(), Errno> {
    for device in k.m.group_devices(group) {
        if is_passed_over(rev, k, device) {
            continue;
        }
        if let Err(errno) = k.driver_set_dev_pasid(domain, device, pasid) {
            // err_revert
            let everything = !rev.has(Commits::UNDO_WHAT_WAS_SET);
            let devices = k.m.group_devices(group);
            for device in devices.take_while(|&d| everything || d != device) {
                if !is_passed_over(rev, k, device) {
                    k.driver_remove_dev_pasid(device, pasid);
                }
            }
            return Err(errno);
        }
    }
    Ok(())
}

/// 3427: `iommu_detach_device_pasid()`. A device that is null is followed to its group.
pub fn iommu_detach_device_pasid<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    dev: u8,
    pasid: u16,
) -> Result<(), Stop> {
    if dev == NONE {
        return Err(k.die(Splat::NullDeref, rev.lines.detach_group)); // 3431
    }
    let group = k.m.device(dev).group;
    // 3353: __iommu_remove_group_pasid()
    for device in k.m.group_devices(group) {
        if !is_passed_over(rev, k, device) {
            k.driver_remove_dev_pasid(device, pasid);
        }
    }
    k.m.pasid_arrays.erase(group, pasid);
    Ok(())
}

/// `iommu_attach_handle_get()` for any type: the attach handle, or none. An entry without one is as
/// good as empty.
pub fn iommu_attach_handle_get<W: Watch>(k: &mut Kernel<'_, W>, dev: u8, pasid: u16) -> Option<u8> {
    k.tell(k.core.get_domain);
    let entry =
        k.m.pasid_arrays()
            .load(k.m.device(dev).group, pasid)
            .filter(|entry| entry.handle != NONE)?;
    Some(entry.handle)
}

/// The same for `IOMMU_DOMAIN_SVA`: `-EBUSY` where the handle's domain is of another type.
pub fn iommu_attach_handle_get_sva<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: u8,
    pasid: u16,
) -> Result<Result<Option<u8>, Errno>, Stop> {
    let Some(handle) = iommu_attach_handle_get(k, dev, pasid) else {
        return Ok(Ok(None));
    };
    let at = k.core.get_domain;
    let domain = k.handle(handle, at)?.domain;
    Ok(match k.domain(domain, at)?.kind {
        DomainType::Sva => Ok(Some(handle)),
        DomainType::Unmanaged => Err(Errno::EBUSY),
    })
}
