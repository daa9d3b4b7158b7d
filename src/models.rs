// SPDX-License-Identifier: GPL-2.0-or-later
//! The registry: every model by name, in order of history.

use impl_v67::V67;
use impl_v68::V68;
use impl_v612::V612;
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Info, Kernel, Model, Stop, Watch};

/// Any of the models.
#[derive(Clone, Copy, Debug)]
pub enum AnyModel {
    /// Linux 6.7.
    V67(V67),
    /// Linux 6.8, and what led to it.
    V68(V68),
    /// Stable Linux from 6.12 on.
    V612(V612),
}

/// All models, in order of history; a proposal follows what it was made for.
pub fn all() -> Vec<AnyModel> {
    let v68 = impl_v68::REVISIONS
        .iter()
        .map(|rev| AnyModel::V68(V68(rev)));
    let v612 = impl_v612::REVISIONS
        .iter()
        .map(|rev| AnyModel::V612(V612(rev)));
    let v67 = std::iter::once(AnyModel::V67(V67));
    v67.chain(v68).chain(v612).collect()
}

/// The model of this name.
pub fn by_name(name: &str) -> Option<AnyModel> {
    all().into_iter().find(|model| model.name() == name)
}

impl AnyModel {
    /// Its name, everywhere: on the command line, in JSON, in reports.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The same without one of the commits that its base has not, where that can be had: to tell
    /// which of them changed something. It has the same name.
    pub fn without(self, commit: &str) -> Option<AnyModel> {
        let AnyModel::V612(V612(rev)) = self else {
            return None;
        };
        let mut all = impl_v612::WITHOUT.iter();
        let this = all.find(|this| this.commit == commit && this.revision.info == rev.info)?;
        Some(AnyModel::V612(V612(&this.revision)))
    }

    /// The model that it is built on.
    pub fn base(self) -> Option<AnyModel> {
        self.info().base.and_then(by_name)
    }
}

impl PartialEq for AnyModel {
    fn eq(&self, other: &AnyModel) -> bool {
        self.name() == other.name()
    }
}

impl Eq for AnyModel {}

/// Calls a method of whichever model it is.
macro_rules! each {
    ($self:ident, $model:ident => $call:expr) => {
        match $self {
            AnyModel::V67($model) => $call,
            AnyModel::V68($model) => $call,
            AnyModel::V612($model) => $call,
        }
    };
}

impl Model for AnyModel {
    #[inline(always)]
    fn info(&self) -> &'static Info {
        each!(self, model => model.info())
    }

    #[inline(always)]
    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Bind,
    ) -> Result<Flow<Result<u8, Errno>>, Stop> {
        each!(self, model => model.iommu_sva_bind_device(k, call))
    }

    #[inline(always)]
    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop> {
        each!(self, model => model.iommu_sva_unbind_device(k, call))
    }

    #[inline(always)]
    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: u8,
    ) -> Result<Option<u16>, Stop> {
        each!(self, model => model.iommu_sva_get_pasid(k, handle))
    }

    #[inline(always)]
    fn iommu_attach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<Result<(), Errno>, Stop> {
        each!(self, model => model.iommu_attach_device_pasid(k, domain, dev, pasid))
    }

    #[inline(always)]
    fn iommu_detach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<(), Stop> {
        each!(self, model => model.iommu_detach_device_pasid(k, domain, dev, pasid))
    }

    #[inline(always)]
    fn page_request<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: u8,
        pasid: u16,
    ) -> Result<Option<u8>, Stop> {
        each!(self, model => model.page_request(k, dev, pasid))
    }
}
