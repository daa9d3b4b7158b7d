// SPDX-License-Identifier: GPL-2.0-or-later
//! What a decision means, in the words of an author of drivers.

use super::{Doing, Returned, Shown, Way};
use impl_v67::revisions::{
    ALLOC_FOR_DEVICE, CHECK_X86_LATE, DETACH_LAST_BUSY_IS_OK, FIX_SIGNEDNESS,
};
use impl_v68::revisions::{
    ACCEPT_EBUSY, ACCEPT_EBUSY_DETACH_LAST, SHARE_DOMAINS, SKETCH_HANDLE_LIST,
};
use impl_v612::revisions::ATTACH_HANDLES;
use spec::op::{CORE_PASIDS, NO_IOASID_SET};
use spec::{At, Errno, Splat, Tree};

/// Returns what is decided at an anchor, whatever the outcome, as a sentence without a full stop.
pub fn of_anchor(at: At) -> &'static str {
    match at {
        At::Refused => "this kernel refuses SVA where it is configured for x86",
        At::Unsupported => "the device has no PASIDs: its max_pasids is 0",
        At::NoRange => {
            "the device has no PASID for an mm: its max_pasids is 1, which leaves PASID 0"
        }
        At::NotCompatible => {
            "devices cannot use the page tables of this mm (arch_pgtable_dma_compat()), as with LAM \
             on x86"
        }
        At::PasidLock | At::BindLock => "the bind waits for iommu_sva_lock, which nobody releases",
        At::Overflow => "the PASID that the mm already has is beyond this device's max_pasids",
        At::NoMmData => "there is no memory for the mm's struct iommu_mm_data",
        At::NoPasid => "no PASID below this device's max_pasids is free",
        At::MatchHandle => "the bind looks for a handle of this device on the list of the mm",
        At::SameMm => {
            "the PASID of this mm is attached in the device's group for another mm, so two mms have \
             one PASID"
        }
        At::Reuse => "the mm is bound already: its handle gets one more user and is returned",
        At::OtherType => {
            "a driver has attached a domain of its own at the mm's PASID in the device's group"
        }
        At::NoHandle => "there is no memory for the handle (struct iommu_sva)",
        At::Join => "the new handle joins a domain that the mm already has",
        At::NoDomain => "the IOMMU driver cannot allocate an SVA domain",
        At::AttachFailed => "the new domain cannot be attached to the device's group",
        At::Create => "the mm has no domain that the device could share: it gets a new one",
        At::SetUsers => "the count of the new handle's users is set to 1",
        At::Store => "the bind stores the device in its handle",
        At::FreeHandle => "the bind fails and frees its handle",
        At::Unbind | At::UnbindPasid => {
            "the handle is freed already: it was unbound more often than bound"
        }
        At::UnbindLock => "the unbind waits for iommu_sva_lock, which nobody releases",
        At::NotLastUser => "the handle has other users, so the unbind only counts down",
        At::UnlistHandle => "the handle leaves the list of its mm",
        At::DomainKept => "other handles use the domain, so it stays",
        At::DomainFreed => "this is the last user of the domain, which is detached and freed",
        At::UnlistMm => {
            "the unbind reads the mm after it has freed the domain, which had the last reference to \
             it"
        }
        At::UnbindFree => "the unbind frees the handle",
        At::GetPasidHandle | At::GetPasid => "the PASID of the mm that the handle is for",
        At::IopfNoUsers => "the process of the mm has exited, so nobody can answer",
        At::IopfHandled => "the mm at the PASID answers",
        At::AttachNoPasid => "PASID 0 belongs to the device itself; nothing can be attached there",
        At::AttachReset => "a device of the group is being reset",
        At::AttachRange => "a device in the group has a max_pasids that does not reach this PASID",
        At::AttachEntry => "the PASID is already attached in the device's group",
        At::AttachSet => "set_dev_pasid of the IOMMU driver decided, for a device of the group",
        At::DetachGroup => {
            "the device is not yet stored in the handle, which a bind on another CPU has just made \
             visible"
        }
        At::DetachErase => "the PASID is detached from the device's group",
        At::GetDomain => "what is attached at the PASID serves no mm, or nothing is attached there",
        At::SvaDomainAlloc => "the IOMMU driver cannot allocate an SVA domain",
        At::DomainFree => "the domain is freed already",
        At::AllocPasidUnsupported => "the device has no PASIDs: its max_pasids is 0",
        At::AllocPasid => "the allocator of PASIDs decides, for the device's max_pasids",
        At::FreePasid => "the PASID is given back",
        At::ResetNested => "a reset has begun already",
        At::ResetRemove => "the PASIDs are removed from the device for the reset",
        At::ResetGoesOn => "another reset of the device goes on",
        At::ResetSet => "the PASIDs are set again after the reset",
    }
}

