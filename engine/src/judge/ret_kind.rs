// SPDX-License-Identifier: GPL-2.0-or-later
//! Kinds of return values.

use spec::{Errno, Ret};
use std::fmt;

/// The kind of a return value, without the parts that vary from case to case.
#[derive(Clone, Copy, Debug, Eq)]
pub enum RetKind {
    /// A handle that only one kernel returned, from an operation that overlapped with another one.
    /// Which operation returned it first depends on the schedule.
    Handle,
    /// A handle that no earlier operation returned.
    NewHandle,
    /// A handle that an earlier operation had already returned.
    SameHandle,
    /// Success, without a value.
    Ok,
    /// A PASID.
    Pasid,
    /// No PASID, or a page request that nothing answered.
    Invalid,
    /// An mm: that of a forked child, or the one that answered a page request.
    Mm,
    /// An attached domain.
    Domain,
    /// An error. All errors compare equal, because an injected fault can return any of them; the
    /// decision distinguishes them.
    Err(Errno),
    /// Nothing: the operation was skipped.
    Skipped,
    /// An oops or a hang.
    Died,
}

impl RetKind {
    /// Returns the kind of a return value. A handle is taken for one that an earlier operation
    /// returned.
    pub(crate) fn of(ret: Ret) -> Self {
        match ret {
            Ret::Handle { .. } => RetKind::SameHandle,
            Ret::Ok => RetKind::Ok,
            Ret::Pasid(_) => RetKind::Pasid,
            Ret::Invalid => RetKind::Invalid,
            Ret::Mm(_) => RetKind::Mm,
            Ret::Domain(_) => RetKind::Domain,
            Ret::Err(errno) => RetKind::Err(errno),
            Ret::Skipped | Ret::Lacking => RetKind::Skipped,
            Ret::Oops | Ret::Hang | Ret::Unfinished => RetKind::Died,
        }
    }

    fn key(self) -> u8 {
        match self {
            RetKind::Handle => 10,
            RetKind::NewHandle => 0,
            RetKind::SameHandle => 1,
            RetKind::Ok => 2,
            RetKind::Pasid => 3,
            RetKind::Invalid => 4,
            RetKind::Mm => 5,
            RetKind::Domain => 6,
            RetKind::Err(_) => 7,
            RetKind::Skipped => 8,
            RetKind::Died => 9,
        }
    }
}

impl PartialEq for RetKind {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl std::hash::Hash for RetKind {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for RetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RetKind::Handle => "a handle",
            RetKind::NewHandle => "a new handle",
            RetKind::SameHandle => "the handle of an earlier bind",
            RetKind::Ok => "ok",
            RetKind::Pasid => "a PASID",
            RetKind::Invalid => "invalid",
            RetKind::Mm => "an mm",
            RetKind::Domain => "success",
            RetKind::Err(errno) => return write!(f, "-{}", errno.name()),
            RetKind::Skipped => "skipped",
            RetKind::Died => "an oops or a hang",
        })
    }
}
