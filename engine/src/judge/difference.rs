// SPDX-License-Identifier: GPL-2.0-or-later
//! A difference between two models, or a misbehaviour of one.

use super::{Cause, Place, View};
use spec::Decision;

/// One difference between two models with a case, or one thing that a model does and no kernel may
/// do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The place where the difference shows.
    pub place: Place,
    /// The view in which the difference shows.
    pub view: View,
    /// The cause, regardless of the place.
    pub cause: Cause,
    /// The decision on each side. The cause does not always contain both.
    pub decided: [Option<Decision>; 2],
    /// Whether it is a consequence of an earlier difference.
    pub follows: bool,
}

impl Difference {
    /// Returns whether this difference and `other`, from two models judged one by one, are the same
    /// misbehaviour: the same kind at the same place in the same view, whatever decided it.
    pub fn is_like(&self, other: &Difference) -> bool {
        (self.place, self.view) == (other.place, other.view)
    }
}
