// SPDX-License-Identifier: GPL-2.0-or-later
//! Planted faults: models with one small slip each, as they are made when a kernel is changed. A
//! tester that compares them with their base and finds no difference is not to be believed when
//! it finds none elsewhere.
//!
//! A slip is a file in `slips/`, in the directory of its base: a sentence that says what slipped,
//! the least that it shows in, and a diff against `iommu_sva.rs` of the base or against `iommu.rs`,
//! which is that of `spec` up to 6.8, and one of the base's own crate later. `build.rs` applies it,
//! so no slip has a copy of its own that could fall behind, and one whose old lines are no longer
//! there does not build. To plant one more, or to write one anew: make the slip, put it with
//! `git diff` below the two paragraphs, and undo it.

mod iommu;
mod through;

#[allow(unused_imports, reason = "a comment of iommu_sva.rs links to it")]
use impl_v68::Lines;
use impl_v68::{Revision, revisions};
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Info, Kernel, Model, Stop, Watch};
use std::sync::LazyLock;
use through::Through;

include!(concat!(env!("OUT_DIR"), "/planted.rs"));

/// What it takes to see a slip: one less of anything, and there is no difference to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shows {
    /// The name of the view in which it shows. What shows in `driver` or `state` does not show in
    /// the views of callers, dmesg and leaks.
    pub view: &'static str,
    /// How many devices there have to be, in every grouping.
    pub devices: usize,
    /// How many mms.
    pub mms: usize,
    /// How many operations the shortest case has.
    pub ops: usize,
    /// Whether one of the operations has to meet a fault.
    pub faults: bool,
    /// `max_pasids` of all devices, or of each.
    pub max_pasids: &'static [u16],
    /// The operations that are enough, by name, where looking for it with all of them takes long.
    pub only: Option<&'static [&'static str]>,
}

/// What a slip says of itself.
struct Slip {
    info: Info,
    shows: Option<Shows>,
}

impl Planted {
    /// The name: that of its file.
    pub fn name(self) -> &'static str {
        self.slip().info.name
    }

    /// What slipped, in one sentence.
    pub fn says(self) -> &'static str {
        self.slip().info.what
    }

    /// The name of the model in which it slipped.
    pub fn base(self) -> &'static str {
        self.slip().info.base.expect("a slip has a base")
    }

    /// What it takes to see it; `None` where nothing slipped.
    pub fn shows(self) -> Option<Shows> {
        self.slip().shows
    }
}

/// Linux 6.8 as released, which slips of 6.8 have in common.
static V6_8: LazyLock<&Revision> = LazyLock::new(|| {
    let mut all = impl_v68::REVISIONS.iter();
    all.find(|revision| revision.info.name == "v6.8")
        .expect("6.8 as released is a revision")
});

/// One of the later kernels, which slips of it have in common.
fn later(name: &str) -> &'static impl_v612::Revision {
    let mut all = impl_v612::REVISIONS.iter();
    all.find(|revision| revision.info.name == name)
        .expect("it is a revision")
}

/// Linux 6.12 as released.
static V6_12: LazyLock<&impl_v612::Revision> = LazyLock::new(|| later("v6.12"));

/// Linux 7.3.4, which has everything that came after it.
static V7_3: LazyLock<&impl_v612::Revision> = LazyLock::new(|| later("v7.3"));

/// A kernel at work for functions that are compiled only once, whoever watches.
macro_rules! through {
    ($k:ident) => {
        Kernel::new($k.m, $k.armed, &mut Through($k.watch), $k.core)
    };
}

impl Model for Planted {
    fn info(&self) -> &'static Info {
        &self.slip().info
    }

    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Bind,
    ) -> Result<Flow<Result<u8, Errno>>, Stop> {
        self.bind(&mut through!(k), call)
    }

    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop> {
        self.unbind(&mut through!(k), call)
    }

    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: u8,
    ) -> Result<Option<u16>, Stop> {
        self.get_pasid(&mut through!(k), handle)
    }

    // What a driver attaches itself, its caller goes on with: the kernel has to be the same one.
    fn iommu_attach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<Result<(), Errno>, Stop> {
        self.attach(k, domain, dev, pasid)
    }

    fn iommu_detach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<(), Stop> {
        self.detach(k, domain, dev, pasid)
    }

    fn page_request<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: u8,
        pasid: u16,
    ) -> Result<Option<u8>, Stop> {
        self.request_page(&mut through!(k), dev, pasid)
    }
}
