// SPDX-License-Identifier: GPL-2.0-or-later
//! `struct mm_struct`: its two counts, and its SVA fields.

use super::{DomainId, HandleId, Kernel, MmId};
use crate::case::MAX_MMS;
use crate::record::Watch;

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
    pub fn dup_mm(&mut self, parent: MmId) -> Option<MmId> {
        let child = self.m.nr_mms;
        if child as usize == MAX_MMS {
            return None;
        }
        self.m.mms[child as usize] = Mm::new(self.m.mm(parent).dma_compat);
        self.m.nr_mms += 1;
        Some(MmId::new(child))
    }

    /// `mmget()`: takes a reference to the address space.
    pub fn mmget(&mut self, mm: MmId) {
        self.m.mms[mm.index()].mm_users += 1;
    }

    /// `mmput()`: drops a reference to the address space; the last one drops the reference that all
    /// users share.
    pub fn mmput(&mut self, mm: MmId) {
        let this = &mut self.m.mms[mm.index()];
        this.mm_users -= 1;
        if this.mm_users == 0 {
            self.mmdrop(mm);
        }
    }

    /// Exits the process: callers lose the mm, and its own `mmput()` runs.
    pub fn exit_mm(&mut self, mm: MmId) {
        self.m.mms[mm.index()].exited = true;
        self.mmput(mm);
    }

    /// `mmget_not_zero()`, followed at once by `mmput()`. Returns whether the mm has users.
    pub fn mm_is_used(&self, mm: MmId) -> bool {
        self.m.mm(mm).mm_users != 0
    }

    /// `mmgrab()`: takes a reference to the struct.
    pub fn mmgrab(&mut self, mm: MmId) {
        self.m.mms[mm.index()].mm_count += 1;
    }

    /// `mmdrop()`: drops a reference to the struct; the last one runs `mm_pasid_drop()` and frees
    /// it.
    pub fn mmdrop(&mut self, mm: MmId) {
        let this = &mut self.m.mms[mm.index()];
        this.mm_count -= 1;
        if this.mm_count != 0 {
            return;
        }
        let pasid = this.pasid;
        *this = Mm::FREED;
        if pasid != 0 {
            self.iommu_free_global_pasid(pasid);
        }
    }

    /// Sets the PASID of the mm. From 6.8 on, this also creates `iommu_mm` with empty lists.
    pub fn set_pasid(&mut self, mm: MmId, pasid: u16, iommu_mm: bool) {
        let this = &mut self.m.mms[mm.index()];
        this.pasid = pasid;
        this.iommu_mm = iommu_mm;
    }

    /// `list_add()` to `iommu_mm->sva_domains`.
    pub fn sva_domains_add(&mut self, mm: MmId, domain: DomainId) {
        let head = &mut self.m.mms[mm.index()].sva_domains;
        self.m.domains[domain.index()].next = *head;
        *head = domain;
    }

    /// `list_del()` from `iommu_mm->sva_domains`.
    pub fn sva_domains_del(&mut self, mm: MmId, domain: DomainId) {
        let next = self.m.domains[domain.index()].next;
        let mut at = self.m.mms[mm.index()].sva_domains;
        if at == domain {
            self.m.mms[mm.index()].sva_domains = next;
            return;
        }
        while !at.is_null() {
            let this = &mut self.m.domains[at.index()];
            if this.next == domain {
                this.next = next;
                return;
            }
            at = this.next;
        }
    }

    /// `list_add()` to `iommu_mm->sva_handles`.
    pub fn sva_handles_add(&mut self, mm: MmId, handle: HandleId) {
        let head = &mut self.m.mms[mm.index()].sva_handles;
        let this = &mut self.m.handles[handle.index()];
        this.next = *head;
        this.listed = true;
        *head = handle;
    }

    /// `list_del()` from `iommu_mm->sva_handles`. The handle must be on the list.
    pub fn sva_handles_del(&mut self, mm: MmId, handle: HandleId) {
        let this = &mut self.m.handles[handle.index()];
        this.listed = false;
        let next = std::mem::replace(&mut this.next, HandleId::NULL);
        let mut at = self.m.mms[mm.index()].sva_handles;
        if at == handle {
            self.m.mms[mm.index()].sva_handles = next;
            return;
        }
        while !at.is_null() {
            let this = &mut self.m.handles[at.index()];
            if this.next == handle {
                this.next = next;
                return;
            }
            at = this.next;
        }
    }
}
