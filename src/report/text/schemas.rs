// SPDX-License-Identifier: GPL-2.0-or-later
//! The list of JSON Schemas, as text.

use super::wrap;
use crate::schemas::Schema;

/// The width of the column of names.
const NAME: usize = 22;

pub(super) fn schemas(schemas: &[Schema]) -> String {
    let line = |schema: &Schema| {
        let name = format!("{:NAME$}", schema.name);
        wrap(&name, &" ".repeat(NAME), &schema.what)
    };
    schemas.iter().map(line).collect()
}
