// SPDX-License-Identifier: GPL-2.0-or-later
//! The commits that decide which operations a kernel has. They are declared in this crate since the
//! table of operations refers to them, and registered by the crate with the code that they change.

crate::commits! {
    bits from 96;

    /// Allocates PASIDs from an IDA that drivers cannot reach.
    NO_IOASID_SET = "4e14176ab13f", "iommu/sva: Stop using ioasid_set for SVA",
        { release: Some("v6.4"), needs: &["23e5d9ec2bab"] };
    /// Gives drivers `iommu_alloc_global_pasid()`, which binds use as well.
    CORE_PASIDS = "2dcebc7ddce7", "iommu: Move global PASID allocation from SVA to core",
        { release: Some("v6.6"), needs: &["4e14176ab13f"] };
    /// The core blocks a device while it is reset.
    RESET = "c279e83953d9", "iommu: Introduce pci_dev_reset_iommu_prepare/done()",
        { release: Some("v7.0"), needs: &["14678219cf40"] };
}