/// The error that a way returns, if it returns one.
fn errno(way: &Way) -> Option<Errno> {
    match way.shown {
        Shown::Ret(Returned::Err(errno)) => Some(errno),
        _ => None,
    }
}

/// Returns what a way of a kernel means, as a sentence without a full stop.
pub fn meaning(tree: &Tree, way: &Way) -> String {
    let Some(decision) = way.decided else {
        return undecided(tree, way).to_owned();
    };
    let at = decision.because.unwrap_or(decision.at);
    let special = match way.shown {
        Shown::Splat(splat) => complaint(tree, at, splat),
        Shown::Leak(_) => lost(at),
        Shown::Ret(Returned::Oops | Returned::Hang) => None,
        Shown::Ret(ret) => returned(tree, way, ret),
    };
    special.unwrap_or_else(|| of_anchor(at)).to_owned()
}

/// Returns what a return value means at this place, if that is more than what the anchor says.
fn returned(tree: &Tree, way: &Way, ret: Returned) -> Option<&'static str> {
    let decision = way.decided?;
    let accepts = [ACCEPT_EBUSY, ACCEPT_EBUSY_DETACH_LAST];
    let accepts = accepts.into_iter().any(|commit| tree.has(commit));
    let last = [ACCEPT_EBUSY_DETACH_LAST, DETACH_LAST_BUSY_IS_OK];
    let detaches_last = last.into_iter().any(|commit| tree.has(commit));
    let failed = errno(way);
    Some(match (decision.at, decision.because) {
        (At::Refused, _) if tree.has(CHECK_X86_LATE) => {
            "this kernel refuses SVA where it is configured for x86, but only after it has \
             allocated the handle, which nobody frees"
        }
        (At::Overflow, _) if !tree.has(NO_IOASID_SET) => {
            "the PASID that the mm already has is not below this device's max_pasids - 1: in this \
             kernel the largest PASID of a device can be used only once"
        }
        (At::Overflow, _) if !tree.has(FIX_SIGNEDNESS) && !tree.has(CORE_PASIDS) => {
            "the PASID that the mm already has is beyond this device's max_pasids; in this kernel \
             it can be an error of the allocator that was taken for a PASID"
        }
        (At::NoPasid, None) if !tree.has(NO_IOASID_SET) => {
            "no PASID below this device's max_pasids is free, or there is no memory for one; this \
             kernel does not tell them apart"
        }
        (At::NoPasid, None) if failed == Some(Errno::ENOMEM) => "there is no memory for a PASID",
        (At::NoPasid, Some(At::AllocPasidUnsupported)) => {
            "the device has no PASIDs: its max_pasids is 0"
        }
        (At::NoPasid, _) if tree.has(CORE_PASIDS) => {
            "no PASID below this device's max_pasids is free, or there is no memory for one"
        }
        (At::Reuse, _) if tree.has(ATTACH_HANDLES) => {
            "the mm is already bound in the device's group: the handle there gets one more user and \
             is returned"
        }
        (At::Reuse, _) => {
            "the mm is already bound to this device: its handle gets one more user and is returned"
        }
        (At::Join, Some(_)) if accepts => {
            "the attach said -EBUSY, which this kernel takes for success: the new handle joins the \
             newest domain of the mm"
        }
        (At::Join, Some(_)) => {
            "the PASID is attached already, and the attach of this kernel says success all the \
             same: the new handle joins the newest domain of the mm"
        }
        (At::Create, Some(_)) => {
            "the PASID is attached already, and the attach of this kernel says success all the \
             same: the mm gets a domain that is attached to nothing"
        }
        (At::Join, _) if tree.has(SHARE_DOMAINS) => {
            "the mm is bound to another device: the new handle joins its domain, which is attached \
             to this device's group as well"
        }
        (At::Join, _) => {
            "the mm is already bound in the device's group: a new handle joins the domain there"
        }
        (At::Create, _) if !tree.has(SHARE_DOMAINS) => {
            "the mm is not yet bound in the device's group: it gets a new domain there"
        }
        (At::NoDomain, Some(_)) => {
            "the IOMMU driver cannot allocate an SVA domain; this kernel returns -ENOMEM whatever \
             the reason"
        }
        (At::NoDomain, None) if tree.has(ALLOC_FOR_DEVICE) => {
            "the IOMMU driver's domain_alloc_sva returned this error"
        }
        (At::NoDomain, None) => {
            "the IOMMU driver cannot allocate an SVA domain; this kernel returns -ENOMEM whatever \
             the reason"
        }
        (At::AttachFailed, Some(At::AttachEntry)) if failed == Some(Errno::ENOMEM) => {
            "there is no memory for the PASID's entry in the array of the device's group"
        }
        (At::AttachFailed, Some(At::AttachEntry)) => {
            "the PASID of this mm is already attached in the device's group"
        }
        (At::AttachFailed, Some(At::AttachRange)) => {
            "a device in the group has a max_pasids that does not reach the PASID of this mm"
        }
        (At::AttachFailed | At::AttachSet, Some(At::AttachSet) | None) if failed.is_some() => {
            match failed {
                Some(Errno::EINVAL) => {
                    "set_dev_pasid of the IOMMU driver returned this error for a device of the \
                     group, as it does for a domain that belongs to another IOMMU"
                }
                _ => {
                    "set_dev_pasid of the IOMMU driver returned this error for a device of the group"
                }
            }
        }
        (At::AttachEntry, _) if failed == Some(Errno::ENOMEM) => {
            "there is no memory for the PASID's entry in the array of the device's group"
        }
        (At::AttachEntry, _) if failed.is_none() => {
            "the PASID is attached already, and the attach of this kernel says success all the same"
        }
        (At::AttachSet, _) => "set_dev_pasid of the IOMMU driver succeeded for the whole group",
        (At::DomainKept, _) if tree.has(SHARE_DOMAINS) && !detaches_last => {
            "other handles use the domain, so it stays; it is detached from this device's group"
        }
        (At::AllocPasid, _) if ret == Returned::Invalid => {
            "no PASID below this device's max_pasids is free, or there is no memory for one"
        }
        (At::AllocPasid, _) => "the smallest free PASID below this device's max_pasids",
        (At::DetachErase, _) => {
            "the PASID is detached from the device's group, and its domain freed"
        }
        _ => return None,
    })
}

