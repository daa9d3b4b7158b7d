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
use spec::forward_to_functions as forward;

spec::era!(V68);
