// SPDX-License-Identifier: GPL-2.0-or-later
//! The functions of the kernel in which anchors are.

use spec::At;

/// Returns the functions that an anchor is in. The first one has it in the newest kernels; the others
/// have it in some kernel, or are those whose name a splat has because the compiler has inlined it.
pub fn of(at: At) -> &'static [&'static str] {
    const BIND: &str = "iommu_sva_bind_device";
    const UNBIND: &str = "iommu_sva_unbind_device";
    const ATTACH: &str = "iommu_attach_device_pasid";
    match at {
        At::NotCompatible | At::Overflow | At::NoPasid => {
            &["iommu_alloc_mm_data", "iommu_sva_alloc_pasid", BIND]
        }
        At::NoMmData => &["iommu_alloc_mm_data", BIND],
        At::NoRange | At::PasidLock => &["iommu_sva_alloc_pasid", BIND],
        At::NoDomain | At::SvaDomainAlloc => &[BIND, "iommu_sva_domain_alloc"],
        At::Refused
        | At::Unsupported
        | At::BindLock
        | At::MatchHandle
        | At::SameMm
        | At::Reuse
        | At::OtherType
        | At::NoHandle
        | At::Join
        | At::AttachFailed
        | At::Create
        | At::SetUsers
        | At::Store
        | At::FreeHandle => &[BIND],
        At::Unbind
        | At::UnbindPasid
        | At::UnbindLock
        | At::NotLastUser
        | At::UnlistHandle
        | At::DomainKept
        | At::DomainFreed
        | At::UnlistMm
        | At::UnbindFree => &[UNBIND],
        At::GetPasidHandle | At::GetPasid => &["iommu_sva_get_pasid", "mm_get_enqcmd_pasid"],
        At::IopfNoUsers | At::IopfHandled => &[
            "iommu_sva_handle_mm",
            "iommu_sva_handle_iopf",
            "iommu_sva_iopf_handler",
        ],
        At::AttachNoPasid | At::AttachReset | At::AttachRange | At::AttachEntry => &[ATTACH],
        At::AttachSet => &[ATTACH, "__iommu_set_group_pasid"],
        At::DetachGroup => &["iommu_detach_device_pasid"],
        At::DetachErase => &["iommu_detach_device_pasid", "__iommu_remove_group_pasid"],
        At::GetDomain => &[
            "iommu_attach_handle_get",
            "iommu_get_domain_for_dev_pasid",
            "iommu_report_device_fault",
        ],
        At::DomainFree => &["iommu_domain_free"],
        At::AllocPasidUnsupported | At::AllocPasid => &["iommu_alloc_global_pasid"],
        At::FreePasid => &[
            "iommu_free_global_pasid",
            "mm_pasid_drop",
            "__mmdrop",
            "ioasid_free",
            "ida_free",
        ],
        At::ResetNested | At::ResetRemove => &["pci_dev_reset_iommu_prepare"],
        At::ResetGoesOn | At::ResetSet => &["pci_dev_reset_iommu_done"],
    }
}

/// Returns the anchors in a function.
pub fn anchors(function: &str) -> Vec<At> {
    let all = At::ALL.iter().copied();
    all.filter(|at| of(*at).contains(&function)).collect()
}
