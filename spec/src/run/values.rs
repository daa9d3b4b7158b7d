// SPDX-License-Identifier: GPL-2.0-or-later
//! What operations return, what calls know between two sections, and what callers hold.

use crate::case::Errno;
use crate::kernel::{DeviceId, DomainId, HandleId, MmId, Stop};
use crate::op::Resource;

/// What an operation returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ret {
    /// A bind: which handle, and its PASID.
    Handle {
        /// Handles are numbered in the order in which they were first returned: equal numbers are
        /// equal pointers.
        handle: u8,
        /// What `iommu_sva_get_pasid()` said of it; `None` for `IOMMU_PASID_INVALID`.
        pasid: Option<u16>,
    },
    /// Done, with nothing to return.
    Ok,
    /// A PASID.
    Pasid(u16),
    /// `IOMMU_PASID_INVALID`, or a page request that is not answered.
    Invalid,
    /// The index of an mm.
    Mm(u8),
    /// The number of a driver's own domain.
    Domain(u8),
    /// The call failed.
    Err(Errno),
    /// No correct caller could have done it, so it was not done.
    Skipped,
    /// The kernel died within it.
    Oops,
    /// It will never return.
    Hang,
    /// Another CPU's oops or hang came before its end.
    Unfinished,
}

impl Ret {
    /// Whether the machine is gone.
    pub fn ends_the_run(self) -> bool {
        matches!(self, Ret::Oops | Ret::Hang)
    }
}

impl From<Stop> for Ret {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Oops => Ret::Oops,
            Stop::Hang => Ret::Hang,
        }
    }
}

/// `iommu_sva_bind_device()` under way: its arguments, and its locals between two sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bind {
    /// Argument.
    pub dev: DeviceId,
    /// Argument.
    pub mm: MmId,
    /// The section that runs next, from 0.
    pub section: u8,
    /// Local.
    pub handle: HandleId,
    /// Local.
    pub domain: DomainId,
    /// Local: the error that the call will return.
    pub ret: Option<Errno>,
}

/// `iommu_sva_unbind_device()` under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unbind {
    /// Argument.
    pub handle: HandleId,
    /// The section that runs next, from 0.
    pub section: u8,
    /// Local.
    pub domain: DomainId,
    /// Local.
    pub dev: DeviceId,
    /// Local: the PASID, read before the lock; 0 is `IOMMU_PASID_INVALID`.
    pub pasid: u16,
}

/// What the caller of an operation holds because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// Nothing: it failed, was skipped, returns nothing, or was released.
    Nothing,
    /// A bind's handle, by index of the machine.
    Bind(HandleId),
    /// A global PASID.
    Pasid(u16),
    /// An attached domain of a driver's own.
    Domain {
        /// The device it was attached through.
        dev: DeviceId,
        /// The PASID.
        pasid: u16,
        /// The domain.
        domain: DomainId,
    },
}

impl Held {
    /// What is held, as the table of operations names it.
    #[inline]
    pub const fn resource(self) -> Option<Resource> {
        match self {
            Held::Nothing => None,
            Held::Bind(_) => Some(Resource::Handle),
            Held::Pasid(_) => Some(Resource::Pasid),
            Held::Domain { .. } => Some(Resource::Domain),
        }
    }
}

/// One thing that a teardown releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Release {
    /// What the operation with this index still holds.
    Op(u8),
    /// The mm with this index exits.
    Mm(u8),
}
