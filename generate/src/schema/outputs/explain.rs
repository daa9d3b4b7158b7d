// SPDX-License-Identifier: GPL-2.0-or-later
//! What `explain` prints.

use crate::schema::counterexample::{FirstDifference, History};
use crate::schema::names::{Id, ModelName, Place, Text};
use crate::schema::signature::Citation;
use schemars::JsonSchema;
use spec::Ret;
use std::collections::BTreeMap;

/// A case on one model or several, step by step.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "explain", deny_unknown_fields)]
pub struct Explain {
    /// The id of the case.
    pub id: Id,
    /// The models, in the order in which they are told.
    #[schemars(length(min = 1))]
    pub models: Vec<ModelName>,
    /// The first difference of each model and the next, or the first misbehaviour of the only one.
    pub differences: Vec<Explained>,
    /// What each model does, in the order in which it ran, up to the first difference.
    pub told: BTreeMap<String, Vec<Told>>,
}

/// A difference or a misbehaviour that ends a story.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "explained", deny_unknown_fields)]
pub struct Explained {
    /// The two models, or the only one.
    #[schemars(length(min = 1, max = 2))]
    pub models: Vec<ModelName>,
    /// What it is, as text.
    pub what: Text,
    /// Where it shows first.
    pub first_difference: FirstDifference,
    /// The commits.
    pub history: History,
}

/// An operation, a section of one, or a release of the teardown.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "told", deny_unknown_fields)]
pub struct Told {
    /// The operation, or `"end"`.
    pub op: Place,
    /// What is released, in the teardown.
    #[schemars(skip_serializing_if = "absent")]
    pub releases: Released,
    /// The CPU, in a concurrent case.
    #[schemars(skip_serializing_if = "absent", range(max = spec::case::MAX_CPUS - 1))]
    pub cpu: u8,
    /// The steps, in order.
    pub steps: Vec<StepOf>,
    /// What it returned; null for a section that is not the last one.
    pub ret: Option<Ret>,
}

/// What the teardown releases.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "released", untagged)]
pub enum Released {
    /// What an operation holds.
    Op(ReleasedOp),
    /// An mm, whose process exits.
    Mm(ReleasedMm),
}

/// What an operation holds.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "released_op", deny_unknown_fields)]
pub struct ReleasedOp {
    /// The index of the operation.
    pub op: u8,
}

/// An mm, whose process exits.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "released_mm", deny_unknown_fields)]
pub struct ReleasedMm {
    /// The index of the mm.
    pub mm: u8,
}

/// A step of a call.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "step_of_call", deny_unknown_fields)]
pub struct StepOf {
    /// The function that it is in.
    pub function: Text,
    /// What kind of step it is.
    pub kind: StepKind,
    /// What happens.
    pub what: Text,
    /// Whether it stands at `line`, or before or after it in the same function.
    pub stands: Stands,
    /// The line, or null if none is known.
    pub line: Option<Citation>,
}

/// Where a step stands, seen from a line.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "stands", rename_all = "snake_case")]
pub enum Stands {
    /// At the line, which has run.
    At,
    /// Before the line.
    Before,
    /// After the line.
    After,
}

/// A kind of step.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "step_kind", rename_all = "snake_case")]
pub enum StepKind {
    /// The code does something, or passes a check.
    Does,
    /// A branch decides what the call returns or leaks.
    Decides,
    /// The driver is called.
    Driver,
    /// The kernel complains, or dies.
    Complains,
}
