// SPDX-License-Identifier: GPL-2.0-or-later
//! `struct iommu_sva`, its allocation, and every access through a pointer, which may be null or
//! stale. An access through a pointer that leads to no live object ends the run with a splat.

use super::{DeviceId, Domain, DomainId, HandleId, Kernel, Link, Mm, MmId, Refcount, Splat, Stop};
use crate::case::{Device, MAX_OPS, Site};
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
    /// `handle->handle_item`, on `iommu_mm->sva_handles`.
    pub(crate) link: Link,
    /// The next handle on that list.
    pub(crate) next: HandleId,
    /// Whether the memory is freed.
    pub freed: bool,
}

impl Handle {
    /// The value of a slot before its handle is allocated.
    pub const NEVER: Handle = Handle {
        dev: DeviceId::NULL,
        domain: DomainId::NULL,
        users: Refcount::ZERO,
        link: Link::Never,
        next: HandleId::NULL,
        freed: true,
    };

    /// Returns the next handle on `iommu_mm->sva_handles`; null at the end of the list.
    #[inline(always)]
    pub fn next(&self) -> HandleId {
        self.next
    }
}

impl<W: Watch> Kernel<'_, W> {
    /// Allocates a handle (`kzalloc()`). Returns `None` if the allocation fails: because of a
    /// fault, or if [`MAX_OPS`] handles were allocated before.
    pub fn handle_alloc(&mut self) -> Result<Option<HandleId>, Stop> {
        self.access(At::NoHandle)?;
        let handle = self.m.nr_handles;
        if self.armed.strikes(Site::HandleAlloc).is_some() || handle as usize == MAX_OPS {
            return Ok(None);
        }
        self.m.nr_handles += 1;
        self.m.handles[handle as usize] = Handle {
            freed: false,
            ..Handle::NEVER
        };
        Ok(Some(HandleId::new(handle)))
    }

    /// Frees a handle (`kfree()`). Freeing null does nothing.
    pub fn handle_free(&mut self, handle: HandleId, at: At) -> Result<(), Stop> {
        self.access(at)?;
        if handle.is_null() {
            return Ok(());
        }
        match self.m.handles.get_mut(handle.index()) {
            Some(this) if !this.freed => {
                this.freed = true;
                Ok(())
            }
            _ => Err(self.die(Splat::DoubleFree, at)),
        }
    }

    /// Allocates a `struct iommu_mm_data` (`kzalloc()`). Returns whether that succeeds.
    pub fn mm_data_alloc(&mut self) -> Result<bool, Stop> {
        self.access(At::NoMmData)?;
        Ok(self.armed.strikes(Site::MmDataAlloc).is_none())
    }

    /// Dereferences a pointer to a handle.
    pub fn handle(&mut self, handle: HandleId, at: At) -> Result<&mut Handle, Stop> {
        self.access(at)?;
        match self.m.handles.get(handle.index()) {
            Some(this) if !this.freed => Ok(&mut self.m.handles[handle.index()]),
            _ => Err(self.die_of(handle.raw() < self.m.nr_handles, at)),
        }
    }

    /// Dereferences a pointer to a domain.
    pub fn domain(&mut self, domain: DomainId, at: At) -> Result<&mut Domain, Stop> {
        self.access(at)?;
        match self.m.domains.get(domain.index()) {
            Some(this) if !this.freed => Ok(&mut self.m.domains[domain.index()]),
            _ => Err(self.die_of(domain.raw() < self.m.nr_domains, at)),
        }
    }

    /// Dereferences a pointer to a device. Devices are never freed.
    pub fn device(&mut self, dev: DeviceId, at: At) -> Result<Device, Stop> {
        self.access(at)?;
        match dev.raw() < self.m.nr_devices {
            true => Ok(self.m.devices[dev.index()]),
            false => Err(self.die_of(false, at)),
        }
    }

    /// Dereferences a pointer to an mm.
    pub fn mm(&mut self, mm: MmId, at: At) -> Result<&Mm, Stop> {
        self.mm_mut(mm, at).map(|mm| &*mm)
    }

    /// Dereferences a pointer to an mm, to write to it.
    pub(super) fn mm_mut(&mut self, mm: MmId, at: At) -> Result<&mut Mm, Stop> {
        self.access(at)?;
        match self.m.mms.get(mm.index()) {
            Some(this) if this.mm_count != 0 => Ok(&mut self.m.mms[mm.index()]),
            _ => Err(self.die_of(mm.raw() < self.m.nr_mms, at)),
        }
    }

    /// Ends the run because of a bad pointer: with a use after free if `was`, that is if the object
    /// once existed, else with a NULL dereference.
    #[cold]
    fn die_of(&mut self, was: bool, at: At) -> Stop {
        let splat = match was {
            true => Splat::UseAfterFree,
            false => Splat::NullDeref,
        };
        self.die(splat, at)
    }
}
