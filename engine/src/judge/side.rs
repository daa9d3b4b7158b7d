// SPDX-License-Identifier: GPL-2.0-or-later
//! The two sides of a comparison.

/// The side of a comparison that does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The first model, or the only one.
    From = 0,
    /// The second model.
    To = 1,
    /// Both models alike. This is not a difference; it is reported if no kernel may do it.
    Both,
}

impl Side {
    /// Returns its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Side::From => "from",
            Side::To => "to",
            Side::Both => "both",
        }
    }

    /// Returns the index of the side to report; 0 for both.
    pub fn index(self) -> usize {
        match self {
            Side::From | Side::Both => 0,
            Side::To => 1,
        }
    }

    /// Returns the same side of two models in the other order.
    pub fn swapped(self) -> Self {
        match self {
            Side::From => Side::To,
            Side::To => Side::From,
            Side::Both => Side::Both,
        }
    }
}
