// SPDX-License-Identifier: GPL-2.0-or-later
//! PASIDs as the machine stores them, and as the numbers that callers see.
//!
//! The machine keeps a PASID in 16 bits. All PASIDs that an allocator gives out are below
//! [`MAX_PASIDS`](crate::case::MAX_PASIDS). Linux 6.4 also returns errors of its allocator as
//! PASIDs, such as 4294967268 for `-ENOSPC`. Of these, the machine keeps the low 16 bits. They are
//! at least [`FIRST_ERROR`], so no two PASIDs are stored alike.

use crate::case::Errno;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The lowest 16 bits of a PASID that is an error: `-MAX_ERRNO`, as in the kernel.
pub const FIRST_ERROR: u16 = 0xf001;

/// Returns the PASID that Linux 6.4 makes of an error, as the machine stores it.
pub const fn of_error(errno: Errno) -> u16 {
    errno.number().wrapping_neg()
}

/// Returns the number that callers see for a stored PASID.
pub const fn number(pasid: u16) -> u32 {
    match pasid < FIRST_ERROR {
        true => pasid as u32,
        false => 0xffff_0000 | pasid as u32,
    }
}

/// Returns how the machine stores a PASID with this number; `None` if there is no such PASID.
pub const fn from_number(pasid: u32) -> Option<u16> {
    match number(pasid as u16) == pasid {
        true => Some(pasid as u16),
        false => None,
    }
}

/// Serializes a stored PASID as the number that callers see.
pub fn serialize<S: Serializer>(pasid: &u16, s: S) -> Result<S::Ok, S::Error> {
    number(*pasid).serialize(s)
}

/// Deserializes the number of a PASID.
///
/// # Errors
///
/// If it is not a number of a PASID.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    let pasid = u32::deserialize(from)?;
    from_number(pasid).ok_or_else(|| de::Error::custom(format!("{pasid} is not a PASID")))
}

#[cfg(test)]
mod tests {
    use super::{from_number, number, of_error};
    use crate::case::{Errno, MAX_PASIDS};

    #[test]
    fn an_error_taken_for_a_pasid_is_the_number_that_callers_were_recorded_to_see() {
        assert_eq!(number(of_error(Errno::ENOSPC)), 4_294_967_268);
        assert_eq!(number(of_error(Errno::ENOMEM)), 4_294_967_284);
    }

    #[test]
    fn every_stored_pasid_has_a_number_of_its_own() {
        for pasid in 0..=u16::MAX {
            assert_eq!(from_number(number(pasid)), Some(pasid));
        }
        for pasid in 0..MAX_PASIDS {
            assert_eq!(number(pasid), u32::from(pasid));
        }
        for pasid in [0xf001, 0x1_0000, 0xffff_f000, 0xffff_0000] {
            assert_eq!(from_number(pasid), None, "{pasid}");
        }
        assert_eq!(from_number(u32::MAX), Some(u16::MAX));
    }
}
