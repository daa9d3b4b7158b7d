// SPDX-License-Identifier: GPL-2.0-or-later
//! The anchors that the code of this crate cites. An anchor that is added to the code must be added
//! here too, so that a revision without a line for it is refused.

use crate::revisions::{SHARE_HANDLES, SKETCH_HANDLE_LIST};
use impl_v67::revisions::VALIDATE_PASID;
use spec::At::{self, *};
use spec::revision::Cited;

const OF_LIST: &[At] = &[MatchHandle, Reuse, NotLastUser, UnlistHandle];

pub(crate) const CITED: &[Cited] = &[
    Cited {
        at: &[
            NotCompatible,
            Overflow,
            NoMmData,
            NoPasid,
            BindLock,
            NoHandle,
            Join,
            NoDomain,
            AttachFailed,
            Create,
            Store,
            FreeHandle,
            Unbind,
            UnbindLock,
            DomainKept,
            DomainFreed,
            UnbindFree,
            GetPasid,
            IopfNoUsers,
            IopfHandled,
            AttachEntry,
            AttachSet,
            DetachErase,
            GetDomain,
            DomainFree,
            AllocPasid,
        ],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(SHARE_HANDLES),
        at: OF_LIST,
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(SKETCH_HANDLE_LIST),
        at: OF_LIST,
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(VALIDATE_PASID),
        at: &[AttachNoPasid, AttachRange],
        ..Cited::ALWAYS
    },
];
