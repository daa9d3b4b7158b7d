// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu-sva.c` of Linux 6.12 and of what came later.
//!
//! Numbers in comments are lines of 6.12. `rev.has(COMMIT)` marks what a commit changed. Where a
//! line stands in each revision is in [`Lines`](crate::Lines).

use crate::Revision;
use crate::iommu;
use crate::revisions::Commits;
use spec::kernel::NONE;
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Kernel, Stop, Watch};

/// 18: gives the mm its `iommu_mm`, with a PASID that the device can use.
///
/// It stays with the mm even if the bind fails later.
fn iommu_alloc_mm_data<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    dev: u8,
    mm: u8,
) -> Result<(), Errno> {
    if !k.m.mm(mm).dma_compat {
        k.decide(rev.lines.not_compatible); // 25
        return Err(Errno::EBUSY);
    }
    // 27: is a PASID already associated with this mm?
    if k.m.mm(mm).iommu_mm {
        if k.m.mm(mm).pasid >= k.m.device(dev).max_pasids {
            k.decide(rev.lines.overflow); // 31
            return Err(Errno::EOVERFLOW);
        }
        return Ok(());
    }
    if !k.mm_data_alloc() {
        k.decide(rev.lines.no_mm_data); // 37
        return Err(Errno::ENOMEM);
    }
    let Some(pasid) = k.iommu_alloc_global_pasid(dev) else {
        k.decide_as_told(rev.lines.no_pasid); // 41
        return Err(Errno::ENOSPC);
    };
    k.set_pasid(mm, pasid, true);
    Ok(())
}

/// 71: `iommu_sva_bind_device()`.
pub fn iommu_sva_bind_device<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Flow<Result<u8, Errno>>, Stop> {
    match call.section {
        0 => Ok(Flow::Next),
        1 => {
            k.mutex_lock(rev.lines.bind_lock)?; // 83
            bind_locked(rev, k, call)?;
            k.mutex_unlock(); // 101, 142, 151
            Ok(Flow::Next)
        }
        _ => {
            if let Some(errno) = call.ret {
                return Ok(Flow::Done(Err(errno)));
            }
            // A handle that was found has its own; NONE marks that there is nothing to store.
            if call.domain != NONE && !rev.has(Commits::STORE_DEV_LOCKED) {
                k.handle(call.handle, rev.lines.store)?.dev = call.dev; // 143
            }
            Ok(Flow::Done(Ok(call.handle)))
        }
    }
}

/// 86 to 149: what a bind does with the lock held. It leaves `call.ret` where it fails, and
/// `call.domain` where it made a handle for it.
fn bind_locked<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<(), Stop> {
    let Bind { dev, mm, .. } = *call;
    // 86
    if let Err(errno) = iommu_alloc_mm_data(rev, k, dev, mm) {
        call.ret = Some(errno);
        return Ok(()); // out_unlock
    }
    let pasid = k.m.mm(mm).pasid;

    // 93: a bond that exists already gets one more reference, whichever device it was made for.
    match iommu::iommu_attach_handle_get_sva(k, dev, pasid)? {
        Ok(Some(handle)) => {
            let domain = k.handle(handle, rev.lines.same_mm)?.domain;
            if k.domain(domain, rev.lines.same_mm)?.mm != mm {
                k.decide(rev.lines.same_mm); // 97
                call.ret = Some(Errno::EBUSY);
                return Ok(()); // out_unlock
            }
            k.refcount_inc(handle, rev.lines.reuse)?; // 100
            k.decide(rev.lines.reuse);
            call.handle = handle;
            return Ok(());
        }
        Err(errno) => {
            k.decide_as_told(rev.lines.other_type); // 106
            call.ret = Some(errno);
            return Ok(()); // out_unlock
        }
        Ok(None) => k.say_nothing(),
    }

    // 110
    let Some(handle) = k.handle_alloc() else {
        k.decide(rev.lines.no_handle); // 112
        call.ret = Some(Errno::ENOMEM);
        return Ok(()); // out_unlock
    };
    call.handle = handle;

    // 117: search for an existing domain.
    let mut domain = k.m.mm(mm).sva_domains;
    while domain != NONE {
        // 118
        if iommu::iommu_attach_device_pasid(rev, k, domain, dev, pasid, handle).is_ok() {
            k.domain(domain, rev.lines.join)?.users += 1; // 121
            k.decide_as_told(rev.lines.join);
            return out(rev, k, call, domain);
        }
        domain = k.domain(domain, rev.lines.join)?.next;
    }

    // 127: allocate a new domain and set it on the PASID of the device.
    let Some(domain) = iommu_sva_domain_alloc(rev, k, dev, mm) else {
        k.decide(rev.lines.no_domain); // 129
        k.handle_free(handle, rev.lines.free_handle)?; // 149, out_free_handle
        call.ret = Some(Errno::ENOMEM);
        return Ok(());
    };
    // 133
    if let Err(errno) = iommu::iommu_attach_device_pasid(rev, k, domain, dev, pasid, handle) {
        k.decide_as_told(rev.lines.attach_failed);
        k.iommu_domain_free(domain)?; // 147, out_free_domain
        k.handle_free(handle, rev.lines.free_handle)?; // 149
        call.ret = Some(errno);
        return Ok(());
    }
    k.domain(domain, rev.lines.create)?.users = 1; // 137
    k.decide_as_told(rev.lines.create);
    k.sva_domains_add(mm, domain); // 138
    out(rev, k, call, domain)
}

