// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.8 from the merge to the release, the proposals, and up to 6.10: commits, revisions, lines.

use impl_v67::revisions::{
    ALLOC_FOR_DEVICE, DETACH_LAST_BUSY_IS_OK, UNDO_WHAT_WAS_SET, VALIDATE_PASID,
};
use spec::At::*;
use spec::revision::{Blob, Branch, Effect, Releases, Revision};

spec::commits! {
    bits from 32;

    /// Domains belong to the mm and are shared by its devices.
    SHARE_DOMAINS = "092edaddb660", "iommu: Support mm PASID 1:n with sva domains",
        { release: Some("v6.8"), needs: &["541a3e257d48"] };
    /// Adds a function that returns the PASID of an mm.
    GET_ENQCMD_PASID = "2396046d75d3", "iommu: Add mm_get_enqcmd_pasid() helper function",
        { release: Some("v6.8"), effect: Effect::NotSeenHere };
    /// The PASID moves from the mm to its `iommu_mm`.
    IOMMU_MM = "541a3e257d48", "mm: Add structure to keep sva information",
        { release: Some("v6.8"), needs: &["092edaddb660"] };
    /// A bind whose domain cannot be allocated frees its handle.
    FREE_HANDLE = "9991a82a3817", "iommu/sva: Fix memory leak in iommu_sva_bind_device()",
        { release: Some("v6.8"), needs: &["092edaddb660"] };
    /// `thread-a`: `-EBUSY` from the attach in the search loop counts as success.
    ACCEPT_EBUSY = "CABQgh9GWcqUeBkHQCpj5tzu6FnEgpOp3KOQ6s9c0X0KU7Ov1qw@mail.gmail.com",
        "Simply tried if (!ret || ret == -EBUSY)",
        {
            link: Some("CABQgh9GWcqUeBkHQCpj5tzu6FnEgpOp3KOQ6s9c0X0KU7Ov1qw@mail.gmail.com"),
            needs: &["092edaddb660"],
        };
    /// `thread-b`: `thread-a`, and an unbind detaches only when `--domain->users` reaches 0.
    ACCEPT_EBUSY_DETACH_LAST = "20240221061832.430-1-zhangfei.gao@linaro.org",
        "[PATCH] iommu: Fix iommu_sva_bind_device to the same domain",
        { link: Some("20240221061832.430-1-zhangfei.gao@linaro.org"), needs: &["092edaddb660"] };
    /// `thread-d`: a list of handles, without unlock and without `refcount_set()`.
    SKETCH_HANDLE_LIST = "20240221131725.GR13330@nvidia.com",
        "the first sketch of a list of handles",
        { link: Some("20240221131725.GR13330@nvidia.com"), needs: &["092edaddb660"] };
    /// Adds a list of handles. A second bind of a device returns the handle of the first one.
    SHARE_HANDLES = "65d4418c5002", "iommu/sva: Restore SVA handle sharing",
        { release: Some("v6.8"), needs: &["092edaddb660"] };
    /// Also counts and lists handles that join a domain.
    SHARE_JOINED_HANDLES = "6384c56c99d9",
        "iommu/sva: Fix SVA handle sharing in multi device case",
        { release: Some("v6.8"), needs: &["65d4418c5002"] };
}

/// The commits of other crates that the code of this crate also looks at.
pub const FROM_OTHERS: &[spec::Commit] = &[
    DETACH_LAST_BUSY_IS_OK,
    VALIDATE_PASID,
    ALLOC_FOR_DEVICE,
    UNDO_WHAT_WAS_SET,
];

/// `iommu-sva.c` of 6.8-rc1.
pub const RC1: Blob = Blob::iommu_sva(Some("c3fc9201d0be")).at(&[
    (NotCompatible, 23),
    (Overflow, 29),
    (NoMmData, 35),
    (NoPasid, 40),
    (BindLock, 76),
    (NoHandle, 87),
    (Join, 95),
    (NoDomain, 103),
    (AttachFailed, 107),
    (Create, 110),
    (Store, 115),
    (FreeHandle, 122),
    (Unbind, 140),
    (UnbindLock, 143),
    (DomainKept, 145),
    (DomainFreed, 146),
    (UnbindFree, 150),
    (GetPasid, 158),
    (IopfNoUsers, 180),
    (IopfHandled, 182),
]);

/// `iommu-sva.c` of the merge: it lacks a label and another line of rc1.
pub const MERGE: Blob = RC1.with_id(Some("5175e8d85247")).at(&[
    (FreeHandle, 121),
    (Unbind, 139),
    (UnbindLock, 142),
    (DomainKept, 144),
    (DomainFreed, 145),
    (UnbindFree, 149),
    (GetPasid, 157),
    (IopfNoUsers, 179),
    (IopfHandled, 181),
]);

/// rc1 with the patch of `thread-b` or `thread-c`: the detach and the test are exchanged.
pub const DETACH_LAST: Blob = RC1
    .with_id(None)
    .at(&[(DomainKept, 144), (DomainFreed, 145)]);

