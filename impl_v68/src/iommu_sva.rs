// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu-sva.c` of Linux 6.8 and the revisions that led to it.
//!
//! `k.has(COMMIT)` marks code that a commit changed, and `k.decide(At::…)` marks a decision. The
//! lines are in [`revisions`](crate::revisions).

use crate::revisions::{
    ACCEPT_EBUSY, ACCEPT_EBUSY_DETACH_LAST, FREE_HANDLE, SHARE_HANDLES, SHARE_JOINED_HANDLES,
    SKETCH_HANDLE_LIST,
};
use impl_v67::iommu::{
    iommu_attach_device_pasid, iommu_detach_device_pasid, iommu_domain_free,
    iommu_get_domain_for_dev_pasid, iommu_sva_domain_alloc,
};
use impl_v67::revisions::DETACH_LAST_BUSY_IS_OK;
use spec::kernel::{DeviceId, DomainId, HandleId, MmId};
use spec::run::{Bind, Unbind};
use spec::{At, Errno, Flow, Kernel, Stop, Watch};

/// `iommu_alloc_mm_data()`: gives the mm its `iommu_mm`, with a PASID that the device supports.
///
/// The mm keeps it even if the bind fails later.
fn iommu_alloc_mm_data<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    mm: MmId,
) -> Result<Result<(), Errno>, Stop> {
    if !k.mm(mm, At::NotCompatible)?.dma_compat {
        k.decide(At::NotCompatible);
        return Ok(Err(Errno::EBUSY));
    }
    // Is a PASID already associated with this mm?
    if k.mm(mm, At::Overflow)?.iommu_mm {
        if k.mm(mm, At::Overflow)?.pasid >= k.device(dev, At::Overflow)?.max_pasids {
            k.decide(At::Overflow);
            return Ok(Err(Errno::EOVERFLOW));
        }
        return Ok(Ok(()));
    }
    if !k.mm_data_alloc()? {
        k.decide(At::NoMmData);
        return Ok(Err(Errno::ENOMEM));
    }
    let Some(pasid) = k.iommu_alloc_global_pasid(dev)? else {
        k.decide_on_core(At::NoPasid);
        return Ok(Err(Errno::ENOSPC));
    };
    k.set_pasid(mm, pasid, true, At::NoPasid)?;
    Ok(Ok(()))
}

/// `iommu_sva_bind_device()`.
pub fn iommu_sva_bind_device<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Flow<Result<HandleId, Errno>>, Stop> {
    match call.section() {
        0 => Ok(Flow::Next),
        1 => {
            k.mutex_lock(At::BindLock)?;
            match bind_locked(k, call)? {
                Bound::Reused { unlock } => {
                    if unlock {
                        k.mutex_unlock(At::BindLock)?;
                    }
                }
                Bound::Attached | Bound::Failed => k.mutex_unlock(At::BindLock)?,
            }
            Ok(Flow::Next)
        }
        _ => {
            if let Some(errno) = call.ret {
                return Ok(Flow::Done(Err(errno)));
            }
            // A handle that was found has its device already; null marks that there is nothing to
            // store.
            if !call.domain.is_null() {
                let handle = k.handle(call.handle, At::Store)?;
                handle.dev = call.dev;
                handle.domain = call.domain;
            }
            Ok(Flow::Done(Ok(call.handle)))
        }
    }
}

/// The result of the part of a bind that holds the lock.
enum Bound {
    /// An existing handle is returned.
    Reused {
        /// Whether this exit releases the lock.
        unlock: bool,
    },
    /// The bind continues at `out`; `call.handle` is on `call.domain`.
    Attached,
    /// The bind fails with `call.ret`.
    Failed,
}

/// Runs the part of a bind that holds the lock.
fn bind_locked<W: Watch>(k: &mut Kernel<'_, W>, call: &mut Bind) -> Result<Bound, Stop> {
    let Bind { dev, mm, .. } = *call;
    if let Err(errno) = iommu_alloc_mm_data(k, dev, mm)? {
        call.ret = Some(errno);
        return Ok(Bound::Failed); // out_unlock
    }
    let pasid = k.mm(mm, At::Join)?.pasid;

    if k.has(SHARE_HANDLES) || k.has(SKETCH_HANDLE_LIST) {
        let mut handle = k.mm(mm, At::MatchHandle)?.sva_handles;
        while !handle.is_null() {
            let this = *k.handle(handle, At::MatchHandle)?;
            let mut found = this.dev == dev;
            if found && k.has(SKETCH_HANDLE_LIST) {
                found = k.domain(this.domain, At::MatchHandle)?.mm == mm;
            }
            if found {
                k.refcount_inc(handle, At::Reuse)?;
                k.decide(At::Reuse);
                call.handle = handle;
                return Ok(Bound::Reused {
                    unlock: k.has(SHARE_HANDLES),
                });
            }
            handle = this.next();
        }
    }

    let Some(handle) = k.handle_alloc()? else {
        k.decide(At::NoHandle);
        call.ret = Some(Errno::ENOMEM);
        return Ok(Bound::Failed); // out_unlock
    };
    call.handle = handle;

    // Search for an existing domain.
    let mut domain = k.mm(mm, At::Join)?.sva_domains;
    while !domain.is_null() {
        let mut attached = iommu_attach_device_pasid(k, domain, dev, pasid)?;
        let accept_ebusy = k.has(ACCEPT_EBUSY) || k.has(ACCEPT_EBUSY_DETACH_LAST);
        if accept_ebusy && attached == Err(Errno::EBUSY) {
            attached = Ok(());
        }
        if attached.is_ok() {
            k.domain(domain, At::Join)?.users += 1;
            k.decide_on_core(At::Join);
            return out(k, call, domain, Origin::Joined);
        }
        domain = k.domain(domain, At::Join)?.next();
    }

    // Allocate a new domain and set it on the PASID of the device.
    let domain = match iommu_sva_domain_alloc(k, dev, mm)? {
        Ok(domain) => domain,
        Err(errno) => {
            k.decide_on_core(At::NoDomain);
            if k.has(FREE_HANDLE) {
                k.handle_free(handle, At::FreeHandle)?; // out_free_handle
            }
            call.ret = Some(errno);
            return Ok(Bound::Failed);
        }
    };
    if let Err(errno) = iommu_attach_device_pasid(k, domain, dev, pasid)? {
        k.decide_on_core(At::AttachFailed);
        iommu_domain_free(k, domain)?; // out_free_domain
        k.handle_free(handle, At::FreeHandle)?;
        call.ret = Some(errno);
        return Ok(Bound::Failed);
    }
    k.domain(domain, At::Create)?.users = 1.into();
    k.decide_on_core(At::Create);
    k.sva_domains_add(mm, domain, At::Create)?;
    out(k, call, domain, Origin::Created)
}

