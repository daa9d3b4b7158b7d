// SPDX-License-Identifier: GPL-2.0-or-later
//! The operations, declared once.
//!
//! One table declares for each operation its name, the kinds of its arguments, the resource that
//! its caller holds afterwards, whether it releases one, and the fault sites that it can reach. The
//! reader, the writer, the generator, the universes, the shrinkers and the reports work from that
//! table. Only [`Run`](crate::Run), which defines the effect of an operation, matches on
//! [`OpKind`].

pub mod commits;
mod derived;
mod enumerate;
#[cfg(test)]
mod tests;

pub use commits::{CORE_PASIDS, NO_IOASID_SET, RESET};
pub use derived::{MAX_ARGS, OP_NAMES};
pub use enumerate::Things;

use crate::fault::{Site, named};
use crate::revision::{Commit, Commits};

/// What an argument of an operation refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refers {
    /// A device, by its index in the topology.
    Device,
    /// An mm, by its index: initial mms first, then forked ones in the order of their creation.
    Mm(MmState),
    /// A PASID, below [`MAX_PASIDS`](crate::case::MAX_PASIDS).
    Pasid,
    /// An earlier operation that holds this resource, by its index.
    Op(Resource),
}

impl Refers {
    /// Returns the text before the number: `dev 0`, `of op 1`.
    pub const fn label(self) -> &'static str {
        match self {
            Refers::Device => "dev",
            Refers::Mm(_) => "mm",
            Refers::Pasid => "pasid",
            Refers::Op(_) => "of op",
        }
    }
}

/// The state that an mm must be in, lest an operation on it is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MmState {
    /// Its process has not exited.
    Alive,
    /// Its `struct mm_struct` has not been freed.
    Exists,
}

named! {
    /// A resource that the caller of an operation can hold afterwards.
    Resource, "resource";
    /// A handle returned by a bind.
    Handle "handle",
    /// A global PASID allocated for a driver.
    Pasid "pasid",
    /// A driver's domain, attached to a PASID of a device.
    Domain "domain",
    /// A reset of a device that is not over.
    Reset "reset",
}

/// An argument of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its key in JSON.
    pub name: &'static str,
    /// What it refers to.
    pub refers: Refers,
}

/// The table's declarations for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpInfo {
    /// Its arguments, in order. At most [`MAX_ARGS`].
    pub args: &'static [Arg],
    /// The resource that its caller holds after it succeeds.
    pub holds: Option<Resource>,
    /// Whether it releases the resource held by the operation that it names.
    pub releases: bool,
    /// Whether an incorrect caller can be asked to perform it a second time, see
    /// [`Op::again`](crate::case::Op::again).
    pub again: bool,
    /// Whether it changes nothing, in any kernel.
    pub read_only: bool,
    /// Whether it creates an mm.
    pub makes_mm: bool,
    /// Whether it ends the process of the mm that it names.
    pub ends_mm: bool,
    /// The fault sites that it can reach.
    pub sites: &'static [Site],
    /// The commit that brought it; `None` if every kernel has it.
    pub since: Option<Commit>,
    /// The commit that removed it and the one that brought it back; a kernel with the first one only
    /// does not have it.
    pub gap: Option<[Commit; 2]>,
    /// Whether callers of the SVA calls perform it; other operations are those of drivers and
    /// processes.
    pub usual: bool,
    /// Its rank among the operations with the same [`Over`] in a search.
    pub order: u8,
}

impl OpInfo {
    const PLAIN: OpInfo = OpInfo {
        args: &[],
        holds: None,
        releases: false,
        again: false,
        read_only: false,
        makes_mm: false,
        ends_mm: false,
        sites: &[],
        since: None,
        gap: None,
        usual: false,
        order: 0,
    };

    /// Returns the resource that the named earlier operation holds, or `None` if no argument refers
    /// to an operation.
    pub const fn names(&self) -> Option<Resource> {
        match self.args {
            [
                Arg {
                    refers: Refers::Op(resource),
                    ..
                },
                ..,
            ] => Some(*resource),
            _ => None,
        }
    }

