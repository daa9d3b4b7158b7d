// SPDX-License-Identifier: GPL-2.0-or-later
//! `struct iommu_sva`, its allocation, and reads through pointers that may be stale.

use super::{DeviceId, Domain, DomainId, HandleId, Kernel, Refcount, Splat, Stop};
use crate::case::Site;
use crate::record::Watch;
use crate::revision::At;

/// `struct iommu_sva`, the handle of a bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    /// `handle->dev`; null until the bind stores it.
    pub dev: DeviceId,
    /// `handle->domain`; null until the bind stores it.
    pub domain: DomainId,
    /// `handle->users`; exists from 6.8-rc6 on.
    pub users: Refcount,
    /// Whether `handle->handle_item` is on `iommu_mm->sva_handles`.
    pub listed: bool,
    /// The next handle on that list.
    pub next: HandleId,
    /// Whether the memory is freed.
    pub freed: bool,
}

impl Handle {
    /// The value of a slot before its handle is allocated.
    pub const NEVER: Handle = Handle {
        dev: DeviceId::NULL,
        domain: DomainId::NULL,
        users: Refcount::ZERO,
        listed: false,
        next: HandleId::NULL,
        freed: true,
    };
}

impl<W: Watch> Kernel<'_, W> {
    /// Allocates a handle (`kzalloc()`).
    pub fn handle_alloc(&mut self) -> Option<HandleId> {
        if self.armed.strikes(Site::HandleAlloc).is_some() {
            return None;
        }
        let handle = self.m.nr_handles;
        self.m.nr_handles += 1;
        self.m.handles[handle as usize] = Handle {
            freed: false,
            ..Handle::NEVER
        };
        Some(HandleId::new(handle))
    }

    /// Stores `handle->domain` of an attach handle that its caller has just allocated.
    pub fn handle_set_domain(&mut self, handle: HandleId, domain: DomainId) {
        self.m.handles[handle.index()].domain = domain;
    }

    /// Frees a handle (`kfree()`).
    pub fn handle_free(&mut self, handle: HandleId, at: At) -> Result<(), Stop> {
        let this = &mut self.m.handles[handle.index()];
        if this.freed {
            return Err(self.die(Splat::DoubleFree, at));
        }
        this.freed = true;
        Ok(())
    }

    /// Allocates a `struct iommu_mm_data` (`kzalloc()`). Returns whether that succeeds.
    pub fn mm_data_alloc(&mut self) -> bool {
        self.armed.strikes(Site::MmDataAlloc).is_none()
    }

    /// Dereferences a pointer to a handle.
    pub fn handle(&mut self, handle: HandleId, at: At) -> Result<&mut Handle, Stop> {
        if handle.is_null() {
            return Err(self.die(Splat::NullDeref, at));
        }
        if self.m.handles[handle.index()].freed {
            return Err(self.die(Splat::UseAfterFree, at));
        }
        Ok(&mut self.m.handles[handle.index()])
    }

    /// Dereferences a pointer to a domain.
    pub fn domain(&mut self, domain: DomainId, at: At) -> Result<&mut Domain, Stop> {
        if domain.is_null() {
            return Err(self.die(Splat::NullDeref, at));
        }
        if self.m.domains[domain.index()].freed {
            return Err(self.die(Splat::UseAfterFree, at));
        }
        Ok(&mut self.m.domains[domain.index()])
    }
}
