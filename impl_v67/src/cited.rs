// SPDX-License-Identifier: GPL-2.0-or-later
//! The anchors that the code of this crate cites. An anchor that is added to the code must be added
//! here too, so that a revision without a line for it is refused.

use spec::At::*;
use spec::revision::Cited;

pub(crate) const CITED: &[Cited] = &[Cited {
    with: None,
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
}];
