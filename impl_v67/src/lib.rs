// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.7: one domain for each group and mm, whose `users` counts the handles; each bind returns
//! a new handle.
//!
//! [`iommu_sva`] models `drivers/iommu/iommu-sva.c`, function by function, and [`iommu`] the part
//! of `drivers/iommu/iommu.c` that it calls, with every commit up to 6.10 that they may contain.
//! [`revisions`] lists the commits of each model, and the lines.

mod cited;
pub mod iommu;
pub mod iommu_sva;
pub mod revisions;

#[cfg(test)]
mod tests;

use spec::forward_to_functions as forward;

spec::era!(V67);
