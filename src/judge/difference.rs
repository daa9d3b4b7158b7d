// SPDX-License-Identifier: GPL-2.0-or-later
//! One difference.

use super::{Cause, Place, View};
use spec::Decision;

/// One difference between two models with one case, or one thing that a model does and no kernel
/// may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where it shows.
    pub place: Place,
    /// The view in which it shows.
    pub view: View,
    /// What it is, regardless of where it shows.
    pub cause: Cause,
    /// What decided on either side. The cause need not contain all of it.
    pub decided: [Option<Decision>; 2],
    /// Whether it is a consequence of an earlier one.
    pub follows: bool,
}

impl Difference {
    /// Whether two models that are judged by themselves do this alike: at the same place, in the same
    /// view, whatever decided it.
    pub fn is_like(&self, other: &Difference) -> bool {
        (self.place, self.view) == (other.place, other.view)
    }
}
