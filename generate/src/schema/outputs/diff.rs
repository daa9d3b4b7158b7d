// SPDX-License-Identifier: GPL-2.0-or-later
//! What `diff` and `bisect` print.

use super::models::Commit;
use crate::schema::counterexample::{FirstDifference, History};
use crate::schema::names::{CommitId, Id, ModelName, Place, Text, ViewName};
use crate::schema::signature::{Citation, Signature};
use schemars::JsonSchema;
use spec::Trace;
use std::collections::BTreeMap;

/// The lines that decided on one side.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "decided", deny_unknown_fields)]
pub struct Decided {
    /// The line that decided, then the line whose result it propagated.
    pub decided_by: Vec<Citation>,
}

/// A difference between two models in a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "difference", deny_unknown_fields)]
pub struct Difference {
    /// Where it is.
    pub op: Place,
    /// The view.
    pub view: ViewName,
    /// Whether it follows from an earlier difference.
    pub follows: bool,
    /// What it is, as text.
    pub what: Text,
    /// Its cause.
    pub signature: Signature,
    /// The first model.
    pub from: Decided,
    /// The second model.
    pub to: Decided,
}

/// What a command prints about a case, or why it cannot compare the models with it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "{T}_or_incomparable", untagged)]
pub enum OrIncomparable<T> {
    /// What it prints otherwise.
    Comparable(T),
    /// Two of the models cannot be compared.
    Incomparable(Incomparable),
}

/// The differences of two models in a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "compared", deny_unknown_fields)]
pub struct Compared {
    /// The id of the case.
    pub id: Id,
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The views.
    pub views: Vec<ViewName>,
    /// The first difference, or null.
    pub first_difference: Option<FirstDifference>,
    /// All differences.
    pub differences: Vec<Difference>,
    /// The commits of the first difference, or null.
    pub history: Option<History>,
    /// The traces, by the names of the models.
    pub traces: BTreeMap<String, Trace>,
}

/// Two models that cannot be compared with a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "incomparable", deny_unknown_fields)]
pub struct Incomparable {
    /// The reason.
    pub incomparable: Text,
}

/// A step from a model to one that is built on it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "step_of_history", deny_unknown_fields)]
pub struct HistoryStep {
    /// The model.
    pub from: ModelName,
    /// The one that is built on it.
    pub to: ModelName,
    /// The commits of `to`.
    pub commits: Vec<Commit>,
    /// The ids of the commits by which the behaviour changed.
    pub by: Vec<CommitId>,
    /// Whether `to` is a proposal.
    pub proposal: bool,
    /// Why the two cannot be compared with the case, if they cannot.
    #[schemars(skip_serializing_if = "absent")]
    pub incomparable: Text,
    /// The differences.
    pub differences: Vec<Difference>,
}

/// A case on every model of history.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "bisect", deny_unknown_fields)]
pub struct Bisect {
    /// The id of the case.
    pub id: Id,
    /// The steps.
    pub history: Vec<HistoryStep>,
}
