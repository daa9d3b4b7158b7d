// SPDX-License-Identifier: GPL-2.0-or-later
//! The input: a topology and the operations that callers, drivers and devices perform on it.
//!
//! A case is *total*: every operation has a meaning in every state. What a correct caller could
//! not do is not done and answers `"skipped"`, so every subsequence of a case is a case again;
//! the fuzzer, the minimizer and the search all depend on that.

pub use crate::fault::{Errno, Fault, Site};
pub use crate::op::{OP_NAMES, OpCode, OpKind};
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

    /// The case without title, origin and note.
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
