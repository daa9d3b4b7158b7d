// SPDX-License-Identifier: GPL-2.0-or-later
//! Device resets in `drivers/iommu/iommu.c` of Linux 7.0 and later. All devices are PCI devices with
//! ATS. What happens to the domain of the device itself, without a PASID, is not modelled.
//!
//! `k.has(COMMIT)` marks code that a commit changed.

use crate::iommu::iommu_set_group_pasid;
use crate::revisions::{RESET_NESTED, RESET_OWN_PASIDS, RESET_PER_DEVICE};
use spec::kernel::{DeviceId, DomainId, Entry};
use spec::{At, Errno, Kernel, Splat, Stop, Watch};

/// `pasid_array_entry_to_domain()`
fn pasid_array_entry_to_domain<W: Watch>(
    k: &mut Kernel<'_, W>,
    entry: Entry,
) -> Result<DomainId, Stop> {
    match entry.handle.is_null() {
        true => Ok(entry.domain),
        false => Ok(k.handle(entry.handle, At::ResetSet)?.domain),
    }
}

/// Whether the PASIDs of a device are removed and set: since 1615e8896a8f, if it has any.
fn has_pasids<W: Watch>(k: &mut Kernel<'_, W>, dev: DeviceId, at: At) -> Result<bool, Stop> {
    Ok(!k.has(RESET_OWN_PASIDS) || k.device(dev, at)?.max_pasids > 0)
}

/// `pci_dev_reset_iommu_prepare()`
pub fn pci_dev_reset_iommu_prepare<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
) -> Result<Result<(), Errno>, Stop> {
    let at = At::ResetNested;
    let group = k.device(dev, at)?.group;
    // under the mutex of the group
    let is_in_reset = match k.has(RESET_PER_DEVICE) {
        true => k.resets(dev, at)? != 0,
        false => k.is_group_in_reset(group, at)?,
    };
    if is_in_reset {
        k.decide(at);
        if k.has(RESET_NESTED) {
            k.reset_begins(dev, at)?;
            return Ok(Ok(()));
        }
        k.warn(Splat::WarnResetPrepare, at);
        return Ok(Err(Errno::EBUSY));
    }
    k.reset_begins(dev, at)?;
    k.decide(At::ResetRemove);
    if has_pasids(k, dev, At::ResetRemove)? {
        // xa_for_each_start()
        let mut pasid = 0;
        while let Some(entry) = k.xa_find_after(group, pasid, At::ResetRemove)? {
            pasid = entry.pasid;
            k.driver_remove_dev_pasid(dev, pasid)?;
        }
    }
    Ok(Ok(()))
}

/// `pci_dev_reset_iommu_done()`. A PASID that the driver does not set again stays in the array.
pub fn pci_dev_reset_iommu_done<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
) -> Result<(), Stop> {
    let group = k.device(dev, At::ResetSet)?.group;
    // under the mutex of the group
    if k.reset_ends(dev, At::ResetSet)? != 0 {
        k.decide(At::ResetGoesOn);
        return Ok(());
    }
    k.decide(At::ResetSet);
    if !has_pasids(k, dev, At::ResetSet)? {
        return Ok(());
    }
    // xa_for_each_start()
    let mut pasid = 0;
    while let Some(entry) = k.xa_find_after(group, pasid, At::ResetSet)? {
        pasid = entry.pasid;
        let domain = pasid_array_entry_to_domain(k, entry)?;
        let set = match k.has(RESET_OWN_PASIDS) {
            true => k.driver_set_dev_pasid(domain, dev, pasid)?,
            false => iommu_set_group_pasid(k, domain, group, pasid)?,
        };
        if set.is_err() {
            k.warn(Splat::WarnResetDone, At::ResetSet);
        }
    }
    Ok(())
}
