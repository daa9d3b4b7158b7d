// SPDX-License-Identifier: GPL-2.0-or-later
//! Stable Linux from 6.12 on, where SVA is available.
//!
//! [`iommu_sva`] is `drivers/iommu/iommu-sva.c` and [`iommu`] what it needs of
//! `drivers/iommu/iommu.c`, once, with every commit that they may contain. [`revisions`] says which
//! model has which commits. To try a patch, add a commit and a revision.

pub mod iommu;
pub mod iommu_sva;
pub mod revisions;

#[cfg(test)]
mod tests;

pub use revisions::{Commits, Lines, REVISIONS, Revision, WITHOUT};

use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Info, Kernel, Model, Stop, Watch};

/// The model of one revision.
#[derive(Clone, Copy, Debug)]
pub struct V612(pub &'static Revision);

impl Model for V612 {
    #[inline(always)]
    fn info(&self) -> &'static Info {
        &self.0.info
    }

    #[inline]
    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Bind,
    ) -> Result<Flow<Result<u8, Errno>>, Stop> {
        iommu_sva::iommu_sva_bind_device(self.0, k, call)
    }

    #[inline]
    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop> {
        iommu_sva::iommu_sva_unbind_device(self.0, k, call)
    }

    #[inline]
    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: u8,
    ) -> Result<Option<u16>, Stop> {
        iommu_sva::iommu_sva_get_pasid(self.0, k, handle)
    }

    #[inline]
    fn iommu_attach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<Result<(), Errno>, Stop> {
        let handle = spec::kernel::NONE;
        Ok(iommu::iommu_attach_device_pasid(
            self.0, k, domain, dev, pasid, handle,
        ))
    }

    #[inline]
    fn iommu_detach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        _domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<(), Stop> {
        iommu::iommu_detach_device_pasid(self.0, k, dev, pasid)
    }

    #[inline]
    fn page_request<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: u8,
        pasid: u16,
    ) -> Result<Option<u8>, Stop> {
        iommu_sva::page_request(self.0, k, dev, pasid)
    }
}
