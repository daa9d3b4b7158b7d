// SPDX-License-Identifier: GPL-2.0-or-later
//! A machine at work: observed, with a fault armed, and running the code of some commits.

use super::{Armed, Machine, Splat, Stop};
use crate::model::Decision;
use crate::record::Watch;
use crate::revision::{At, Commit, Commits};

/// A machine at work on one section of one call.
pub struct Kernel<'a, W> {
    /// The machine.
    pub m: &'a mut Machine,
    /// The fault of the operation at hand.
    pub armed: &'a mut Armed,
    /// The observer.
    pub watch: &'a mut W,
    /// The commits that it has.
    commits: Commits,
    /// What the IOMMU core decided last, until a decision of its caller takes it up.
    because: Option<At>,
}

impl<'a, W: Watch> Kernel<'a, W> {
    /// A machine at work, which runs the code of these commits.
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
        }
    }

    /// Whether it has a commit.
    #[inline(always)]
    pub fn has(&self, commit: Commit) -> bool {
        self.commits.has(commit)
    }

    /// Works under another observer, which is made from this one.
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
        };
        let done = work(&mut k);
        self.because = k.because;
        done
    }

    /// The branch at an anchor decides what the call returns or leaves behind.
    #[inline(always)]
    pub fn decide(&mut self, at: At) {
        self.because = None;
        self.watch.decide(Decision { at, because: None });
    }

    /// The branch at an anchor decides, because of what the IOMMU core decided last.
    #[inline(always)]
    pub fn decide_on_core(&mut self, at: At) {
        let because = self.because.take();
        self.watch.decide(Decision { at, because });
    }

    /// What the core decided last is itself the decision, since the caller of the core is a driver or
    /// a device; where the core succeeded, the decision is at this anchor.
    #[inline(always)]
    pub fn decide_in_core(&mut self, at: At) {
        let at = self.because.take().unwrap_or(at);
        self.watch.decide(Decision { at, because: None });
    }

    /// The core decides, for whichever caller.
    #[inline(always)]
    pub fn core_decides(&mut self, at: At) {
        self.because = Some(at);
    }

    /// The core did what it was called for: no decision of its caller is because of it.
    #[inline(always)]
    pub fn core_succeeds(&mut self) {
        self.because = None;
    }

    /// Complains, and goes on.
    #[inline(always)]
    pub fn warn(&mut self, splat: Splat, at: At) {
        debug_assert!(!splat.is_fatal());
        self.watch.splat(splat, at);
    }

    /// Complains, and dies.
    #[cold]
    pub fn die(&mut self, splat: Splat, at: At) -> Stop {
        debug_assert!(splat.is_fatal());
        self.watch.splat(splat, at);
        self.watch.decide(Decision { at, because: None });
        match splat {
            Splat::Deadlock => Stop::Hang,
            _ => Stop::Oops,
        }
    }
}
