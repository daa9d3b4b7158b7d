// SPDX-License-Identifier: GPL-2.0-or-later
//! The language of svadiff, and the machine that its kernels run on.
//!
//! * [`op`] and [`fault`]: the operations, and the faults that can occur in them, each declared in
//!   one table.
//! * [`case`]: the input. A topology and a list of operations; every list is a case.
//! * [`pasid`]: PASIDs as the machine stores them, and as callers see them.
//! * [`trace`]: the output. What callers, drivers and dmesg observe, step by step.
//! * [`kernel`]: the simulated machine: mms, the PASID allocator, groups, a mock IOMMU driver,
//!   reference counts, the SVA lock. A plain value: copied, compared and hashed.
//! * [`model`]: what an implementation of the SVA calls has to provide, and what its decisions are.
//! * [`revision`]: history as a graph of commits and revisions, and anchors with their lines.
//! * [`trail`]: the way of each call through the functions of the kernel.
//! * [`run`]: one case on one model, operation by operation, section by section.
//! * [`objects`]: the objects of a machine one by one, at every moment of a run.
//! * [`concurrent`]: several CPUs on one machine, section by section.
//! * [`read`]: parses bytes into the values above, and refuses bad input in one sentence.
//! * [`text`]: the form of a case that people write, read and quote.
//! * [`generate`]: random cases, from seeds, from any bytes, and for tests that shrink them.
//! * [`edit`]: edits of a case: without an operation, a device or an mm, reordered, renamed.
//! * [`canonical`]: states up to renaming, as short byte strings, for a search that keeps millions.
//!
//! No module depends on a particular kernel; the `impl_*` crates provide those.

pub mod canonical;
pub mod case;
pub mod concurrent;
pub mod edit;
pub mod fault;
pub mod generate;
pub mod kernel;
pub mod model;
pub mod objects;
pub mod op;
pub mod pasid;
pub mod read;
pub mod record;
pub mod revision;
pub mod run;
#[cfg(feature = "schema")]
pub mod schema;
pub mod text;
pub mod trace;
pub mod trail;

pub use case::{Case, Device, Mm, Op, Topology};
pub use fault::{Errno, Fault, Site};
pub use kernel::{Kernel, Machine, Splat, Stop};
pub use model::{Decision, Flow, Model};
pub use op::{OpCode, OpKind};
pub use record::{Recorder, Watch};
pub use revision::{At, Commit, File, Tree};
pub use run::{Ret, Run};
pub use trace::Trace;
