// SPDX-License-Identifier: GPL-2.0-or-later
//! The IOMMU driver: a mock, the same for all kernels. Every callback is reported to the observer.

use super::{DeviceId, DomainId, Kernel, Link, MmId, NONE, Splat, Stop};
use crate::case::{Errno, MAX_OPS, Site};
use crate::record::Watch;
use crate::revision::At;
use crate::trace::Call;
use std::cmp::Ordering;
use std::ops::{AddAssign, SubAssign};

/// A C `int` that counts: unlike a `refcount_t`, it passes zero without a complaint. It has eight
/// bits, enough for the operations of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Int(pub(crate) u8);

impl Int {
    /// Returns the number.
    pub fn get(self) -> i8 {
        self.0 as i8
    }
}

impl From<u8> for Int {
    fn from(number: u8) -> Self {
        Int(number)
    }
}

impl PartialEq<u8> for Int {
    fn eq(&self, number: &u8) -> bool {
        self.partial_cmp(number) == Some(Ordering::Equal)
    }
}

impl PartialOrd<u8> for Int {
    fn partial_cmp(&self, number: &u8) -> Option<Ordering> {
        i16::from(self.get()).partial_cmp(&i16::from(*number))
    }
}

impl AddAssign<u8> for Int {
    fn add_assign(&mut self, number: u8) {
        self.0 = self.0.wrapping_add(number);
    }
}

impl SubAssign<u8> for Int {
    fn sub_assign(&mut self, number: u8) {
        self.0 = self.0.wrapping_sub(number);
    }
}

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
    pub users: Int,
    /// The hardware instance it belongs to, set by its first successful attach.
    pub instance: u8,
    /// The memory is freed; reading it is a use-after-free.
    pub freed: bool,
    /// `domain->next`, on `iommu_mm->sva_domains`.
    pub(crate) link: Link,
    /// The next domain on that list.
    pub(crate) next: DomainId,
}

impl Domain {
    /// The value of a slot before its domain is allocated.
    pub const NEVER: Domain = Domain {
        kind: DomainType::Unmanaged,
        mm: MmId::NULL,
        users: Int(0),
        instance: NONE,
        freed: true,
        link: Link::Never,
        next: DomainId::NULL,
    };

    /// Returns the next domain on `iommu_mm->sva_domains`; null at the end of the list.
    #[inline(always)]
    pub fn next(&self) -> DomainId {
        self.next
    }
}

impl<W: Watch> Kernel<'_, W> {
    /// `ops->domain_alloc()`. Numbers domains in the order of their allocation. For an SVA domain,
    /// fails with the error of an armed fault; for any domain, fails with `ENOMEM` if [`MAX_OPS`]
    /// domains were allocated before.
    pub fn driver_domain_alloc(
        &mut self,
        kind: DomainType,
    ) -> Result<Result<DomainId, Errno>, Stop> {
        self.access(At::SvaDomainAlloc)?;
        let domain = self.m.nr_domains;
        let armed = match kind {
            DomainType::Sva => self.armed.strikes(Site::DomainAlloc),
            DomainType::Unmanaged => None,
        };
        let full = (domain as usize == MAX_OPS).then_some(Errno::ENOMEM);
        if let Some(errno) = armed.or(full) {
            self.watch.call(Call::DomainAlloc { domain: None });
            return Ok(Err(errno));
        }
        self.m.nr_domains += 1;
        self.m.domains[domain as usize] = Domain {
            kind,
            freed: false,
            ..Domain::NEVER
        };
        self.watch.call(Call::DomainAlloc {
            domain: Some(domain as u32),
        });
        Ok(Ok(DomainId::new(domain)))
    }

    /// `ops->set_dev_pasid()`. Fails for a domain that belongs to another hardware instance.
    pub fn driver_set_dev_pasid(
        &mut self,
        domain: DomainId,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<Result<(), Errno>, Stop> {
        let instance = self.device(dev, At::AttachSet)?.instance;
        let belongs_to = self.domain(domain, At::AttachSet)?.instance;
        let err = match self.armed.strikes(Site::SetDevPasid) {
            Some(errno) => Some(errno),
            None if belongs_to != NONE && belongs_to != instance => Some(Errno::EINVAL),
            None => None,
        };
        if err.is_none() {
            self.m.domains[domain.index()].instance = instance;
        }
        self.watch.call(Call::SetDevPasid {
            dev: dev.raw().into(),
            pasid,
            domain: domain.raw().into(),
            err,
        });
        Ok(err.map_or(Ok(()), Err))
    }

    /// `ops->remove_dev_pasid()`. Cannot fail.
    pub fn driver_remove_dev_pasid(&mut self, dev: DeviceId, pasid: u16) -> Result<(), Stop> {
        self.device(dev, At::DetachErase)?;
        self.watch.call(Call::RemoveDevPasid {
            dev: dev.raw().into(),
            pasid,
        });
        Ok(())
    }

    /// `domain->ops->free()`.
    pub fn driver_domain_free(&mut self, domain: DomainId) -> Result<(), Stop> {
        self.access(At::DomainFree)?;
        match self.m.domains.get_mut(domain.index()) {
            Some(this) if !this.freed => this.freed = true,
            _ if domain.is_null() => return Err(self.die(Splat::NullDeref, At::DomainFree)),
            _ => return Err(self.die(Splat::DoubleFree, At::DomainFree)),
        }
        self.watch.call(Call::DomainFree {
            domain: domain.raw().into(),
        });
        Ok(())
    }
}
