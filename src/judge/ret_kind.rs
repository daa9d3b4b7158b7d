// SPDX-License-Identifier: GPL-2.0-or-later
//! Kinds of return values.

use spec::{Errno, Ret};
use std::fmt;

/// What an operation returned, without what varies from case to case.
#[derive(Clone, Copy, Debug, Eq)]
pub enum RetKind {
    /// A handle, returned by one kernel only from an operation that overlapped with another: which
    /// of them returned it first depends on the schedule.
    Handle,
    /// A handle that no earlier operation returned.
    NewHandle,
    /// A handle that an earlier operation returned already.
    SameHandle,
    /// It succeeded, and returned nothing else.
    Ok,
    /// A PASID.
    Pasid,
    /// No PASID, or a page request that nothing answers.
    Invalid,
    /// The mm of a forked child, or the one that answers a page request.
    Mm,
    /// An attached domain.
    Domain,
    /// An error. All errors are equal here, since an injected fault can return any of them; the
    /// decision tells them apart.
    Err(Errno),
    /// The operation was not executed.
    Skipped,
    /// An oops or a hang.
    Died,
}

impl RetKind {
    /// The kind of a return value. A handle counts as one that an earlier operation returned.
    pub(crate) fn of(ret: Ret) -> Self {
        match ret {
            Ret::Handle { .. } => RetKind::SameHandle,
            Ret::Ok => RetKind::Ok,
            Ret::Pasid(_) => RetKind::Pasid,
            Ret::Invalid => RetKind::Invalid,
            Ret::Mm(_) => RetKind::Mm,
            Ret::Domain(_) => RetKind::Domain,
            Ret::Err(errno) => RetKind::Err(errno),
            Ret::Skipped => RetKind::Skipped,
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
