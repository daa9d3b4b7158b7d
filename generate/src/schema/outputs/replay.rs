// SPDX-License-Identifier: GPL-2.0-or-later
//! What `replay` prints.

use super::diff::HistoryStep;
use crate::schema::names::{Id, ModelName, Text};
use schemars::JsonSchema;
use serde_json::Value;

/// The result of a replay: of a counterexample, of a mail, or of a case, which claims nothing.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replay", untagged)]
pub enum Replay {
    /// Of a counterexample.
    Replayed(Replayed),
    /// Of a mail.
    Mail(ReplayedMail),
    /// Of a case.
    Bare(Bare),
}

/// Whether a mail holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed-mail", deny_unknown_fields)]
pub struct ReplayedMail {
    /// Whether everything that it states is so; null if some was not checked.
    pub holds: Option<bool>,
    /// The reports in its text.
    pub reports: Vec<ReplayedReport>,
    /// The counterexamples that are attached.
    pub files: Vec<ReplayedFile>,
}

/// Whether a report in a mail holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed-report", deny_unknown_fields)]
pub struct ReplayedReport {
    /// Its first line.
    pub mark: Text,
    /// The ids of its cases.
    pub ids: Vec<Id>,
    /// Whether every statement holds; null if some were not checked.
    pub holds: Option<bool>,
    /// How many statements are so.
    pub statements: u64,
    /// The statements that are not so.
    pub wrong: Vec<Wrong>,
    /// The statements that were not checked.
    pub not_checked: Vec<Text>,
}

/// Whether an attached counterexample holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed-file", deny_unknown_fields)]
pub struct ReplayedFile {
    /// The id of the case.
    pub id: Id,
    /// The models that the file is about.
    #[schemars(length(min = 1, max = 2))]
    pub models: Vec<ModelName>,
    /// What the case shows, or null if that is not what is claimed.
    pub what: Option<Text>,
    /// Whether every claim holds; null if some were not checked.
    pub holds: Option<bool>,
    /// The claims that are false.
    pub wrong: Vec<Wrong>,
    /// The claims that were not checked.
    pub not_checked: Vec<Text>,
    /// Remarks.
    pub notes: Vec<Text>,
    /// The name of the file.
    pub name: Text,
}

/// Whether a counterexample holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed", deny_unknown_fields)]
pub struct Replayed {
    /// The id of the case.
    pub id: Id,
    /// The models that the file is about.
    #[schemars(length(min = 1, max = 2))]
    pub models: Vec<ModelName>,
    /// What the case shows, or null if that is not what is claimed.
    pub what: Option<Text>,
    /// Whether every claim holds; null if some were not checked.
    pub holds: Option<bool>,
    /// The claims that are false.
    pub wrong: Vec<Wrong>,
    /// The claims that were not checked.
    pub not_checked: Vec<Text>,
    /// Remarks.
    pub notes: Vec<Text>,
}

/// A false claim.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "wrong", deny_unknown_fields)]
pub struct Wrong {
    /// The key.
    pub what: Text,
    /// Its value in the file.
    pub claimed: Value,
    /// The actual value.
    pub happens: Value,
}

/// A case on every model of history, as a replay.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "bare", deny_unknown_fields)]
pub struct Bare {
    /// The id of the case.
    pub id: Id,
    /// The steps.
    pub history: Vec<HistoryStep>,
    /// Null: a case claims nothing.
    #[schemars(extend("const" = null))]
    pub holds: Option<bool>,
}
