// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.12 and later, where the entries of a group's array are attach handles.
//!
//! [`iommu_sva`] models `drivers/iommu/iommu-sva.c`, and [`iommu`] the part of
//! `drivers/iommu/iommu.c` that it calls, with every commit that they may contain. [`revisions`]
//! lists the commits of each model, and the lines. To try a patch, add a commit and a revision.

mod cited;
pub mod commits;
pub mod iommu;
pub mod iommu_sva;
pub mod reset;
pub mod revisions;

#[cfg(test)]
mod tests;

use spec::kernel::HandleId;

macro_rules! forward {
    ($self:ident, iommu_attach_device_pasid, $($arg:ident),+) => {
        // A driver attaches its own domain without a handle.
        iommu::iommu_attach_device_pasid($($arg),+, HandleId::NULL)
    };
    ($self:ident, iommu_detach_device_pasid, $k:ident, $domain:ident, $($arg:ident),+) => {{
        let _ = $domain;
        iommu::iommu_detach_device_pasid($k, $($arg),+)
    }};
    ($self:ident, pci_dev_reset_iommu_prepare, $($arg:ident),+) => {
        reset::pci_dev_reset_iommu_prepare($($arg),+)
    };
    ($self:ident, pci_dev_reset_iommu_done, $($arg:ident),+) => {
        reset::pci_dev_reset_iommu_done($($arg),+)
    };
    ($($call:tt)+) => {
        spec::forward_to_functions!($($call)+)
    };
}

spec::era!(V612);
