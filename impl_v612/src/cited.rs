// SPDX-License-Identifier: GPL-2.0-or-later
//! The anchors that the code of this crate cites. An anchor that is added to the code must be added
//! here too, so that a revision without a line for it is refused.

use crate::revisions::{FIX_UNBIND_CRASH, INVALIDATE_KERNEL_IOTLB, RESET_NESTED};
use impl_v67::revisions::REFUSE_X86;
use spec::At::*;
use spec::op::RESET;
use spec::revision::Cited;

pub(crate) const CITED: &[Cited] = &[
    Cited {
        at: &[
            NotCompatible,
            Overflow,
            NoMmData,
            NoPasid,
            BindLock,
            SameMm,
            Reuse,
            OtherType,
            NoHandle,
            Join,
            NoDomain,
            AttachFailed,
            Create,
            SetUsers,
            Store,
            FreeHandle,
            Unbind,
            UnbindLock,
            NotLastUser,
            DomainKept,
            DomainFreed,
            UnbindFree,
            GetPasid,
            IopfNoUsers,
            IopfHandled,
            AttachNoPasid,
            AttachRange,
            AttachEntry,
            AttachSet,
            DetachGroup,
            DetachErase,
            GetDomain,
            DomainFree,
            AllocPasid,
        ],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(REFUSE_X86),
        at: &[Refused],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(INVALIDATE_KERNEL_IOTLB),
        until: Some(FIX_UNBIND_CRASH),
        at: &[UnlistMm],
    },
    Cited {
        with: Some(RESET),
        at: &[AttachReset, ResetNested, ResetRemove, ResetSet],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(RESET_NESTED),
        at: &[ResetGoesOn],
        ..Cited::ALWAYS
    },
];
