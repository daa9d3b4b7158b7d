// SPDX-License-Identifier: GPL-2.0-or-later
//! A running machine: observed, with a fault armed, and with the code of some commits.

use super::{Armed, Machine, Splat, Stop};
use crate::model::Decision;
use crate::record::Watch;
use crate::revision::{At, Commit, Commits};

/// A machine that runs one section of one call.
#[derive(Debug)]
pub struct Kernel<'a, W> {
    /// The machine. Models access it only through the methods of [`Kernel`], which check every
    /// access.
    pub(crate) m: &'a mut Machine,
    /// The fault of the current operation.
    pub armed: &'a mut Armed,
    /// The observer.
    pub watch: &'a mut W,
    /// The commits whose code it runs.
    commits: Commits,
    /// The last decision of the IOMMU core, until a decision of its caller consumes it.
    because: Option<At>,
    /// How many more accesses the section may make.
    accesses: u32,
}

/// Maximum number of accesses to the machine in one section. The longest correct section walks a
/// list of [`MAX_OPS`](crate::case::MAX_OPS) domains and tries to attach each of them to all
/// devices of a group. A section with more accesses is in an endless loop.
const MOST_ACCESSES: u32 = 1 << 14;

impl<'a, W: Watch> Kernel<'a, W> {
    /// Creates a machine that runs the code of `commits`.
    #[inline(always)]
    pub fn new(
        m: &'a mut Machine,
        armed: &'a mut Armed,
        watch: &'a mut W,
        commits: Commits,
    ) -> Self {
        Kernel {
            m,
            armed,
            watch,
            commits,
            because: None,
            accesses: MOST_ACCESSES,
        }
    }

    /// Counts an access. Ends the run with a soft lockup if the section has made too many accesses.
    #[inline(always)]
    pub(super) fn access(&mut self, at: At) -> Result<(), Stop> {
        self.watch.pass(at);
        match self.accesses.checked_sub(1) {
            Some(rest) => {
                self.accesses = rest;
                Ok(())
            }
            None => Err(self.die(Splat::SoftLockup, at)),
        }
    }

    /// Returns whether the kernel has a commit.
    #[inline(always)]
    pub fn has(&self, commit: Commit) -> bool {
        self.commits.has(commit)
    }

    /// Runs `work` under another observer, which is made from this one.
    pub fn watched_by<'k, V, T>(
        &'k mut self,
        watch: impl FnOnce(&'k mut W) -> V,
        work: impl FnOnce(&mut Kernel<'_, V>) -> T,
    ) -> T {
        let mut watch = watch(self.watch);
        let mut k = Kernel {
            m: &mut *self.m,
            armed: &mut *self.armed,
            watch: &mut watch,
            commits: self.commits,
            because: self.because,
            accesses: self.accesses,
        };
        let done = work(&mut k);
        (self.because, self.accesses) = (k.because, k.accesses);
        done
    }

    /// Records that the branch at an anchor decides what the call returns or leaks.
    #[inline(always)]
    pub fn decide(&mut self, at: At) {
        self.because = None;
        self.watch.decide(Decision { at, because: None });
    }

    /// Records a decision at an anchor, caused by the last decision of the IOMMU core.
    #[inline(always)]
    pub fn decide_on_core(&mut self, at: At) {
        let because = self.because.take();
        self.watch.decide(Decision { at, because });
    }

    /// Records the last decision of the core as the decision itself, because the core's caller is a
    /// driver or a device. If the core succeeded, records the decision at this anchor.
    #[inline(always)]
    pub fn decide_in_core(&mut self, at: At) {
        let at = self.because.take().unwrap_or(at);
        self.watch.decide(Decision { at, because: None });
    }

    /// Records a decision of the core, to be consumed by its caller.
    #[inline(always)]
    pub fn core_decides(&mut self, at: At) {
        self.watch.core(at);
        self.because = Some(at);
    }

    /// Clears the last decision of the core, since the core succeeded.
    #[inline(always)]
    pub fn core_succeeds(&mut self) {
        self.because = None;
    }

    /// Reports a complaint, and continues.
    #[inline(always)]
    pub fn warn(&mut self, splat: Splat, at: At) {
        debug_assert!(!splat.is_fatal());
        self.watch.splat(splat, at);
    }

    /// Reports a complaint, and dies.
    #[cold]
    pub fn die(&mut self, splat: Splat, at: At) -> Stop {
        debug_assert!(splat.is_fatal());
        self.watch.splat(splat, at);
        self.watch.decide(Decision { at, because: None });
        match splat {
            Splat::Deadlock | Splat::SoftLockup => Stop::Hang,
            _ => Stop::Oops,
        }
    }
}
