// SPDX-License-Identifier: GPL-2.0-or-later
//! The simulated machine: everything that `iommu-sva.c` stands on.
//!
//! [`Machine`] is a value of fixed size: no heap, no pointers, `Copy`. What the kernel refers to by
//! pointer is referred to by index here: domains and handles are numbered in order of allocation
//! and never reused, so a stale index is a dangling pointer and is noticed as one.
//!
//! [`Kernel`] is a machine at work: with an observer, and with the fault that is armed for the
//! operation at hand. Its methods are the kernel's functions, one file for each thing.

mod driver;
mod group;
mod ida;
mod iommu;
mod lock;
mod mm;
mod refcount;
mod slab;
#[cfg(test)]
mod tests;

pub use driver::{Domain, DomainType};
pub use group::{Entry, PasidArrays};
pub use ida::Ida;
pub use iommu::CoreLines;
pub use lock::Mutex;
pub use mm::Mm;
pub use refcount::Refcount;
pub use slab::Handle;

use crate::case::{
    Device, Errno, Fault, MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS, Site, Topology,
};
use crate::model::{Cite, Decision};
use crate::record::Watch;
use crate::trace::{Attached, Live};

/// No index: a null pointer, or the end of a list.
pub const NONE: u8 = u8::MAX;

/// Everything that exists, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Machine {
    pub(crate) devices: [Device; MAX_DEVICES],
    pub(crate) nr_devices: u8,
    /// The devices of each group, bit by bit.
    groups: [u8; MAX_GROUPS],
    pub(crate) mms: [Mm; MAX_MMS],
    pub(crate) nr_mms: u8,
    /// By number. An operation allocates at most one domain and one handle, so [`MAX_OPS`] of each
    /// are enough.
    pub domains: [Domain; MAX_OPS],
    pub(crate) nr_domains: u8,
    pub(crate) handles: [Handle; MAX_OPS],
    pub(crate) nr_handles: u8,
    pub(crate) global_pasids: Ida,
    /// The `pasid_array` of every group.
    pub pasid_arrays: PasidArrays,
    pub(crate) iommu_sva_lock: Mutex,
}

impl Machine {
    /// Becomes the same; copies only what one of the two has ever had, which a search does for each operation.
    #[inline]
    pub fn copy_from(&mut self, from: &Self) {
        let domains = self.nr_domains.max(from.nr_domains) as usize;
        let handles = self.nr_handles.max(from.nr_handles) as usize;
        let mms = self.nr_mms.max(from.nr_mms) as usize;
        self.devices = from.devices;
        self.nr_devices = from.nr_devices;
        self.groups = from.groups;
        copy(&mut self.mms, &from.mms, mms);
        self.nr_mms = from.nr_mms;
        copy(&mut self.domains, &from.domains, domains);
        self.nr_domains = from.nr_domains;
        copy(&mut self.handles, &from.handles, handles);
        self.nr_handles = from.nr_handles;
        self.global_pasids = from.global_pasids;
        self.pasid_arrays.copy_from(&from.pasid_arrays);
        self.iommu_sva_lock = from.iommu_sva_lock;
    }
}

impl Machine {
    /// The machine of a topology that is within the limits of [`crate::case`], at boot.
    ///
    /// # Panics
    ///
    /// If it is not within them. [`crate::read`] lets no such topology through.
    pub fn new(topology: &Topology) -> Self {
        assert!(topology.devices.len() <= MAX_DEVICES && topology.mms.len() <= MAX_MMS);
        let mut machine = Machine {
            devices: [Device {
                group: NONE,
                max_pasids: 0,
                instance: 0,
            }; MAX_DEVICES],
            nr_devices: topology.devices.len() as u8,
            groups: [0; MAX_GROUPS],
            mms: [Mm::FREED; MAX_MMS],
            nr_mms: topology.mms.len() as u8,
            domains: [Domain::NEVER; MAX_OPS],
            nr_domains: 0,
            handles: [Handle::NEVER; MAX_OPS],
            nr_handles: 0,
            global_pasids: Ida::default(),
            pasid_arrays: PasidArrays::default(),
            iommu_sva_lock: Mutex::default(),
        };
        for (dev, device) in topology.devices.iter().enumerate() {
            machine.devices[dev] = *device;
            machine.groups[device.group as usize] |= 1 << dev;
        }
        for (mm, spec) in machine.mms.iter_mut().zip(&topology.mms) {
            *mm = Mm::new(spec.dma_compat);
        }
        machine
    }