/// How a handle got its domain.
#[derive(PartialEq, Eq)]
enum Origin {
    /// It joined an existing domain of the mm.
    Joined,
    /// It created a domain.
    Created,
}

/// The code at the label `out`, and the code just before it for a new domain.
fn out<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
    domain: DomainId,
    origin: Origin,
) -> Result<Bound, Stop> {
    if k.has(SHARE_HANDLES) {
        // Until 6384c56c99d9 these two stood before `out`, where a handle that joined never came.
        if origin == Origin::Created || k.has(SHARE_JOINED_HANDLES) {
            k.refcount_set_one(call.handle, At::Create)?;
            k.sva_handles_add(call.mm, call.handle, At::Create)?;
        }
    } else if k.has(SKETCH_HANDLE_LIST) && origin == Origin::Created {
        k.sva_handles_add(call.mm, call.handle, At::Create)?; // and nothing sets users
    }
    call.domain = domain;
    Ok(Bound::Attached)
}

/// `iommu_sva_unbind_device()`.
pub fn iommu_sva_unbind_device<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Unbind,
) -> Result<Flow<()>, Stop> {
    match call.section() {
        0 => {
            let at = At::Unbind;
            let handle = *k.handle(call.handle, at)?;
            call.domain = handle.domain;
            call.dev = handle.dev;
            let mm = k.domain(call.domain, at)?.mm;
            call.pasid = k.mm(mm, at)?.pasid;
            Ok(Flow::Next)
        }
        1 => {
            k.mutex_lock(At::UnbindLock)?;
            if !unbind_locked(k, call)? {
                // Not the last user: null marks that there is nothing to free.
                call.handle = HandleId::NULL;
            }
            k.mutex_unlock(At::UnbindLock)?;
            Ok(Flow::Next)
        }
        _ => {
            if !call.handle.is_null() {
                k.handle_free(call.handle, At::UnbindFree)?;
            }
            Ok(Flow::Done(()))
        }
    }
}

/// Runs the part of an unbind that holds the lock. Returns whether the handle is to be freed.
fn unbind_locked<W: Watch>(k: &mut Kernel<'_, W>, call: &Unbind) -> Result<bool, Stop> {
    let Unbind {
        handle,
        domain,
        dev,
        pasid,
        ..
    } = *call;
    k.domain(domain, At::Unbind)?;

    if k.has(SHARE_HANDLES) || k.has(SKETCH_HANDLE_LIST) {
        if !k.refcount_dec_and_test(handle, At::NotLastUser)? {
            k.decide(At::NotLastUser);
            return Ok(false);
        }
        k.sva_handles_del(handle, At::UnlistHandle)?;
    }

    let detach_last = k.has(ACCEPT_EBUSY_DETACH_LAST) || k.has(DETACH_LAST_BUSY_IS_OK);
    if !detach_last {
        iommu_detach_device_pasid(k, domain, dev, pasid)?;
    }
    let this = k.domain(domain, At::DomainKept)?;
    this.users -= 1;
    if this.users == 0 {
        k.decide(At::DomainFreed);
        if detach_last {
            iommu_detach_device_pasid(k, domain, dev, pasid)?;
        }
        k.sva_domains_del(domain, At::DomainFreed)?;
        iommu_domain_free(k, domain)?;
    } else {
        k.decide(At::DomainKept);
    }
    Ok(true)
}

/// `iommu_sva_get_pasid()`.
pub fn iommu_sva_get_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    handle: HandleId,
) -> Result<Option<u16>, Stop> {
    let at = At::GetPasid;
    let domain = k.handle(handle, at)?.domain;
    let mm = k.domain(domain, at)?.mm;
    k.decide(at);
    // Without an iommu_mm there is no PASID either.
    Ok(match k.mm(mm, at)?.pasid {
        0 => None,
        pasid => Some(pasid),
    })
}

/// A page request: the domain at (group, PASID) has a fault handler if it is an SVA domain, and
/// `iommu_sva_handle_iopf()`, from 6.9 on `iommu_sva_handle_mm()`, needs the mm to have users.
pub fn page_request<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    pasid: u16,
) -> Result<Option<MmId>, Stop> {
    let Some(domain) = iommu_get_domain_for_dev_pasid(k, dev, pasid)? else {
        k.decide_in_core(At::GetDomain);
        return Ok(None);
    };
    let at = At::GetDomain;
    let mm = k.domain(domain, at)?.mm;
    if mm.is_null() {
        k.decide_in_core(At::GetDomain);
        return Ok(None);
    }
    if !k.mm_is_used(mm, at)? {
        k.decide(At::IopfNoUsers);
        return Ok(None);
    }
    k.decide(At::IopfHandled);
    Ok(Some(mm))
}
