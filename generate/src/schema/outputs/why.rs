// SPDX-License-Identifier: GPL-2.0-or-later
//! What `why --json` prints.

use crate::schema::names::{CommitId, Digest, Id, ModelName, Place, Text, ViewName};
use crate::schema::signature::Citation;
use schemars::JsonSchema;
use serde_json::Value;
use spec::Case;

/// What `why --json` prints.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "why_output", deny_unknown_fields)]
pub struct Why {
    /// The model.
    pub model: ModelName,
    /// The question.
    pub asked: Asked,
    /// The ways, those with the shortest cases first.
    pub ways: Vec<WayOut>,
    /// Reasons outside of the models.
    pub outside: Vec<Reason>,
    /// The release that these are for.
    pub release: Option<Text>,
    /// The parts of the universe, each a universe; `again` is true if callers release twice.
    pub universe: Vec<Value>,
    /// Number of distinct states.
    pub states: u64,
    /// Number of operations, or sections on several CPUs, that ran.
    pub transitions: u64,
    /// Largest number of operations before a state.
    pub depth: u64,
    /// Whether the search covered everything.
    pub complete: bool,
    /// Why it stopped early; null if it did not.
    pub stopped: Option<Text>,
    /// The digest of a complete search.
    pub digest: Option<Digest>,
}

/// A question: a result, a line, or a splat.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "asked", untagged)]
pub enum Asked {
    /// An operation and its result.
    Result(AskedResult),
    /// A splat.
    Splat(AskedSplat),
    /// A line of source.
    Line(AskedLine),
}

/// An operation and its result.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "asked_result", deny_unknown_fields)]
pub struct AskedResult {
    /// The operation, or `"end"`.
    pub op: Text,
    /// The result.
    pub result: Text,
}

/// A splat.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "asked_splat", deny_unknown_fields)]
pub struct AskedSplat {
    /// The complaint.
    pub splat: Option<Text>,
    /// The innermost function that the models have.
    pub function: Option<Text>,
    /// The file of its line.
    pub file: Option<Text>,
    /// The line.
    pub line: Option<u32>,
    /// Whether the line is one of the function in the model.
    pub of_this_tree: bool,
    /// The anchors at which it can be.
    pub at: Vec<Text>,
}

/// A line of source.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "asked_line", deny_unknown_fields)]
pub struct AskedLine {
    /// The file.
    pub file: Text,
    /// The line.
    pub line: u32,
    /// The anchors there.
    pub at: Vec<Text>,
}

/// A way to a result.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "way", deny_unknown_fields)]
pub struct WayOut {
    /// The operation, or `"end"`.
    pub op: Text,
    /// Who observes it.
    pub view: ViewName,
    /// A return value without numbers.
    #[schemars(skip_serializing_if = "absent")]
    pub returned: Text,
    /// The text of a splat.
    #[schemars(skip_serializing_if = "absent")]
    pub splat: Text,
    /// The kind of what is left.
    #[schemars(skip_serializing_if = "absent")]
    pub left: Text,
    /// The deciding citations.
    #[schemars(skip_serializing_if = "absent")]
    pub decided_by: Vec<Citation>,
    /// Where a splat is.
    #[schemars(skip_serializing_if = "absent")]
    pub at: Option<Citation>,
    /// What it means.
    pub meaning: Text,
    /// The shortest case.
    pub case: Case,
    /// The operation that shows it.
    pub place: Place,
    /// The id of the case.
    pub id: Id,
    /// The models that do the same.
    pub same: Vec<ModelName>,
    /// The commit that brought it.
    pub since: Option<CommitId>,
    /// The commit that ended it.
    pub until: Option<CommitId>,
}

/// A reason outside of the models.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "reason", deny_unknown_fields)]
pub struct Reason {
    /// The name of an errno, `NULL`, `oops`, or `any`.
    pub result: Text,
    /// Whose code it is.
    pub whose: Text,
    /// The function.
    pub function: Text,
    /// When it is so.
    pub when: Text,
    /// How to tell; may be empty.
    pub tell: String,
    /// Commands that tell it.
    pub checks: Vec<Text>,
    /// Where it was read.
    pub places: Vec<Read>,
    /// More precise reasons.
    pub details: Vec<DetailOut>,
}

/// A line that was read.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "read", deny_unknown_fields)]
pub struct Read {
    /// The file.
    pub file: Text,
    /// The line.
    pub line: u32,
    /// The releases in which it was read.
    pub releases: Vec<Text>,
}

/// A more precise reason.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "detail", deny_unknown_fields)]
pub struct DetailOut {
    /// When it is so.
    pub when: Text,
    /// How to tell; may be empty.
    pub tell: String,
    /// Where it was read.
    pub places: Vec<Read>,
}
