// SPDX-License-Identifier: GPL-2.0-or-later
//! Indexes in place of pointers. Each kind of object has its own type, so that a device cannot be
//! confused with an mm, or a domain with a handle.

use super::NONE;
use std::fmt;

macro_rules! indexes {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u8);

        impl $name {
            /// A null pointer, or the end of a list.
            pub const NULL: $name = $name(NONE);

            /// Returns the index `raw`, or null if it is [`NONE`].
            #[inline(always)]
            pub const fn new(raw: u8) -> Self {
                $name(raw)
            }

            /// Returns the index as a number, or [`NONE`] if it is null.
            #[inline(always)]
            pub const fn raw(self) -> u8 {
                self.0
            }

            /// Returns the index into an array. Null is out of range for every array.
            #[inline(always)]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// Returns whether it is null.
            #[inline(always)]
            pub const fn is_null(self) -> bool {
                self.0 == NONE
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.is_null() {
                    true => write!(f, "null"),
                    false => write!(f, "{}({})", stringify!($name), self.0),
                }
            }
        }
    )+};
}

indexes! {
    /// A `struct device *`.
    DeviceId;
    /// A `struct mm_struct *`.
    MmId;
    /// A `struct iommu_domain *`.
    DomainId;
    /// A `struct iommu_sva *`.
    HandleId;
}

#[cfg(test)]
mod tests {
    use super::{DomainId, HandleId, NONE};

    #[test]
    fn null_is_no_index() {
        assert!(DomainId::NULL.is_null() && DomainId::new(NONE).is_null());
        assert!(!DomainId::new(0).is_null());
        assert_eq!((HandleId::new(3).raw(), HandleId::new(3).index()), (3, 3));
        assert_eq!(
            format!("{:?} {:?}", HandleId::new(3), HandleId::NULL),
            "HandleId(3) null"
        );
    }
}
