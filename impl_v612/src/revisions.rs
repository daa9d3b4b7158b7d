// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.12 and later: commits, revisions, lines.

use impl_v67::revisions::{ALLOC_FOR_DEVICE, UNDO_WHAT_WAS_SET, VALIDATE_PASID};
use spec::At::*;
use spec::revision::{Blob, Branch, Effect, Releases, Revision};

spec::commits! {
    bits from 64;

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
    /// Keeps a list of the bound mms, to invalidate kernel addresses in IOTLBs.
    INVALIDATE_KERNEL_IOTLB = "e37d5a2d60a3",
        "iommu/sva: invalidate stale IOTLB entries for kernel address space",
        { release: Some("v6.19"), effect: Effect::NotSeenHere };
    /// An unbind updates that list before it frees the domain.
    FIX_UNBIND_CRASH = "06e14c36e20b", "iommu/sva: Fix crash in iommu_sva_unbind_device()",
        { release: Some("v7.0"), needs: &["e37d5a2d60a3"], effect: Effect::NotSeenHere };
    /// A bind stores the device before it releases the lock.
    STORE_DEV_LOCKED = "530f8f9c3546", "iommu/sva: Set handle->dev before the SVA handle is visible",
        { release: Some("v7.3"), needs: &["14678219cf40"] };
}

/// `iommu-sva.c` of 6.12.
pub const SVA_6_12: Blob = Blob::iommu_sva(Some("503c5d23c1ea")).at(&[
    (NotCompatible, 25),
    (Overflow, 31),
    (NoMmData, 37),
    (NoPasid, 41),
    (BindLock, 83),
    (SameMm, 97),
    (Reuse, 100),
    (OtherType, 106),
    (NoHandle, 112),
    (Join, 121),
    (NoDomain, 129),
    (AttachFailed, 133),
    (Create, 137),
    (SetUsers, 141),
    (Store, 143),
    (FreeHandle, 149),
    (Unbind, 166),
    (UnbindLock, 170),
    (NotLastUser, 171),
    (DomainKept, 177),
    (DomainFreed, 178),
    (UnbindFree, 182),
    (GetPasid, 190),
    (IopfNoUsers, 222),
    (IopfHandled, 224),
]);

/// `iommu-sva.c` of 6.12.117. A check for x86, which is compiled in only there, adds three lines to
/// the bind.
pub const SVA_6_12_117: Blob = SVA_6_12.with_id(Some("885a758c2977")).at(&[
    (BindLock, 86),
    (SameMm, 100),
    (Reuse, 103),
    (OtherType, 109),
    (NoHandle, 115),
    (Join, 124),
    (NoDomain, 132),
    (AttachFailed, 136),
    (Create, 140),
    (SetUsers, 144),
    (Store, 145),
    (FreeHandle, 152),
    (Unbind, 169),
    (UnbindLock, 173),
    (NotLastUser, 174),
    (DomainKept, 180),
    (DomainFreed, 181),
    (UnbindFree, 185),
    (GetPasid, 193),
    (IopfNoUsers, 225),
    (IopfHandled, 227),
]);

/// `iommu-sva.c` of 7.3.4.
pub const SVA_7_3: Blob = Blob::iommu_sva(Some("9742cb593577")).at(&[
    (NotCompatible, 28),
    (Overflow, 34),
    (NoMmData, 40),
    (NoPasid, 44),
    (BindLock, 84),
    (SameMm, 98),
    (Reuse, 101),
    (OtherType, 107),
    (NoHandle, 113),
    (Join, 122),
    (NoDomain, 130),
    (AttachFailed, 134),
    (Create, 138),
    (SetUsers, 147),
    (Store, 148),
    (FreeHandle, 155),
    (Unbind, 172),
    (UnbindLock, 176),
    (NotLastUser, 177),
    (DomainKept, 183),
    (DomainFreed, 184),
    (UnbindFree, 195),
    (GetPasid, 203),
    (IopfNoUsers, 235),
    (IopfHandled, 237),
]);

