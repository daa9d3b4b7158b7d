// SPDX-License-Identifier: GPL-2.0-or-later
//! What can fail within an operation: the fault sites and the errors, each declared once.

use serde::{Serialize, Serializer};

/// A failure that is armed for one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// Where it strikes.
    pub site: Site,
    /// Which arrival at the site within the operation fails: 1 is the first, 0 is every one.
    pub nth: u32,
    /// What the site fails with.
    pub errno: Errno,
}

/// Declares an enum whose variants have a name in JSON.
///
/// Generates the variants in the order of the declaration, `ALL`, `COUNT`, `name()` and
/// `by_name()`.
macro_rules! named {
    (
        $(#[$meta:meta])* $type:ident, $noun:literal;
        $( $(#[$doc:meta])* $variant:ident $name:literal, )*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $type { $( $(#[$doc])* $variant, )* }

        impl $type {
            #[doc = concat!("How many ", $noun, "s there are.")]
            pub const COUNT: usize = [$( $name ),*].len();

            #[doc = concat!("Every ", $noun, ", in the order of the declaration.")]
            pub const ALL: [Self; Self::COUNT] = [$( $type::$variant ),*];

            #[doc = concat!("The name of the ", $noun, " in JSON.")]
            pub const fn name(self) -> &'static str {
                match self { $( $type::$variant => $name, )* }
            }

            #[doc = concat!("The ", $noun, " with this name, or `None` if there is none.")]
            pub fn by_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|this| this.name() == name)
            }
        }
    };
}
pub(crate) use named;

named! {
    /// The errors that the calls return and that faults inject: the kernel's names, with the
    /// kernel's meaning.
    Errno, "errno";
    /// I/O error.
    EIO "EIO",
    /// Out of memory.
    ENOMEM "ENOMEM",
    /// The device, or what it needs, is in use.
    EBUSY "EBUSY",
    /// No such device.
    ENODEV "ENODEV",
    /// Invalid argument.
    EINVAL "EINVAL",
    /// Nothing is free: an IDA has no number left in its range.
    ENOSPC "ENOSPC",
    /// The value is out of range.
    EOVERFLOW "EOVERFLOW",
}

impl Serialize for Errno {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

/// What a fault site declares besides its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteInfo {
    /// The errors that the site can fail with.
    pub errnos: &'static [Errno],
    /// The errors that a search tries: one stands for all that callers cannot tell apart.
    pub tried: &'static [Errno],
    /// The values of [`Fault::nth`] that a search tries.
    pub nths: &'static [u32],
    /// What is allocated here, or `None` where the site is a callback of the driver.
    pub allocates: Option<&'static str>,
}

/// Declares the fault sites: documentation, variant, name in JSON, and [`SiteInfo`].
macro_rules! sites {
    ( $( $(#[$doc:meta])* $site:ident $name:literal { $($field:ident: $value:expr),* $(,)? } )* ) => {
        named! {
            /// Where a fault can strike.
            Site, "site";
            $( $(#[$doc])* $site $name, )*
        }

        impl Site {
            /// What the site declares.
            pub const fn info(self) -> &'static SiteInfo {
                match self {
                    $( Site::$site => { const INFO: SiteInfo = SiteInfo { $($field: $value),* }; &INFO } )*
                }
            }
        }
    };
}

// To add a site, add it here, where the machine reaches it, and to the weights in
// generate/profile.rs.
sites! {
    /// The allocation of `struct iommu_sva`.
    HandleAlloc "handle_alloc" {
        errnos: &[Errno::ENOMEM],
        tried: &[Errno::ENOMEM],
        nths: &[1],
        allocates: Some("struct iommu_sva"),
    }
    /// The allocation of `struct iommu_mm_data` (6.8 and later).
    MmDataAlloc "mm_data_alloc" {
        errnos: &[Errno::ENOMEM],
        tried: &[Errno::ENOMEM],
        nths: &[1],
        allocates: Some("struct iommu_mm_data"),
    }
    /// The IDA of global PASIDs. It fails with either errno; callers see `IOMMU_PASID_INVALID` for
    /// both, and return `ENOSPC`.
    PasidAlloc "pasid_alloc" {
        errnos: &[Errno::ENOMEM, Errno::ENOSPC],
        tried: &[Errno::ENOMEM],
        nths: &[1],
        allocates: Some("a global PASID"),
    }
    /// The driver's allocation of an SVA domain.
    DomainAlloc "domain_alloc" {
        errnos: &[Errno::ENOMEM],
        tried: &[Errno::ENOMEM],
        nths: &[1],
        allocates: Some("an SVA domain"),
    }
    /// Storing into an empty entry of the group's `pasid_array`.
    PasidArray "pasid_array" {
        errnos: &[Errno::ENOMEM],
        tried: &[Errno::ENOMEM],
        nths: &[1, 2, 0],
        allocates: Some("an entry of the pasid_array"),
    }
    // A driver's own errno is passed on, whichever it is, so EIO stands for all; EBUSY is the one
    // that the kernels also return themselves.
    /// The driver's `set_dev_pasid` callback.
    SetDevPasid "set_dev_pasid" {
        errnos: &[Errno::ENOMEM, Errno::EINVAL, Errno::EIO, Errno::ENODEV, Errno::EBUSY],
        tried: &[Errno::EIO, Errno::EBUSY],
        nths: &[1, 2, 0],
        allocates: None,
    }
}

impl Site {
    /// What the site can fail with.
    pub const fn errnos(self) -> &'static [Errno] {
        self.info().errnos
    }

    /// The faults at this site that a search tries, in the order in which it tries them.
    pub fn tried(self) -> impl Iterator<Item = Fault> {
        let SiteInfo { tried, nths, .. } = self.info();
        let site = self;
        nths.iter()
            .flat_map(move |&nth| tried.iter().map(move |&errno| Fault { site, nth, errno }))
    }
}

impl Serialize for Site {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_find_what_they_name() {
        let sites: BTreeSet<_> = Site::ALL.map(Site::name).into();
        let errnos: BTreeSet<_> = Errno::ALL.map(Errno::name).into();
        assert_eq!((sites.len(), errnos.len()), (Site::COUNT, Errno::COUNT));
        for site in Site::ALL {
            assert_eq!(Site::by_name(site.name()), Some(site));
        }
        for errno in Errno::ALL {
            assert_eq!(Errno::by_name(errno.name()), Some(errno));
            assert_eq!(format!("{errno:?}"), errno.name());
        }
        assert_eq!(Site::by_name("EIO"), None);
    }

    #[test]
    fn what_a_search_tries_can_happen() {
        for site in Site::ALL {
            assert!(site.tried().count() > 0);
            for fault in site.tried() {
                assert!(site.errnos().contains(&fault.errno), "{fault:?}");
            }
        }
    }
}