    /// Returns whether a kernel with these commits has the operation.
    #[inline]
    pub const fn exists(&self, commits: Commits) -> bool {
        let is_there = match self.since {
            Some(commit) => commits.has(commit),
            None => true,
        };
        match self.gap {
            Some([removed, back]) => is_there && (!commits.has(removed) || commits.has(back)),
            None => is_there,
        }
    }

    /// Returns the position of the argument that is an mm, and the required state of the mm.
    pub fn mm(&self) -> Option<(usize, MmState)> {
        self.args
            .iter()
            .enumerate()
            .find_map(|(at, arg)| match arg.refers {
                Refers::Mm(state) => Some((at, state)),
                Refers::Device | Refers::Pasid | Refers::Op(_) => None,
            })
    }

    /// Returns whether an argument is a PASID.
    pub fn names_pasid(&self) -> bool {
        self.args.iter().any(|arg| arg.refers == Refers::Pasid)
    }

    /// Returns the objects that a search enumerates to try the operation.
    pub const fn over(&self) -> Over {
        match self.args {
            [
                Arg {
                    refers: Refers::Device,
                    ..
                },
                Arg {
                    refers: Refers::Mm(_),
                    ..
                },
                ..,
            ] => Over::DevicesAndMms,
            [
                Arg {
                    refers: Refers::Op(_),
                    ..
                },
                ..,
            ] => Over::Held,
            [
                Arg {
                    refers: Refers::Mm(_),
                    ..
                },
                ..,
            ] => Over::Mms,
            [
                Arg {
                    refers: Refers::Device,
                    ..
                },
                Arg {
                    refers: Refers::Pasid,
                    ..
                },
                ..,
            ] => Over::Pasids,
            [
                Arg {
                    refers: Refers::Device | Refers::Pasid,
                    ..
                },
                ..,
            ]
            | [] => Over::Devices,
        }
    }
}

/// The objects that a search enumerates to try an operation, in this order. For each object it
/// tries all operations by [`order`](OpInfo::order); the PASIDs of a device come directly after the
/// device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Over {
    /// Every mm with every device.
    DevicesAndMms,
    /// Every operation that holds something.
    Held,
    /// Every mm.
    Mms,
    /// Every device.
    Devices,
    /// Every PASID of a universe on every device.
    Pasids,
}

impl Over {
    /// The number of kinds.
    pub const COUNT: usize = Over::Pasids as usize + 1;
}

