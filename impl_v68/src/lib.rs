// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.8, from the merge of "Share sva domains with all devices bound to a mm" to the
//! release, and the proposals that were made on the list in between.
//!
//! [`iommu_sva`] is `drivers/iommu/iommu-sva.c`, once, with every commit that it may contain. What it
//! calls in `iommu.c` is in [`impl_v67::iommu`]. [`revisions`] says which model has which commits, and
//! has the lines. To try a patch, add a commit and a revision.

pub mod iommu_sva;
pub mod revisions;

#[cfg(test)]
mod tests;

use impl_v67::iommu;
use spec::Tree;
use spec::revision::Era;

/// The commits and the revisions of this crate.
pub const ERA: Era = Era {
    commits: revisions::COMMITS,
    revisions: revisions::REVISIONS,
};

/// The model of one revision with this design.
#[derive(Clone, Copy, Debug)]
pub struct V68(pub &'static Tree);

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

spec::forward_model!(V68, forward);
