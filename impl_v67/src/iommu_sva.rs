// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu-sva.c` of Linux 6.2 to 6.7.
//!
//! `k.has(COMMIT)` marks code that a commit changed, and `k.decide(At::…)` marks a decision. The
//! lines are in [`revisions`](crate::revisions).

use crate::iommu::{
    iommu_attach_device_pasid, iommu_detach_device_pasid, iommu_domain_free,
    iommu_get_domain_for_dev_pasid, iommu_get_sva_domain_for_dev_pasid, iommu_sva_domain_alloc,
};
use crate::revisions::{CHECK_X86_LATE, DMA_COMPAT, FIX_SIGNEDNESS, REFUSE_X86};
use spec::kernel::{DeviceId, DomainId, Handle, HandleId, MmId};
use spec::op::{CORE_PASIDS, NO_IOASID_SET};
use spec::pasid;
use spec::run::{Bind, Unbind};
use spec::{At, Errno, Flow, Kernel, Stop, Watch};

/// `iommu_sva_alloc_pasid()`: gives the mm a PASID that the device supports. These are the sections
/// 0 and 1 of a bind; after the second, `call.ret` is the error, if there is one.
///
/// The mm keeps the PASID even if the bind fails later.
fn iommu_sva_alloc_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Flow<Result<(), Errno>>, Stop> {
    let Bind { dev, mm, .. } = *call;
    if call.section() == 0 {
        if !k.has(CORE_PASIDS) && k.device(dev, At::NoRange)?.max_pasids == 1 {
            k.decide(At::NoRange);
            return Ok(Flow::Done(Err(Errno::EINVAL)));
        }
        if k.has(DMA_COMPAT) && !k.mm(mm, At::NotCompatible)?.dma_compat {
            k.decide(At::NotCompatible);
            return Ok(Flow::Done(Err(Errno::EBUSY)));
        }
        return Ok(Flow::Next);
    }

    k.mutex_lock(At::PasidLock)?;
    // Is a PASID already associated with this mm?
    let pasid = k.mm(mm, At::Overflow)?.pasid;
    if pasid != 0 {
        let max_pasids = k.device(dev, At::Overflow)?.max_pasids;
        // Until 4e14176ab13f, the largest PASID that can be allocated could not be used again.
        let end = match k.has(NO_IOASID_SET) {
            true => max_pasids,
            false => max_pasids.saturating_sub(1),
        };
        if pasid >= end {
            k.decide(At::Overflow);
            call.ret = Some(Errno::EOVERFLOW);
        }
    } else {
        call.ret = alloc_new_pasid(k, dev, mm)?.err();
    }
    // out
    k.mutex_unlock(At::PasidLock)?;
    Ok(Flow::Next)
}

/// Runs the part of `iommu_sva_alloc_pasid()` for an mm without a PASID.
fn alloc_new_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    mm: MmId,
) -> Result<Result<(), Errno>, Stop> {
    if k.has(CORE_PASIDS) {
        let Some(pasid) = k.iommu_alloc_global_pasid(dev)? else {
            k.decide_on_core(At::NoPasid);
            return Ok(Err(Errno::ENOSPC));
        };
        k.set_pasid(mm, pasid, false, At::NoPasid)?;
        return Ok(Ok(()));
    }
    let max_pasids = k.device(dev, At::NoPasid)?.max_pasids;
    let pasid = match k.ida_alloc_range(max_pasids.saturating_sub(1))? {
        Ok(pasid) => pasid,
        // 4e14176ab13f compares a signed error with an unsigned PASID, so that no error is less
        // than the smallest PASID: the error becomes the PASID.
        Err(errno) if k.has(NO_IOASID_SET) && !k.has(FIX_SIGNEDNESS) => pasid::of_error(errno),
        Err(errno) => {
            k.decide(At::NoPasid);
            // ioasid_alloc() does not say why it failed.
            return Ok(Err(match k.has(NO_IOASID_SET) {
                true => errno,
                false => Errno::ENOMEM,
            }));
        }
    };
    k.set_pasid(mm, pasid, false, At::NoPasid)?;
    Ok(Ok(()))
}