/// rc1 with the diff of `thread-d`.
pub const SKETCH: Blob = RC1.with_id(None).at(&[
    (BindLock, 77),
    (MatchHandle, 87),
    (Reuse, 88),
    (NoHandle, 95),
    (Join, 103),
    (NoDomain, 111),
    (AttachFailed, 115),
    (Create, 118),
    (Store, 124),
    (FreeHandle, 131),
    (Unbind, 149),
    (UnbindLock, 152),
    (NotLastUser, 153),
    (UnlistHandle, 157),
    (DomainKept, 160),
    (DomainFreed, 161),
    (UnbindFree, 165),
    (GetPasid, 173),
    (IopfNoUsers, 195),
    (IopfHandled, 197),
]);

/// `iommu-sva.c` of 6.8.
pub const V6_8: Blob = RC1.with_id(Some("65814cbc8402")).at(&[
    (BindLock, 77),
    (MatchHandle, 87),
    (Reuse, 88),
    (NoHandle, 96),
    (Join, 104),
    (NoDomain, 112),
    (AttachFailed, 116),
    (Create, 119),
    (Store, 126),
    (FreeHandle, 133),
    (Unbind, 151),
    (UnbindLock, 154),
    (NotLastUser, 155),
    (UnlistHandle, 159),
    (DomainKept, 162),
    (DomainFreed, 163),
    (UnbindFree, 167),
    (GetPasid, 175),
    (IopfNoUsers, 197),
    (IopfHandled, 199),
]);

/// `iommu-sva.c` of 6.8-rc6: all anchors are on the same lines as in 6.8.
pub const RC6: Blob = V6_8.with_id(Some("7f91c8d0064b"));

/// `iommu.c` of 6.8-rc1.
pub const CORE_RC1: Blob = Blob::iommu(Some("68e648b55767"), "v6.8-rc1").at(&[
    (AttachEntry, 3546),
    (AttachSet, 3550),
    (DetachErase, 3578),
    (GetDomain, 3597),
    (SvaDomainAlloc, 3624),
    (DomainFree, 2206),
    (AllocPasidUnsupported, 3642),
    (AllocPasid, 3649),
    (FreePasid, 3660),
]);

/// `iommu.c` of 6.8. It requires that the domain belongs to the device's driver, which is always
/// true with the one driver of this machine.
pub const CORE_6_8: Blob = Blob::iommu(Some("d14413916f93"), "v6.8").at(&[
    (AttachEntry, 3554),
    (AttachSet, 3558),
    (DetachErase, 3586),
    (GetDomain, 3605),
    (SvaDomainAlloc, 3632),
    (DomainFree, 2214),
    (AllocPasidUnsupported, 3651),
    (AllocPasid, 3658),
    (FreePasid, 3669),
]);

/// `iommu-sva.c` of 6.9. The fault handler moves; everything else is where it is in 6.8.
pub const SVA_6_9: Blob = V6_8
    .with_id(Some("640acc804e8c"))
    .at(&[(IopfNoUsers, 207), (IopfHandled, 209)]);

/// `iommu-sva.c` of 6.10.
pub const SVA_6_10: Blob = SVA_6_9.with_id(Some("18a35e798b72"));

/// `iommu.c` of 6.8.12, of which nothing is recorded.
pub const CORE_6_8_12: Blob = Blob::iommu(None, "v6.8.12").at(&[
    (AttachEntry, 3565),
    (AttachSet, 3569),
    (DetachErase, 3595),
    (GetDomain, 3614),
    (SvaDomainAlloc, 3641),
    (DomainFree, 2214),
    (AllocPasidUnsupported, 3660),
    (AllocPasid, 3667),
    (FreePasid, 3678),
]);

/// `iommu.c` of 6.9.
pub const CORE_6_9: Blob = Blob::iommu(Some("a95a483def2d"), "v6.9").at(&[
    (AttachNoPasid, 3368),
    (AttachRange, 3373),
    (AttachEntry, 3381),
    (AttachSet, 3385),
    (DetachErase, 3413),
    (GetDomain, 3432),
    (DomainFree, 2032),
    (AllocPasidUnsupported, 3458),
    (AllocPasid, 3465),
    (FreePasid, 3476),
]);

/// `iommu.c` of 6.9.3.
pub const CORE_6_9_3: Blob = Blob::iommu(Some("659a77f7bb83"), "v6.9.3").at(&[
    (AttachNoPasid, 3379),
    (AttachRange, 3384),
    (AttachEntry, 3392),
    (AttachSet, 3396),
    (DetachErase, 3422),
    (GetDomain, 3441),
    (DomainFree, 2032),
    (AllocPasidUnsupported, 3467),
    (AllocPasid, 3474),
    (FreePasid, 3485),
]);

/// `iommu.c` of 6.10.
pub const CORE_6_10: Blob = Blob::iommu(Some("9df7cc75c1bc"), "v6.10").at(&[
    (AttachNoPasid, 3374),
    (AttachRange, 3379),
    (AttachEntry, 3387),
    (AttachSet, 3391),
    (DetachErase, 3417),
    (GetDomain, 3436),
    (DomainFree, 2035),
    (AllocPasidUnsupported, 3462),
    (AllocPasid, 3469),
    (FreePasid, 3480),
]);

