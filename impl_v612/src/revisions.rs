// SPDX-License-Identifier: GPL-2.0-or-later
//! A revision is a name and the set of commits that it has.

use spec::Info;
use spec::kernel::CoreLines;
use spec::model::{Cite, Commit, core, sva};

/// A set of commits. The attach handles (14678219cf40) that replaced the list of handles
/// (3e7f57d1ef3f) are in every revision here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commits(u32);

impl Commits {
    /// Only the attach handles.
    pub const NONE: Commits = Commits(0);
    /// b025dea63cde: a failed attach removes only what it had set.
    pub const UNDO_WHAT_WAS_SET: Commits = Commits(1 << 0);
    /// 80af5a452024: the driver is told the device for which it allocates an SVA domain.
    pub const ALLOC_FOR_DEVICE: Commits = Commits(1 << 1);
    /// c404f55c26fc: an attach asks whether all devices of the group have the PASID.
    pub const VALIDATE_PASID: Commits = Commits(1 << 2);
    /// 530f8f9c3546: a bind stores the device with the lock held.
    pub const STORE_DEV_LOCKED: Commits = Commits(1 << 3);
    /// b3f6fcd8404f: devices without PASIDs do not keep their group from using them.
    pub const PASS_OVER_NO_PASIDS: Commits = Commits(1 << 4);
    /// 5e9f822c9c68: an entry is reserved until the driver has said yes, and the handle can be
    /// found only then.
    pub const PUBLISH_ATTACHED: Commits = Commits(1 << 5);
    /// e1ea9d30d84c: an entry without an attach handle names its domain.
    pub const ENTRY_NAMES_DOMAIN: Commits = Commits(1 << 6);
}

impl Commits {
    /// These and others.
    pub const fn with(self, others: Commits) -> Commits {
        Commits(self.0 | others.0)
    }
}

/// A model: what it is, which commits it has, and where the lines that decide stand in it.
#[derive(Debug)]
pub struct Revision {
    /// Name, base, and what it says of itself.
    pub info: Info,
    /// The commits it has.
    pub commits: Commits,
    /// Where its lines stand.
    pub lines: Lines,
}

impl Revision {
    /// Whether it has a commit.
    #[inline(always)]
    pub fn has(&self, commit: Commits) -> bool {
        self.commits.0 & commit.0 != 0
    }
}

/// Where the lines that decide stand in one revision of `iommu-sva.c`, and those of `iommu.c` that
/// only these kernels have.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // Each is described where it is cited, in iommu_sva.rs and iommu.rs.
pub struct Lines {
    // iommu_alloc_mm_data()
    pub not_compatible: Cite,
    pub overflow: Cite,
    pub no_mm_data: Cite,
    pub no_pasid: Cite,
    // iommu_sva_bind_device()
    pub bind_lock: Cite,
    pub same_mm: Cite,
    pub reuse: Cite,
    pub other_type: Cite,
    pub no_handle: Cite,
    pub join: Cite,
    pub no_domain: Cite,
    pub attach_failed: Cite,
    pub create: Cite,
    pub set_users: Cite,
    pub store: Cite,
    pub free_handle: Cite,
    // iommu_sva_unbind_device()
    pub unbind: Cite,
    pub unbind_lock: Cite,
    pub not_last_user: Cite,
    pub domain_kept: Cite,
    pub domain_freed: Cite,
    pub unbind_free: Cite,
    // iommu_sva_get_pasid(), iommu_sva_handle_mm()
    pub get_pasid: Cite,
    pub iopf_no_users: Cite,
    pub iopf_handled: Cite,
    // iommu_attach_device_pasid(), iommu_detach_device_pasid()
    pub attach_no_pasid: Cite,
    pub attach_range: Cite,
    pub detach_group: Cite,
}

const V6_12: Lines = Lines {
    not_compatible: sva(25),
    overflow: sva(31),
    no_mm_data: sva(37),
    no_pasid: sva(41),
    bind_lock: sva(83),
    same_mm: sva(97),
    reuse: sva(100),
    other_type: sva(106),
    no_handle: sva(112),
    join: sva(121),
    no_domain: sva(129),
    attach_failed: sva(133),
    create: sva(137),
    set_users: sva(141),
    store: sva(143),
    free_handle: sva(149),
    unbind: sva(166),
    unbind_lock: sva(170),
    not_last_user: sva(171),
    domain_kept: sva(177),
    domain_freed: sva(178),
    unbind_free: sva(182),
    get_pasid: sva(190),
    iopf_no_users: sva(222),
    iopf_handled: sva(224),
    attach_no_pasid: core(3391),
    attach_range: core(3396),
    detach_group: core(3431),
};

