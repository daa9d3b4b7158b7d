// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.12 and later: revisions, lines.

pub use crate::commits::*;

use impl_v67::revisions::REFUSE_X86;
use spec::At::*;
use spec::op::RESET;
use spec::revision::{Blob, Branch, Releases, Revision};

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

/// `iommu-sva.c` of 6.12.95: as in 6.12.117, but for the late store of the device.
pub const SVA_6_12_93: Blob = SVA_6_12_117
    .with_id(Some("aadcd42cc8b8"))
    .at(&[(Store, 146)]);

/// `iommu-sva.c` of 6.12.95, configured for x86.
pub const SVA_6_12_93_X86: Blob = SVA_6_12_93.at(&[(Refused, 84)]);

/// `iommu-sva.c` of 6.17.
pub const SVA_6_17: Blob = Blob::iommu_sva(Some("1a51cfd82808")).at(&[
    (NotCompatible, 25),
    (Overflow, 31),
    (NoMmData, 37),
    (NoPasid, 41),
    (BindLock, 80),
    (SameMm, 94),
    (Reuse, 97),
    (OtherType, 103),
    (NoHandle, 109),
    (Join, 118),
    (NoDomain, 126),
    (AttachFailed, 130),
    (Create, 134),
    (SetUsers, 138),
    (Store, 140),
    (FreeHandle, 146),
    (Unbind, 163),
    (UnbindLock, 167),
    (NotLastUser, 168),
    (DomainKept, 174),
    (DomainFreed, 175),
    (UnbindFree, 179),
    (GetPasid, 187),
    (IopfNoUsers, 219),
    (IopfHandled, 221),
]);

/// `iommu-sva.c` of 6.18.4. The check for x86 adds three lines to the bind.
pub const SVA_6_18_4_X86: Blob = SVA_6_17.with_id(Some("a0442faad952")).at(&[
    (Refused, 81),
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

/// `iommu-sva.c` of 6.19: as in 7.3.4, but for the late store of the device, and for the list of
/// mms, which an unbind updates last.
pub const SVA_6_19: Blob = SVA_7_3
    .with_id(Some("e1e63c2be82b"))
    .at(&[(Store, 149), (UnlistMm, 188)]);

/// `iommu-sva.c` of 7.0 and 7.1.
pub const SVA_7_0: Blob = SVA_7_3.with_id(Some("bc7c7232a43e")).at(&[(Store, 149)]);

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
    (AttachReset, 3655),
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
    (ResetNested, 4051),
    (ResetRemove, 4084),
    (ResetGoesOn, 4165),
    (ResetSet, 4210),
]);

/// `iommu.c` of 6.12.95.
pub const CORE_6_12_93: Blob = Blob::iommu(Some("62e1d6372503"), "v6.12.93").at(&[
    (AttachNoPasid, 3406),
    (AttachRange, 3417),
    (AttachEntry, 3426),
    (AttachSet, 3430),
    (DetachGroup, 3452),
    (DetachErase, 3456),
    (GetDomain, 3508),
    (DomainFree, 2052),
    (AllocPasidUnsupported, 3466),
    (AllocPasid, 3473),
    (FreePasid, 3484),
]);

/// `iommu.c` of 6.17.
pub const CORE_6_17: Blob = Blob::iommu(Some("060ebe330ee1"), "v6.17").at(&[
    (AttachNoPasid, 3447),
    (AttachRange, 3458),
    (AttachEntry, 3470),
    (AttachSet, 3474),
    (DetachGroup, 3599),
    (DetachErase, 3603),
    (GetDomain, 3656),
    (DomainFree, 2055),
    (AllocPasidUnsupported, 3613),
    (AllocPasid, 3620),
    (FreePasid, 3631),
]);

/// `iommu.c` of 6.18.4 and of 6.18.26.
pub const CORE_6_18_4: Blob = Blob::iommu(Some("59244c744eab"), "v6.18.4-x86").at(&[
    (AttachNoPasid, 3473),
    (AttachRange, 3484),
    (AttachEntry, 3496),
    (AttachSet, 3500),
    (DetachGroup, 3625),
    (DetachErase, 3629),
    (GetDomain, 3682),
    (DomainFree, 2081),
    (AllocPasidUnsupported, 3639),
    (AllocPasid, 3646),
    (FreePasid, 3657),
]);

