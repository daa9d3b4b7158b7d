// SPDX-License-Identifier: GPL-2.0-or-later
//! The anchors that a model can cite, and those of them that it never does.

use spec::{At, Model};
use svadiff::models::AnyModel;

/// Returns the anchors that exist in the revision of a model.
pub(crate) fn nameable(model: &AnyModel) -> Vec<At> {
    model.tree().anchors().collect()
}

/// Returns why a model can never cite an anchor on one CPU although its revision has it; `None` if
/// it can. Such an anchor is for a stale pointer, or for a lock that is never released.
pub(crate) fn unreachable(model: &str, at: At) -> Option<&'static str> {
    Some(match at {
        At::PasidLock => "every call releases the lock",
        At::BindLock | At::UnbindLock if model != "thread-d" => "every call releases the lock",
        At::SetUsers | At::Store | At::FreeHandle => {
            "the call itself has just allocated the handle"
        }
        At::SameMm => "at the PASID of an mm there is no handle of another",
        // Up to 6.7, a bind looks up a domain, which a driver may have attached.
        At::OtherType if model != "v6.7" => "only binds attach with a handle",
        At::DetachGroup => "the bind has stored the device before its handle is returned",
        At::MatchHandle => "what is on the list has not been freed",
        At::Unbind | At::UnbindPasid | At::GetPasidHandle => {
            "the caller's handle, and its domain, live until then"
        }
        At::UnbindFree => "nothing else frees the caller's handle",
        At::DomainFree => "no domain is freed twice",
        At::UnlistHandle if model != "thread-d" => "only handles on the list are ever counted as 1",
        At::UnlistHandle | At::DomainKept | At::DomainFreed if model == "thread-d" => {
            "users never is 1, so no unbind gets there"
        }
        _ => return None,
    })
}