/// `iommu_sva_bind_device()`.
pub fn iommu_sva_bind_device<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Flow<Result<HandleId, Errno>>, Stop> {
    let Bind { dev, mm, .. } = *call;
    match call.section() {
        0 => {
            if k.has(REFUSE_X86) && !k.has(CHECK_X86_LATE) {
                k.decide(At::Refused);
                return Ok(Flow::Done(Err(Errno::EOPNOTSUPP)));
            }
            if !k.has(CORE_PASIDS) && k.device(dev, At::Unsupported)?.max_pasids == 0 {
                k.decide(At::Unsupported);
                return Ok(Flow::Done(Err(Errno::EOPNOTSUPP)));
            }
            Ok(match iommu_sva_alloc_pasid(k, call)? {
                Flow::Done(Err(errno)) => Flow::Done(Err(errno)),
                _ => Flow::Next,
            })
        }
        1 => {
            iommu_sva_alloc_pasid(k, call)?;
            Ok(Flow::Next)
        }
        2 => {
            if let Some(errno) = call.ret {
                return Ok(Flow::Done(Err(errno)));
            }
            let Some(handle) = k.handle_alloc()? else {
                k.decide(At::NoHandle);
                return Ok(Flow::Done(Err(Errno::ENOMEM)));
            };
            if k.has(CHECK_X86_LATE) {
                // And nothing frees the handle.
                k.decide(At::Refused);
                return Ok(Flow::Done(Err(Errno::EOPNOTSUPP)));
            }
            call.handle = handle;
            Ok(Flow::Next)
        }
        3 => {
            k.mutex_lock(At::BindLock)?;
            match find_or_attach_domain(k, dev, mm)? {
                Ok(domain) => call.domain = domain,
                Err(errno) => call.ret = Some(errno),
            }
            // out, out_unlock
            k.mutex_unlock(At::BindLock)?;
            Ok(Flow::Next)
        }
        _ => {
            if let Some(errno) = call.ret {
                k.handle_free(call.handle, At::FreeHandle)?;
                return Ok(Flow::Done(Err(errno)));
            }
            let handle: &mut Handle = k.handle(call.handle, At::Store)?;
            handle.dev = dev;
            handle.domain = call.domain;
            Ok(Flow::Done(Ok(call.handle)))
        }
    }
}

/// Runs the part of `iommu_sva_bind_device()` between `mutex_lock()` and `out`.
fn find_or_attach_domain<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: DeviceId,
    mm: MmId,
) -> Result<Result<DomainId, Errno>, Stop> {
    let pasid = k.mm(mm, At::Join)?.pasid;
    // Search for an existing domain.
    match iommu_get_sva_domain_for_dev_pasid(k, dev, pasid)? {
        Err(errno) => {
            k.decide_on_core(At::OtherType);
            return Ok(Err(errno));
        }
        Ok(Some(domain)) => {
            k.domain(domain, At::Join)?.users += 1;
            k.decide(At::Join);
            return Ok(Ok(domain));
        }
        Ok(None) => {}
    }

    // Allocate a new domain and set it on the PASID of the device.
    let domain = match iommu_sva_domain_alloc(k, dev, mm)? {
        Ok(domain) => domain,
        Err(errno) => {
            k.decide_on_core(At::NoDomain);
            return Ok(Err(errno));
        }
    };
    if let Err(errno) = iommu_attach_device_pasid(k, domain, dev, pasid)? {
        k.decide_on_core(At::AttachFailed);
        // out_free_domain
        iommu_domain_free(k, domain)?;
        return Ok(Err(errno));
    }
    k.domain(domain, At::Create)?.users = 1.into();
    k.decide(At::Create);
    Ok(Ok(domain))
}

/// `iommu_sva_unbind_device()`.
pub fn iommu_sva_unbind_device<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Unbind,
) -> Result<Flow<()>, Stop> {
    match call.section() {
        0 => {
            let handle = *k.handle(call.handle, At::Unbind)?;
            call.domain = handle.domain;
            call.dev = handle.dev;
            let mm = k.domain(call.domain, At::UnbindPasid)?.mm;
            call.pasid = k.mm(mm, At::UnbindPasid)?.pasid;
            Ok(Flow::Next)
        }
        1 => {
            let Unbind { domain, dev, .. } = *call;
            k.mutex_lock(At::UnbindLock)?;
            let this = k.domain(domain, At::DomainKept)?;
            this.users -= 1;
            if this.users == 0 {
                k.decide(At::DomainFreed);
                iommu_detach_device_pasid(k, domain, dev, call.pasid)?;
                iommu_domain_free(k, domain)?;
            } else {
                k.decide(At::DomainKept);
            }
            k.mutex_unlock(At::UnbindLock)?;
            Ok(Flow::Next)
        }
        _ => {
            k.handle_free(call.handle, At::UnbindFree)?;
            Ok(Flow::Done(()))
        }
    }
}

/// `iommu_sva_get_pasid()`.
pub fn iommu_sva_get_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    handle: HandleId,
) -> Result<Option<u16>, Stop> {
    let domain = k.handle(handle, At::GetPasidHandle)?.domain;
    let mm = k.domain(domain, At::GetPasid)?.mm;
    k.decide(At::GetPasid);
    Ok(match k.mm(mm, At::GetPasid)?.pasid {
        0 => None,
        pasid => Some(pasid),
    })
}

/// A page request: the domain at (group, PASID) has a fault handler if it is an SVA domain, and
/// `iommu_sva_handle_iopf()` needs the mm to have users.
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
