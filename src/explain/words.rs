// SPDX-License-Identifier: GPL-2.0-or-later
//! The function of each anchor, and what it means that a branch there decides.

use crate::models::AnyModel;
use crate::why::functions;
use spec::{At, Model, Splat};

/// Returns the function that an anchor is in.
pub(super) fn function(model: AnyModel, at: At) -> &'static str {
    match (at, model) {
        (
            At::NoRange
            | At::NotCompatible
            | At::PasidLock
            | At::Overflow
            | At::NoMmData
            | At::NoPasid,
            AnyModel::V67(_),
        ) => "iommu_sva_alloc_pasid",
        (At::NoRange | At::PasidLock, _) => "iommu_alloc_mm_data",
        (At::SvaDomainAlloc, _) => "iommu_sva_domain_alloc",
        (At::IopfNoUsers | At::IopfHandled, AnyModel::V67(_) | AnyModel::V68(_))
            if !is_from(model, "v6.9") =>
        {
            "iommu_sva_handle_iopf"
        }
        (At::GetDomain, AnyModel::V67(_) | AnyModel::V68(_)) => "iommu_get_domain_for_dev_pasid",
        // The others have one function, or it comes first.
        _ => functions::of(at)[0],
    }
}

/// Returns whether a model is this one, or was made from it.
fn is_from(model: AnyModel, name: &str) -> bool {
    let tree = model.tree();
    let mut ancestors = tree.graph.ancestors(tree).into_iter();
    ancestors.any(|tree| tree.name() == name)
}

/// Returns what it means that the branch at an anchor decides, as a clause.
pub(super) fn decided(at: At) -> &'static str {
    match at {
        At::Refused => "SVA is refused on x86: -EOPNOTSUPP",
        At::Unsupported => "the device does not support PASIDs: -EOPNOTSUPP",
        At::NoRange => "the device has no PASID that an mm can get: -EINVAL",
        At::NotCompatible => "devices cannot use the mm: -EBUSY",
        At::PasidLock | At::BindLock | At::UnbindLock => "waits for iommu_sva_lock",
        At::Overflow => "the PASID of the mm is beyond what the device supports: -EOVERFLOW",
        At::NoMmData => "struct iommu_mm_data cannot be allocated: -ENOMEM",
        At::NoPasid => "the mm gets no PASID",
        At::MatchHandle => "reads a handle of the mm",
        At::SameMm => "the handle at the PASID is of another mm: -EBUSY",
        At::Reuse => "the handle that is there gets one more user, and is returned",
        At::OtherType => "the domain at the PASID is not an SVA domain: -EBUSY",
        At::NoHandle => "the handle cannot be allocated: -ENOMEM",
        At::Join => "the handle joins the domain: one more user",
        At::NoDomain => "there is no domain for the handle",
        At::AttachFailed => "the new domain cannot be attached",
        At::Create => "the new domain is attached, and has its first user",
        At::SetUsers => "the handle has one user",
        At::Store => "the handle gets its device",
        At::FreeHandle | At::UnbindFree => "frees the handle",
        At::Unbind | At::UnbindPasid | At::GetPasidHandle => "reads the handle",
        At::NotLastUser => "the handle has other users, so nothing else is done",
        At::UnlistHandle => "takes the handle off the list of the mm",
        At::DomainKept => "the domain has other users, and stays",
        At::DomainFreed => "the domain has no users left, and goes",
        At::UnlistMm => "reads the iommu_mm of the domain that was freed",
        At::GetPasid => "reads the PASID of the mm",
        At::IopfNoUsers => "the mm has no users: the page request is not answered",
        At::IopfHandled => "the mm answers the page request",
        At::AttachNoPasid => "PASID 0 is not for domains: -EINVAL",
        At::AttachReset => "a device of the group is being reset: -EBUSY",
        At::AttachRange => "a device of the group does not support the PASID: -EINVAL",
        At::AttachEntry => "the entry of the PASID is taken, or there is no memory for it",
        At::AttachSet => "the PASID is set on the devices of the group",
        At::DetachGroup => "reads the group of the device",
        At::DetachErase => "erases the entry of the PASID",
        At::GetDomain => "nothing at the PASID answers",
        At::SvaDomainAlloc => "the driver allocates no domain",
        At::DomainFree => "frees the domain",
        At::AllocPasidUnsupported => "the device does not support PASIDs",
        At::AllocPasid => "the IDA gives a PASID, or none",
        At::FreePasid => "gives the PASID back",
        At::ResetNested => "a reset has begun already",
        At::ResetRemove => "the PASIDs are removed from the device",
        At::ResetGoesOn => "other resets of the device go on",
        At::ResetSet => "the PASIDs are set on the device again",
    }
}

/// Returns a complaint as a clause.
pub(super) fn complains(splat: Splat) -> String {
    match splat.is_fatal() {
        true => format!("{}: the kernel dies here", splat.text()),
        false => splat.text().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::function;
    use crate::models::by_name;
    use spec::At;

    #[test]
    fn the_fault_handler_has_the_name_that_it_has_in_the_kernel() {
        // 6.9 splits it: the function that is queued calls another one for each fault.
        for (name, expected) in [
            ("v6.2", "iommu_sva_handle_iopf"),
            ("v6.8", "iommu_sva_handle_iopf"),
            ("v6.8.12", "iommu_sva_handle_iopf"),
            ("thread-a", "iommu_sva_handle_iopf"),
            ("v6.9", "iommu_sva_handle_mm"),
            ("v6.9.3", "iommu_sva_handle_mm"),
            ("v6.10", "iommu_sva_handle_mm"),
            ("v6.12", "iommu_sva_handle_mm"),
        ] {
            let model = by_name(name).expect("a model");
            for at in [At::IopfNoUsers, At::IopfHandled] {
                assert_eq!(function(model, at), expected, "{name}");
            }
        }
    }
}
