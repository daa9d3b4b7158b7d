// SPDX-License-Identifier: GPL-2.0-or-later
//! Linux 6.7, and the commits that changed `iommu.c` up to 6.10.

use spec::At::*;
use spec::revision::{Blob, Branch, Releases, Revision};

spec::commits! {
    bits from 0;

    /// `thread-c`: an unbind detaches only when `--domain->users` reaches 0, and
    /// `iommu_attach_device_pasid()` returns 0 where it returned `-EBUSY`.
    DETACH_LAST_BUSY_IS_OK = "20240221110658.529-1-zhangfei.gao@linaro.org",
        "[PATCH v2] iommu: Fix iommu_sva_bind_device to the same domain",
        { link: Some("20240221110658.529-1-zhangfei.gao@linaro.org"), needs: &["092edaddb660"] };
    /// An attach requires that all devices of the group support the PASID.
    VALIDATE_PASID = "c404f55c26fc", "iommu: Validate the PASID in iommu_attach_device_pasid()",
        { release: Some("v6.9") };
    /// The driver allocates an SVA domain for a device.
    ALLOC_FOR_DEVICE = "80af5a452024", "iommu: Add ops->domain_alloc_sva()",
        { release: Some("v6.10") };
    /// A failed attach removes the PASID only from devices that had it set.
    UNDO_WHAT_WAS_SET = "b025dea63cde",
        "iommu: Undo pasid attachment only for the devices that have succeeded",
        { release: Some("v6.10") };
}

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

/// The revisions with this design.
pub static REVISIONS: &[Revision] = &[Revision {
    name: "v6.7",
    what: "Linux 6.7 as released",
    parents: &[],
    branch: Branch::Mainline,
    commits: &[],
    iommu_sva: &SVA_6_7,
    iommu: &CORE_6_7,
    stands_for: &[Releases::of(6, 6).to(32), Releases::of(6, 7)],
    derived: false,
}];

/// Template for a patch to 6.7.
pub const PATCH: Revision = Revision {
    name: "",
    what: "",
    parents: &["v6.7"],
    branch: Branch::Proposal,
    commits: &[],
    iommu_sva: &SVA_6_7,
    iommu: &CORE_6_7,
    stands_for: &[],
    derived: false,
};