    /// How many devices there are.
    pub fn nr_devices(&self) -> usize {
        self.nr_devices as usize
    }

    /// How many mms there ever were, freed ones included.
    pub fn nr_mms(&self) -> usize {
        self.nr_mms as usize
    }

    /// The PASIDs in use.
    pub fn global_pasids(&self) -> &Ida {
        &self.global_pasids
    }

    /// The device at an index below [`Machine::nr_devices`].
    pub fn device(&self, dev: u8) -> &Device {
        &self.devices[dev as usize]
    }

    /// The mm at an index below [`Machine::nr_mms`].
    pub fn mm(&self, mm: u8) -> &Mm {
        &self.mms[mm as usize]
    }

    /// `group->devices`, in order.
    pub fn group_devices(&self, group: u8) -> impl Iterator<Item = u8> + use<> {
        let mut left = self.groups[group as usize];
        std::iter::from_fn(move || {
            let dev = left.trailing_zeros() as u8;
            let rest = left & left.checked_sub(1)?;
            debug_assert!(rest < left, "a device without end");
            left = rest;
            Some(dev)
        })
    }

    /// The domains allocated so far, freed ones included.
    pub fn domains(&self) -> &[Domain] {
        &self.domains[..self.nr_domains as usize]
    }

    /// The handles allocated so far, freed ones included.
    pub fn handles(&self) -> &[Handle] {
        &self.handles[..self.nr_handles as usize]
    }

    /// Whether a call has returned, or died, without releasing `iommu_sva_lock`: it is never held
    /// otherwise, as far as anybody can see between two sections.
    pub fn iommu_sva_lock_is_held(&self) -> bool {
        self.iommu_sva_lock.held
    }

    /// The `pasid_array` of every group.
    pub fn pasid_arrays(&self) -> &PasidArrays {
        &self.pasid_arrays
    }

    /// How many entries point at freed memory.
    pub fn dangling(&self) -> usize {
        let entries = self.pasid_arrays.entries().iter();
        entries.filter(|entry| self.is_dangling(entry)).count()
    }

    /// Whether an entry points at freed memory.
    pub fn is_dangling(&self, entry: &Entry) -> bool {
        let of_handle = entry.handle != NONE && self.handles[entry.handle as usize].freed;
        of_handle || entry.domain != NONE && self.domains[entry.domain as usize].freed
    }

    /// A digest of what a trace shows as left, but not of `mm_data`: equal where that is equal up
    /// to the numbers of domains.
    pub fn left(&self) -> Left {
        let mut left = Left {
            handles: self.handles().iter().filter(|h| !h.freed).count() as u8,
            domains: self.domains().iter().filter(|d| !d.freed).count() as u8,
            pasids: self.global_pasids,
            mm_count: [0; MAX_MMS],
            attached: self.pasid_arrays,
        };
        for (count, mm) in left.mm_count.iter_mut().zip(&self.mms) {
            *count = mm.mm_count;
        }
        left.attached.digest(|entry| self.is_dangling(entry).into());
        left
    }

