// SPDX-License-Identifier: GPL-2.0-or-later
//! The anchors that a model can cite, and those of them that it never does.

use impl_v67::revisions::{CHECK_X86_LATE, FIX_SIGNEDNESS, REFUSE_X86};
use impl_v68::revisions::SKETCH_HANDLE_LIST;
use spec::op::{CORE_PASIDS, NO_IOASID_SET};
use spec::{At, File, Model, Tree};
use svadiff::models::AnyModel;

/// Returns the anchors that exist in the revision of a model.
pub(crate) fn nameable(model: &AnyModel) -> Vec<At> {
    model.tree().anchors().collect()
}

/// Returns why a model can never cite an anchor on one CPU although its revision has it; `None` if
/// it can. Such an anchor is for a stale pointer, for a lock that is never released, or behind a
/// check that refuses SVA.
pub(crate) fn unreachable(model: &AnyModel, at: At) -> Option<&'static str> {
    let tree = model.tree();
    let is_sketch = tree.has(SKETCH_HANDLE_LIST);
    Some(match at {
        _ if is_refused(tree, at) => "the bind is refused before",
        At::NoPasid
            if tree.has(NO_IOASID_SET) && !tree.has(FIX_SIGNEDNESS) && !tree.has(CORE_PASIDS) =>
        {
            "an error of the allocator is taken for a PASID"
        }
        At::PasidLock => "every call releases the lock",
        At::BindLock | At::UnbindLock if !is_sketch => "every call releases the lock",
        At::SetUsers | At::Store | At::FreeHandle => {
            "the call itself has just allocated the handle"
        }
        At::SameMm => "at the PASID of an mm there is no handle of another",
        // Up to 6.7, a bind looks up a domain, which a driver may have attached.
        At::OtherType if !matches!(model, AnyModel::V67(_)) => "only binds attach with a handle",
        At::DetachGroup => "the bind has stored the device before its handle is returned",
        At::MatchHandle => "what is on the list has not been freed",
        At::Unbind | At::UnbindPasid | At::GetPasidHandle => {
            "the caller's handle, and its domain, live until then"
        }
        At::UnbindFree => "nothing else frees the caller's handle",
        At::DomainFree => "no domain is freed twice",
        At::UnlistHandle if !is_sketch => "only handles on the list are ever counted as 1",
        At::UnlistHandle | At::DomainKept | At::DomainFreed if is_sketch => {
            "users never is 1, so no unbind gets there"
        }
        _ => return None,
    })
}

/// Returns whether an anchor is behind the check with which a kernel refuses SVA.
fn is_refused(tree: &Tree, at: At) -> bool {
    let before_late_check = matches!(
        at,
        At::NotCompatible | At::PasidLock | At::Overflow | At::NoPasid | At::NoHandle
    );
    let is_behind = match at.file() {
        File::IommuSva => at != At::Refused && !(tree.has(CHECK_X86_LATE) && before_late_check),
        File::Iommu => at == At::SvaDomainAlloc,
    };
    tree.has(REFUSE_X86) && is_behind
}
