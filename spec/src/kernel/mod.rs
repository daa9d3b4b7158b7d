// SPDX-License-Identifier: GPL-2.0-or-later
//! The simulated machine: everything that `iommu-sva.c`, and the functions of `iommu.c` that it
//! calls, depend on. It is independent of any kernel version.
//!
//! [`Machine`] is a value of fixed size: no heap, no pointers, `Copy`. Indexes take the place of
//! the kernel's pointers: domains and handles are numbered in the order of their allocation and
//! never reused, so a stale index is a dangling pointer and is detected as one.
//!
//! [`Kernel`] is a running machine: it has an observer, the fault of the current operation, and the
//! commits whose code it runs. Its methods are the kernel's functions, one file for each kind of
//! object. A model can reach the machine only through these methods, and they check every argument:
//! an incorrect model never makes the machine panic or run for ever. The run ends with a splat
//! instead.

#[cfg(test)]
mod access_tests;
mod armed;
mod driver;
mod group;
mod ida;
mod index;
mod leak;
mod list;
mod lock;
mod machine;
mod mm;
mod refcount;
mod reset;
mod slab;
mod splat;
#[cfg(test)]
mod tests;
mod work;

pub use armed::Armed;
pub use driver::{Domain, DomainType, Int};
pub use group::{Entry, PasidArrays};
pub use ida::Ida;
pub use index::{DeviceId, DomainId, HandleId, MmId};
pub use leak::LeakDigest;
pub(crate) use list::Link;
pub use lock::Mutex;
pub use machine::Machine;
pub use mm::Mm;
pub use refcount::Refcount;
pub use slab::Handle;
pub use splat::{Splat, Stop};
pub use work::Kernel;

/// Not an index: stands for a null pointer, or for the end of a list.
pub const NONE: u8 = u8::MAX;

/// Copies at least the first `items` items. Up to eight are copied with a length known to the
/// compiler, which avoids a function call.
#[inline(always)]
pub(crate) fn copy<T: Copy, const N: usize>(to: &mut [T; N], from: &[T; N], items: usize) {
    const FEW: usize = 8;
    if items <= FEW && FEW <= N {
        to[..FEW].copy_from_slice(&from[..FEW]);
    } else {
        to[..items].copy_from_slice(&from[..items]);
    }
}
