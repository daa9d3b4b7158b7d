// SPDX-License-Identifier: GPL-2.0-or-later
//! Return values of operations, the state of calls between two sections, and held resources.

use crate::case::Errno;
use crate::kernel::{DeviceId, DomainId, HandleId, MmId, Stop};
use crate::op::Resource;

/// The return value of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ret {
    /// A bind returned a handle.
    Handle {
        /// The number of the handle. Handles are numbered in the order in which they were first
        /// returned: equal numbers are equal pointers.
        handle: u8,
        /// The result of `iommu_sva_get_pasid()` for it; `None` for `IOMMU_PASID_INVALID`.
        pasid: Option<u16>,
    },
    /// Success without a value.
    Ok,
    /// A PASID.
    Pasid(u16),
    /// `IOMMU_PASID_INVALID`, or a page request that is not answered.
    Invalid,
    /// The index of an mm.
    Mm(u8),
    /// The number of a driver's domain.
    Domain(u8),
    /// The call failed.
    Err(Errno),
    /// The operation was not run, since no correct caller could perform it.
    Skipped,
    /// The operation was not run, since the kernel is too old to have it. In a trace, this is
    /// "skipped" too, but it is no difference to a kernel that has the operation.
    Lacking,
    /// The kernel died in the operation.
    Oops,
    /// The operation never returns.
    Hang,
    /// An oops or a hang on another CPU ended the run first.
    Unfinished,
}

impl Ret {
    /// Returns whether the machine is dead.
    pub fn ends_the_run(self) -> bool {
        matches!(self, Ret::Oops | Ret::Hang)
    }

    /// Returns the kind of the return value, the number of the handle, and the PASID, mm, domain or
    /// errno in two bytes, the lower one first. What a value does not have is 0.
    pub fn to_bytes(self) -> [u8; 4] {
        let mut which = 0;
        let (kind, value) = match self {
            Ret::Handle { handle, pasid } => {
                which = handle;
                (0, pasid.unwrap_or(0))
            }
            Ret::Ok => (1, 0),
            Ret::Pasid(pasid) => (2, pasid),
            Ret::Invalid => (3, 0),
            Ret::Mm(mm) => (4, mm.into()),
            Ret::Domain(domain) => (5, domain.into()),
            Ret::Err(errno) => (6, errno as u16),
            Ret::Skipped => (7, 0),
            Ret::Oops => (8, 0),
            Ret::Hang => (9, 0),
            Ret::Unfinished => (10, 0),
            Ret::Lacking => (11, 0),
        };
        let [low, high] = value.to_le_bytes();
        [kind, which, low, high]
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

/// An `iommu_sva_bind_device()` in progress: its arguments, and its locals between two sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bind {
    /// Argument.
    pub dev: DeviceId,
    /// Argument.
    pub mm: MmId,
    pub(super) section: u8,
    /// Local.
    pub handle: HandleId,
    /// Local.
    pub domain: DomainId,
    /// Local: the error that the call will return.
    pub ret: Option<Errno>,
}

impl Bind {
    /// Returns the number of the section that runs next, from 0.
    #[inline(always)]
    pub fn section(&self) -> u8 {
        self.section
    }
}

/// An `iommu_sva_unbind_device()` in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unbind {
    /// Argument.
    pub handle: HandleId,
    pub(super) section: u8,
    /// Local.
    pub domain: DomainId,
    /// Local.
    pub dev: DeviceId,
    /// Local: the PASID, read before the lock; 0 is `IOMMU_PASID_INVALID`.
    pub pasid: u16,
}

impl Unbind {
    /// Returns the number of the section that runs next, from 0.
    #[inline(always)]
    pub fn section(&self) -> u8 {
        self.section
    }
}

/// The resource that the caller of an operation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    /// Nothing: the operation failed, was skipped or returned no resource, or it was released.
    Nothing,
    /// A bind's handle, by its index in the machine.
    Bind(HandleId),
    /// A global PASID.
    Pasid(u16),
    /// An attached domain of a driver.
    Domain {
        /// The device it was attached through.
        dev: DeviceId,
        /// The PASID.
        pasid: u16,
        /// The domain.
        domain: DomainId,
    },
    /// A reset of a device.
    Reset(DeviceId),
}

impl Held {
    /// Returns the kind of resource in the table of operations, or `None` for nothing.
    #[inline]
    pub const fn resource(self) -> Option<Resource> {
        match self {
            Held::Nothing => None,
            Held::Bind(_) => Some(Resource::Handle),
            Held::Pasid(_) => Some(Resource::Pasid),
            Held::Domain { .. } => Some(Resource::Domain),
            Held::Reset(_) => Some(Resource::Reset),
        }
    }
}

/// One resource or mm that a teardown releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Release {
    /// The resource held by the operation with this index.
    Op(u8),
    /// The mm with this index, whose process exits.
    Mm(u8),
}
