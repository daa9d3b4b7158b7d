// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.2 to 6.7, and the commits that changed `iommu.c` up to 6.10: commits, revisions, lines.

use spec::At::*;
use spec::op::{CORE_PASIDS, NO_IOASID_SET};
use spec::revision::{Blob, Branch, Effect, Releases, Revision};

spec::commits! {
    bits from 0;
    and spec::op::NO_IOASID_SET, spec::op::CORE_PASIDS;

    /// An mm that devices cannot use is refused.
    DMA_COMPAT = "23e5d9ec2bab", "x86/mm/iommu/sva: Make LAM and SVA mutually exclusive",
        { release: Some("v6.4") };
    /// The allocator of PASIDs may sleep.
    SLEEPING_ALLOC = "1a14bf0fc7ed", "iommu/sva: Use GFP_KERNEL for pasid allocation",
        { release: Some("v6.4"), effect: Effect::NotSeenHere };
    /// An error of the allocator is no longer taken for a PASID.
    FIX_SIGNEDNESS = "c20ecf7bb615",
        "iommu/sva: Fix signedness bug in iommu_sva_alloc_pasid()",
        { release: Some("v6.5"), needs: &["4e14176ab13f"] };
    /// `thread-c`: an unbind detaches only when `--domain->users` reaches 0, and
    /// `iommu_attach_device_pasid()` returns 0 where it returned `-EBUSY`.
    DETACH_LAST_BUSY_IS_OK = "20240221110658.529-1-zhangfei.gao@linaro.org",
        "[PATCH v2] iommu: Fix iommu_sva_bind_device to the same domain",
        { link: Some("20240221110658.529-1-zhangfei.gao@linaro.org"), needs: &["092edaddb660"] };
    /// An attach requires that all devices of the group support the PASID.
    VALIDATE_PASID = "c404f55c26fc", "iommu: Validate the PASID in iommu_attach_device_pasid()",
        { release: Some("v6.9") };
    /// The driver allocates an SVA domain for a device, and its error is returned.
    ALLOC_FOR_DEVICE = "80af5a452024", "iommu: Add ops->domain_alloc_sva()",
        { release: Some("v6.10") };
    /// A failed attach removes the PASID only from devices that had it set.
    UNDO_WHAT_WAS_SET = "b025dea63cde",
        "iommu: Undo pasid attachment only for the devices that have succeeded",
        { release: Some("v6.10") };
    /// A kernel configured for x86 refuses to bind.
    REFUSE_X86 = "72f98ef9a4be", "iommu: disable SVA when CONFIG_X86 is set",
        { release: Some("v6.18") };
    /// In 6.6.120 to 6.6.150, that check stands after the allocations.
    CHECK_X86_LATE = "6.6.y:72f98ef9a4be",
        "iommu: disable SVA when CONFIG_X86 is set (as in 6.6.120, after the allocations)",
        { release: Some("v6.6.120"), needs: &["72f98ef9a4be"] };
}

/// The commits of other crates that the code of this crate also looks at.
pub const FROM_OTHERS: &[spec::Commit] = &[];

/// `iommu-sva.c` of 6.2.
pub const SVA_6_2: Blob = Blob::iommu_sva(Some("24bf9b2b58aa")).at(&[
    (NoRange, 33),
    (PasidLock, 35),
    (Overflow, 39),
    (NoPasid, 45),
    (Unsupported, 99),
    (NoHandle, 108),
    (BindLock, 110),
    (OtherType, 115),
    (Join, 120),
    (NoDomain, 127),
    (AttachFailed, 131),
    (Create, 134),
    (Store, 137),
    (FreeHandle, 146),
    (Unbind, 162),
    (UnbindPasid, 163),
    (UnbindLock, 166),
    (DomainKept, 167),
    (DomainFreed, 168),
    (UnbindFree, 172),
    (GetPasidHandle, 178),
    (GetPasid, 180),
    (IopfNoUsers, 202),
    (IopfHandled, 204),
]);

/// `iommu-sva.c` of 6.4.6, whose lines are those of 6.4.
pub const SVA_6_4: Blob = Blob::iommu_sva(Some("3ebd4b6586b3")).at(&[
    (NoRange, 23),
    (NotCompatible, 26),
    (PasidLock, 28),
    (Overflow, 32),
    (NoPasid, 37),
    (Unsupported, 71),
    (NoHandle, 80),
    (BindLock, 82),
    (OtherType, 87),
    (Join, 92),
    (NoDomain, 99),
    (AttachFailed, 103),
    (Create, 106),
    (Store, 109),
    (FreeHandle, 118),
    (Unbind, 134),
    (UnbindPasid, 135),
    (UnbindLock, 138),
    (DomainKept, 139),
    (DomainFreed, 140),
    (UnbindFree, 144),
    (GetPasidHandle, 150),
    (GetPasid, 152),
    (IopfNoUsers, 174),
    (IopfHandled, 176),
]);

