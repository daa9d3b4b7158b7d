// SPDX-License-Identifier: GPL-2.0-or-later
//! The input: a topology and the operations that callers, drivers and devices perform on it.
//!
//! A case is *total*: every operation has a meaning in every state. What a correct caller could
//! not do is not done and answers `"skipped"`, so every subsequence of a case is a case again;
//! the fuzzer, the minimizer and the search all lean on that.

use serde::Serialize;

/// Most devices in a topology.
pub const MAX_DEVICES: usize = 8;
/// Group numbers are below this.
pub const MAX_GROUPS: usize = 8;
/// Hardware instance numbers are below this.
pub const MAX_INSTANCES: usize = 4;
/// Most mms, forked ones included.
pub const MAX_MMS: usize = 16;
/// Most operations in a case.
pub const MAX_OPS: usize = 64;
/// `max_pasids` of a device is at most this, and PASIDs are below it.
pub const MAX_PASIDS: u16 = 4096;
/// Most CPUs of a concurrent case: one for each operation.
pub const MAX_CPUS: usize = MAX_OPS;
/// Most entries of a schedule: more sections than [`MAX_OPS`] operations can have, with as many
/// entries again that are passed over.
pub const MAX_SCHEDULE: usize = 1024;
/// The `format` of a case file.
pub const FORMAT: &str = "svadiff-case/1";

/// What a case file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Case {
    /// One line for humans. Untrusted text: it is escaped wherever it is printed.
    pub title: Option<String>,
    /// A Message-ID or URL that the case comes from. Untrusted text.
    pub origin: Option<String>,
    /// Anything else for humans. Untrusted text.
    pub note: Option<String>,
    /// The devices and the mms that exist at the start.
    pub topology: Topology,
    /// The operations, in program order.
    pub ops: Vec<Op>,
    /// For a concurrent case: which CPU runs the next section, entry by entry.
    pub schedule: Option<Vec<u8>>,
}

impl Case {
    /// A sequential case without title or note.
    pub fn new(topology: Topology, ops: Vec<Op>) -> Self {
        Case {
            topology,
            ops,
            ..Case::default()
        }
    }

    /// The case without what it says to humans.
    pub fn bare(&self) -> Self {
        Case {
            schedule: self.schedule.clone(),
            ..Case::new(self.topology.clone(), self.ops.clone())
        }
    }

    /// Whether the operations name CPUs or the case carries a schedule.
    pub fn is_concurrent(&self) -> bool {
        self.schedule.is_some() || self.ops.iter().any(|op| op.cpu.is_some())
    }

    /// A concurrent case under this schedule.
    pub fn scheduled(topology: &Topology, ops: &[Op], schedule: Vec<u8>) -> Self {
        Case {
            schedule: Some(schedule),
            ..Case::new(topology.clone(), ops.to_vec())
        }
    }

    /// The numbers of the CPUs that have an operation, ascending.
    pub fn cpus(&self) -> Vec<u8> {
        let mut cpus: Vec<u8> = self.ops.iter().filter_map(|op| op.cpu).collect();
        cpus.sort();
        cpus.dedup();
        cpus
    }

    /// Whether more than one CPU does something.
    pub fn is_on_several_cpus(&self) -> bool {
        self.cpus().len() > 1
    }
}

/// The devices, and the mms that exist before the first operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Topology {
    /// At most [`MAX_DEVICES`].
    pub devices: Vec<Device>,
    /// At most [`MAX_MMS`].
    pub mms: Vec<Mm>,
}

/// A device behind the mock IOMMU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Device {
    /// Its `iommu_group`, which owns the `pasid_array`. Below [`MAX_GROUPS`].
    pub group: u8,
    /// `dev->iommu->max_pasids`: PASIDs of the device are below it; 0 means no PASID support.
    pub max_pasids: u16,
    /// The piece of IOMMU hardware that it is behind. A domain belongs to one instance. Below
    /// [`MAX_INSTANCES`].
    pub instance: u8,
}

/// An mm that exists at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Mm {
    /// What `arch_pgtable_dma_compat()` says of it.
    pub dma_compat: bool,
}

/// One operation, with the fault that is armed for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Op {
    /// What is done.
    pub kind: OpKind,
    /// What fails within it.
    pub fault: Option<Fault>,
    /// Which CPU does it; `None` in a sequential case, where one CPU does everything.
    pub cpu: Option<u8>,
}

impl From<OpKind> for Op {
    fn from(kind: OpKind) -> Self {
        Op {
            kind,
            fault: None,
            cpu: None,
        }
    }
}

