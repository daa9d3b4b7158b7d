// SPDX-License-Identifier: GPL-2.0-or-later
//! What `compare` and `matrix` print.

use crate::schema::counterexample::Counterexample;
use crate::schema::names::{Count, Digest, Large, ModelName, Text, ViewName};
use crate::schema::universe::Universe;
use schemars::JsonSchema;
use spec::OpCode;

/// The findings of a search over two models, and its extent.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "compare", deny_unknown_fields)]
pub struct Compare {
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The views.
    pub views: Vec<ViewName>,
    /// What was searched.
    pub universe: Universe,
    /// Operations with which the two cannot be compared.
    #[schemars(skip_serializing_if = "absent")]
    pub left_out: Vec<OpCode>,
    /// Distinct states.
    pub states: Count,
    /// Operations, or sections, that were run in them.
    pub transitions: Count,
    /// The length of the shortest path to the farthest state.
    pub depth: Count,
    /// The number of programs, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub programs: Count,
    /// The number of schedules, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub schedules: Large,
    /// Whether everything was covered.
    pub complete: bool,
    /// Why not, or null.
    pub stopped: Option<Text>,
    /// The most memory, if it was worth measuring.
    pub memory: Option<Memory>,
    /// The digest, or null if the search is not complete.
    pub digest: Option<Digest>,
    /// For each effect, the number of findings that have it.
    pub effects: Effects,
    /// The findings.
    pub findings: Vec<Counterexample>,
}

/// Bytes of memory.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "memory", deny_unknown_fields)]
pub struct Memory {
    /// The most that the process had.
    pub process: Count,
    /// Those of states.
    pub states: Count,
}

/// The number of findings with each effect.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "effects", deny_unknown_fields)]
pub struct Effects {
    /// A misbehaviour is gone, or an operation succeeds that failed.
    pub fixes: Count,
    /// There is a new misbehaviour, or an operation fails that succeeded.
    pub breaks: Count,
    /// Neither.
    pub differs: Count,
    /// Both models have the misbehaviour.
    pub keeps: Count,
}

/// Every pair of models in a universe, or one pair.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "matrix", untagged)]
pub enum Matrix {
    /// Every pair.
    Pairs(Pairs),
    /// The pair of --from and --to.
    One(Compare),
}

/// Every pair of models in a universe.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "pairs", deny_unknown_fields)]
pub struct Pairs {
    /// The universe.
    pub universe: Universe,
    /// The views.
    pub views: Vec<ViewName>,
    /// The pairs.
    pub pairs: Vec<Pair>,
}

/// A pair of models.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "pair", deny_unknown_fields)]
pub struct Pair {
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// Whether everything was covered.
    pub complete: bool,
    /// The number of findings.
    pub findings: Count,
    /// The digest, or null if the search is not complete.
    pub digest: Option<Digest>,
}
