// SPDX-License-Identifier: GPL-2.0-or-later
//! Rows of a JSON-lines file.

use crate::report::escape_json;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::value::RawValue;
use spec::read::shape::object;
use spec::read::{Refused, json_from_line};
use std::fmt;

/// Reads a row from a line with this number. A row must be an object.
pub(super) fn read<T: DeserializeOwned>(line: &[u8], number: usize) -> Result<T, Refused> {
    struct Row<T>(T);
    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Row<T> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            object(from, "a row").map(Row)
        }
    }
    json_from_line(line, number).map(|Row(row)| row)
}

/// The `id` of a row: any JSON value, printed exactly as it was read.
#[derive(Deserialize)]
pub(super) struct Id(Box<RawValue>);

impl fmt::Display for Id {
    /// Writes the value as JSON, on one line and printable.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape_json(self.0.get()))
    }
}
