// SPDX-License-Identifier: GPL-2.0-or-later
//! What `check` prints.

use super::compare::Memory;
use crate::schema::counterexample::{FirstDifference, Life};
use crate::schema::names::{CommitId, Count, Digest, Id, Large, ModelName, Text};
use crate::schema::signature::{Citation, Signature};
use crate::schema::universe::Universe;
use schemars::JsonSchema;
use spec::{Case, Trace};

/// The findings of a search over one model, and its extent.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "check", deny_unknown_fields)]
pub struct Check {
    /// The model.
    pub model: ModelName,
    /// What was searched.
    pub universe: Universe,
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
    /// The findings.
    pub findings: Vec<Misbehaviour>,
}

/// A misbehaviour of one model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "misbehaviour", deny_unknown_fields)]
pub struct Misbehaviour {
    /// The id of the case.
    pub id: Id,
    /// The case.
    pub case: Case,
    /// What it is, as text.
    pub what: Text,
    /// Where it shows first.
    pub first: FirstDifference,
    /// The cause.
    pub signature: Signature,
    /// The lines that decided.
    pub decided_by: Vec<Citation>,
    /// The trace of the case.
    pub trace: Trace,
    /// The commits.
    pub history: HistoryAlone,
}

/// The commits of a misbehaviour of one model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "history_alone", deny_unknown_fields)]
pub struct HistoryAlone {
    /// The commit that brought it.
    pub introduced: Option<CommitId>,
    /// The commit that ended it.
    pub fixed: Option<CommitId>,
    /// The same.
    pub from: Life,
}
