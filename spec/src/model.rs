// SPDX-License-Identifier: GPL-2.0-or-later
//! The interface of a kernel that can be compared, and its decisions.

use crate::case::Errno;
use crate::kernel::{DeviceId, DomainId, HandleId, Kernel, MmId, Stop};
use crate::record::Watch;
use crate::revision::{At, Tree};
use crate::run::{Bind, Unbind};

/// One kernel's implementation of the SVA calls.
///
/// Calls that sleep on a lock are divided into *sections*, between which another CPU can run. A
/// method that returns [`Flow::Next`] is called again for the next section; the number of the
/// section is in the call. A sequential run executes all sections of a call at once, a concurrent
/// run chooses them one by one. There is no second implementation.
///
/// `Err(Stop)` is an oops or a hang: the machine is dead and nothing runs after it.
pub trait Model: Copy + Send + Sync {
    /// Returns the revision of the model, with all its commits and lines.
    fn tree(&self) -> &'static Tree;

    /// `iommu_sva_bind_device()`. Returns the handle, or the error.
    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Bind,
    ) -> Result<Flow<Result<HandleId, Errno>>, Stop>;

    /// `iommu_sva_unbind_device()`.
    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop>;

    /// `iommu_sva_get_pasid()`. Returns the PASID, or `None` for `IOMMU_PASID_INVALID`.
    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: HandleId,
    ) -> Result<Option<u16>, Stop>;

    /// `iommu_attach_device_pasid()`, called by a driver for a domain that is not an SVA domain.
    fn iommu_attach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: DomainId,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<Result<(), Errno>, Stop>;

    /// `iommu_detach_device_pasid()`, called by a driver for its own domain.
    fn iommu_detach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: DomainId,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<(), Stop>;

    /// `iommu_domain_free()`, called by a driver for its own domain.
    fn iommu_domain_free<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: DomainId,
    ) -> Result<(), Stop>;

    /// `pci_dev_reset_iommu_prepare()`: the device is about to be reset. Never called for a kernel
    /// without [`RESET`](crate::op::RESET).
    fn pci_dev_reset_iommu_prepare<W: Watch>(
        &self,
        _k: &mut Kernel<'_, W>,
        _dev: DeviceId,
    ) -> Result<Result<(), Errno>, Stop> {
        Ok(Ok(()))
    }

    /// `pci_dev_reset_iommu_done()`: the reset is over. Never called for a kernel without
    /// [`RESET`](crate::op::RESET).
    fn pci_dev_reset_iommu_done<W: Watch>(
        &self,
        _k: &mut Kernel<'_, W>,
        _dev: DeviceId,
    ) -> Result<(), Stop> {
        Ok(())
    }

    /// A page request of a device. Returns the index of the mm that answers, or `None`.
    fn page_request<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<Option<MmId>, Stop>;
}

/// Whether a call has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow<T> {
    /// The section is over; the call continues in the next one.
    Next,
    /// The call has returned.
    Done(T),
}

/// The cause of an outcome: the anchor of the decision and, if it only propagates a decision of the
/// IOMMU core, the anchor in the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Decision {
    /// The anchor of the decision.
    pub at: At,
    /// The anchor of the core's decision that it propagates.
    pub because: Option<At>,
}

