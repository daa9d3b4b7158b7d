// SPDX-License-Identifier: GPL-2.0-or-later
//! `drivers/iommu/iommu-sva.c` of Linux 6.7 (blob b78671a8a914).
//!
//! Numbers in comments are lines of that file; `sva(N)` cites line N.

use spec::kernel::{Handle, NONE};
use spec::model::sva;
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Kernel, Stop, Watch};

/// 16: gives the mm a PASID that the device can use. The sections 0 and 1 of a bind; the error,
/// if there is one, is in `call.ret` after the second.
///
/// The PASID stays with the mm even if the bind fails later.
fn iommu_sva_alloc_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Flow<Result<(), Errno>>, Stop> {
    let Bind { dev, mm, .. } = *call;
    if call.section == 0 {
        if !k.m.mm(mm).dma_compat {
            k.decide(sva(21));
            return Ok(Flow::Done(Err(Errno::EBUSY)));
        }
        return Ok(Flow::Next);
    }

    k.mutex_lock(sva(23))?;
    // 25: is a PASID already associated with this mm?
    if k.m.mm(mm).pasid != 0 {
        if k.m.mm(mm).pasid >= k.m.device(dev).max_pasids {
            k.decide(sva(27));
            call.ret = Some(Errno::EOVERFLOW);
        }
    } else {
        match k.iommu_alloc_global_pasid(dev) {
            // 31
            Some(pasid) => k.set_pasid(mm, pasid, false),
            None => {
                k.decide_as_told(sva(33));
                call.ret = Some(Errno::ENOSPC);
            }
        }
    }
    // out: 38
    k.mutex_unlock(); // 39
    Ok(Flow::Next)
}

/// 59: `iommu_sva_bind_device()`.
pub fn iommu_sva_bind_device<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Bind,
) -> Result<Flow<Result<u8, Errno>>, Stop> {
    let Bind { dev, mm, .. } = *call;
    match call.section {
        // 66
        0 | 1 => Ok(match iommu_sva_alloc_pasid(k, call)? {
            Flow::Done(Err(errno)) => Flow::Done(Err(errno)),
            _ => Flow::Next,
        }),
        2 => {
            if let Some(errno) = call.ret {
                return Ok(Flow::Done(Err(errno))); // 68
            }
            let Some(handle) = k.handle_alloc() else {
                k.decide(sva(72)); // 70
                return Ok(Flow::Done(Err(Errno::ENOMEM)));
            };
            call.handle = handle;
            Ok(Flow::Next)
        }
        3 => {
            k.mutex_lock(sva(74))?;
            match find_or_attach_domain(k, dev, mm)? {
                Ok(domain) => call.domain = domain,
                Err(errno) => call.ret = Some(errno),
            }
            // out, out_unlock: 100, 109
            k.mutex_unlock();
            Ok(Flow::Next)
        }
        _ => {
            if let Some(errno) = call.ret {
                k.handle_free(call.handle, sva(110))?;
                return Ok(Flow::Done(Err(errno)));
            }
            let handle: &mut Handle = k.handle(call.handle, sva(101))?;
            handle.dev = dev; // 101
            handle.domain = call.domain; // 102
            Ok(Flow::Done(Ok(call.handle)))
        }
    }
}

/// 75 to 98: what `iommu_sva_bind_device()` does between `mutex_lock()` and `out`.
fn find_or_attach_domain<W: Watch>(
    k: &mut Kernel<'_, W>,
    dev: u8,
    mm: u8,
) -> Result<Result<u8, Errno>, Stop> {
    let pasid = k.m.mm(mm).pasid;
    // 76: search for an existing domain.
    match k.iommu_get_sva_domain_for_dev_pasid(dev, pasid)? {
        Err(errno) => {
            k.decide_as_told(sva(79));
            return Ok(Err(errno));
        }
        Ok(Some(domain)) => {
            k.domain(domain, sva(84))?.users += 1;
            k.decide(sva(84));
            return Ok(Ok(domain));
        }
        Ok(None) => {}
    }

    // 89: allocate a new domain and set it on the PASID of the device.
    let Some(domain) = k.iommu_sva_domain_alloc(mm) else {
        k.decide_as_told(sva(91));
        return Ok(Err(Errno::ENOMEM));
    };
    if let Err(errno) = k.iommu_attach_device_pasid(domain, dev, pasid) {
        k.decide_as_told(sva(95));
        // out_free_domain: 106
        k.iommu_domain_free(domain)?; // 107
        return Ok(Err(errno));
    }
    k.domain(domain, sva(98))?.users = 1;
    k.decide(sva(98));
    Ok(Ok(domain))
}

/// 124: `iommu_sva_unbind_device()`.
pub fn iommu_sva_unbind_device<W: Watch>(
    k: &mut Kernel<'_, W>,
    call: &mut Unbind,
) -> Result<Flow<()>, Stop> {
    match call.section {
        0 => {
            let handle = *k.handle(call.handle, sva(126))?;
            call.domain = handle.domain;
            call.dev = handle.dev;
            let mm = k.domain(call.domain, sva(127))?.mm;
            call.pasid = k.m.mm(mm).pasid;
            Ok(Flow::Next)
        }
        1 => {
            let Unbind { domain, dev, .. } = *call;
            k.mutex_lock(sva(130))?;
            let this = k.domain(domain, sva(131))?;
            this.users -= 1;
            if this.users == 0 {
                k.decide(sva(132));
                k.iommu_detach_device_pasid(domain, dev, call.pasid); // 132
                k.iommu_domain_free(domain)?; // 133
            } else {
                k.decide(sva(131));
            }
            k.mutex_unlock(); // 135
            Ok(Flow::Next)
        }
        _ => {
            k.handle_free(call.handle, sva(136))?;
            Ok(Flow::Done(()))
        }
    }
}

/// 140: `iommu_sva_get_pasid()`.
pub fn iommu_sva_get_pasid<W: Watch>(
    k: &mut Kernel<'_, W>,
    handle: u8,
) -> Result<Option<u16>, Stop> {
    let domain = k.handle(handle, sva(142))?.domain;
    let mm = k.domain(domain, sva(144))?.mm;
    k.decide(sva(144));
    Ok(match k.m.mm(mm).pasid {
        0 => None,
        pasid => Some(pasid),
    })
}

/// A page request: the domain at (group, PASID) has a fault handler if it is an SVA domain, and
/// `iommu_sva_handle_iopf()` (152) needs the mm to have users.
pub fn page_request<W: Watch>(
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
        k.decide(sva(166));
        return Ok(None);
    }
    k.decide(sva(168));
    Ok(Some(mm))
}
