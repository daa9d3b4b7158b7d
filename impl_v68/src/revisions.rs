// SPDX-License-Identifier: GPL-2.0-or-later
//! A revision is a name and the set of commits that it has.

use spec::Info;
use spec::kernel::CoreLines;
use spec::model::{Cite, Commit, sva};

/// A set of commits to `iommu-sva.c` (and, in one proposal, `iommu.c`). The series "Share sva
/// domains with all devices bound to a mm" is in every revision here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commits(u32);

impl Commits {
    /// Only the series.
    pub const NONE: Commits = Commits(0);
    /// 9991a82a3817: a bind whose domain cannot be allocated frees its handle.
    pub const FREE_HANDLE: Commits = Commits(1);
    /// `thread-a`: `-EBUSY` from the attach in the search loop counts as success.
    pub const ACCEPT_EBUSY: Commits = Commits(1 << 1);
    /// `thread-b`, `thread-c`: an unbind detaches only when `--domain->users` reaches 0.
    pub const DETACH_LAST: Commits = Commits(1 << 2);
    /// `thread-c`: `iommu_attach_device_pasid()` returns 0 where it returned `-EBUSY`.
    pub const ATTACH_BUSY_IS_OK: Commits = Commits(1 << 3);
    /// `thread-d`: a list of handles, without unlock and without `refcount_set()`.
    pub const SHARE_HANDLES_SKETCH: Commits = Commits(1 << 4);
    /// 65d4418c5002: a list of handles; a second bind of a device gets the first one's handle.
    pub const SHARE_HANDLES: Commits = Commits(1 << 5);
    /// 6384c56c99d9: handles that join a domain are counted and listed as well.
    pub const SHARE_JOINED_HANDLES: Commits = Commits(1 << 6);
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

/// Where the lines that decide stand in one revision of `iommu-sva.c`. A line that a revision has
/// not is 0 in it, and is never cited.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // Each is described where it is cited, in iommu_sva.rs.
pub struct Lines {
    // iommu_alloc_mm_data()
    pub not_compatible: Cite,
    pub overflow: Cite,
    pub no_mm_data: Cite,
    pub no_pasid: Cite,
    // iommu_sva_bind_device()
    pub bind_lock: Cite,
    pub match_handle: Cite,
    pub reuse: Cite,
    pub no_handle: Cite,
    pub join: Cite,
    pub no_domain: Cite,
    pub attach_failed: Cite,
    pub create: Cite,
    pub store: Cite,
    pub free_handle: Cite,
    // iommu_sva_unbind_device()
    pub unbind: Cite,
    pub unbind_lock: Cite,
    pub not_last_user: Cite,
    pub unlist_handle: Cite,
    pub domain_kept: Cite,
    pub domain_freed: Cite,
    pub unbind_free: Cite,
    // iommu_sva_get_pasid(), iommu_sva_handle_iopf()
    pub get_pasid: Cite,
    pub iopf_no_users: Cite,
    pub iopf_handled: Cite,
}

/// Blob c3fc9201d0be.
const RC1: Lines = Lines {
    not_compatible: sva(23),
    overflow: sva(29),
    no_mm_data: sva(35),
    no_pasid: sva(40),
    bind_lock: sva(76),
    match_handle: sva(0),
    reuse: sva(0),
    no_handle: sva(87),
    join: sva(95),
    no_domain: sva(103),
    attach_failed: sva(107),
    create: sva(110),
    store: sva(115),
    free_handle: sva(122),
    unbind: sva(140),
    unbind_lock: sva(143),
    not_last_user: sva(0),
    unlist_handle: sva(0),
    domain_kept: sva(145),
    domain_freed: sva(146),
    unbind_free: sva(150),
    get_pasid: sva(158),
    iopf_no_users: sva(180),
    iopf_handled: sva(182),
};

/// Blob 5175e8d85247: a label and a line less than rc1.
const MERGE: Lines = Lines {
    free_handle: sva(121),
    unbind: sva(139),
    unbind_lock: sva(142),
    domain_kept: sva(144),
    domain_freed: sva(145),
    unbind_free: sva(149),
    get_pasid: sva(157),
    iopf_no_users: sva(179),
    iopf_handled: sva(181),
    ..RC1
};

/// rc1 with the patch of `thread-b` or `thread-c`: the detach changes places with the test.
const DETACH_LAST: Lines = Lines {
    domain_kept: sva(144),
    domain_freed: sva(145),
    ..RC1
};

/// rc1 with the diff of `thread-d`.
const SKETCH: Lines = Lines {
    bind_lock: sva(77),
    match_handle: sva(87),
    reuse: sva(88),
    no_handle: sva(95),
    join: sva(103),
    no_domain: sva(111),
    attach_failed: sva(115),
    create: sva(118),
    store: sva(124),
    free_handle: sva(131),
    unbind: sva(149),
    unbind_lock: sva(152),
    not_last_user: sva(153),
    unlist_handle: sva(157),
    domain_kept: sva(160),
    domain_freed: sva(161),
    unbind_free: sva(165),
    get_pasid: sva(173),
    iopf_no_users: sva(195),
    iopf_handled: sva(197),
    ..RC1
};

/// Blob 65814cbc8402. In rc6 (blob 7f91c8d0064b) all that decides stands on the same lines.
const V6_8: Lines = Lines {
    bind_lock: sva(77),
    match_handle: sva(87),
    reuse: sva(88),
    no_handle: sva(96),
    join: sva(104),
    no_domain: sva(112),
    attach_failed: sva(116),
    create: sva(119),
    store: sva(126),
    free_handle: sva(133),
    unbind: sva(151),
    unbind_lock: sva(154),
    not_last_user: sva(155),
    unlist_handle: sva(159),
    domain_kept: sva(162),
    domain_freed: sva(163),
    unbind_free: sva(167),
    get_pasid: sva(175),
    iopf_no_users: sva(197),
    iopf_handled: sva(199),
    ..RC1
};

const IN_RC1: Commits = Commits::NONE.with(Commits::FREE_HANDLE);
const IN_RC6: Commits = IN_RC1.with(Commits::SHARE_HANDLES);
const IN_6_8: Commits = IN_RC6.with(Commits::SHARE_JOINED_HANDLES);

/// All revisions, in order of history; proposals follow what they were made for.
pub static REVISIONS: &[Revision] = &[
    Revision {
        info: Info {
            name: "v6.8-merge",
            what: "the series \"Share sva domains with all devices bound to a mm\", v10, as merged",
            base: Some("v6.7"),
            commits: &[
                Commit {
                    id: "092edaddb660",
                    subject: "iommu: Support mm PASID 1:n with sva domains",
                },
                Commit {
                    id: "2396046d75d3",
                    subject: "iommu: Add mm_get_enqcmd_pasid() helper function",
                },
                Commit {
                    id: "541a3e257d48",
                    subject: "mm: Add structure to keep sva information",
                },
            ],
            proposal: false,
            blob: Some("5175e8d85247"),
            core: "v6.8-rc1",
            core_lines: &CoreLines::V6_8_RC1,
        },
        commits: Commits::NONE,
        lines: MERGE,
    },
    Revision {
        info: Info {
            name: "v6.8-rc1",
            what: "Linux 6.8-rc1 to rc5",
            base: Some("v6.8-merge"),
            commits: &[Commit {
                id: "9991a82a3817",
                subject: "iommu/sva: Fix memory leak in iommu_sva_bind_device()",
            }],
            proposal: false,
            blob: Some("c3fc9201d0be"),
            core: "v6.8-rc1",
            core_lines: &CoreLines::V6_8_RC1,
        },
        commits: IN_RC1,
        lines: RC1,
    },
    Revision {
        info: Info {
            name: "thread-a",
            what: "proposal: accept -EBUSY from the attach in the search loop",
            commits: &[Commit {
                id: "CABQgh9GWcqUeBkHQCpj5tzu6FnEgpOp3KOQ6s9c0X0KU7Ov1qw@mail.gmail.com",
                subject: "Simply tried if (!ret || ret == -EBUSY)",
            }],
            ..PROPOSAL
        },
        commits: IN_RC1.with(Commits::ACCEPT_EBUSY),
        lines: RC1,
    },
    Revision {
        info: Info {
            name: "thread-b",
            what: "proposal: thread-a, and detach only when --domain->users reaches 0",
            commits: &[Commit {
                id: "20240221061832.430-1-zhangfei.gao@linaro.org",
                subject: "[PATCH] iommu: Fix iommu_sva_bind_device to the same domain",
            }],
            ..PROPOSAL
        },
        commits: IN_RC1
            .with(Commits::ACCEPT_EBUSY)
            .with(Commits::DETACH_LAST),
        lines: DETACH_LAST,
    },
    Revision {
        info: Info {
            name: "thread-c",
            what: "proposal: detach only when --domain->users reaches 0, and an attach to a taken \
                   PASID returns 0",
            commits: &[Commit {
                id: "20240221110658.529-1-zhangfei.gao@linaro.org",
                subject: "[PATCH v2] iommu: Fix iommu_sva_bind_device to the same domain",
            }],
            // The one line of iommu.c that it changes stays where it is.
            core: "thread-c",
            ..PROPOSAL
        },
        commits: IN_RC1
            .with(Commits::DETACH_LAST)
            .with(Commits::ATTACH_BUSY_IS_OK),
        lines: DETACH_LAST,
    },
    Revision {
        info: Info {
            name: "thread-d",
            what: "proposal: the first sketch of a list of handles",
            commits: &[Commit {
                id: "20240221131725.GR13330@nvidia.com",
                subject: "the first sketch of a list of handles",
            }],
            ..PROPOSAL
        },
        commits: IN_RC1.with(Commits::SHARE_HANDLES_SKETCH),
        lines: SKETCH,
    },
    Revision {
        info: Info {
            name: "v6.8-rc6",
            what: "Linux 6.8-rc6",
            base: Some("v6.8-rc1"),
            commits: &[Commit {
                id: "65d4418c5002",
                subject: "iommu/sva: Restore SVA handle sharing",
            }],
            proposal: false,
            blob: Some("7f91c8d0064b"),
            core: "v6.8",
            core_lines: &CoreLines::V6_8,
        },
        commits: IN_RC6,
        lines: V6_8,
    },
    Revision {
        info: Info {
            name: "v6.8",
            what: "Linux 6.8 as released",
            base: Some("v6.8-rc6"),
            commits: &[Commit {
                id: "6384c56c99d9",
                subject: "iommu/sva: Fix SVA handle sharing in multi device case",
            }],
            proposal: false,
            blob: Some("65814cbc8402"),
            core: "v6.8",
            core_lines: &CoreLines::V6_8,
        },
        commits: IN_6_8,
        lines: V6_8,
    },
];

/// What the proposals have in common: made between rc5 and rc6, on top of rc1.
const PROPOSAL: Info = Info {
    base: Some("v6.8-rc1"),
    core: "v6.8-rc1",
    core_lines: &CoreLines::V6_8_RC1,
    ..PATCH
};

/// A patch to 6.8 that somebody wants to try.
pub const PATCH: Info = Info {
    name: "",
    what: "",
    base: Some("v6.8"),
    commits: &[],
    proposal: true,
    blob: None,
    core: "v6.8",
    core_lines: &CoreLines::V6_8,
};