/// The revisions with this design.
pub static REVISIONS: &[Revision] = &[
    Revision {
        name: "v6.8-merge",
        what: "the series \"Share sva domains with all devices bound to a mm\", v10, as merged",
        parents: &["v6.7"],
        branch: Branch::Mainline,
        commits: &[SHARE_DOMAINS, GET_ENQCMD_PASID, IOMMU_MM],
        iommu_sva: &MERGE,
        iommu: &CORE_RC1,
        stands_for: &[],
        derived: false,
    },
    Revision {
        name: "v6.8-rc1",
        what: "Linux 6.8-rc1 to rc5",
        parents: &["v6.8-merge"],
        branch: Branch::Mainline,
        commits: &[FREE_HANDLE],
        iommu_sva: &RC1,
        iommu: &CORE_RC1,
        stands_for: &[Releases::of(6, 8).candidates(1, 5)],
        derived: false,
    },
    Revision {
        name: "thread-a",
        what: "proposal: accept -EBUSY from the attach in the search loop",
        commits: &[ACCEPT_EBUSY],
        ..PROPOSAL
    },
    Revision {
        name: "thread-b",
        what: "proposal: thread-a, and detach only when --domain->users reaches 0",
        commits: &[ACCEPT_EBUSY_DETACH_LAST],
        iommu_sva: &DETACH_LAST,
        ..PROPOSAL
    },
    Revision {
        name: "thread-c",
        what: "proposal: detach only when --domain->users reaches 0, and an attach to a taken \
               PASID returns 0",
        commits: &[DETACH_LAST_BUSY_IS_OK],
        iommu_sva: &DETACH_LAST,
        // The patch changes one line of iommu.c and moves none.
        iommu: &CORE_RC1.of_revision(),
        ..PROPOSAL
    },
    Revision {
        name: "thread-d",
        what: "proposal: the first sketch of a list of handles",
        commits: &[SKETCH_HANDLE_LIST],
        iommu_sva: &SKETCH,
        ..PROPOSAL
    },
    Revision {
        name: "v6.8-rc6",
        what: "Linux 6.8-rc6",
        parents: &["v6.8-rc1"],
        branch: Branch::Mainline,
        commits: &[SHARE_HANDLES],
        iommu_sva: &RC6,
        iommu: &CORE_6_8,
        stands_for: &[Releases::of(6, 8).candidates(6, 6)],
        derived: false,
    },
    Revision {
        name: "v6.8",
        what: "Linux 6.8 as released",
        parents: &["v6.8-rc6"],
        branch: Branch::Mainline,
        commits: &[SHARE_JOINED_HANDLES],
        iommu_sva: &V6_8,
        iommu: &CORE_6_8,
        stands_for: &[Releases::of(6, 8).to(11)],
        derived: false,
    },
    Revision {
        name: "v6.8.12",
        what: "stable Linux 6.8.12",
        branch: Branch::Stable,
        commits: &[UNDO_WHAT_WAS_SET],
        stands_for: &[Releases::of(6, 8).from(12)],
        derived: true,
        iommu: &CORE_6_8_12,
        ..PATCH
    },
    Revision {
        name: "v6.9",
        what: "Linux 6.9 as released",
        branch: Branch::Mainline,
        commits: &[VALIDATE_PASID],
        stands_for: &[Releases::of(6, 9).to(2)],
        iommu_sva: &SVA_6_9,
        iommu: &CORE_6_9,
        ..PATCH
    },
    Revision {
        name: "v6.9.3",
        what: "stable Linux 6.9.3 and later",
        parents: &["v6.9"],
        branch: Branch::Stable,
        commits: &[UNDO_WHAT_WAS_SET],
        stands_for: &[Releases::of(6, 9).from(3)],
        iommu_sva: &SVA_6_9,
        iommu: &CORE_6_9_3,
        ..PATCH
    },
    Revision {
        name: "v6.10",
        what: "Linux 6.10 as released",
        parents: &["v6.9"],
        branch: Branch::Mainline,
        commits: &[UNDO_WHAT_WAS_SET, ALLOC_FOR_DEVICE],
        stands_for: &[Releases::of(6, 10)],
        iommu_sva: &SVA_6_10,
        iommu: &CORE_6_10,
        ..PATCH
    },
];

/// The common fields of the proposals: they were made between rc5 and rc6, on top of rc1.
const PROPOSAL: Revision = Revision {
    parents: &["v6.8-rc1"],
    iommu_sva: &RC1,
    iommu: &CORE_RC1,
    ..PATCH
};

/// Template for a patch to 6.8.
pub const PATCH: Revision = Revision {
    name: "",
    what: "",
    parents: &["v6.8"],
    branch: Branch::Proposal,
    commits: &[],
    iommu_sva: &V6_8,
    iommu: &CORE_6_8,
    stands_for: &[],
    derived: false,
};

/// Template for a patch to 6.10.
pub const PATCH_6_10: Revision = Revision {
    parents: &["v6.10"],
    iommu_sva: &SVA_6_10,
    iommu: &CORE_6_10,
    ..PATCH
};
