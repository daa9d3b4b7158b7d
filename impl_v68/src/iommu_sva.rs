// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu-sva.c` of Linux 6.8 and of what led to it.
//!
//! Numbers in comments are lines of 6.8-rc1 (blob c3fc9201d0be). `rev.has(COMMIT)` marks what a
//! commit changed. Where a line stands in each revision is in [`Lines`](crate::Lines).

use crate::Revision;
use crate::revisions::Commits;
use spec::kernel::NONE;
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Kernel, Stop, Watch};

/// 16: gives the mm its `iommu_mm`, with a PASID that the device can use.
///
/// It stays with the mm even if the bind fails later.
fn iommu_alloc_mm_data<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    dev: u8,
    mm: u8,
) -> Result<(), Errno> {
    if !k.m.mm(mm).dma_compat {
        k.decide(rev.lines.not_compatible); // 23
        return Err(Errno::EBUSY);
    }
    // 25: is a PASID already associated with this mm?
    if k.m.mm(mm).iommu_mm {
        if k.m.mm(mm).pasid >= k.m.device(dev).max_pasids {
            k.decide(rev.lines.overflow); // 29
            return Err(Errno::EOVERFLOW);
        }
        return Ok(());
    }
    if !k.mm_data_alloc() {
        k.decide(rev.lines.no_mm_data); // 35
        return Err(Errno::ENOMEM);
    }
    let Some(pasid) = k.iommu_alloc_global_pasid(dev) else {
        k.decide_as_told(rev.lines.no_pasid); // 40
        return Err(Errno::ENOSPC);
    };
    k.set_pasid(mm, pasid, true);
    Ok(())
}

/// 69: `iommu_sva_bind_device()`.
pub fn iommu_sva_bind_device<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Flow<Result<u8, Errno>>, Stop> {
    match call.section {
        0 => Ok(Flow::Next),
        1 => {
            k.mutex_lock(rev.lines.bind_lock)?; // 76
            match bind_locked(rev, k, call)? {
                Bound::Reused { unlock } => {
                    if unlock {
                        k.mutex_unlock();
                    }
                }
                Bound::Attached | Bound::Failed => k.mutex_unlock(), // 114, 124
            }
            Ok(Flow::Next)
        }
        _ => {
            if let Some(errno) = call.ret {
                return Ok(Flow::Done(Err(errno)));
            }
            // A handle that was found has its own; NONE marks that there is nothing to store.
            if call.domain != NONE {
                let handle = k.handle(call.handle, rev.lines.store)?;
                handle.dev = call.dev; // 115
                handle.domain = call.domain; // 116
            }
            Ok(Flow::Done(Ok(call.handle)))
        }
    }
}

/// How the locked part of a bind ended.
enum Bound {
    /// With a handle that was there already.
    Reused {
        /// Whether this way out releases the lock.
        unlock: bool,
    },
    /// At `out`: `call.handle` is on `call.domain`.
    Attached,
    /// With `call.ret`.
    Failed,
}

/// 77 to 124: what a bind does with the lock held.
fn bind_locked<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Bound, Stop> {
    let Bind { dev, mm, .. } = *call;
    // 79
    if let Err(errno) = iommu_alloc_mm_data(rev, k, dev, mm) {
        call.ret = Some(errno);
        return Ok(Bound::Failed); // out_unlock
    }
    let pasid = k.m.mm(mm).pasid;

    if rev.has(Commits::SHARE_HANDLES) || rev.has(Commits::SHARE_HANDLES_SKETCH) {
        let mut handle = k.m.mm(mm).sva_handles;
        while handle != NONE {
            let this = *k.handle(handle, rev.lines.match_handle)?;
            let mut found = this.dev == dev;
            if found && rev.has(Commits::SHARE_HANDLES_SKETCH) {
                found = k.domain(this.domain, rev.lines.match_handle)?.mm == mm;
            }
            if found {
                k.refcount_inc(handle, rev.lines.reuse)?;
                k.decide(rev.lines.reuse);
                call.handle = handle;
                return Ok(Bound::Reused {
                    unlock: rev.has(Commits::SHARE_HANDLES),
                });
            }
            handle = this.next;
        }
    }

    // 85
    let Some(handle) = k.handle_alloc() else {
        k.decide(rev.lines.no_handle); // 87
        call.ret = Some(Errno::ENOMEM);
        return Ok(Bound::Failed); // out_unlock
    };
    call.handle = handle;

    // 92: search for an existing domain.
    let mut domain = k.m.mm(mm).sva_domains;
    while domain != NONE {
        let mut attached = iommu_attach_device_pasid(rev, k, domain, dev, pasid); // 93
        if rev.has(Commits::ACCEPT_EBUSY) && attached == Err(Errno::EBUSY) {
            attached = Ok(());
        }
        if attached.is_ok() {
            k.domain(domain, rev.lines.join)?.users += 1; // 95
            k.decide_as_told(rev.lines.join);
            return out(rev, k, call, domain, Way::Joined);
        }
        domain = k.domain(domain, rev.lines.join)?.next;
    }

    // 101: allocate a new domain and set it on the PASID of the device.
    let Some(domain) = k.iommu_sva_domain_alloc(mm) else {
        k.decide_as_told(rev.lines.no_domain); // 103
        if rev.has(Commits::FREE_HANDLE) {
            k.handle_free(handle, rev.lines.free_handle)?; // 122, out_free_handle
        }
        call.ret = Some(Errno::ENOMEM);
        return Ok(Bound::Failed);
    };
    // 107
    if let Err(errno) = iommu_attach_device_pasid(rev, k, domain, dev, pasid) {
        k.decide_as_told(rev.lines.attach_failed);
        k.iommu_domain_free(domain)?; // 120, out_free_domain
        k.handle_free(handle, rev.lines.free_handle)?; // 122
        call.ret = Some(errno);
        return Ok(Bound::Failed);
    }
    k.domain(domain, rev.lines.create)?.users = 1; // 110
    k.decide_as_told(rev.lines.create);
    k.sva_domains_add(mm, domain); // 111
    out(rev, k, call, domain, Way::Created)
}