/// 140: `out`.
fn out<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
    domain: u8,
) -> Result<(), Stop> {
    k.refcount_set_one(call.handle, rev.lines.set_users)?; // 141
    if rev.has(Commits::STORE_DEV_LOCKED) {
        k.handle(call.handle, rev.lines.store)?.dev = call.dev;
    }
    call.domain = domain;
    Ok(())
}

/// 164: `iommu_sva_unbind_device()`.
pub fn iommu_sva_unbind_device<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &mut Unbind,
) -> Result<Flow<()>, Stop> {
    match call.section {
        0 => {
            let at = rev.lines.unbind;
            let handle = *k.handle(call.handle, at)?;
            call.domain = handle.domain;
            call.dev = handle.dev; // 168: of a bind that has not come to 143, this is null
            let mm = k.domain(call.domain, at)?.mm;
            call.pasid = k.m.mm(mm).pasid; // 167
            Ok(Flow::Next)
        }
        1 => {
            k.mutex_lock(rev.lines.unbind_lock)?; // 170
            if !unbind_locked(rev, k, call)? {
                // Whoever was not the last user returns; NONE marks that there is nothing to free.
                call.handle = NONE;
            }
            k.mutex_unlock(); // 172, 181
            Ok(Flow::Next)
        }
        _ => {
            if call.handle != NONE {
                k.handle_free(call.handle, rev.lines.unbind_free)?; // 182
            }
            Ok(Flow::Done(()))
        }
    }
}

/// 171 to 180: whether the handle is to be freed.
fn unbind_locked<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &Unbind,
) -> Result<bool, Stop> {
    let Unbind {
        handle,
        domain,
        dev,
        pasid,
        ..
    } = *call;
    if !k.refcount_dec_and_test(handle, rev.lines.not_last_user)? {
        k.decide(rev.lines.not_last_user); // 171
        return Ok(false);
    }

    iommu::iommu_detach_device_pasid(rev, k, dev, pasid)?; // 176
    let this = k.domain(domain, rev.lines.domain_kept)?;
    this.users -= 1;
    if this.users == 0 {
        k.decide(rev.lines.domain_freed); // 177
        let mm = k.domain(domain, rev.lines.domain_freed)?.mm;
        k.sva_domains_del(mm, domain); // 178
        k.iommu_domain_free(domain)?; // 179
    } else {
        k.decide(rev.lines.domain_kept); // 177
    }
    Ok(true)
}

/// 186: `iommu_sva_get_pasid()`.
pub fn iommu_sva_get_pasid<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    handle: u8,
) -> Result<Option<u16>, Stop> {
    let at = rev.lines.get_pasid;
    let domain = k.handle(handle, at)?.domain;
    let mm = k.domain(domain, at)?.mm;
    k.decide(at);
    // Without an iommu_mm there is no PASID either.
    Ok(match k.m.mm(mm).pasid {
        0 => None,
        pasid => Some(pasid),
    })
}

/// `iommu_sva_domain_alloc()`: since 80af5a452024 the driver is told the device, so the domain belongs to its
/// hardware from the start.
fn iommu_sva_domain_alloc<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    dev: u8,
    mm: u8,
) -> Option<u8> {
    let domain = k.iommu_sva_domain_alloc(mm)?;
    k.say_nothing();
    if rev.has(Commits::ALLOC_FOR_DEVICE) {
        k.m.domains[domain as usize].instance = k.m.device(dev).instance;
    }
    Some(domain)
}

/// A page request: the attach handle at (group, PASID) leads to the domain, and
/// `iommu_sva_handle_mm()` needs the mm to have users.
pub fn page_request<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    dev: u8,
    pasid: u16,
) -> Result<Option<u8>, Stop> {
    let at = k.core.get_domain;
    let Some(handle) = iommu::iommu_attach_handle_get(k, dev, pasid) else {
        k.decide_as_core(at);
        return Ok(None);
    };
    let domain = k.handle(handle, at)?.domain;
    let mm = k.domain(domain, at)?.mm;
    if mm == NONE {
        k.decide_as_core(at);
        return Ok(None);
    }
    if !k.mm_is_used(mm) {
        k.decide(rev.lines.iopf_no_users);
        return Ok(None);
    }
    k.decide(rev.lines.iopf_handled);
    Ok(Some(mm))
}
