// SPDX-License-Identifier: GPL-2.0-or-later
//! The IOMMU driver: a mock, the same for all kernels. Every callback is reported to the observer.

use super::{DeviceId, DomainId, Kernel, MmId, NONE};
use crate::case::{Errno, Site};
use crate::record::Watch;
use crate::trace::Call;

/// `domain->type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DomainType {
    /// `IOMMU_DOMAIN_SVA`
    Sva,
    /// A domain that a driver attaches itself.
    Unmanaged,
}

/// `struct iommu_domain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Domain {
    /// Its type.
    pub kind: DomainType,
    /// `domain->mm` of an SVA domain.
    pub mm: MmId,
    /// `domain->users` of an SVA domain.
    pub users: u8,
    /// The hardware instance it belongs to, set by its first successful attach.
    pub instance: u8,
    /// The memory is freed; reading it is a use-after-free.
    pub freed: bool,
    /// `domain->next`, in `iommu_mm->sva_domains`.
    pub next: DomainId,
}

impl Domain {
    /// The value of a slot before its domain is allocated.
    pub const NEVER: Domain = Domain {
        kind: DomainType::Unmanaged,
        mm: MmId::NULL,
        users: 0,
        instance: NONE,
        freed: true,
        next: DomainId::NULL,
    };
}

impl<W: Watch> Kernel<'_, W> {
    /// `ops->domain_alloc()`. Numbers domains in the order of their allocation. Only the allocation
    /// of an SVA domain can fail.
    pub fn driver_domain_alloc(&mut self, kind: DomainType) -> Option<DomainId> {
        if kind == DomainType::Sva && self.armed.strikes(Site::DomainAlloc).is_some() {
            self.watch.call(Call::DomainAlloc { domain: None });
            return None;
        }
        let domain = self.m.nr_domains;
        self.m.nr_domains += 1;
        self.m.domains[domain as usize] = Domain {
            kind,
            freed: false,
            ..Domain::NEVER
        };
        self.watch.call(Call::DomainAlloc {
            domain: Some(domain as u32),
        });
        Some(DomainId::new(domain))
    }

    /// `ops->set_dev_pasid()`. Fails for a domain that belongs to another hardware instance.
    pub fn driver_set_dev_pasid(
        &mut self,
        domain: DomainId,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<(), Errno> {
        let instance = self.m.device(dev).instance;
        let this = &mut self.m.domains[domain.index()];
        let err = match self.armed.strikes(Site::SetDevPasid) {
            Some(errno) => Some(errno),
            None if this.instance != NONE && this.instance != instance => Some(Errno::EINVAL),
            None => None,
        };
        if err.is_none() {
            this.instance = instance;
        }
        self.watch.call(Call::SetDevPasid {
            dev: dev.raw().into(),
            pasid,
            domain: domain.raw().into(),
            err,
        });
        err.map_or(Ok(()), Err)
    }

    /// `ops->remove_dev_pasid()`. Cannot fail.
    pub fn driver_remove_dev_pasid(&mut self, dev: DeviceId, pasid: u16) {
        self.watch.call(Call::RemoveDevPasid {
            dev: dev.raw().into(),
            pasid,
        });
    }

    /// `domain->ops->free()`.
    pub fn driver_domain_free(&mut self, domain: DomainId) {
        self.m.domains[domain.index()].freed = true;
        self.watch.call(Call::DomainFree {
            domain: domain.raw().into(),
        });
    }
}