/// How a handle came to its domain.
#[derive(PartialEq, Eq)]
enum Way {
    /// It joined a domain that the mm had already.
    Joined,
    /// It made a new one.
    Created,
}

/// 113: `out`, and what comes just before it when the domain is new.
fn out<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
    domain: u8,
    way: Way,
) -> Result<Bound, Stop> {
    if rev.has(Commits::SHARE_HANDLES) {
        // Until 6384c56c99d9 these two stood before `out`, where a handle that joined never came.
        if way == Way::Created || rev.has(Commits::SHARE_JOINED_HANDLES) {
            k.refcount_set_one(call.handle, rev.lines.create)?;
            k.sva_handles_add(call.mm, call.handle);
        }
    } else if rev.has(Commits::SHARE_HANDLES_SKETCH) && way == Way::Created {
        k.sva_handles_add(call.mm, call.handle); // and nothing sets users
    }
    call.domain = domain;
    Ok(Bound::Attached)
}

/// 137: `iommu_sva_unbind_device()`.
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
            call.dev = handle.dev;
            let mm = k.domain(call.domain, at)?.mm;
            call.pasid = k.m.mm(mm).pasid; // 140
            Ok(Flow::Next)
        }
        1 => {
            k.mutex_lock(rev.lines.unbind_lock)?; // 143
            if !unbind_locked(rev, k, call)? {
                // Whoever was not the last user returns; NONE marks that there is nothing to free.
                call.handle = NONE;
            }
            k.mutex_unlock(); // 149
            Ok(Flow::Next)
        }
        _ => {
            if call.handle != NONE {
                k.handle_free(call.handle, rev.lines.unbind_free)?; // 150
            }
            Ok(Flow::Done(()))
        }
    }
}

/// 144 to 148: whether the handle is to be freed.
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
    let mm = k.domain(domain, rev.lines.unbind)?.mm;

    if rev.has(Commits::SHARE_HANDLES) || rev.has(Commits::SHARE_HANDLES_SKETCH) {
        if !k.refcount_dec_and_test(handle, rev.lines.not_last_user)? {
            k.decide(rev.lines.not_last_user);
            return Ok(false);
        }
        if !k.handle(handle, rev.lines.unlist_handle)?.listed {
            return Err(k.die(spec::Splat::ListDel, rev.lines.unlist_handle));
        }
        k.sva_handles_del(mm, handle);
    }

    if !rev.has(Commits::DETACH_LAST) {
        k.iommu_detach_device_pasid(domain, dev, pasid); // 144
    }
    let this = k.domain(domain, rev.lines.domain_kept)?;
    this.users -= 1;
    if this.users == 0 {
        k.decide(rev.lines.domain_freed); // 145
        if rev.has(Commits::DETACH_LAST) {
            k.iommu_detach_device_pasid(domain, dev, pasid);
        }
        k.sva_domains_del(mm, domain); // 146
        k.iommu_domain_free(domain)?; // 147
    } else {
        k.decide(rev.lines.domain_kept);
    }
    Ok(true)
}

/// 154: `iommu_sva_get_pasid()`.
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

/// `iommu_attach_device_pasid()` of `iommu.c`, which one of the proposals changes as well.
pub fn iommu_attach_device_pasid<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    domain: u8,
    dev: u8,
    pasid: u16,
) -> Result<(), Errno> {
    let group = k.m.device(dev).group;
    if rev.has(Commits::ATTACH_BUSY_IS_OK) && k.m.pasid_arrays().load(group, pasid).is_some() {
        k.tell(k.core.attach_entry);
        return Ok(());
    }
    k.iommu_attach_device_pasid(domain, dev, pasid)
}

/// A page request: the domain at (group, PASID) has a fault handler if it is an SVA domain, and
/// `iommu_sva_handle_iopf()` (166) needs the mm to have users.
pub fn page_request<W: Watch>(
    rev: &Revision,
    k: &mut Kernel<'_, W>,
    dev: u8,
    pasid: u16,
) -> Result<Option<u8>, Stop> {
    let Some(domain) = k.iommu_get_domain_for_dev_pasid(dev, pasid) else {
        k.decide_as_core(k.core.get_domain);
        return Ok(None);
    };
    let at = k.core.get_domain;
    let mm = k.domain(domain, at)?.mm;
    if mm == NONE {
        k.decide_as_core(k.core.get_domain);
        return Ok(None);
    }
    if !k.mm_is_used(mm) {
        k.decide(rev.lines.iopf_no_users);
        return Ok(None);
    }
    k.decide(rev.lines.iopf_handled);
    Ok(Some(mm))
}
