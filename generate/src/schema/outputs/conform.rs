// SPDX-License-Identifier: GPL-2.0-or-later
//! What `conform` prints.

use crate::schema::names::{Count, ModelName};
use schemars::JsonSchema;
use serde_json::Value;
use spec::Case;
use std::collections::BTreeMap;

/// The result of comparing recorded traces with models.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "conform", deny_unknown_fields)]
pub struct Conform {
    /// The number of rows.
    pub rows: Count,
    /// The number of traces that were compared.
    pub traces: Count,
    /// The number of traces that a model does not reproduce.
    pub mismatches: Count,
    /// The counts of each model.
    pub models: BTreeMap<String, Conforming>,
    /// The first mismatches.
    #[schemars(length(max = 10))]
    pub shown: Vec<Mismatch>,
}

/// The counts of a model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "conforming", deny_unknown_fields)]
pub struct Conforming {
    /// The number of its traces.
    pub traces: Count,
    /// The number of those that it does not reproduce.
    pub wrong: Count,
}

/// A recorded trace that a model does not reproduce.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "mismatch", deny_unknown_fields)]
pub struct Mismatch {
    /// The file.
    pub file: String,
    /// The line of the row, from 1.
    #[schemars(range(min = 1))]
    pub line: u64,
    /// The id of the row.
    pub id: Value,
    /// The model.
    pub model: ModelName,
    /// The first field that differs.
    pub field: String,
    /// The recorded value, or null.
    pub expected: Value,
    /// The value of the model, or null.
    pub got: Value,
    /// The case.
    pub case: Case,
}
