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

use spec::forward_to_functions as forward;

spec::era!(V67);