/// Three lines more in the bind: x86 is refused first, where it is built for that.
const V6_12_117: Lines = Lines {
    bind_lock: sva(86),
    same_mm: sva(100),
    reuse: sva(103),
    other_type: sva(109),
    no_handle: sva(115),
    join: sva(124),
    no_domain: sva(132),
    attach_failed: sva(136),
    create: sva(140),
    set_users: sva(144),
    store: sva(145),
    free_handle: sva(152),
    unbind: sva(169),
    unbind_lock: sva(173),
    not_last_user: sva(174),
    domain_kept: sva(180),
    domain_freed: sva(181),
    unbind_free: sva(185),
    get_pasid: sva(193),
    iopf_no_users: sva(225),
    iopf_handled: sva(227),
    attach_no_pasid: core(3407),
    attach_range: core(3418),
    detach_group: core(3453),
    ..V6_12
};

const V7_3: Lines = Lines {
    not_compatible: sva(28),
    overflow: sva(34),
    no_mm_data: sva(40),
    no_pasid: sva(44),
    bind_lock: sva(84),
    same_mm: sva(98),
    reuse: sva(101),
    other_type: sva(107),
    no_handle: sva(113),
    join: sva(122),
    no_domain: sva(130),
    attach_failed: sva(134),
    create: sva(138),
    set_users: sva(147),
    store: sva(148),
    free_handle: sva(155),
    unbind: sva(172),
    unbind_lock: sva(176),
    not_last_user: sva(177),
    domain_kept: sva(183),
    domain_freed: sva(184),
    unbind_free: sva(195),
    get_pasid: sva(203),
    iopf_no_users: sva(235),
    iopf_handled: sva(237),
    attach_no_pasid: core(3646),
    attach_range: core(3667),
    detach_group: core(3818),
};

/// `iommu.c` of 6.12.
pub const CORE_6_12: CoreLines = CoreLines {
    attach_entry: core(3405),
    attach_set: core(3409),
    detach_erase: core(3435),
    get_domain: core(3487),
    sva_domain_alloc: core(0),
    domain_free: core(2049),
    alloc_global_pasid_unsupported: core(3445),
    alloc_global_pasid: core(3452),
    free_global_pasid: core(3463),
};

/// `iommu.c` of 6.12.117.
pub const CORE_6_12_117: CoreLines = CoreLines {
    attach_entry: core(3427),
    attach_set: core(3431),
    detach_erase: core(3457),
    get_domain: core(3509),
    sva_domain_alloc: core(0),
    domain_free: core(2052),
    alloc_global_pasid_unsupported: core(3467),
    alloc_global_pasid: core(3474),
    free_global_pasid: core(3485),
};

/// `iommu.c` of 7.3.4.
pub const CORE_7_3: CoreLines = CoreLines {
    attach_entry: core(3679),
    attach_set: core(3683),
    detach_erase: core(3822),
    get_domain: core(3875),
    sva_domain_alloc: core(0),
    domain_free: core(2127),
    alloc_global_pasid_unsupported: core(3832),
    alloc_global_pasid: core(3839),
    free_global_pasid: core(3850),
};

const IN_6_12: Commits = Commits::UNDO_WHAT_WAS_SET
    .with(Commits::ALLOC_FOR_DEVICE)
    .with(Commits::VALIDATE_PASID);
const IN_6_12_117: Commits = IN_6_12
    .with(Commits::STORE_DEV_LOCKED)
    .with(Commits::PASS_OVER_NO_PASIDS);
const IN_7_3: Commits = IN_6_12_117
    .with(Commits::PUBLISH_ATTACHED)
    .with(Commits::ENTRY_NAMES_DOMAIN);

