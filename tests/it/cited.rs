// SPDX-License-Identifier: GPL-2.0-or-later
//! The anchors that a model can cite, and which of those it never can.

use spec::{At, Model};
use svadiff::models::AnyModel;

/// Returns the anchors that the revision of a model has.
pub(crate) fn nameable(model: &AnyModel) -> Vec<At> {
    model.tree().anchors().collect()
}

/// Returns why a model has an anchor and can never cite it, on one CPU. It has these because a
/// stale pointer, or a lock that is never released, would be noticed there.
pub(crate) fn unreachable(model: &str, at: At) -> Option<&'static str> {
    Some(match at {
        At::PasidLock => "every call releases the lock",
        At::BindLock | At::UnbindLock if model != "thread-d" => "every call releases the lock",
        At::SetUsers | At::Store | At::FreeHandle => {
            "the call itself has just allocated the handle"
        }
        At::SameMm => "at the PASID of an mm there is no handle of another",
        // Up to 6.7, a bind looks for a domain, and a driver may have attached one.
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