/// `iommu-sva.c` of 6.5.
pub const SVA_6_5: Blob = Blob::iommu_sva(Some("05c0fb2acbc4")).at(&[
    (NoRange, 23),
    (NotCompatible, 26),
    (PasidLock, 28),
    (Overflow, 32),
    (NoPasid, 38),
    (Unsupported, 72),
    (NoHandle, 81),
    (BindLock, 83),
    (OtherType, 88),
    (Join, 93),
    (NoDomain, 100),
    (AttachFailed, 104),
    (Create, 107),
    (Store, 110),
    (FreeHandle, 119),
    (Unbind, 135),
    (UnbindPasid, 136),
    (UnbindLock, 139),
    (DomainKept, 140),
    (DomainFreed, 141),
    (UnbindFree, 145),
    (GetPasidHandle, 151),
    (GetPasid, 153),
    (IopfNoUsers, 175),
    (IopfHandled, 177),
]);

/// `iommu-sva.c` of 6.7.
pub const SVA_6_7: Blob = Blob::iommu_sva(Some("b78671a8a914")).at(&[
    (NotCompatible, 21),
    (PasidLock, 23),
    (Overflow, 27),
    (NoPasid, 33),
    (NoHandle, 72),
    (BindLock, 74),
    (OtherType, 79),
    (Join, 84),
    (NoDomain, 91),
    (AttachFailed, 95),
    (Create, 98),
    (Store, 101),
    (FreeHandle, 110),
    (Unbind, 126),
    (UnbindPasid, 127),
    (UnbindLock, 130),
    (DomainKept, 131),
    (DomainFreed, 132),
    (UnbindFree, 136),
    (GetPasidHandle, 142),
    (GetPasid, 144),
    (IopfNoUsers, 166),
    (IopfHandled, 168),
]);

/// `iommu-sva.c` of 6.6.120. The check for x86 adds three lines.
pub const SVA_6_6_120: Blob = SVA_6_7.with_id(Some("611733c02b7c")).at(&[
    (Refused, 75),
    (BindLock, 77),
    (OtherType, 82),
    (Join, 87),
    (NoDomain, 94),
    (AttachFailed, 98),
    (Create, 101),
    (Store, 104),
    (FreeHandle, 113),
    (Unbind, 129),
    (UnbindPasid, 130),
    (UnbindLock, 133),
    (DomainKept, 134),
    (DomainFreed, 135),
    (UnbindFree, 139),
    (GetPasidHandle, 145),
    (GetPasid, 147),
    (IopfNoUsers, 169),
    (IopfHandled, 171),
]);

/// `iommu-sva.c` of 6.6.151: the check is the first statement of the bind.
pub const SVA_6_6_151: Blob = SVA_6_6_120
    .of_revision()
    .at(&[(Refused, 67), (NoHandle, 75)]);

/// `iommu.c` of 6.2.
pub const CORE_6_2: Blob = Blob::iommu(Some("5f6a85aea501"), "v6.2").at(&[
    (AttachEntry, 3336),
    (AttachSet, 3340),
    (DetachErase, 3369),
    (GetDomain, 3390),
    (SvaDomainAlloc, 3418),
    (DomainFree, 1954),
]);

/// `iommu.c` of 6.4.
pub const CORE_6_4: Blob = Blob::iommu(Some("f1dcfa3f1a1b"), "v6.4").at(&[
    (AttachEntry, 3302),
    (AttachSet, 3306),
    (DetachErase, 3335),
    (GetDomain, 3356),
    (SvaDomainAlloc, 3384),
    (DomainFree, 2015),
]);

/// `iommu.c` of 6.5.
pub const CORE_6_5: Blob = Blob::iommu(Some("caaf563d38ae"), "v6.5").at(&[
    (AttachEntry, 3309),
    (AttachSet, 3313),
    (DetachErase, 3342),
    (GetDomain, 3363),
    (SvaDomainAlloc, 3391),
    (DomainFree, 1948),
]);

/// `iommu.c` of 6.7.
pub const CORE_6_7: Blob = Blob::iommu(Some("33e2a9b5d339"), "v6.7").at(&[
    (AttachEntry, 3487),
    (AttachSet, 3491),
    (DetachErase, 3519),
    (GetDomain, 3538),
    (SvaDomainAlloc, 3565),
    (DomainFree, 2156),
    (AllocPasidUnsupported, 3583),
    (AllocPasid, 3590),
    (FreePasid, 3601),
]);

