// SPDX-License-Identifier: GPL-2.0-or-later
//! Which of two models.

/// Which of the two models that are compared does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The first one, or the only one.
    From = 0,
    /// The second one.
    To = 1,
    /// Both alike. This is no difference; it is reported where no kernel may do it.
    Both,
}

impl Side {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Side::From => "from",
            Side::To => "to",
            Side::Both => "both",
        }
    }

    /// Index of the side to report: 0 for both.
    pub fn index(self) -> usize {
        match self {
            Side::From | Side::Both => 0,
            Side::To => 1,
        }
    }
}
