// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.7: one domain for each group and mm, `users` counts the handles, each bind returns a
//! new handle.
//!
//! [`iommu_sva`] is `drivers/iommu/iommu-sva.c`, function by function. What it calls in
//! `iommu.c` is in [`spec::kernel`].

pub mod iommu_sva;

#[cfg(test)]
mod tests;

use spec::kernel::CoreLines;
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Info, Kernel, Model, Stop, Watch};

/// The model `v6.7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V67;

/// What `v6.7` is.
pub static INFO: Info = Info {
    name: "v6.7",
    what: "Linux 6.7 as released",
    base: None,
    commits: &[],
    proposal: false,
    blob: Some("b78671a8a914"),
    core: "v6.7",
    core_lines: &CoreLines::V6_7,
};

impl Model for V67 {
    #[inline(always)]
    fn info(&self) -> &'static Info {
        &INFO
    }

    #[inline]
    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Bind,
    ) -> Result<Flow<Result<u8, Errno>>, Stop> {
        iommu_sva::iommu_sva_bind_device(k, call)
    }

    #[inline]
    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop> {
        iommu_sva::iommu_sva_unbind_device(k, call)
    }

    #[inline]
    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: u8,
    ) -> Result<Option<u16>, Stop> {
        iommu_sva::iommu_sva_get_pasid(k, handle)
    }

    #[inline]
    fn page_request<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: u8,
        pasid: u16,
    ) -> Result<Option<u8>, Stop> {
        iommu_sva::page_request(k, dev, pasid)
    }
}
