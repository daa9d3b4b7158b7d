// SPDX-License-Identifier: GPL-2.0-or-later
//! Counterexample files, and entries of the ledger.

use super::names::{CommitId, Effect, Id, ModelName, Place, Text, ViewName};
use super::signature::{Pattern, Signature};
use schemars::JsonSchema;
use spec::{Case, Trace};
use std::collections::BTreeMap;

/// A minimal case with what it shows, for a mail. Without `to` it is about a misbehaviour of one
/// model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "counterexample", deny_unknown_fields)]
#[schemars(extend("anyOf" = [
    {"required": ["to"]},
    {
        "properties": {
            "signature": {"required": ["side"], "properties": {"side": {"const": "from"}}},
            "history": {"properties": {"to": false}},
        },
    },
]))]
pub struct Counterexample {
    /// The kind and the version of the file.
    #[schemars(extend("const" = svadiff::counterexample::FORMAT))]
    pub format: String,
    /// The id of the case.
    pub id: Id,
    /// The case.
    pub case: Case,
    /// The first model, or the only one.
    pub from: ModelName,
    /// The second model.
    #[schemars(skip_serializing_if = "absent")]
    pub to: ModelName,
    /// How to get the models that the released program does not have.
    #[schemars(skip_serializing_if = "absent")]
    pub models: BTreeMap<String, Description>,
    /// The cause.
    pub signature: Signature,
    /// What the difference means to users of `to`. Files of 0.1.0 do not have it.
    #[schemars(skip_serializing_if = "absent")]
    pub effect: Effect,
    /// Where the difference shows first.
    pub first_difference: FirstDifference,
    /// The trace of the case on each model, by its name.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 2))]
    pub traces: BTreeMap<String, Trace>,
    /// In what sense the case is minimal.
    pub minimal: Minimal,
    /// The commits.
    pub history: History,
    /// The program that made the file.
    pub made_by: MadeBy,
}

/// How to get a model that the released program does not have.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "description", deny_unknown_fields)]
pub struct Description {
    /// The name of the model that it is built on.
    pub base: ModelName,
    /// The subject of its commit.
    pub subject: String,
    /// The Message-ID or the URL of the patch; null if it has not been posted.
    pub link: Option<String>,
}

/// Where a difference shows first.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "first_difference", deny_unknown_fields)]
pub struct FirstDifference {
    /// The operation.
    pub op: Place,
    /// The view.
    pub view: ViewName,
}

/// In what sense a case is minimal.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "minimal", deny_unknown_fields)]
pub struct Minimal {
    /// The number of operations.
    #[schemars(range(max = spec::case::MAX_OPS))]
    pub ops: u32,
    /// Whether no operation, device, mm or fault can go.
    pub one_minimal: bool,
    /// The universe in which no shorter case shows the same; null if none was searched.
    pub shortest_in: Option<Text>,
}

/// The commits of a difference.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "history", deny_unknown_fields)]
pub struct History {
    /// The commit that brought the misbehaviour, or the newer behaviour.
    pub introduced: Option<CommitId>,
    /// The commit that ended it.
    pub fixed: Option<CommitId>,
    /// What the first model does. Files of 0.1.0 do not have it.
    #[schemars(skip_serializing_if = "absent")]
    pub from: Life,
    /// What the second model does. Files of 0.1.0 do not have it.
    #[schemars(skip_serializing_if = "absent")]
    pub to: Life,
}

/// The commits between which a behaviour was there.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "life", deny_unknown_fields)]
pub struct Life {
    /// The commit that brought it; null if it was always so.
    pub since: Option<CommitId>,
    /// The commit that ended it; null if it still is so.
    pub until: Option<CommitId>,
}

/// The program that made a file.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "made_by", deny_unknown_fields)]
pub struct MadeBy {
    /// The version of svadiff.
    pub svadiff: Text,
}

/// Whether a difference is intended.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// The commit was made for this change, or its message announces it.
    Intended,
    /// The change is an unintended effect of the commit.
    Regression,
}

/// An entry of the ledger: a known difference between two neighbours.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "known", deny_unknown_fields)]
pub struct Known {
    /// The kind and the version of the file.
    #[schemars(extend("const" = svadiff::ledger::FORMAT))]
    pub format: String,
    /// The first model.
    pub from: ModelName,
    /// The second model, which is built on the first one.
    pub to: ModelName,
    /// The difference, in one sentence.
    pub what: Text,
    /// Whether it was intended.
    pub kind: Kind,
    /// The commit that introduced it.
    pub introduced: CommitId,
    /// The commit that ended it, or null.
    pub fixed: Option<CommitId>,
    /// A Message-ID or a commit that documents it.
    pub reference: Text,
    /// The differences that the entry covers.
    pub signature: Pattern,
    /// A case that shows it.
    pub counterexample: Counterexample,
}
