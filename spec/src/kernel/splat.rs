// SPDX-License-Identifier: GPL-2.0-or-later
//! The kernel's complaints, and the end of a run.

/// The run is over: the machine can do nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// It read, freed or followed what it must not.
    Oops,
    /// It waits for a lock that is never released.
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
    /// A mutex is taken that is never released.
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
