// SPDX-License-Identifier: GPL-2.0-or-later
//! `iommu_sva_lock`.
//!
//! A section never ends with the lock held, except when a call returns without releasing it. So a
//! lock that is found held is never released, and a call that takes it hangs. The mutex of a group
//! is taken and released within a section and needs no state.

use super::{Kernel, Splat, Stop};
use crate::record::Watch;
use crate::revision::At;

/// A mutex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mutex {
    pub(crate) held: bool,
}

impl<W: Watch> Kernel<'_, W> {
    /// `mutex_lock(&iommu_sva_lock)`.
    pub fn mutex_lock(&mut self, at: At) -> Result<(), Stop> {
        self.access(at)?;
        if self.m.iommu_sva_lock.held {
            return Err(self.die(Splat::Deadlock, at));
        }
        self.m.iommu_sva_lock.held = true;
        self.watch.lock(true);
        Ok(())
    }

    /// `mutex_unlock(&iommu_sva_lock)`. `at` is the anchor where the caller took the lock; a splat
    /// about the lock cites it.
    pub fn mutex_unlock(&mut self, at: At) -> Result<(), Stop> {
        self.access(at)?;
        if !self.m.iommu_sva_lock.held {
            self.warn(Splat::UnlockBalance, at);
            return Ok(());
        }
        self.m.iommu_sva_lock.held = false;
        self.watch.lock(false);
        Ok(())
    }
}