/// Implements [`Model`] by forwarding each call.
///
/// `$forward` is a macro. `$forward!(self, tree)` returns the tree, and `$forward!(self, name, k,
/// argument…)` calls the function with that name.
#[macro_export]
macro_rules! forward_model {
    ($model:ty, $forward:ident) => {
        impl $crate::Model for $model {
            #[inline(always)]
            fn tree(&self) -> &'static $crate::revision::Tree {
                $forward!(self, tree)
            }

            #[inline(always)]
            fn iommu_sva_bind_device<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                call: &mut $crate::run::Bind,
            ) -> Result<$crate::Flow<Result<$crate::kernel::HandleId, $crate::Errno>>, $crate::Stop>
            {
                $forward!(self, iommu_sva_bind_device, k, call)
            }

            #[inline(always)]
            fn iommu_sva_unbind_device<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                call: &mut $crate::run::Unbind,
            ) -> Result<$crate::Flow<()>, $crate::Stop> {
                $forward!(self, iommu_sva_unbind_device, k, call)
            }

            #[inline(always)]
            fn iommu_sva_get_pasid<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                handle: $crate::kernel::HandleId,
            ) -> Result<Option<u16>, $crate::Stop> {
                $forward!(self, iommu_sva_get_pasid, k, handle)
            }

            #[inline(always)]
            fn iommu_attach_device_pasid<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                domain: $crate::kernel::DomainId,
                dev: $crate::kernel::DeviceId,
                pasid: u16,
            ) -> Result<Result<(), $crate::Errno>, $crate::Stop> {
                $forward!(self, iommu_attach_device_pasid, k, domain, dev, pasid)
            }

            #[inline(always)]
            fn iommu_detach_device_pasid<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                domain: $crate::kernel::DomainId,
                dev: $crate::kernel::DeviceId,
                pasid: u16,
            ) -> Result<(), $crate::Stop> {
                $forward!(self, iommu_detach_device_pasid, k, domain, dev, pasid)
            }

            #[inline(always)]
            fn iommu_domain_free<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                domain: $crate::kernel::DomainId,
            ) -> Result<(), $crate::Stop> {
                $forward!(self, iommu_domain_free, k, domain)
            }

            #[inline(always)]
            fn pci_dev_reset_iommu_prepare<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                dev: $crate::kernel::DeviceId,
            ) -> Result<Result<(), $crate::Errno>, $crate::Stop> {
                $forward!(self, pci_dev_reset_iommu_prepare, k, dev)
            }

            #[inline(always)]
            fn pci_dev_reset_iommu_done<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                dev: $crate::kernel::DeviceId,
            ) -> Result<(), $crate::Stop> {
                $forward!(self, pci_dev_reset_iommu_done, k, dev)
            }

            #[inline(always)]
            fn page_request<W: $crate::Watch>(
                &self,
                k: &mut $crate::Kernel<'_, W>,
                dev: $crate::kernel::DeviceId,
                pasid: u16,
            ) -> Result<Option<$crate::kernel::MmId>, $crate::Stop> {
                $forward!(self, page_request, k, dev, pasid)
            }
        }
    };
}

/// Declares the items that a crate with one design of the kernel registers: `ERA`, and the model of
/// one of its revisions. The calls are forwarded by a macro named `forward`, see
/// [`forward_model!`](crate::forward_model).
#[macro_export]
macro_rules! era {
    ($model:ident) => {
        /// The commits and the revisions of this crate.
        pub const ERA: $crate::revision::Era = $crate::revision::Era {
            commits: revisions::COMMITS,
            revisions: revisions::REVISIONS,
            cited: cited::CITED,
        };

        /// The model of one revision with this design.
        #[derive(Clone, Copy, Debug)]
        pub struct $model(pub &'static $crate::Tree);

        $crate::forward_model!($model, forward);
    };
}

/// Forwards a call to the function of that name in the module `iommu` or `iommu_sva`: the `forward`
/// of designs whose functions have the arguments of [`Model`].
#[macro_export]
macro_rules! forward_to_functions {
    ($self:ident, tree) => {
        $self.0
    };
    ($self:ident, iommu_attach_device_pasid, $($arg:ident),+) => {
        iommu::iommu_attach_device_pasid($($arg),+)
    };
    ($self:ident, iommu_detach_device_pasid, $($arg:ident),+) => {
        iommu::iommu_detach_device_pasid($($arg),+)
    };
    ($self:ident, iommu_domain_free, $($arg:ident),+) => {
        iommu::iommu_domain_free($($arg),+)
    };
    // A kernel without resets is never asked.
    ($self:ident, pci_dev_reset_iommu_prepare, $($arg:ident),+) => {{
        let _ = ($($arg),+);
        Ok(Ok(()))
    }};
    ($self:ident, pci_dev_reset_iommu_done, $($arg:ident),+) => {{
        let _ = ($($arg),+);
        Ok(())
    }};
    ($self:ident, $call:ident, $($arg:ident),+) => {
        iommu_sva::$call($($arg),+)
    };
}
