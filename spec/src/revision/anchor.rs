// SPDX-License-Identifier: GPL-2.0-or-later
//! Anchors: the decisions and complaints of the kernel, under one name in every revision.

use std::fmt;

/// The two files whose code is modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum File {
    /// `drivers/iommu/iommu-sva.c`
    IommuSva,
    /// `drivers/iommu/iommu.c`
    Iommu,
}

impl File {
    /// The path in a kernel tree.
    pub fn path(self) -> &'static str {
        match self {
            File::IommuSva => "drivers/iommu/iommu-sva.c",
            File::Iommu => "drivers/iommu/iommu.c",
        }
    }
}

/// Declares the anchors of both files: the variants of [`At`], their names and their files.
macro_rules! anchors {
    ($($file:ident { $($(#[$doc:meta])+ $at:ident = $name:literal;)+ })+) => {
        /// A decision or a complaint of the kernel: a place in the source with the same name in
        /// every revision. A revision's [`Blob`](super::Blob) has its line.
        ///
        /// In one revision, different anchors have different lines.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum At {
            $($($(#[$doc])+ $at,)+)+
        }

        impl At {
            /// All anchors.
            pub const ALL: &[At] = &[$($(At::$at,)+)+];

            /// Returns the name in JSON.
            pub fn name(self) -> &'static str {
                match self {
                    $($(At::$at => $name,)+)+
                }
            }

            /// Returns the file that it is in.
            pub const fn file(self) -> File {
                match self {
                    $($(At::$at)|+ => File::$file,)+
                }
            }
        }
    };
}

anchors! {
    IommuSva {
        /// SVA is refused on x86: `-EOPNOTSUPP`.
        Refused = "refused";
        /// The device does not support PASIDs: `-EOPNOTSUPP`.
        Unsupported = "unsupported";
        /// The device has no PASID for an mm: `-EINVAL`.
        NoRange = "no_range";
        /// The mm cannot be used by devices (`arch_pgtable_dma_compat()`): `-EBUSY`.
        NotCompatible = "not_compatible";
        /// The allocation of the PASID takes `iommu_sva_lock`, if it is a separate section.
        PasidLock = "pasid_lock";
        /// The mm's PASID is beyond what the device supports: `-EOVERFLOW`.
        Overflow = "overflow";
        /// `struct iommu_mm_data` cannot be allocated: `-ENOMEM`.
        NoMmData = "no_mm_data";
        /// No PASID is free that the device supports: `-ENOSPC`, and `-ENOMEM` in 6.2.
        NoPasid = "no_pasid";
        /// The bind takes `iommu_sva_lock`.
        BindLock = "bind_lock";
        /// The search for the device's handle reads a handle of the mm.
        MatchHandle = "match_handle";
        /// The attach handle at the PASID belongs to another mm: `-EBUSY`.
        SameMm = "same_mm";
        /// The existing handle gets another reference and is returned.
        Reuse = "reuse";
        /// The domain attached at the PASID is not an SVA domain: `-EBUSY`.
        OtherType = "other_type";
        /// The handle cannot be allocated: `-ENOMEM`.
        NoHandle = "no_handle";
        /// The handle joins an existing domain: `users++`.
        Join = "join";
        /// The domain cannot be allocated: `-ENOMEM`.
        NoDomain = "no_domain";
        /// The new domain cannot be attached: the error of the attach.
        AttachFailed = "attach_failed";
        /// The new domain is attached and gets its first user.
        Create = "create";
        /// `refcount_set()` of the new handle, if it has its own line.
        SetUsers = "set_users";
        /// The handle's device, and up to 6.10 its domain, are stored.
        Store = "store";
        /// A failed bind frees its handle.
        FreeHandle = "free_handle";
        /// The unbind reads the handle, and from 6.8 on its domain.
        Unbind = "unbind";
        /// The unbind reads the PASID through the domain, if that has its own line.
        UnbindPasid = "unbind_pasid";
        /// The unbind takes `iommu_sva_lock`.
        UnbindLock = "unbind_lock";
        /// The handle has other users: nothing more happens.
        NotLastUser = "not_last_user";
        /// The handle leaves the list of its mm.
        UnlistHandle = "unlist_handle";
        /// The domain has other users and stays.
        DomainKept = "domain_kept";
        /// The domain has no users and is freed.
        DomainFreed = "domain_freed";
        /// The unbind reads the `iommu_mm` of the domain that it has freed.
        UnlistMm = "unlist_mm";
        /// The unbind frees the handle.
        UnbindFree = "unbind_free";
        /// `iommu_sva_get_pasid()` reads the handle, if that has its own line.
        GetPasidHandle = "get_pasid_handle";
        /// `iommu_sva_get_pasid()` returns the PASID.
        GetPasid = "get_pasid";
        /// A page request finds an mm without users: not answered.
        IopfNoUsers = "iopf_no_users";
        /// A page request is answered.
        IopfHandled = "iopf_handled";
    }
    Iommu {
        /// `iommu_attach_device_pasid()`: PASID 0 is `-EINVAL`.
        AttachNoPasid = "attach_no_pasid";
        /// `iommu_attach_device_pasid()`: a device of the group is being reset: `-EBUSY`.
        AttachReset = "attach_reset";
        /// `iommu_attach_device_pasid()`: a device of the group does not support the PASID:
        /// `-EINVAL`.
        AttachRange = "attach_range";
        /// `iommu_attach_device_pasid()`: the entry is taken, or cannot be stored.
        AttachEntry = "attach_entry";
        /// `iommu_attach_device_pasid()`: the driver is called.
        AttachSet = "attach_set";
        /// `iommu_detach_device_pasid()`: the device's group is read.
        DetachGroup = "detach_group";
        /// `iommu_detach_device_pasid()`: the entry is erased. Up to 6.10 this is in the `WARN_ON()`.
        DetachErase = "detach_erase";
        /// `iommu_get_domain_for_dev_pasid()`; from 6.11 on `iommu_attach_handle_get()`.
        GetDomain = "get_domain";
        /// `iommu_sva_domain_alloc()`: the driver allocates. From 6.10 on the function is in
        /// `iommu-sva.c`, and this anchor is not cited.
        SvaDomainAlloc = "sva_domain_alloc";
        /// `iommu_domain_free()` reads the domain.
        DomainFree = "domain_free";
        /// `iommu_alloc_global_pasid()`: the device does not support PASIDs.
        AllocPasidUnsupported = "alloc_pasid_unsupported";
        /// `iommu_alloc_global_pasid()`: the IDA allocates.
        AllocPasid = "alloc_pasid";
        /// `iommu_free_global_pasid()`: the IDA frees.
        FreePasid = "free_pasid";
        /// `pci_dev_reset_iommu_prepare()`: a reset has begun already. In 7.0 one of the group:
        /// `-EBUSY`; later one of the device: nothing more happens.
        ResetNested = "reset_nested";
        /// `pci_dev_reset_iommu_prepare()`: the PASIDs are removed from the device.
        ResetRemove = "reset_remove";
        /// `pci_dev_reset_iommu_done()`: other resets of the device go on.
        ResetGoesOn = "reset_goes_on";
        /// `pci_dev_reset_iommu_done()`: the PASIDs are set again.
        ResetSet = "reset_set";
    }
}

impl At {
    /// Number of anchors.
    pub const COUNT: usize = At::ALL.len();

    /// Returns the anchor with this name.
    pub fn by_name(name: &str) -> Option<At> {
        At::ALL.iter().copied().find(|at| at.name() == name)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