/// Returns what a complaint means at this place, if that is more than what the anchor says.
fn complaint(tree: &Tree, at: At, splat: Splat) -> Option<&'static str> {
    Some(match (splat, at) {
        (Splat::WarnDetach, _) => {
            "what is erased at the PASID is not the domain that is being detached: nothing is \
             attached there, or something else"
        }
        (Splat::AdditionOnZero, _) if tree.has(SKETCH_HANDLE_LIST) => {
            "the bind finds a handle whose count of users was never set to 1"
        }
        (Splat::AdditionOnZero | Splat::Saturated, _) => {
            "the count of the handle's users is not what its users are"
        }
        (Splat::Underflow, _) => {
            "the count of the handle's users is 0 although it is in use: nothing has set it to 1"
        }
        (Splat::IdaFree | Splat::IoasidFree, _) => {
            "a PASID is given back that is not allocated: it was freed twice"
        }
        (Splat::WarnResetPrepare, _) => "a reset of the group has begun already",
        (Splat::WarnResetDone, _) => {
            "set_dev_pasid of the IOMMU driver failed for a PASID that was there before the reset"
        }
        (Splat::UseAfterFree, At::GetPasidHandle | At::GetPasid) => {
            "the handle is freed already: it was unbound before"
        }
        (Splat::UseAfterFree, At::GetDomain) => {
            "what is attached at the PASID is a freed domain: it was freed while a group still had \
             it"
        }
        _ => return None,
    })
}

