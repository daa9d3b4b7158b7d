// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu-sva.c` of Linux 6.12 and later.
//!
//! `k.has(COMMIT)` marks code that a commit changed, and `k.decide(At::…)` marks a decision. The
//! lines are in [`revisions`](crate::revisions).

use crate::iommu::{
    iommu_attach_device_pasid, iommu_attach_handle_get, iommu_attach_handle_get_sva,
    iommu_detach_device_pasid, iommu_domain_free,
};
use crate::revisions::{FIX_UNBIND_CRASH, INVALIDATE_KERNEL_IOTLB, STORE_DEV_LOCKED};
use impl_v67::revisions::{ALLOC_FOR_DEVICE, REFUSE_X86};
use impl_v68::revisions::FREE_HANDLE;
use spec::kernel::{DeviceId, DomainId, DomainType, HandleId, MmId};
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
        0 if k.has(REFUSE_X86) => {
            k.decide(At::Refused);
            Ok(Flow::Done(Err(Errno::EOPNOTSUPP)))
        }
        0 => Ok(Flow::Next),
        1 => {
            k.mutex_lock(At::BindLock)?;
            bind_locked(k, call)?;
            k.mutex_unlock(At::BindLock)?;
            Ok(Flow::Next)
        }
        _ => {
            if let Some(errno) = call.ret {
                return Ok(Flow::Done(Err(errno)));
            }
            // A handle that was found has its device already; null marks that there is nothing to
            // store.
            if !call.domain.is_null() && !k.has(STORE_DEV_LOCKED) {
                k.handle(call.handle, At::Store)?.dev = call.dev;
            }
            Ok(Flow::Done(Ok(call.handle)))
        }
    }
}

/// Runs the part of a bind that holds the lock. Sets `call.ret` if it fails, and `call.domain` if
/// it created a handle for that domain.
fn bind_locked<W: Watch>(k: &mut Kernel<'_, W>, call: &mut Bind) -> Result<(), Stop> {
    let Bind { dev, mm, .. } = *call;
    if let Err(errno) = iommu_alloc_mm_data(k, dev, mm)? {
        call.ret = Some(errno);
        return Ok(()); // out_unlock
    }
    let pasid = k.mm(mm, At::SameMm)?.pasid;

    // An existing bond gets another reference, regardless of the device that it was created for.
    match iommu_attach_handle_get_sva(k, dev, pasid)? {
        Ok(Some(handle)) => {
            let domain = k.handle(handle, At::SameMm)?.domain;
            if k.domain(domain, At::SameMm)?.mm != mm {
                k.decide(At::SameMm);
                call.ret = Some(Errno::EBUSY);
                return Ok(()); // out_unlock
            }
            k.refcount_inc(handle, At::Reuse)?;
            k.decide(At::Reuse);
            call.handle = handle;
            return Ok(());
        }
        Err(errno) => {
            k.decide_on_core(At::OtherType);
            call.ret = Some(errno);
            return Ok(()); // out_unlock
        }
        Ok(None) => k.core_succeeds(),
    }

    let Some(handle) = k.handle_alloc()? else {
        k.decide(At::NoHandle);
        call.ret = Some(Errno::ENOMEM);
        return Ok(()); // out_unlock
    };
    call.handle = handle;

    // Search for an existing domain.
    let mut domain = k.mm(mm, At::Join)?.sva_domains;
    while !domain.is_null() {
        if iommu_attach_device_pasid(k, domain, dev, pasid, handle)?.is_ok() {
            k.domain(domain, At::Join)?.users += 1;
            k.decide_on_core(At::Join);
            return out(k, call, domain);
        }
        domain = k.domain(domain, At::Join)?.next();
    }

    // Allocate a new domain and set it on the PASID of the device.
    let domain = match iommu_sva_domain_alloc(k, dev, mm)? {
        Ok(domain) => domain,
        Err(errno) => {
            k.decide(At::NoDomain);
            if k.has(FREE_HANDLE) {
                k.handle_free(handle, At::FreeHandle)?; // out_free_handle
            }
            call.ret = Some(errno);
            return Ok(());
        }
    };
    if let Err(errno) = iommu_attach_device_pasid(k, domain, dev, pasid, handle)? {
        k.decide_on_core(At::AttachFailed);
        iommu_domain_free(k, domain)?; // out_free_domain
        k.handle_free(handle, At::FreeHandle)?;
        call.ret = Some(errno);
        return Ok(());
    }
    k.domain(domain, At::Create)?.users = 1.into();
    k.decide_on_core(At::Create);
    k.sva_domains_add(mm, domain, At::Create)?;
    out(k, call, domain)
}

/// `out`.
fn out<W: Watch>(k: &mut Kernel<'_, W>, call: &mut Bind, domain: DomainId) -> Result<(), Stop> {
    k.refcount_set_one(call.handle, At::SetUsers)?;
    if k.has(STORE_DEV_LOCKED) {
        k.handle(call.handle, At::Store)?.dev = call.dev;
    }
    call.domain = domain;
    Ok(())
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
            call.dev = handle.dev; // null while the bind has not stored it
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
    if !k.refcount_dec_and_test(handle, At::NotLastUser)? {
        k.decide(At::NotLastUser);
        return Ok(false);
    }

    iommu_detach_device_pasid(k, dev, pasid)?;
    let this = k.domain(domain, At::DomainKept)?;
    this.users -= 1;
    if this.users == 0 {
        k.decide(At::DomainFreed);
        k.sva_domains_del(domain, At::DomainFreed)?;
        let mm = k.domain(domain, At::DomainFreed)?.mm;
        iommu_domain_free(k, domain)?;
        if k.has(INVALIDATE_KERNEL_IOTLB) && !k.has(FIX_UNBIND_CRASH) {
            // The domain may have had the last reference to the mm, and to its iommu_mm.
            k.mm(mm, At::UnlistMm)?;
        }
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

/// `iommu_sva_domain_alloc()`. Since 80af5a452024 it returns the driver's error instead of
/// `-ENOMEM`, and the driver gets the device, so the domain belongs to the device's hardware from
/// the start.
fn iommu_sva_domain_alloc<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    mm: MmId,
) -> Result<Result<DomainId, Errno>, Stop> {
    let at = At::NoDomain;
    let domain = match k.driver_domain_alloc(DomainType::Sva)? {
        Ok(domain) => domain,
        Err(errno) if k.has(ALLOC_FOR_DEVICE) => return Ok(Err(errno)),
        Err(_) => return Ok(Err(Errno::ENOMEM)),
    };
    k.mmgrab(mm, at)?;
    k.domain(domain, at)?.mm = mm;
    if k.has(ALLOC_FOR_DEVICE) {
        k.domain(domain, at)?.instance = k.device(dev, at)?.instance;
    }
    Ok(Ok(domain))
}

/// A page request: the attach handle at (group, PASID) leads to the domain, and
/// `iommu_sva_handle_mm()` needs the mm to have users.
pub fn page_request<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    pasid: u16,
) -> Result<Option<MmId>, Stop> {
    let at = At::GetDomain;
    let Some(handle) = iommu_attach_handle_get(k, dev, pasid)? else {
        k.decide_in_core(at);
        return Ok(None);
    };
    let domain = k.handle(handle, at)?.domain;
    let mm = k.domain(domain, at)?.mm;
    if mm.is_null() {
        k.decide_in_core(at);
        return Ok(None);
    }
    if !k.mm_is_used(mm, at)? {
        k.decide(At::IopfNoUsers);
        return Ok(None);
    }
    k.decide(At::IopfHandled);
    Ok(Some(mm))
}
