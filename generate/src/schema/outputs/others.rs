// SPDX-License-Identifier: GPL-2.0-or-later
//! What `from-artifact` and `schema` print.

use crate::schema::counterexample::Counterexample;
use crate::schema::names::Text;
use schemars::JsonSchema;

/// The result of running the bytes at which a fuzz target stopped.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "artifact", deny_unknown_fields)]
pub struct Artifact {
    /// The fuzz target.
    pub target: Text,
    /// The error of svadiff itself, or null.
    pub broken: Option<Text>,
    /// The counterexample, or null if the models agree.
    pub counterexample: Option<Counterexample>,
    /// Whether the ledger has the difference; null if it was not looked up.
    pub known: Option<bool>,
}

/// The JSON Schemas.
pub type Schemas = Vec<Listing>;

/// A JSON Schema in a list.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "listing", deny_unknown_fields)]
pub struct Listing {
    /// Its name.
    pub name: Text,
    /// What it describes.
    pub what: Text,
}