/// Returns how something is lost at this place.
fn lost(at: At) -> Option<&'static str> {
    Some(match at {
        At::NotLastUser => {
            "the count of the handle's users never comes to 0, so the handle is not freed, nor what \
             it holds"
        }
        At::DomainFreed => {
            "the domain is freed while another group has it attached, since only the group of the \
             last handle is detached"
        }
        At::SvaDomainAlloc | At::NoDomain => {
            "the domain cannot be allocated, and this way out of the bind forgets the handle"
        }
        At::Refused => "SVA is refused after the handle is allocated, and nobody frees the handle",
        _ => return None,
    })
}

/// Returns what an outcome means that no anchor decides.
fn undecided(tree: &Tree, way: &Way) -> &'static str {
    match (way.doing, way.shown) {
        (Doing::Op(code), Shown::Ret(Returned::Skipped)) => {
            let made = code.info().names().map_or(code, spec::OpCode::that_holds);
            match made.info().exists(tree.commits) {
                true => {
                    "it does not run: it names a device, mm or operation that is not there, or not \
                     any more"
                }
                false => "it does not run: this kernel does not have it",
            }
        }
        (Doing::End, _) => "everything is released, and nothing is complained of",
        (_, Shown::Ret(Returned::Pasid)) => "the mm has a PASID, or one is free",
        (_, Shown::Ret(Returned::Invalid)) => "there is no PASID",
        (_, Shown::Ret(Returned::Mm)) => "the process has forked",
        (Doing::Op(code), Shown::Ret(Returned::Ok)) if code.info().ends_mm => {
            "the process has exited"
        }
        (_, Shown::Ret(Returned::Ok)) => "it is given back",
        _ => "the code that decides it is not modelled",
    }
}

/// Whether a proposal says success to an attach of what is attached already.
#[cfg(test)]
fn says_success(tree: &Tree) -> bool {
    tree.has(DETACH_LAST_BUSY_IS_OK)
}

#[cfg(test)]
mod tests {
    use super::{meaning, of_anchor, says_success};
    use crate::models::all;
    use crate::why::{Doing, Returned, Shown, Way};
    use spec::{At, Decision, Errno, Model, OpCode};

    #[test]
    fn every_anchor_has_a_sentence_of_its_own_without_a_full_stop() {
        for &at in At::ALL {
            let text = of_anchor(at);
            assert!(text.len() > 12 && !text.ends_with('.'), "{at}: {text}");
            assert!(!text.contains("  ") && text.is_ascii(), "{at}: {text}");
        }
    }

    #[test]
    fn a_taken_pasid_is_success_in_one_proposal_and_an_error_in_all_other_kernels() {
        let way = |ret| Way {
            doing: Doing::Op(OpCode::Attach),
            shown: Shown::Ret(ret),
            decided: Some(Decision {
                at: At::AttachEntry,
                because: None,
            }),
        };
        for model in all() {
            let says = |ret| meaning(model.tree(), &way(ret));
            let refused = says(Returned::Err(Errno::EBUSY));
            assert_eq!(
                refused,
                "the PASID is already attached in the device's group"
            );
            assert!(says(Returned::Err(Errno::ENOMEM)).contains("memory"));
            if says_success(model.tree()) {
                assert!(says(Returned::Domain).contains("success"));
            }
        }
    }
}
