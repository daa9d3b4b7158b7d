// SPDX-License-Identifier: GPL-2.0-or-later
//! What `hunt` prints.

use super::compare::Effects;
use crate::schema::counterexample::Counterexample;
use crate::schema::names::{Count, Large, ModelName, Text, ViewName};
use schemars::JsonSchema;
use spec::OpCode;

/// The findings of a hunt.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "hunt", deny_unknown_fields)]
pub struct Hunt {
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The views.
    pub views: Vec<ViewName>,
    /// The seed.
    pub seed: Count,
    /// The profile that cases are made from.
    pub profile: Text,
    /// The number of CPUs, if there are several.
    #[schemars(skip_serializing_if = "absent", range(min = 2))]
    pub cpus: u8,
    /// Operations with which the two cannot be compared.
    #[schemars(skip_serializing_if = "absent")]
    pub left_out: Vec<OpCode>,
    /// How many cases.
    pub cases: Count,
    /// How many operations ran on both models.
    pub ops: Count,
    /// The number of schedules, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub schedules: Large,
    /// Programs with too many states, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub too_large: Count,
    /// Why it stopped early, or null.
    pub stopped: Option<Text>,
    /// True if time ran out before all findings were minimized.
    #[schemars(skip_serializing_if = "absent", extend("const" = true))]
    pub unfinished: bool,
    /// For each effect, the number of findings that have it.
    pub effects: Effects,
    /// The findings.
    pub findings: Vec<Counterexample>,
    /// For each finding, the entry of the ledger that covers it, or null.
    pub known: Vec<Option<Text>>,
}
