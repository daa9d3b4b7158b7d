// SPDX-License-Identifier: GPL-2.0-or-later
//! What a kernel has to provide to be compared, and the citations that its decisions carry.

use crate::case::Errno;
use crate::kernel::{CoreLines, Kernel, Stop};
use crate::record::Watch;
use crate::run::{Bind, Unbind};
use serde::Serialize;
use std::fmt;

/// One kernel's implementation of the SVA calls.
///
/// Calls that sleep on a lock are made of *sections*: what runs between two points at which
/// another CPU can come in. A method that returns [`Flow::Next`] is called again for the next
/// section; the number of the section is in the call. Run to the end at once, a call is
/// sequential; chosen section by section, it is concurrent. There is no second implementation.
///
/// `Err(Stop)` is an oops or a hang: the machine is gone and nothing runs after it.
pub trait Model: Copy + Send + Sync {
    /// Name, base, commits, and where its citations point.
    fn info(&self) -> &'static Info;

    /// `iommu_sva_bind_device()`: the handle, or the error.
    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Bind,
    ) -> Result<Flow<Result<u8, Errno>>, Stop>;

    /// `iommu_sva_unbind_device()`.
    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop>;

    /// `iommu_sva_get_pasid()`: the PASID, or `None` for `IOMMU_PASID_INVALID`.
    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: u8,
    ) -> Result<Option<u16>, Stop>;

    /// `iommu_attach_device_pasid()` as a driver calls it for a domain of its own. Unless a model
    /// has one of its own, it is that of 6.7 to 6.8.
    #[inline]
    fn iommu_attach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<Result<(), Errno>, Stop> {
        Ok(k.iommu_attach_device_pasid(domain, dev, pasid))
    }

    /// `iommu_detach_device_pasid()` of the same.
    #[inline]
    fn iommu_detach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: u8,
        dev: u8,
        pasid: u16,
    ) -> Result<(), Stop> {
        k.iommu_detach_device_pasid(domain, dev, pasid);
        Ok(())
    }

    /// A page request of a device: the index of the mm that answers, or `None`.
    fn page_request<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: u8,
        pasid: u16,
    ) -> Result<Option<u8>, Stop>;
}

/// Whether a call is through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow<T> {
    /// The section is over, the call goes on in the next one.
    Next,
    /// The call has returned.
    Done(T),
}

/// What a model is: its name in every command, file and report, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// The name.
    pub name: &'static str,
    /// One line: what it is.
    pub what: &'static str,
    /// The model that it is built on, by name; `None` for the first one.
    pub base: Option<&'static str>,
    /// What it has and its base has not.
    pub commits: &'static [Commit],
    /// Whether it is a proposal that was never merged. History passes it by.
    pub proposal: bool,
    /// The git blob of its `drivers/iommu/iommu-sva.c`, abbreviated; `None` where the file never
    /// was in a tree of Linus.
    pub blob: Option<&'static str>,
    /// The revision that lines of `drivers/iommu/iommu.c` are cited from.
    pub core: &'static str,
    /// Where the functions of the core stand in that revision.
    pub core_lines: &'static CoreLines,
}

/// A change that a model has and its base has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Commit {
    /// An abbreviated commit, or the Message-ID of a proposal.
    pub id: &'static str,
    /// Its subject, or what it proposes.
    pub subject: &'static str,
}

/// The two files that decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum File {
    /// `drivers/iommu/iommu-sva.c`
    IommuSva,
    /// `drivers/iommu/iommu.c`
    Iommu,
}

impl File {
    /// Its path in a kernel tree.
    pub fn path(self) -> &'static str {
        match self {
            File::IommuSva => "drivers/iommu/iommu-sva.c",
            File::Iommu => "drivers/iommu/iommu.c",
        }
    }
}

/// A line of kernel source. Which revision it is a line of, the model's [`Info`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cite {
    /// The file.
    pub file: File,
    /// The line, from 1.
    pub line: u16,
}

/// A line of `drivers/iommu/iommu-sva.c`.
pub const fn sva(line: u16) -> Cite {
    Cite {
        file: File::IommuSva,
        line,
    }
}

/// A line of `drivers/iommu/iommu.c`.
pub const fn core(line: u16) -> Cite {
    Cite {
        file: File::Iommu,
        line,
    }
}

impl Cite {
    /// The revision that the line belongs to, for a citation made by the model of `info`.
    pub fn revision(self, info: &Info) -> &'static str {
        match self.file {
            File::IommuSva => info.name,
            File::Iommu => info.core,
        }
    }
}

impl fmt::Display for Cite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.path(), self.line)
    }
}

/// What decided an outcome: the line that took it, and, where that line only passes on what the
/// IOMMU core told it, the line of the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Decision {
    /// The line that decided.
    pub at: Cite,
    /// Why: a line of `iommu.c` that it heeded.
    pub because: Option<Cite>,
}
