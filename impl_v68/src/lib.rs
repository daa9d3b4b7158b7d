// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.8, from the merge of "Share sva domains with all devices bound to a mm" to the release,
//! and the patches that were proposed on the list in between.
//!
//! [`iommu_sva`] models `drivers/iommu/iommu-sva.c`, with every commit that it may contain. The
//! part of `iommu.c` that it calls is in [`impl_v67::iommu`]. [`revisions`] lists the commits of
//! each model, and the lines. To try a patch, add a commit and a revision.

mod cited;
pub mod iommu_sva;
pub mod revisions;

#[cfg(test)]
mod tests;

use impl_v67::iommu;
use spec::forward_to_functions as forward;

spec::era!(V68);
