// SPDX-License-Identifier: GPL-2.0-or-later
//! The kernel's complaints, and the end of a run.

/// Why a run stops: the machine can do nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// The kernel died of an invalid access.
    Oops,
    /// A CPU waits for a lock that is never released.
    Hang,
}

/// How the kernel continues after a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// It continues.
    GoesOn,
    /// It continues with a saturated reference count, which complains again.
    Refcount,
    /// The run ends.
    Ends,
}

/// Declares the complaints: documentation, variant, text in traces, and [`After`].
macro_rules! splats {
    ( $( $(#[$doc:meta])+ $splat:ident $text:literal $after:ident, )+ ) => {
        /// A complaint of the kernel, printed as one line of dmesg.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Splat {
            $( $(#[$doc])+ $splat, )+
        }

        impl Splat {
            /// All splats.
            pub const ALL: &[Splat] = &[$( Splat::$splat ),+];

            /// Returns the text in traces.
            pub fn text(self) -> &'static str {
                match self {
                    $( Splat::$splat => $text, )+
                }
            }

            fn after(self) -> After {
                match self {
                    $( Splat::$splat => After::$after, )+
                }
            }
        }
    };
}

splats! {
    /// `WARN_ON()` in `iommu_detach_device_pasid()`: the erased entry is not the given domain.
    WarnDetach "WARN iommu_detach_device_pasid" GoesOn,
    /// `refcount_inc()` of 0.
    AdditionOnZero "refcount: addition on 0; use-after-free" Refcount,
    /// `refcount_inc()` of a saturated count.
    Saturated "refcount: saturated; leaking memory" Refcount,
    /// `refcount_dec_and_test()` of 0, or of a saturated count.
    Underflow "refcount: underflow; use-after-free" Refcount,
    /// `ida_free()` of an id that is not allocated.
    IdaFree "ida_free: id not allocated" GoesOn,
    /// `ioasid_free()` of an id that is not allocated.
    IoasidFree "ioasid_free: unknown IOASID" GoesOn,
    /// `WARN_ON()` in `pci_dev_reset_iommu_prepare()`: the group is being reset already.
    WarnResetPrepare "WARN pci_dev_reset_iommu_prepare" GoesOn,
    /// `WARN_ON()` in `pci_dev_reset_iommu_done()`: the driver did not set a PASID again.
    WarnResetDone "WARN pci_dev_reset_iommu_done" GoesOn,
    /// A freed object is read.
    UseAfterFree "use-after-free" Ends,
    /// A freed object is freed.
    DoubleFree "double-free" Ends,
    /// A null pointer is followed.
    NullDeref "null-deref" Ends,
    /// `list_del()` of an entry that is on no list.
    ListDel "null-deref: list_del of an entry never added" Ends,
    /// `list_del()` of an entry that was deleted before.
    ListDelAgain "list_del corruption: the entry was deleted before" Ends,
    /// `list_add()` of an entry that is on a list.
    ListAddAgain "list_add double add" Ends,
    /// A mutex is taken that is never released.
    Deadlock "deadlock" Ends,
    /// A mutex is released that is not held.
    UnlockBalance "WARNING: bad unlock balance detected!" GoesOn,
    /// An mm that has a PASID gets another one.
    PasidOverwritten "PASID stored over another" GoesOn,
    /// The array of a group has no memory for another entry.
    OutOfMemory "Out of memory" Ends,
    /// A section does not end, or a call does not reach its last section.
    SoftLockup "watchdog: BUG: soft lockup" Ends,
}

impl Splat {
    /// Returns whether it is a warning of a reference count.
    pub fn is_refcount(self) -> bool {
        self.after() == After::Refcount
    }

    /// Returns whether the run ends with it.
    pub fn is_fatal(self) -> bool {
        self.after() == After::Ends
    }
}