/// Declares the operations: documentation, variant, name in JSON, arguments with their kinds, and
/// the fields of [`OpInfo`] that differ from the default.
macro_rules! ops {
    ( $(
        $(#[$doc:meta])*
        $kind:ident $name:literal ( $( $(#[$arg_doc:meta])* $arg:ident: $refers:expr ),+ $(,)? )
        { $($field:ident: $value:expr),* $(,)? }
    )* ) => {
        /// The operations. Indexes may be out of range: the operation is then skipped.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum OpKind {
            $( $(#[$doc])* $kind { $( $(#[$arg_doc])* $arg: u32 ),+ }, )*
        }

        named! {
            /// The kind of an operation, without its arguments.
            OpCode, "operation";
            $( $(#[$doc])* $kind $name, )*
        }

        impl OpCode {
            /// Returns the table's declarations for the operation.
            #[inline]
            pub const fn info(self) -> &'static OpInfo {
                match self {
                    $( OpCode::$kind => {
                        const INFO: OpInfo = OpInfo {
                            args: &[$( Arg { name: stringify!($arg), refers: $refers } ),+],
                            $($field: $value,)*
                            ..OpInfo::PLAIN
                        };
                        &INFO
                    } )*
                }
            }

            /// Creates the operation, calling `value` for each argument, in order.
            #[inline(always)]
            pub fn with<E>(
                self,
                mut value: impl FnMut(usize, Arg) -> Result<u32, E>,
            ) -> Result<OpKind, E> {
                match self {
                    $( OpCode::$kind => {
                        let mut at = 0..;
                        let mut next = |name, refers| {
                            value(at.next().unwrap_or_default(), Arg { name, refers })
                        };
                        Ok(OpKind::$kind { $( $arg: next(stringify!($arg), $refers)? ),+ })
                    } )*
                }
            }
        }

        impl OpKind {
            /// Returns the operation without its arguments.
            #[inline]
            pub const fn code(self) -> OpCode {
                match self { $( OpKind::$kind { .. } => OpCode::$kind, )* }
            }

            /// Calls `each` with every argument, in order.
            #[inline]
            pub fn for_each_arg<'a>(&'a mut self, mut each: impl FnMut(Arg, &'a mut u32)) {
                match self {
                    $( OpKind::$kind { $($arg),+ } => {
                        $( each(Arg { name: stringify!($arg), refers: $refers }, $arg); )+
                    } )*
                }
            }
        }
    };
}

use MmState::{Alive, Exists};
use Refers::{Device, Mm, Op, Pasid};

// To add an operation, add it here and to the weights in generate/profile.rs, and define its effect
// in run.rs.
ops! {
    /// `iommu_sva_bind_device()`, then `iommu_sva_get_pasid()`.
    Bind "bind" (
        /// Index of the device.
        dev: Device,
        /// Index of the mm.
        mm: Mm(Alive),
    ) {
        holds: Some(Resource::Handle),
        sites: &Site::ALL,
        usual: true,
    }
    /// `iommu_sva_unbind_device()` of the handle that a bind returned.
    Unbind "unbind" (
        /// Index of the bind.
        of: Op(Resource::Handle),
    ) {
        releases: true,
        again: true,
        usual: true,
    }
    /// `iommu_sva_get_pasid()` of the handle that a bind returned.
    GetPasid "get_pasid" (
        /// Index of the bind.
        of: Op(Resource::Handle),
    ) {
        read_only: true,
        usual: true,
        order: 1,
    }
    /// The process forks: a child mm.
    Fork "fork" (
        /// Index of the parent mm.
        mm: Mm(Alive),
    ) {
        makes_mm: true,
        order: 1,
    }
    /// The process exits: `mmput()`.
    Exit "exit" (
        /// Index of the mm.
        mm: Mm(Alive),
    ) {
        ends_mm: true,
        usual: true,
    }
    /// `iommu_alloc_global_pasid()`.
    AllocPasid "alloc_pasid" (
        /// Index of the device.
        dev: Device,
    ) {
        holds: Some(Resource::Pasid),
        sites: &[Site::PasidAlloc],
        gap: Some([NO_IOASID_SET, CORE_PASIDS]),
    }
    /// `iommu_free_global_pasid()`.
    FreePasid "free_pasid" (
        /// Index of the `alloc_pasid`.
        of: Op(Resource::Pasid),
    ) {
        releases: true,
        again: true,
        order: 2,
    }
    /// A driver attaches a domain of its own, which is not an SVA domain.
    Attach "attach" (
        /// Index of the device.
        dev: Device,
        /// The PASID, below [`MAX_PASIDS`](crate::case::MAX_PASIDS).
        pasid: Pasid,
    ) {
        holds: Some(Resource::Domain),
        sites: &[Site::PasidArray, Site::SetDevPasid],
        order: 1,
    }
    /// The driver detaches and frees that domain.
    Detach "detach" (
        /// Index of the attach.
        of: Op(Resource::Domain),
    ) {
        releases: true,
        again: true,
        order: 3,
    }
    /// The device faults on a PASID. Returns the mm that answers.
    PageRequest "page_request" (
        /// Index of the device.
        dev: Device,
        /// The PASID that the device faults on, below [`MAX_PASIDS`](crate::case::MAX_PASIDS).
        pasid: Pasid,
    ) {
        read_only: true,
        usual: true,
    }
    /// `mm_get_enqcmd_pasid()`.
    EnqcmdPasid "enqcmd_pasid" (
        /// Index of the mm.
        mm: Mm(Exists),
    ) {
        read_only: true,
        usual: true,
        order: 2,
    }
    /// `pci_dev_reset_iommu_prepare()`: the device is about to be reset.
    ResetBegin "reset_begin" (
        /// Index of the device.
        dev: Device,
    ) {
        holds: Some(Resource::Reset),
        since: Some(RESET),
        order: 2,
    }
    /// `pci_dev_reset_iommu_done()`: the reset is over.
    ResetDone "reset_done" (
        /// Index of the `reset_begin`.
        of: Op(Resource::Reset),
    ) {
        releases: true,
        sites: &[Site::SetDevPasid],
        since: Some(RESET),
        order: 4,
    }
}
