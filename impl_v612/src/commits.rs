// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.12 and later: commits.

use impl_v67::revisions::{ALLOC_FOR_DEVICE, REFUSE_X86, UNDO_WHAT_WAS_SET, VALIDATE_PASID};
use impl_v68::revisions::FREE_HANDLE;
use spec::revision::Effect;

spec::commits! {
    bits from 64;
    and spec::op::RESET;

    /// The entries of a group's array are attach handles; the list of handles is removed.
    REMOVE_HANDLE_LIST = "3e7f57d1ef3f", "iommu: Remove sva handle list",
        { release: Some("v6.11"), needs: &["14678219cf40", "6384c56c99d9"] };
    /// An attach stores a handle that its caller provides.
    ATTACH_HANDLES = "14678219cf40", "iommu: Introduce domain attachment handle",
        { release: Some("v6.11"), needs: &["3e7f57d1ef3f"] };
    /// A group can use PASIDs even if some of its devices support none.
    SKIP_NO_PASIDS = "b3f6fcd8404f",
        "iommu: Skip PASID validation for devices without PASID capability",
        { release: Some("v6.15"), needs: &["c404f55c26fc", "14678219cf40"] };
    /// An entry without an attach handle points at its domain.
    ENTRY_NAMES_DOMAIN = "e1ea9d30d84c",
        "iommu: Store either domain or handle in group->pasid_array",
        { release: Some("v6.15"), needs: &["14678219cf40"] };
    /// An entry is reserved until the driver has succeeded; the handle can be found only
    /// afterwards. All of this happens under the mutex of the group, so no other CPU can observe
    /// it.
    PUBLISH_ATTACHED = "5e9f822c9c68",
        "iommu: Swap the order of setting group->pasid_array and calling attach op of iommu drivers",
        { release: Some("v6.15"), needs: &["14678219cf40"], effect: Effect::NotSeenHere };
    /// An SVA domain is allocated by `domain_alloc_sva()` only.
    NO_DOMAIN_ALLOC = "a4672d0fe17d", "iommu: Do not call domain_alloc() in iommu_sva_domain_alloc()",
        { release: Some("v6.16"), needs: &["80af5a452024"], effect: Effect::NotSeenHere };
    /// Keeps a list of the bound mms, to invalidate kernel addresses in IOTLBs. An unbind looks at
    /// the mm after it has freed the domain, which may have held the last reference to it.
    INVALIDATE_KERNEL_IOTLB = "e37d5a2d60a3",
        "iommu/sva: invalidate stale IOTLB entries for kernel address space",
        { release: Some("v6.19"), needs: &["14678219cf40"] };
    /// An unbind updates that list before it frees the domain.
    FIX_UNBIND_CRASH = "06e14c36e20b", "iommu/sva: Fix crash in iommu_sva_unbind_device()",
        { release: Some("v7.0"), needs: &["e37d5a2d60a3"] };
    /// Each device of a group can be in reset for itself.
    RESET_PER_DEVICE = "b296ca1fb43a",
        "iommu: Replace per-group resetting_domain with per-gdev blocked flag",
        { release: Some("v7.1"), needs: &["c279e83953d9"] };
    /// The end of a reset sets the PASIDs of its own device only, and a device without PASIDs is
    /// passed over.
    RESET_OWN_PASIDS = "1615e8896a8f",
        "iommu: Fix pasid attach in pci_dev_reset_iommu_prepare/done()",
        { release: Some("v7.1"), needs: &["b296ca1fb43a"] };
    /// A reset may begin while another one of the device goes on.
    RESET_NESTED = "0d5fd7a9323c", "iommu: Fix nested pci_dev_reset_iommu_prepare/done()",
        { release: Some("v7.1"), needs: &["b296ca1fb43a"] };
    /// A detach passes over devices in reset, whose PASIDs are removed already.
    DETACH_SKIPS_RESET = "fc3523b16d2b",
        "iommu: Fix ATS invalidation timeouts during __iommu_remove_group_pasid()",
        { release: Some("v7.1"), needs: &["b296ca1fb43a"] };
    /// A bind stores the device before it releases the lock.
    STORE_DEV_LOCKED = "530f8f9c3546", "iommu/sva: Set handle->dev before the SVA handle is visible",
        { release: Some("v7.3"), needs: &["14678219cf40"] };
}

/// The commits of other crates that the code of this crate also looks at.
pub const FROM_OTHERS: &[spec::Commit] = &[
    FREE_HANDLE,
    REFUSE_X86,
    VALIDATE_PASID,
    ALLOC_FOR_DEVICE,
    UNDO_WHAT_WAS_SET,
];
