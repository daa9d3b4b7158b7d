// SPDX-License-Identifier: GPL-2.0-or-later
//! The operations, declared once.
//!
//! One table says for each operation what it is called, what its arguments refer to, what its
//! caller holds afterwards, what it releases, and at which fault sites it can arrive. The reader,
//! the writer, the generator, the universes, the shrinkers and the reports work from that table.
//! Only [`Run`](crate::Run), which does what an operation means, matches on [`OpKind`].

mod derived;
mod enumerate;
#[cfg(test)]
mod tests;

pub use derived::{MAX_ARGS, OP_NAMES};
pub use enumerate::Things;

use crate::fault::{Site, named};

/// What an argument of an operation refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refers {
    /// A device, by its index in the topology.
    Device,
    /// An mm, by its index: those at the start first, then forked ones as they are made.
    Mm(MmState),
    /// A PASID, below [`MAX_PASIDS`](crate::case::MAX_PASIDS).
    Pasid,
    /// An earlier operation that holds this, by its index.
    Op(Resource),
}

impl Refers {
    /// What stands before the number in text: `dev 0`, `of op 1`.
    pub const fn label(self) -> &'static str {
        match self {
            Refers::Device => "dev",
            Refers::Mm(_) => "mm",
            Refers::Pasid => "pasid",
            Refers::Op(_) => "of op",
        }
    }
}

/// What an mm has to be for an operation on it not to be skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MmState {
    /// Its process has not exited.
    Alive,
    /// Something still refers to its `struct mm_struct`.
    Exists,
}

named! {
    /// What the caller of an operation can hold afterwards.
    Resource, "resource";
    /// A handle, which a bind returned.
    Handle "handle",
    /// A global PASID that was allocated for a driver.
    Pasid "pasid",
    /// A domain of a driver, attached to a PASID of a device.
    Domain "domain",
}

/// An argument of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its key in JSON.
    pub name: &'static str,
    /// What it refers to.
    pub refers: Refers,
}

/// What the table says of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpInfo {
    /// Its arguments, in order. At most [`MAX_ARGS`].
    pub args: &'static [Arg],
    /// What its caller holds after it succeeded.
    pub holds: Option<Resource>,
    /// Whether it releases what the operation it names holds.
    pub releases: bool,
    /// Whether it changes nothing, in any kernel.
    pub read_only: bool,
    /// Whether it makes an mm.
    pub makes_mm: bool,
    /// Whether the process of the mm that it names is gone afterwards.
    pub ends_mm: bool,
    /// The fault sites that it can arrive at.
    pub sites: &'static [Site],
    /// Whether it belongs to what callers of the SVA calls do; the rest is what drivers and
    /// processes do besides.
    pub usual: bool,
    /// Its place among the operations with the same [`Over`] in a search.
    pub order: u8,
}

impl OpInfo {
    const PLAIN: OpInfo = OpInfo {
        args: &[],
        holds: None,
        releases: false,
        read_only: false,
        makes_mm: false,
        ends_mm: false,
        sites: &[],
        usual: false,
        order: 0,
    };

    /// The argument that refers to an earlier operation: what that operation holds.
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

    /// The argument that is an mm: its place, and what the mm has to be.
    pub fn mm(&self) -> Option<(usize, MmState)> {
        self.args
            .iter()
            .enumerate()
            .find_map(|(at, arg)| match arg.refers {
                Refers::Mm(state) => Some((at, state)),
                Refers::Device | Refers::Pasid | Refers::Op(_) => None,
            })
    }

    /// Whether an argument is a PASID.
    pub fn names_pasid(&self) -> bool {
        self.args.iter().any(|arg| arg.refers == Refers::Pasid)
    }

    /// What a search goes over to try the operation.
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

/// What a search goes over to try an operation, in this order. For each thing that it goes over it
/// tries all operations, in their [`order`](OpInfo::order); the PASIDs of a device come directly
/// after the device.
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

/// Declares the operations: documentation, variant, name in JSON, arguments with what they refer
/// to, and the fields of [`OpInfo`] that are not plain.
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
            /// An operation without its arguments.
            OpCode, "operation";
            $( $(#[$doc])* $kind $name, )*
        }

        impl OpCode {
            /// What the table says of the operation.
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

            /// The operation with these arguments, which are asked for in order.
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
            /// The operation without its arguments.
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

// To add an operation, add it here and to the weights in generate/profile.rs, and say in run.rs
// what it does.
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
    }
    /// `iommu_free_global_pasid()`.
    FreePasid "free_pasid" (
        /// Index of the `alloc_pasid`.
        of: Op(Resource::Pasid),
    ) {
        releases: true,
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
        order: 3,
    }
    /// The device faults on a PASID: which mm answers.
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
}