/// `iommu.c` of 6.6.33.
pub const CORE_6_6_33: Blob = Blob::iommu(Some("3f1029c0825e"), "v6.6.33").at(&[
    (AttachEntry, 3432),
    (AttachSet, 3436),
    (DetachErase, 3463),
    (GetDomain, 3484),
    (SvaDomainAlloc, 3512),
    (DomainFree, 2010),
    (AllocPasidUnsupported, 3530),
    (AllocPasid, 3537),
    (FreePasid, 3548),
]);

/// `iommu.c` of 6.6.120 and of 6.6.150.
pub const CORE_6_6_120: Blob = Blob::iommu(Some("3fa5699b9ff1"), "v6.6.120-x86").at(&[
    (AttachEntry, 3452),
    (AttachSet, 3456),
    (DetachErase, 3483),
    (GetDomain, 3504),
    (SvaDomainAlloc, 3532),
    (DomainFree, 2022),
    (AllocPasidUnsupported, 3550),
    (AllocPasid, 3557),
    (FreePasid, 3568),
]);

/// The revisions with this design.
pub static REVISIONS: &[Revision] = &[
    Revision {
        name: "v6.2",
        what: "Linux 6.2 and 6.3",
        iommu_sva: &SVA_6_2,
        iommu: &CORE_6_2,
        stands_for: &[Releases::of(6, 2), Releases::of(6, 3)],
        ..ROW
    },
    Revision {
        name: "v6.4",
        what: "Linux 6.4 up to 6.4.6",
        parents: &["v6.2"],
        commits: &[NO_IOASID_SET, DMA_COMPAT, SLEEPING_ALLOC],
        iommu_sva: &SVA_6_4,
        iommu: &CORE_6_4,
        stands_for: &[Releases::of(6, 4).to(6)],
        ..ROW
    },
    Revision {
        name: "v6.5",
        what: "Linux 6.5",
        parents: &["v6.4"],
        commits: &[FIX_SIGNEDNESS],
        iommu_sva: &SVA_6_5,
        iommu: &CORE_6_5,
        stands_for: &[Releases::of(6, 4).from(7), Releases::of(6, 5)],
        ..ROW
    },
    Revision {
        name: "v6.7",
        what: "Linux 6.7 as released, and 6.6 up to 6.6.32",
        parents: &["v6.5"],
        commits: &[CORE_PASIDS],
        stands_for: &[Releases::of(6, 6).to(32), Releases::of(6, 7)],
        ..ROW
    },
    Revision {
        name: "v6.6.33",
        what: "stable Linux 6.6.33 and later, not configured for x86",
        parents: &["v6.7"],
        branch: Branch::Stable,
        commits: &[UNDO_WHAT_WAS_SET],
        iommu: &CORE_6_6_33,
        stands_for: &[Releases::of(6, 6).from(33)],
        ..ROW
    },
    Revision {
        name: "v6.6.120-x86",
        what: "stable Linux 6.6.120 to 6.6.150, configured for x86",
        parents: &["v6.6.33"],
        branch: Branch::Stable,
        commits: &[CHECK_X86_LATE, REFUSE_X86],
        iommu_sva: &SVA_6_6_120,
        iommu: &CORE_6_6_120,
        stands_for: &[Releases::of(6, 6).from(120).to(150).x86()],
        ..ROW
    },
    Revision {
        name: "v6.6.151-x86",
        what: "stable Linux 6.6.151 and later, configured for x86",
        parents: &["v6.6.33"],
        branch: Branch::Stable,
        commits: &[REFUSE_X86],
        iommu_sva: &SVA_6_6_151,
        iommu: &CORE_6_6_120,
        stands_for: &[Releases::of(6, 6).from(151).x86()],
        derived: true,
    },
];

/// The common fields of the revisions.
const ROW: Revision = Revision {
    parents: &[],
    branch: Branch::Mainline,
    ..PATCH
};

/// Template for a patch to 6.7.
pub const PATCH: Revision = Revision {
    name: "",
    what: "",
    parents: &["v6.7"],
    branch: Branch::Proposal,
    commits: &[],
    stands_for: &[],
    derived: false,
    iommu_sva: &SVA_6_7,
    iommu: &CORE_6_7,
};

/// Template for a patch to 6.2.
pub const PATCH_6_2: Revision = Revision {
    parents: &["v6.2"],
    iommu_sva: &SVA_6_2,
    iommu: &CORE_6_2,
    ..PATCH
};

/// Template for a patch to 6.5.
pub const PATCH_6_5: Revision = Revision {
    parents: &["v6.5"],
    iommu_sva: &SVA_6_5,
    iommu: &CORE_6_5,
    ..PATCH
};

/// Template for a patch to 6.6.120, configured for x86.
pub const PATCH_6_6_120_X86: Revision = Revision {
    parents: &["v6.6.120-x86"],
    iommu_sva: &SVA_6_6_120,
    iommu: &CORE_6_6_120,
    ..PATCH
};
