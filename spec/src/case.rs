// SPDX-License-Identifier: GPL-2.0-or-later
//! The input: a topology and the operations that callers, drivers and devices perform on it.
//!
//! A case is *total*: every operation is defined in every state. An operation that a correct caller
//! could not perform has no effect and returns `"skipped"`, so every subsequence of a case is a
//! case. The fuzzer, the minimizer and the search rely on that. Only on request, see [`Op::again`],
//! does a caller make a mistake.

pub use crate::fault::{Errno, Fault, Site};
pub use crate::op::{OP_NAMES, OpCode, OpKind};
use serde::Serialize;

/// Maximum number of devices in a topology.
pub const MAX_DEVICES: usize = 8;
/// Exclusive upper bound of group numbers.
pub const MAX_GROUPS: usize = 8;
/// Exclusive upper bound of hardware instance numbers.
pub const MAX_INSTANCES: usize = 4;
/// Maximum number of mms, including forked ones.
pub const MAX_MMS: usize = 16;
/// Maximum number of operations in a case.
pub const MAX_OPS: usize = 64;
/// Upper bound of a device's `max_pasids`, which itself bounds its PASIDs exclusively.
pub const MAX_PASIDS: u16 = 4096;
/// Maximum number of CPUs of a concurrent case: one for each operation.
pub const MAX_CPUS: usize = MAX_OPS;
/// Maximum number of entries of a schedule: more than all sections of [`MAX_OPS`] operations, plus
/// the same number of entries for CPUs that cannot run.
pub const MAX_SCHEDULE: usize = 1024;
/// Value of the `format` key of a case file.
pub const FORMAT: &str = "svadiff-case/1";

/// The contents of a case file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Case {
    /// One line for humans. Untrusted text: it is escaped wherever it is printed.
    pub title: Option<String>,
    /// Message-ID or URL of the case's origin. Untrusted text.
    pub origin: Option<String>,
    /// A note for humans. Untrusted text.
    pub note: Option<String>,
    /// The devices and the mms that exist at the start.
    pub topology: Topology,
    /// The operations, in program order.
    pub ops: Vec<Op>,
    /// For a concurrent case, the CPU that runs each section, in order.
    pub schedule: Option<Vec<u8>>,
}

impl Case {
    /// Creates a sequential case without title, origin and note.
    pub fn new(topology: Topology, ops: Vec<Op>) -> Self {
        Case {
            topology,
            ops,
            ..Case::default()
        }
    }

    /// Returns the case without title, origin and note.
    pub fn bare(&self) -> Self {
        Case {
            schedule: self.schedule.clone(),
            ..Case::new(self.topology.clone(), self.ops.clone())
        }
    }

    /// Returns whether an operation names a CPU or the case has a schedule.
    pub fn is_concurrent(&self) -> bool {
        self.schedule.is_some() || self.ops.iter().any(|op| op.cpu.is_some())
    }

    /// Creates a concurrent case that runs under `schedule`.
    pub fn scheduled(topology: &Topology, ops: &[Op], schedule: Vec<u8>) -> Self {
        Case {
            schedule: Some(schedule),
            ..Case::new(topology.clone(), ops.to_vec())
        }
    }

    /// Returns the numbers of the CPUs that have an operation, ascending.
    pub fn cpus(&self) -> Vec<u8> {
        let mut cpus: Vec<u8> = self.ops.iter().filter_map(|op| op.cpu).collect();
        cpus.sort();
        cpus.dedup();
        cpus
    }

    /// Returns whether more than one CPU has an operation.
    pub fn is_on_several_cpus(&self) -> bool {
        self.cpus().len() > 1
    }
}

/// The devices, and the mms that exist before the first operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "topology"))]
pub struct Topology {
    /// At most [`MAX_DEVICES`].
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_DEVICES)))]
    pub devices: Vec<Device>,
    /// At most [`MAX_MMS`].
    #[cfg_attr(feature = "schema", schemars(length(max = MAX_MMS)))]
    pub mms: Vec<Mm>,
}

/// A device behind the mock IOMMU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "device"))]
pub struct Device {
    /// Its `iommu_group`, the owner of the `pasid_array`. Below [`MAX_GROUPS`].
    #[cfg_attr(feature = "schema", schemars(range(max = MAX_GROUPS - 1)))]
    pub group: u8,
    /// `dev->iommu->max_pasids`: exclusive upper bound of the device's PASIDs; 0 means no PASID
    /// support.
    #[cfg_attr(feature = "schema", schemars(range(max = MAX_PASIDS)))]
    pub max_pasids: u16,
    /// The IOMMU hardware instance in front of the device. A domain belongs to one instance. Below
    /// [`MAX_INSTANCES`].
    #[cfg_attr(feature = "schema", schemars(range(max = MAX_INSTANCES - 1)))]
    pub instance: u8,
}

/// An mm that exists at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "mm"))]
pub struct Mm {
    /// The result of `arch_pgtable_dma_compat()` for the mm.
    pub dma_compat: bool,
}

/// One operation, with its injected fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Op {
    /// The operation and its arguments.
    pub kind: OpKind,
    /// Whether an incorrect caller performs it: a release that runs even if the resource was
    /// released already. Only for operations with [`OpInfo::again`](crate::op::OpInfo::again), and
    /// only in sequential cases.
    pub again: bool,
    /// The fault to inject while it runs.
    pub fault: Option<Fault>,
    /// The CPU that runs it; `None` in a sequential case.
    pub cpu: Option<u8>,
}

impl From<OpKind> for Op {
    fn from(kind: OpKind) -> Self {
        Op {
            kind,
            again: false,
            fault: None,
            cpu: None,
        }
    }
}
