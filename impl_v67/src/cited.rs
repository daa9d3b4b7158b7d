// SPDX-License-Identifier: GPL-2.0-or-later
//! The anchors that the code of this crate cites. An anchor that is added to the code must be added
//! here too, so that a revision without a line for it is refused.

use crate::revisions::{DMA_COMPAT, REFUSE_X86};
use spec::At::*;
use spec::op::CORE_PASIDS;
use spec::revision::Cited;

pub(crate) const CITED: &[Cited] = &[
    Cited {
        at: &[
            PasidLock,
            Overflow,
            NoPasid,
            NoHandle,
            BindLock,
            FreeHandle,
            Store,
            Join,
            OtherType,
            NoDomain,
            AttachFailed,
            Create,
            Unbind,
            UnbindPasid,
            UnbindLock,
            DomainKept,
            DomainFreed,
            UnbindFree,
            GetPasidHandle,
            GetPasid,
            IopfNoUsers,
            IopfHandled,
            AttachEntry,
            AttachSet,
            DetachErase,
            GetDomain,
            SvaDomainAlloc,
            DomainFree,
        ],
        ..Cited::ALWAYS
    },
    Cited {
        until: Some(CORE_PASIDS),
        at: &[Unsupported, NoRange],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(DMA_COMPAT),
        at: &[NotCompatible],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(CORE_PASIDS),
        at: &[AllocPasidUnsupported, AllocPasid, FreePasid],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(REFUSE_X86),
        at: &[Refused],
        ..Cited::ALWAYS
    },
];