/// `iommu.c` of 6.12.
pub const CORE_6_12: Blob = Blob::iommu(Some("83c8e617a2c5"), "v6.12").at(&[
    (AttachNoPasid, 3391),
    (AttachRange, 3396),
    (AttachEntry, 3405),
    (AttachSet, 3409),
    (DetachGroup, 3431),
    (DetachErase, 3435),
    (GetDomain, 3487),
    (DomainFree, 2049),
    (AllocPasidUnsupported, 3445),
    (AllocPasid, 3452),
    (FreePasid, 3463),
]);

/// `iommu.c` of 6.12.117.
pub const CORE_6_12_117: Blob = Blob::iommu(Some("fdebfe5380ba"), "v6.12.117").at(&[
    (AttachNoPasid, 3407),
    (AttachRange, 3418),
    (AttachEntry, 3427),
    (AttachSet, 3431),
    (DetachGroup, 3453),
    (DetachErase, 3457),
    (GetDomain, 3509),
    (DomainFree, 2052),
    (AllocPasidUnsupported, 3467),
    (AllocPasid, 3474),
    (FreePasid, 3485),
]);

/// `iommu.c` of 7.3.4.
pub const CORE_7_3: Blob = Blob::iommu(Some("cd1bca7ede9a"), "v7.3").at(&[
    (AttachNoPasid, 3646),
    (AttachRange, 3667),
    (AttachEntry, 3679),
    (AttachSet, 3683),
    (DetachGroup, 3818),
    (DetachErase, 3822),
    (GetDomain, 3875),
    (DomainFree, 2127),
    (AllocPasidUnsupported, 3832),
    (AllocPasid, 3839),
    (FreePasid, 3850),
]);

/// The revisions with this design.
pub static REVISIONS: &[Revision] = &[
    Revision {
        name: "v6.12",
        what: "Linux 6.12 as released, where SVA is available",
        parents: &["v6.8"],
        branch: Branch::Mainline,
        commits: &[
            REMOVE_HANDLE_LIST,
            VALIDATE_PASID,
            ALLOC_FOR_DEVICE,
            UNDO_WHAT_WAS_SET,
            ATTACH_HANDLES,
        ],
        iommu_sva: &SVA_6_12,
        iommu: &CORE_6_12,
        stands_for: &[
            Releases::of(6, 11),
            Releases::of(6, 12).to(92),
            Releases::of(6, 13),
            Releases::of(6, 14),
        ],
        derived: false,
    },
    Revision {
        name: "v6.12.117",
        what: "stable Linux 6.12.117, where SVA is available",
        parents: &["v6.12"],
        branch: Branch::Stable,
        commits: &[SKIP_NO_PASIDS, STORE_DEV_LOCKED],
        iommu_sva: &SVA_6_12_117,
        iommu: &CORE_6_12_117,
        stands_for: &[Releases::of(6, 12).from(109)],
        derived: false,
    },
    Revision {
        name: "v7.3",
        what: "stable Linux 7.3.4, where SVA is available",
        parents: &["v6.12"],
        branch: Branch::Mainline,
        commits: &[
            SKIP_NO_PASIDS,
            ENTRY_NAMES_DOMAIN,
            PUBLISH_ATTACHED,
            NO_DOMAIN_ALLOC,
            INVALIDATE_KERNEL_IOTLB,
            FIX_UNBIND_CRASH,
            STORE_DEV_LOCKED,
        ],
        iommu_sva: &SVA_7_3,
        iommu: &CORE_7_3,
        stands_for: &[Releases::of(7, 2).from(4), Releases::of(7, 3)],
        derived: false,
    },
];

/// Template for a patch to 7.3.4.
pub const PATCH: Revision = Revision {
    name: "",
    what: "",
    parents: &["v7.3"],
    branch: Branch::Proposal,
    commits: &[],
    iommu_sva: &SVA_7_3,
    iommu: &CORE_7_3,
    stands_for: &[],
    derived: false,
};

/// Template for a patch to 6.12.
pub const PATCH_6_12: Revision = Revision {
    parents: &["v6.12"],
    iommu_sva: &SVA_6_12,
    iommu: &CORE_6_12,
    ..PATCH
};
