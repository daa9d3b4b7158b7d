// SPDX-License-Identifier: GPL-2.0-or-later
//! What can fail within an operation: the fault sites and the errors, each declared once.

use serde::{Serialize, Serializer};

/// A fault to inject while one operation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// The site that fails.
    pub site: Site,
    /// Which arrival at the site fails, counted from 1 within the operation; 0 fails every arrival.
    pub nth: u32,
    /// The error that the site fails with.
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
    /// The errors that calls return and faults inject, with the kernel's names and meanings.
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
    /// No space: an IDA has no free number in its range.
    ENOSPC "ENOSPC",
    /// The value is out of range.
    EOVERFLOW "EOVERFLOW",
    /// The operation is not supported.
    EOPNOTSUPP "EOPNOTSUPP",
    /// The list of arguments is too long: a table has no room.
    E2BIG "E2BIG",
    /// The operation is not permitted.
    EPERM "EPERM",
}

impl Errno {
    /// Returns the number of the error on Linux, which is positive.
    pub const fn number(self) -> u16 {
        match self {
            Errno::EPERM => 1,
            Errno::EIO => 5,
            Errno::E2BIG => 7,
            Errno::ENOMEM => 12,
            Errno::EBUSY => 16,
            Errno::ENODEV => 19,
            Errno::EINVAL => 22,
            Errno::ENOSPC => 28,
            Errno::EOVERFLOW => 75,
            Errno::EOPNOTSUPP => 95,
        }
    }
}

/// The errors that callbacks of IOMMU drivers return.
const OF_DRIVERS: &[Errno] = &[
    Errno::ENOMEM,
    Errno::EINVAL,
    Errno::EIO,
    Errno::ENODEV,
    Errno::EBUSY,
    Errno::EOPNOTSUPP,
    Errno::E2BIG,
    Errno::ENOSPC,
    Errno::EPERM,
];

impl Serialize for Errno {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

/// Properties of a fault site besides its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteInfo {
    /// The errors that the site can fail with.
    pub errnos: &'static [Errno],
    /// The errors that a search tries: one for each group of errors that callers cannot tell apart.
    pub tried: &'static [Errno],
    /// The values of [`Fault::nth`] that a search tries.
    pub nths: &'static [u32],
    /// What is allocated at the site, or `None` if the site is a driver callback.
    pub allocates: Option<&'static str>,
}

/// Declares the fault sites: documentation, variant, name in JSON, and [`SiteInfo`].
macro_rules! sites {
    ( $( $(#[$doc:meta])* $site:ident $name:literal { $($field:ident: $value:expr),* $(,)? } )* ) => {
        named! {
            /// A place where a fault can be injected.
            Site, "site";
            $( $(#[$doc])* $site $name, )*
        }

        impl Site {
            /// Returns the properties of the site.
            pub const fn info(self) -> &'static SiteInfo {
                match self {
                    $( Site::$site => { const INFO: SiteInfo = SiteInfo { $($field: $value),* }; &INFO } )*
                }
            }
        }
    };
}

// To add a site, add it here, at the place where the machine reaches it, and to the weights in
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
    /// The allocator of PASIDs. From 6.6 on, its callers see `IOMMU_PASID_INVALID` with either
    /// error and return `ENOSPC`.
    PasidAlloc "pasid_alloc" {
        errnos: &[Errno::ENOMEM, Errno::ENOSPC],
        tried: &[Errno::ENOMEM],
        nths: &[1],
        allocates: Some("a global PASID"),
    }
    // Before 6.10 a bind returns ENOMEM whatever the error was; from then on it passes on any error,
    // so EIO stands for all of them but ENOMEM, which the kernels also return themselves.
    /// The driver's allocation of an SVA domain.
    DomainAlloc "domain_alloc" {
        errnos: OF_DRIVERS,
        tried: &[Errno::ENOMEM, Errno::EIO],
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
    // The kernels pass on any error of a driver, so EIO stands for all of them. EBUSY is tried as
    // well, because the kernels also return it themselves.
    /// The driver's `set_dev_pasid` callback.
    SetDevPasid "set_dev_pasid" {
        errnos: OF_DRIVERS,
        tried: &[Errno::EIO, Errno::EBUSY],
        nths: &[1, 2, 0],
        allocates: None,
    }
}

impl Site {
    /// Returns the errors that the site can fail with.
    pub const fn errnos(self) -> &'static [Errno] {
        self.info().errnos
    }

    /// Returns the faults at this site that a search tries, in the order in which it tries them.
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
