// SPDX-License-Identifier: GPL-2.0-or-later
//! The simulated machine: everything that `iommu-sva.c` and the functions of `iommu.c` that it calls
//! stand on. It knows no particular kernel.
//!
//! [`Machine`] is a value of fixed size: no heap, no pointers, `Copy`. What the kernel refers to by
//! pointer is referred to by index here: domains and handles are numbered in order of allocation
//! and never reused, so a stale index is a dangling pointer and is noticed as one.
//!
//! [`Kernel`] is a machine at work: with an observer, with the fault that is armed for the operation
//! at hand, and with the commits whose code it runs. Its methods are the kernel's functions, one file
//! for each thing.

mod armed;
mod driver;
mod group;
mod ida;
mod index;
mod leak;
mod lock;
mod machine;
mod mm;
mod refcount;
mod slab;
mod splat;
#[cfg(test)]
mod tests;
mod work;

pub use armed::Armed;
pub use driver::{Domain, DomainType};
pub use group::{Entry, PasidArrays};
pub use ida::Ida;
pub use index::{DeviceId, DomainId, HandleId, MmId};
pub use leak::LeakDigest;
pub use lock::Mutex;
pub use machine::Machine;
pub use mm::Mm;
pub use refcount::Refcount;
pub use slab::Handle;
pub use splat::{Splat, Stop};
pub use work::Kernel;

/// No number: what stands for a null pointer, or for the end of a list, where indexes are numbers.
pub const NONE: u8 = u8::MAX;

/// Copies at least the first `items` items. Up to eight are copied with a length that the compiler
/// knows, so without a call.
#[inline(always)]
pub(crate) fn copy<T: Copy, const N: usize>(to: &mut [T; N], from: &[T; N], items: usize) {
    const FEW: usize = 8;
    if items <= FEW && FEW <= N {
        to[..FEW].copy_from_slice(&from[..FEW]);
    } else {
        to[..items].copy_from_slice(&from[..items]);
    }
}