/// All revisions, in order of history. Of the commits of each, the first is the one that callers
/// on a single CPU notice most of.
pub static REVISIONS: &[Revision] = &[
    Revision {
        info: Info {
            name: "v6.12",
            what: "Linux 6.12 as released, where SVA is available",
            base: Some("v6.8"),
            commits: &[
                Commit {
                    id: "3e7f57d1ef3f",
                    subject: "iommu: Remove sva handle list",
                },
                Commit {
                    id: "c404f55c26fc",
                    subject: "iommu: Validate the PASID in iommu_attach_device_pasid()",
                },
                Commit {
                    id: "80af5a452024",
                    subject: "iommu: Add ops->domain_alloc_sva()",
                },
                Commit {
                    id: "b025dea63cde",
                    subject: "iommu: Undo pasid attachment only for the devices that have succeeded",
                },
                Commit {
                    id: "14678219cf40",
                    subject: "iommu: Introduce domain attachment handle",
                },
            ],
            proposal: false,
            blob: None,
            core: "v6.12",
            core_lines: &CORE_6_12,
        },
        commits: IN_6_12,
        lines: V6_12,
    },
    Revision {
        info: Info {
            name: "v6.12.117",
            what: "stable Linux 6.12.117, where SVA is available",
            base: Some("v6.12"),
            commits: &[
                Commit {
                    id: "b3f6fcd8404f",
                    subject: "iommu: Skip PASID validation for devices without PASID capability",
                },
                Commit {
                    id: "530f8f9c3546",
                    subject: "iommu/sva: Set handle->dev before the SVA handle is visible",
                },
            ],
            proposal: false,
            blob: None,
            core: "v6.12.117",
            core_lines: &CORE_6_12_117,
        },
        commits: IN_6_12_117,
        lines: V6_12_117,
    },
    Revision {
        info: Info {
            name: "v7.3",
            what: "stable Linux 7.3.4, where SVA is available",
            base: Some("v6.12.117"),
            commits: &[
                Commit {
                    id: "e1ea9d30d84c",
                    subject: "iommu: Store either domain or handle in group->pasid_array",
                },
                Commit {
                    id: "5e9f822c9c68",
                    subject: "iommu: Swap the order of setting group->pasid_array and calling attach op of iommu drivers",
                },
                Commit {
                    id: "e37d5a2d60a3",
                    subject: "iommu/sva: invalidate stale IOTLB entries for kernel address space",
                },
                Commit {
                    id: "06e14c36e20b",
                    subject: "iommu/sva: Fix crash in iommu_sva_unbind_device()",
                },
            ],
            proposal: false,
            blob: None,
            core: "v7.3",
            core_lines: &CORE_7_3,
        },
        commits: IN_7_3,
        lines: V7_3,
    },
];

/// A patch to 7.3.4 that somebody wants to try.
pub const PATCH: Info = Info {
    name: "",
    what: "",
    base: Some("v7.3"),
    commits: &[],
    proposal: true,
    blob: None,
    core: "v7.3",
    core_lines: &CORE_7_3,
};

/// A revision without one of the commits that its base has not: what it would do tells which of them
/// changed something.
#[derive(Debug)]
pub struct Without {
    /// The commit that is left out.
    pub commit: &'static str,
    /// The revision without it. It has the name and the lines of the whole one.
    pub revision: Revision,
}

const fn without(of: &Revision, commit: &'static str, commits: Commits) -> Without {
    Without {
        commit,
        revision: Revision {
            info: of.info,
            commits: Commits(of.commits.0 & !commits.0),
            lines: of.lines,
        },
    }
}

/// All revisions that can be had without a commit.
pub static WITHOUT: &[Without] = &[
    without(&REVISIONS[0], "b025dea63cde", Commits::UNDO_WHAT_WAS_SET),
    without(&REVISIONS[0], "80af5a452024", Commits::ALLOC_FOR_DEVICE),
    without(&REVISIONS[0], "c404f55c26fc", Commits::VALIDATE_PASID),
    without(&REVISIONS[1], "530f8f9c3546", Commits::STORE_DEV_LOCKED),
    without(&REVISIONS[1], "b3f6fcd8404f", Commits::PASS_OVER_NO_PASIDS),
    without(&REVISIONS[2], "5e9f822c9c68", Commits::PUBLISH_ATTACHED),
    without(&REVISIONS[2], "e1ea9d30d84c", Commits::ENTRY_NAMES_DOMAIN),
];
