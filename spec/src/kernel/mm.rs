// SPDX-License-Identifier: GPL-2.0-or-later
//! `struct mm_struct`: its two counts, and its SVA fields.

use super::{DomainId, HandleId, Kernel, MmId, Splat, Stop};
use crate::case::MAX_MMS;
use crate::record::Watch;
use crate::revision::At;

/// An mm. In 6.7 the PASID is in the mm itself; later it is in `iommu_mm`, which also has lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mm {
    /// Users of the address space: the process, and binds in progress.
    pub mm_users: u8,
    /// References to the struct: one for all users together, one for each SVA domain. 0: freed.
    pub mm_count: u8,
    /// Whether the process has exited. Callers can do nothing more with the mm.
    pub exited: bool,
    /// The result of `arch_pgtable_dma_compat()`.
    pub dma_compat: bool,
    /// `mm->pasid`, `mm->iommu_mm->pasid`; 0 is `IOMMU_PASID_INVALID` (0 is never allocated).
    pub pasid: u16,
    /// Whether `mm->iommu_mm` exists.
    pub iommu_mm: bool,
    /// Head of `iommu_mm->sva_domains`, newest first.
    pub sva_domains: DomainId,
    /// Head of `iommu_mm->sva_handles`, newest first.
    pub sva_handles: HandleId,
}

impl Mm {
    /// The value of a slot before its mm exists and after it is freed.
    pub const FREED: Mm = Mm {
        mm_users: 0,
        mm_count: 0,
        exited: true,
        dma_compat: false,
        pasid: 0,
        iommu_mm: false,
        sva_domains: DomainId::NULL,
        sva_handles: HandleId::NULL,
    };

    /// Creates an mm. `mm_pasid_init()` has run: it has no PASID, even if it is forked.
    pub fn new(dma_compat: bool) -> Self {
        Mm {
            mm_users: 1,
            mm_count: 1,
            exited: false,
            dma_compat,
            ..Mm::FREED
        }
    }
}

impl<W: Watch> Kernel<'_, W> {
    /// `dup_mm()`, as far as SVA is concerned. Returns the index of the child, or `None` if there
    /// are [`MAX_MMS`] already.
    pub fn dup_mm(&mut self, parent: MmId, at: At) -> Result<Option<MmId>, Stop> {
        let dma_compat = self.mm(parent, at)?.dma_compat;
        let child = self.m.nr_mms;
        if child as usize == MAX_MMS {
            return Ok(None);
        }
        self.m.mms[child as usize] = Mm::new(dma_compat);
        self.m.nr_mms += 1;
        Ok(Some(MmId::new(child)))
    }

    /// `mmget()`: takes a reference to the address space.
    pub fn mmget(&mut self, mm: MmId, at: At) -> Result<(), Stop> {
        let users = &mut self.mm_mut(mm, at)?.mm_users;
        *users = users.saturating_add(1);
        Ok(())
    }

    /// `mmput()`: drops a reference to the address space; the last one drops the reference that all
    /// users share. If there are no users, nothing is dropped, since `atomic_dec_and_test()` then
    /// returns false.
    pub fn mmput(&mut self, mm: MmId, at: At) -> Result<(), Stop> {
        let this = self.mm_mut(mm, at)?;
        let users = this.mm_users;
        this.mm_users = users.saturating_sub(1);
        match users {
            1 => self.mmdrop(mm, at),
            _ => Ok(()),
        }
    }

    /// Exits the process: callers lose the mm, and its own `mmput()` runs.
    pub fn exit_mm(&mut self, mm: MmId, at: At) -> Result<(), Stop> {
        self.mm_mut(mm, at)?.exited = true;
        self.mmput(mm, at)
    }

    /// `mmget_not_zero()`, followed at once by `mmput()`. Returns whether the mm has users.
    pub fn mm_is_used(&mut self, mm: MmId, at: At) -> Result<bool, Stop> {
        Ok(self.mm(mm, at)?.mm_users != 0)
    }

    /// `mmgrab()`: takes a reference to the struct.
    pub fn mmgrab(&mut self, mm: MmId, at: At) -> Result<(), Stop> {
        let count = &mut self.mm_mut(mm, at)?.mm_count;
        *count = count.saturating_add(1);
        Ok(())
    }

    /// `mmdrop()`: drops a reference to the struct; the last one runs `mm_pasid_drop()` and frees
    /// it. Dropping one more is a use of freed memory.
    pub fn mmdrop(&mut self, mm: MmId, at: At) -> Result<(), Stop> {
        let this = self.mm_mut(mm, at)?;
        this.mm_count -= 1;
        if this.mm_count != 0 {
            return Ok(());
        }
        let Mm { pasid, exited, .. } = *this;
        self.m.sva_domains_free(mm);
        self.m.sva_handles_free(mm);
        // Freeing the mm does not make its process exit.
        self.m.mms[mm.index()] = Mm {
            exited,
            ..Mm::FREED
        };
        match pasid {
            0 => Ok(()),
            pasid => self.iommu_free_global_pasid(pasid),
        }
    }

    /// Sets the PASID of the mm. From 6.8 on, this also creates `iommu_mm` with empty lists. If the
    /// mm already has a PASID, the old PASID is lost and the machine reports a splat.
    pub fn set_pasid(&mut self, mm: MmId, pasid: u16, iommu_mm: bool, at: At) -> Result<(), Stop> {
        let this = self.mm_mut(mm, at)?;
        let before = std::mem::replace(&mut this.pasid, pasid);
        this.iommu_mm = iommu_mm;
        if before != 0 && before != pasid {
            self.warn(Splat::PasidOverwritten, at);
        }
        Ok(())
    }
}
