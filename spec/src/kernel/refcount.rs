// SPDX-License-Identifier: GPL-2.0-or-later
//! `refcount_t`, the type of a handle's user count.

use super::{HandleId, Kernel, Splat, Stop};
use crate::record::Watch;
use crate::revision::At;

/// A count that saturates, with a warning, instead of wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refcount(pub(crate) u8);

impl Refcount {
    /// Returns the count, or `None` if it is saturated.
    pub fn get(self) -> Option<u8> {
        (self != Refcount::SATURATED).then_some(self.0)
    }

    /// No reference.
    pub const ZERO: Refcount = Refcount(0);
    /// Saturated: no decrement will ever reach 0.
    pub const SATURATED: Refcount = Refcount(u8::MAX);

    fn inc(&mut self) -> Option<Splat> {
        let splat = match *self {
            Refcount::ZERO => Splat::AdditionOnZero,
            Refcount::SATURATED => Splat::Saturated,
            Refcount(n) => {
                *self = Refcount(n + 1);
                return None;
            }
        };
        *self = Refcount::SATURATED;
        Some(splat)
    }

    fn dec_and_test(&mut self) -> Result<bool, Splat> {
        match *self {
            Refcount::ZERO | Refcount::SATURATED => {
                *self = Refcount::SATURATED;
                Err(Splat::Underflow)
            }
            Refcount(n) => {
                *self = Refcount(n - 1);
                Ok(n == 1)
            }
        }
    }
}

impl<W: Watch> Kernel<'_, W> {
    /// `refcount_set(&handle->users, 1)`.
    pub fn refcount_set_one(&mut self, handle: HandleId, at: At) -> Result<(), Stop> {
        self.handle(handle, at)?.users = Refcount(1);
        Ok(())
    }

    /// `refcount_inc(&handle->users)`.
    pub fn refcount_inc(&mut self, handle: HandleId, at: At) -> Result<(), Stop> {
        if let Some(splat) = self.handle(handle, at)?.users.inc() {
            self.warn(splat, at);
        }
        Ok(())
    }

    /// `refcount_dec_and_test(&handle->users)`.
    pub fn refcount_dec_and_test(&mut self, handle: HandleId, at: At) -> Result<bool, Stop> {
        Ok(self
            .handle(handle, at)?
            .users
            .dec_and_test()
            .unwrap_or_else(|splat| {
                self.warn(splat, at);
                false
            }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Refcount, Splat};

    #[test]
    fn a_count_is_told_unless_it_is_saturated() {
        assert_eq!([0, 1, 2].map(|n| Refcount(n).get()), [0, 1, 2].map(Some));
        assert_eq!(Refcount::SATURATED.get(), None);
    }

    #[test]
    fn the_last_of_two_references_reaches_zero() {
        let mut users = Refcount(1);
        assert_eq!(users.inc(), None);
        assert_eq!(users.dec_and_test(), Ok(false));
        assert_eq!(users.dec_and_test(), Ok(true));
    }

    #[test]
    fn an_increment_of_zero_saturates_and_then_nothing_reaches_zero() {
        let mut users = Refcount::ZERO;
        assert_eq!(users.inc(), Some(Splat::AdditionOnZero));
        assert_eq!(users.inc(), Some(Splat::Saturated));
        for _ in 0..3 {
            assert_eq!(users.dec_and_test(), Err(Splat::Underflow));
        }
        assert_eq!(users, Refcount::SATURATED);
    }

    #[test]
    fn a_decrement_of_zero_is_an_underflow_and_saturates() {
        let mut users = Refcount::ZERO;
        assert_eq!(users.dec_and_test(), Err(Splat::Underflow));
        assert_eq!(users.inc(), Some(Splat::Saturated));
    }
}
