// SPDX-License-Identifier: GPL-2.0-or-later
//! `iommu.c` of a slip, in place of the kernel's own.

use spec::{Cite, Kernel, Splat, Watch};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// A kernel at work whose functions of `iommu.c` are those of the slip `S`. What `S` does not
/// have, the mutexes and lists and reference counts, is the kernel's.
pub struct Iommu<'s, 'k, W, S>(&'s mut Kernel<'k, W>, PhantomData<S>);

impl<'s, 'k, W, S> Iommu<'s, 'k, W, S> {
    /// Hides the kernel's own functions.
    pub fn of(k: &'s mut Kernel<'k, W>) -> Self {
        Iommu(k, PhantomData)
    }
}

// Methods of the kernel that are called with something of the kernel: through `deref_mut()`, it
// would be borrowed twice.
impl<W: Watch, S> Iommu<'_, '_, W, S> {
    pub(crate) fn tell(&mut self, at: Cite) {
        self.0.tell(at);
    }

    pub(crate) fn warn(&mut self, splat: Splat, at: Cite) {
        self.0.warn(splat, at);
    }
}

impl<'k, W, S> Deref for Iommu<'_, 'k, W, S> {
    type Target = Kernel<'k, W>;

    fn deref(&self) -> &Kernel<'k, W> {
        self.0
    }
}

impl<'k, W, S> DerefMut for Iommu<'_, 'k, W, S> {
    fn deref_mut(&mut self) -> &mut Kernel<'k, W> {
        self.0
    }
}
