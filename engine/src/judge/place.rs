// SPDX-License-Identifier: GPL-2.0-or-later
//! Places in a run.

use std::fmt;

/// The place in a run where something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The operation with this index.
    Op(usize),
    /// The teardown.
    End,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Op(op) => write!(f, "op {op}"),
            Place::End => f.write_str("end"),
        }
    }
}
