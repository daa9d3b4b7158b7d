// SPDX-License-Identifier: GPL-2.0-or-later
//! Rows of a JSON-lines file.

use crate::strict::Traces;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::value::RawValue;
use spec::Case;
use spec::read::shape::object;
use spec::read::{Refused, json_from_line};

/// A row with a case. Other keys are ignored.
#[derive(Debug, Deserialize)]
pub struct CaseRow {
    /// The id: any JSON value, as it was read.
    pub id: Box<RawValue>,
    /// The case.
    pub case: Case,
}

impl CaseRow {
    /// Reads a row from a line with this number.
    ///
    /// # Errors
    ///
    /// If the line is not an object with these keys.
    pub fn read(line: &[u8], number: usize) -> Result<CaseRow, Refused> {
        read(line, number)
    }
}

/// A row with a case and recorded traces. Other keys are ignored.
#[derive(Debug, Deserialize)]
pub struct RecordedRow {
    /// The id: any JSON value, as it was read.
    pub id: Box<RawValue>,
    /// The case.
    pub case: Case,
    /// What each model, or the kernel that it stands for, did.
    pub traces: Traces,
}

impl RecordedRow {
    /// Reads a row from a line with this number.
    ///
    /// # Errors
    ///
    /// If the line is not an object with these keys.
    pub fn read(line: &[u8], number: usize) -> Result<RecordedRow, Refused> {
        read(line, number)
    }
}

fn read<T: DeserializeOwned>(line: &[u8], number: usize) -> Result<T, Refused> {
    struct Row<T>(T);
    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Row<T> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            object(from, "a row").map(Row)
        }
    }
    json_from_line(line, number).map(|Row(row)| row)
}