    /// What exists, as a trace shows it.
    pub fn live(&self) -> Live {
        let mms = &self.mms[..self.nr_mms as usize];
        Live {
            handles: self.handles().iter().filter(|h| !h.freed).count() as u32,
            domains: self.domains().iter().filter(|d| !d.freed).count() as u32,
            mm_data: mms.iter().filter(|mm| mm.iommu_mm).count() as u32,
            pasids: self.global_pasids.iter().collect(),
            mm_count: mms.iter().map(|mm| mm.mm_count as u32).collect(),
            attached: self
                .pasid_arrays
                .entries()
                .iter()
                .map(|entry| Attached {
                    group: entry.group,
                    pasid: entry.pasid,
                    domain: (entry.domain != NONE).then_some(entry.domain.into()),
                    freed: self.is_dangling(entry),
                })
                .collect(),
        }
    }
}

/// What is left after a teardown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Left {
    handles: u8,
    domains: u8,
    pasids: Ida,
    mm_count: [u8; MAX_MMS],
    /// With 1 for a domain that is freed, 0 for one that is not.
    attached: PasidArrays,
}

impl Left {
    /// Whether nothing is left.
    pub fn is_nothing(&self) -> bool {
        *self == Left::default()
    }

    /// In what two of them differ, as bytes.
    pub fn compare(&self, other: &Left) -> [u8; 5] {
        [
            self.handles.cmp(&other.handles),
            self.domains.cmp(&other.domains),
            self.pasids.len().cmp(&other.pasids.len()),
            self.mm_count.cmp(&other.mm_count),
            self.attached.entries().cmp(other.attached.entries()),
        ]
        .map(|order| order as i8 as u8)
    }
}

/// Copies the first items, so many of them at least. Few are copied at once: their number is known
/// to the compiler then, and there is nothing to be called.
#[inline(always)]
pub(crate) fn copy<T: Copy, const N: usize>(to: &mut [T; N], from: &[T; N], items: usize) {
    const FEW: usize = 8;
    if items <= FEW && FEW <= N {
        to[..FEW].copy_from_slice(&from[..FEW]);
    } else {
        to[..items].copy_from_slice(&from[..items]);
    }
}

/// The run is over: the machine can do nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// It read, freed or followed what it must not.
    Oops,
    /// It waits for a lock that nobody will release.
    Hang,
}

/// A complaint of the kernel, as one line of dmesg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Splat {
    /// `WARN_ON()` in `iommu_detach_device_pasid()`: what was erased is not the given domain.
    WarnDetach,
    /// `refcount_inc()` of 0.
    AdditionOnZero,
    /// `refcount_inc()` of a saturated count.
    Saturated,
    /// `refcount_dec_and_test()` of 0, or of a saturated count.
    Underflow,
    /// `ida_free()` of an id that is not allocated.
    IdaFree,
    /// A freed object is read.
    UseAfterFree,
    /// A freed object is freed.
    DoubleFree,
    /// A null pointer is followed.
    NullDeref,
    /// `list_del()` of an entry that is on no list.
    ListDel,
    /// A mutex is taken that nobody can ever release.
    Deadlock,
}

impl Splat {
    /// All of them.
    pub const ALL: [Splat; 10] = [
        Splat::WarnDetach,
        Splat::AdditionOnZero,
        Splat::Saturated,
        Splat::Underflow,
        Splat::IdaFree,
        Splat::UseAfterFree,
        Splat::DoubleFree,
        Splat::NullDeref,
        Splat::ListDel,
        Splat::Deadlock,
    ];

