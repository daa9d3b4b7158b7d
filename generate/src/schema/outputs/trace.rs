// SPDX-License-Identifier: GPL-2.0-or-later
//! What `trace` prints.

use schemars::JsonSchema;
use serde_json::Value;
use spec::Trace;
use std::collections::BTreeMap;

/// The behaviour of several models in a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "traces", deny_unknown_fields)]
pub struct Traces {
    /// The trace on each model, by its name.
    pub traces: BTreeMap<String, Trace>,
}

/// The behaviour of several models in the case of a row.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "traced_row", deny_unknown_fields)]
pub struct TracedRow {
    /// The id of the row.
    pub id: Value,
    /// The trace on each model, by its name.
    pub traces: BTreeMap<String, Trace>,
}