/// `iommu.c` of 6.19.
pub const CORE_6_19: Blob = Blob::iommu(Some("2ca990dfbb88"), "v6.19").at(&[
    (AttachNoPasid, 3491),
    (AttachRange, 3502),
    (AttachEntry, 3514),
    (AttachSet, 3518),
    (DetachGroup, 3643),
    (DetachErase, 3647),
    (GetDomain, 3700),
    (DomainFree, 2096),
    (AllocPasidUnsupported, 3657),
    (AllocPasid, 3664),
    (FreePasid, 3675),
]);

/// `iommu.c` of 7.0.
pub const CORE_7_0: Blob = Blob::iommu(Some("ee83850c7060"), "v7.0").at(&[
    (AttachNoPasid, 3574),
    (AttachReset, 3583),
    (AttachRange, 3595),
    (AttachEntry, 3607),
    (AttachSet, 3611),
    (DetachGroup, 3746),
    (DetachErase, 3750),
    (GetDomain, 3803),
    (DomainFree, 2106),
    (AllocPasidUnsupported, 3760),
    (AllocPasid, 3767),
    (FreePasid, 3778),
    (ResetNested, 3975),
    (ResetRemove, 3996),
    (ResetSet, 4050),
]);

/// `iommu.c` of 7.1.2.
pub const CORE_7_1_2: Blob = Blob::iommu(Some("d1a9e713d3a0"), "v7.1.2").at(&[
    (AttachNoPasid, 3647),
    (AttachReset, 3656),
    (AttachRange, 3668),
    (AttachEntry, 3680),
    (AttachSet, 3684),
    (DetachGroup, 3819),
    (DetachErase, 3823),
    (GetDomain, 3876),
    (DomainFree, 2128),
    (AllocPasidUnsupported, 3833),
    (AllocPasid, 3840),
    (FreePasid, 3851),
    (ResetNested, 4052),
    (ResetRemove, 4085),
    (ResetGoesOn, 4166),
    (ResetSet, 4211),
]);

