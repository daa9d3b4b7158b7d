// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.7: one domain for each group and mm, `users` counts the handles, each bind returns a
//! new handle.
//!
//! [`iommu_sva`] is `drivers/iommu/iommu-sva.c`, function by function, and [`iommu`] what it calls in
//! `drivers/iommu/iommu.c`, with every commit up to 6.10 that they may contain. [`revisions`] says
//! which model has which commits, and has the lines.

pub mod iommu;
pub mod iommu_sva;
pub mod revisions;

#[cfg(test)]
mod tests;

use spec::Tree;
use spec::revision::Era;

/// The commits and the revisions of this crate.
pub const ERA: Era = Era {
    commits: revisions::COMMITS,
    revisions: revisions::REVISIONS,
};

/// The model of one revision with this design.
#[derive(Clone, Copy, Debug)]
pub struct V67(pub &'static Tree);

macro_rules! forward {
    ($self:ident, tree) => {
        $self.0
    };
    ($self:ident, iommu_attach_device_pasid, $($arg:ident),+) => {
        Ok(iommu::iommu_attach_device_pasid($($arg),+))
    };
    ($self:ident, iommu_detach_device_pasid, $($arg:ident),+) => {
        Ok(iommu::iommu_detach_device_pasid($($arg),+))
    };
    ($self:ident, iommu_domain_free, $($arg:ident),+) => {
        iommu::iommu_domain_free($($arg),+)
    };
    ($self:ident, $call:ident, $($arg:ident),+) => {
        iommu_sva::$call($($arg),+)
    };
}

spec::forward_model!(V67, forward);