    /// Its text in traces.
    pub fn text(self) -> &'static str {
        match self {
            Splat::WarnDetach => "WARN iommu_detach_device_pasid",
            Splat::AdditionOnZero => "refcount: addition on 0; use-after-free",
            Splat::Saturated => "refcount: saturated; leaking memory",
            Splat::Underflow => "refcount: underflow; use-after-free",
            Splat::IdaFree => "ida_free: id not allocated",
            Splat::UseAfterFree => "use-after-free",
            Splat::DoubleFree => "double-free",
            Splat::NullDeref => "null-deref",
            Splat::ListDel => "null-deref: list_del of an entry never added",
            Splat::Deadlock => "deadlock",
        }
    }

    /// Whether a reference count complains.
    pub fn is_refcount(self) -> bool {
        matches!(
            self,
            Splat::AdditionOnZero | Splat::Saturated | Splat::Underflow
        )
    }

    /// Whether the run ends with it.
    pub fn is_fatal(self) -> bool {
        !matches!(
            self,
            Splat::WarnDetach
                | Splat::AdditionOnZero
                | Splat::Saturated
                | Splat::Underflow
                | Splat::IdaFree
        )
    }
}

/// The fault of one operation, and how often its site was reached so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Armed {
    /// The fault.
    pub fault: Option<Fault>,
    pub(crate) reached: u32,
}

impl Armed {
    /// A fault that has not been reached yet.
    pub fn new(fault: Option<Fault>) -> Self {
        Armed { fault, reached: 0 }
    }

    /// The site is reached: whether it fails, and with what.
    #[inline(always)]
    pub fn strikes(&mut self, site: Site) -> Option<Errno> {
        let fault = self.fault.filter(|fault| fault.site == site)?;
        self.reached += 1;
        (fault.nth == 0 || fault.nth == self.reached).then_some(fault.errno)
    }
}

/// A machine at work on one section of one call.
pub struct Kernel<'a, W> {
    /// The machine.
    pub m: &'a mut Machine,
    /// The fault of the operation at hand.
    pub armed: &'a mut Armed,
    /// Who watches.
    pub watch: &'a mut W,
    /// Where the core functions that all these kernels have in common stand in `iommu.c`.
    pub core: &'static CoreLines,
    /// What the core last said, until a decision of the caller heeds it.
    because: Option<Cite>,
}

impl<'a, W: Watch> Kernel<'a, W> {
    /// A machine at work.
    #[inline(always)]
    pub fn new(
        m: &'a mut Machine,
        armed: &'a mut Armed,
        watch: &'a mut W,
        core: &'static CoreLines,
    ) -> Self {
        Kernel {
            m,
            armed,
            watch,
            core,
            because: None,
        }
    }

    /// The line `at` takes a branch that decides what the call returns or leaves behind.
    #[inline(always)]
    pub fn decide(&mut self, at: Cite) {
        self.because = None;
        self.watch.decide(Decision { at, because: None });
    }

    /// The line `at` decides, and does so because of what the core told it last.
    #[inline(always)]
    pub fn decide_as_told(&mut self, at: Cite) {
        let because = self.because.take();
        self.watch.decide(Decision { at, because });
    }

    /// What the core said last is itself the decision, since its caller is a driver or a device;
    /// where it said nothing, it did as it was asked at the line `at`.
    #[inline(always)]
    pub fn decide_as_core(&mut self, at: Cite) {
        let at = self.because.take().unwrap_or(at);
        self.watch.decide(Decision { at, because: None });
    }

    /// The core did as it was asked; there is nothing for a caller to heed.
    #[inline(always)]
    pub fn say_nothing(&mut self) {
        self.because = None;
    }

    /// The core decides at this line, for whoever called it.
    #[inline(always)]
    pub fn tell(&mut self, at: Cite) {
        self.because = Some(at);
    }

    /// Complains, and goes on.
    #[inline(always)]
    pub fn warn(&mut self, splat: Splat, at: Cite) {
        debug_assert!(!splat.is_fatal());
        self.watch.splat(splat, at);
    }

    /// Complains, and dies.
    #[cold]
    pub fn die(&mut self, splat: Splat, at: Cite) -> Stop {
        debug_assert!(splat.is_fatal());
        self.watch.splat(splat, at);
        self.watch.decide(Decision { at, because: None });
        match splat {
            Splat::Deadlock => Stop::Hang,
            _ => Stop::Oops,
        }
    }
}