/// The operations. Indexes may be out of range: the operation is then skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OpKind {
    /// `iommu_sva_bind_device()`, then `iommu_sva_get_pasid()`.
    Bind {
        /// Index of the device.
        dev: u32,
        /// Index of the mm.
        mm: u32,
    },
    /// `iommu_sva_unbind_device()` of what a bind returned.
    Unbind {
        /// Index of the bind.
        of: u32,
    },
    /// `iommu_sva_get_pasid()` of what a bind returned.
    GetPasid {
        /// Index of the bind.
        of: u32,
    },
    /// The process forks: a child mm.
    Fork {
        /// Index of the parent mm.
        mm: u32,
    },
    /// The process is gone: `mmput()`.
    Exit {
        /// Index of the mm.
        mm: u32,
    },
    /// `iommu_alloc_global_pasid()`.
    AllocPasid {
        /// Index of the device.
        dev: u32,
    },
    /// `iommu_free_global_pasid()`.
    FreePasid {
        /// Index of the `alloc_pasid`.
        of: u32,
    },
    /// A driver attaches a domain of its own, which is not an SVA domain.
    Attach {
        /// Index of the device.
        dev: u32,
        /// The PASID, below [`MAX_PASIDS`].
        pasid: u32,
    },
    /// The driver detaches and frees that domain.
    Detach {
        /// Index of the attach.
        of: u32,
    },
    /// The device faults: which mm answers.
    PageRequest {
        /// Index of the device.
        dev: u32,
        /// The PASID that the device faults on, below [`MAX_PASIDS`].
        pasid: u32,
    },
    /// `mm_get_enqcmd_pasid()`.
    EnqcmdPasid {
        /// Index of the mm.
        mm: u32,
    },
}

/// The names of the operations, as in JSON.
pub const OP_NAMES: [&str; 11] = [
    "bind",
    "unbind",
    "get_pasid",
    "fork",
    "exit",
    "alloc_pasid",
    "free_pasid",
    "attach",
    "detach",
    "page_request",
    "enqcmd_pasid",
];

impl OpKind {
    /// The operation's name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            OpKind::Bind { .. } => "bind",
            OpKind::Unbind { .. } => "unbind",
            OpKind::GetPasid { .. } => "get_pasid",
            OpKind::Fork { .. } => "fork",
            OpKind::Exit { .. } => "exit",
            OpKind::AllocPasid { .. } => "alloc_pasid",
            OpKind::FreePasid { .. } => "free_pasid",
            OpKind::Attach { .. } => "attach",
            OpKind::Detach { .. } => "detach",
            OpKind::PageRequest { .. } => "page_request",
            OpKind::EnqcmdPasid { .. } => "enqcmd_pasid",
        }
    }

    /// The earlier operation that this one names, if it names one.
    pub fn of(self) -> Option<u32> {
        match self {
            OpKind::Unbind { of }
            | OpKind::GetPasid { of }
            | OpKind::FreePasid { of }
            | OpKind::Detach { of } => Some(of),
            _ => None,
        }
    }
}

/// A failure that is armed for one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// Where it strikes.
    pub site: Site,
    /// Which time the site is reached within the operation: 1 is the first, 0 is every time.
    pub nth: u32,
    /// What the site fails with.
    pub errno: Errno,
}

/// Where a fault can strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// The allocation of `struct iommu_sva`.
    HandleAlloc,
    /// The allocation of `struct iommu_mm_data` (6.8 and later).
    MmDataAlloc,
    /// The IDA of global PASIDs. Callers see `ENOSPC`.
    PasidAlloc,
    /// The driver's allocation of an SVA domain.
    DomainAlloc,
    /// Storing into an empty entry of the group's `pasid_array`.
    PasidArray,
    /// The driver's `set_dev_pasid` callback.
    SetDevPasid,
}

impl Site {
    /// All sites, in the order of the table above.
    pub const ALL: [Site; 6] = [
        Site::HandleAlloc,
        Site::MmDataAlloc,
        Site::PasidAlloc,
        Site::DomainAlloc,
        Site::PasidArray,
        Site::SetDevPasid,
    ];

    /// The site's name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Site::HandleAlloc => "handle_alloc",
            Site::MmDataAlloc => "mm_data_alloc",
            Site::PasidAlloc => "pasid_alloc",
            Site::DomainAlloc => "domain_alloc",
            Site::PasidArray => "pasid_array",
            Site::SetDevPasid => "set_dev_pasid",
        }
    }

    /// What the site can fail with. An IDA fails with either of its two; callers are told
    /// `IOMMU_PASID_INVALID` for both.
    pub const fn errnos(self) -> &'static [Errno] {
        match self {
            Site::SetDevPasid => &[
                Errno::ENOMEM,
                Errno::EINVAL,
                Errno::EIO,
                Errno::ENODEV,
                Errno::EBUSY,
            ],
            Site::PasidAlloc => &[Errno::ENOMEM, Errno::ENOSPC],
            _ => &[Errno::ENOMEM],
        }
    }
}

/// The errors that the calls return and that faults inject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[allow(missing_docs)] // The kernel's names, which mean what they mean there.
pub enum Errno {
    EIO,
    ENOMEM,
    EBUSY,
    ENODEV,
    EINVAL,
    ENOSPC,
    EOVERFLOW,
}

impl Errno {
    /// All of them.
    pub const ALL: [Errno; 7] = [
        Errno::EIO,
        Errno::ENOMEM,
        Errno::EBUSY,
        Errno::ENODEV,
        Errno::EINVAL,
        Errno::ENOSPC,
        Errno::EOVERFLOW,
    ];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Errno::EIO => "EIO",
            Errno::ENOMEM => "ENOMEM",
            Errno::EBUSY => "EBUSY",
            Errno::ENODEV => "ENODEV",
            Errno::EINVAL => "EINVAL",
            Errno::ENOSPC => "ENOSPC",
            Errno::EOVERFLOW => "EOVERFLOW",
        }
    }
}