/// The revisions with this design.
pub static REVISIONS: &[Revision] = &[
    Revision {
        name: "v6.12",
        what: "Linux 6.12 as released, where SVA is available",
        parents: &["v6.10"],
        branch: Branch::Mainline,
        commits: &[REMOVE_HANDLE_LIST, ATTACH_HANDLES],
        stands_for: &[
            Releases::of(6, 11),
            Releases::of(6, 12).to(92),
            Releases::of(6, 13),
            Releases::of(6, 14),
        ],
        iommu_sva: &SVA_6_12,
        iommu: &CORE_6_12,
        ..PATCH
    },
    Revision {
        name: "v6.12.64-x86",
        what: "stable Linux 6.12.64 to 6.12.92, configured for x86",
        parents: &["v6.12"],
        branch: Branch::Stable,
        commits: &[REFUSE_X86],
        stands_for: &[Releases::of(6, 12).from(64).to(92).x86()],
        derived: true,
        iommu_sva: &SVA_6_12_93_X86.of_revision(),
        iommu: &CORE_6_12,
    },
    Revision {
        name: "v6.12.93",
        what: "stable Linux 6.12.93 to 6.12.108, where SVA is available",
        parents: &["v6.12"],
        branch: Branch::Stable,
        commits: &[SKIP_NO_PASIDS],
        stands_for: &[Releases::of(6, 12).from(93).to(108)],
        iommu_sva: &SVA_6_12_93,
        iommu: &CORE_6_12_93,
        ..PATCH
    },
    Revision {
        name: "v6.12.93-x86",
        what: "stable Linux 6.12.93 and later, configured for x86",
        parents: &["v6.12.93"],
        branch: Branch::Stable,
        commits: &[REFUSE_X86],
        stands_for: &[Releases::of(6, 12).from(93).x86()],
        iommu_sva: &SVA_6_12_93_X86,
        iommu: &CORE_6_12_93,
        ..PATCH
    },
    Revision {
        name: "v6.12.117",
        what: "stable Linux 6.12.109 and later, where SVA is available",
        parents: &["v6.12.93"],
        branch: Branch::Stable,
        commits: &[STORE_DEV_LOCKED],
        stands_for: &[Releases::of(6, 12).from(109)],
        iommu_sva: &SVA_6_12_117,
        iommu: &CORE_6_12_117,
        ..PATCH
    },
    Revision {
        name: "v6.17",
        what: "Linux 6.15 to 6.18, where SVA is available",
        parents: &["v6.12"],
        branch: Branch::Mainline,
        commits: &[
            SKIP_NO_PASIDS,
            ENTRY_NAMES_DOMAIN,
            PUBLISH_ATTACHED,
            NO_DOMAIN_ALLOC,
        ],
        stands_for: &[
            Releases::of(6, 15).up_to(6, 18, 6),
            Releases::of(6, 18).from(20).to(49),
            Releases::of(6, 19).from(10),
        ],
        iommu_sva: &SVA_6_17,
        iommu: &CORE_6_17,
        ..PATCH
    },
    Revision {
        name: "v6.18.4-x86",
        what: "stable Linux 6.18.4 to 6.18.6, configured for x86",
        parents: &["v6.17"],
        branch: Branch::Stable,
        commits: &[REFUSE_X86],
        stands_for: &[Releases::of(6, 18).from(4).to(6).x86()],
        iommu_sva: &SVA_6_18_4_X86,
        iommu: &CORE_6_18_4,
        ..PATCH
    },
    Revision {
        name: "v6.18.50",
        what: "stable Linux 6.18.50 and later",
        parents: &["v6.17"],
        branch: Branch::Stable,
        commits: &[STORE_DEV_LOCKED],
        stands_for: &[Releases::of(6, 18).from(50)],
        derived: true,
        iommu_sva: &SVA_7_3.of_revision(),
        iommu: &CORE_6_18_4.of_revision(),
    },
    Revision {
        name: "v6.19",
        what: "Linux 6.19 up to 6.19.9, and 6.18.7 to 6.18.19",
        parents: &["v6.17"],
        branch: Branch::Mainline,
        commits: &[INVALIDATE_KERNEL_IOTLB],
        stands_for: &[
            Releases::of(6, 19).to(9),
            Releases::of(6, 18).from(7).to(19),
        ],
        iommu_sva: &SVA_6_19,
        iommu: &CORE_6_19,
        ..PATCH
    },
    Revision {
        name: "v7.0",
        what: "Linux 7.0 up to 7.0.9",
        parents: &["v6.19"],
        branch: Branch::Mainline,
        commits: &[FIX_UNBIND_CRASH, RESET],
        stands_for: &[Releases::of(7, 0).to(9)],
        iommu_sva: &SVA_7_0,
        iommu: &CORE_7_0,
        ..PATCH
    },
    Revision {
        name: "v7.1.2",
        what: "Linux 7.0.10 and later, 7.1, and 7.2 up to 7.2.3",
        parents: &["v7.0"],
        branch: Branch::Mainline,
        commits: &[
            RESET_PER_DEVICE,
            RESET_OWN_PASIDS,
            RESET_NESTED,
            DETACH_SKIPS_RESET,
        ],
        stands_for: &[
            Releases::of(7, 0).from(10),
            Releases::of(7, 1),
            Releases::of(7, 2).to(3),
        ],
        iommu_sva: &SVA_7_0,
        iommu: &CORE_7_1_2,
        ..PATCH
    },
    Revision {
        name: "v7.3",
        what: "Linux 7.3, and 7.2.4 and later",
        parents: &["v7.1.2"],
        branch: Branch::Mainline,
        commits: &[STORE_DEV_LOCKED],
        stands_for: &[Releases::of(7, 2).from(4), Releases::of(7, 3)],
        iommu_sva: &SVA_7_3,
        iommu: &CORE_7_3,
        ..PATCH
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

/// Template for a patch to 6.12.93, configured for x86.
pub const PATCH_6_12_93_X86: Revision = Revision {
    parents: &["v6.12.93-x86"],
    iommu_sva: &SVA_6_12_93_X86,
    iommu: &CORE_6_12_93,
    ..PATCH
};

/// Template for a patch to 6.19.
pub const PATCH_6_19: Revision = Revision {
    parents: &["v6.19"],
    iommu_sva: &SVA_6_19,
    iommu: &CORE_6_19,
    ..PATCH
};

/// Template for a patch to 7.0.
pub const PATCH_7_0: Revision = Revision {
    parents: &["v7.0"],
    iommu_sva: &SVA_7_0,
    iommu: &CORE_7_0,
    ..PATCH
};
