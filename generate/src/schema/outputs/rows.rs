// SPDX-License-Identifier: GPL-2.0-or-later
//! Lines of files with many cases, and recorded outcomes.

use super::race::Left;
use crate::schema::names::{Count, Text};
use schemars::JsonSchema;
use serde_json::Value;
use spec::schema::SplatText;
use spec::trace::{Call, Live};
use spec::{Case, Ret};
use std::collections::BTreeMap;

/// A row that `trace --jsonl` and `conform` read. Other keys are ignored.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "row")]
pub struct Row {
    /// Any value, which is printed as it is.
    pub id: Value,
    /// The case.
    pub case: Case,
    /// Recorded traces by the names of their models, which `conform` compares.
    #[schemars(skip_serializing_if = "absent")]
    pub traces: BTreeMap<String, Recorded>,
}

/// A recorded trace.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "recorded", deny_unknown_fields)]
pub struct Recorded {
    /// What each operation did.
    pub steps: Vec<RecordedStep>,
    /// The teardown; null after an oops or a hang.
    pub end: Option<RecordedStep>,
    /// The CPU that ran each section, in a concurrent case.
    #[schemars(skip_serializing_if = "absent")]
    pub schedule: Vec<u8>,
}

/// A step of a recorded trace.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "recorded_step", deny_unknown_fields)]
pub struct RecordedStep {
    /// What it returned.
    pub ret: Ret,
    /// The driver callbacks.
    #[schemars(skip_serializing_if = "absent")]
    pub calls: Vec<Call>,
    /// The kernel's complaints.
    #[schemars(skip_serializing_if = "absent")]
    pub splats: Vec<SplatText>,
    /// What existed after it.
    #[schemars(skip_serializing_if = "absent")]
    pub live: Live,
    /// The lines at which the executed basic blocks begin. They are not compared.
    #[schemars(skip_serializing_if = "absent")]
    pub lines: Vec<u32>,
}

/// The programs of `corpus/conformance/outcomes.json`.
pub type Outcomes = Vec<Program>;

/// A program, and all that each model can come to.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "program", deny_unknown_fields)]
pub struct Program {
    /// Its name.
    pub name: Text,
    /// The program.
    pub case: Case,
    /// The number of orders that were run on each model.
    pub schedules: BTreeMap<String, Count>,
    /// The distinct outcomes of each model.
    pub outcomes: BTreeMap<String, Vec<RecordedOutcome>>,
}

/// A recorded outcome of a program.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "recorded_outcome", deny_unknown_fields)]
pub struct RecordedOutcome {
    /// What each operation returned.
    pub rets: Vec<Ret>,
    /// The complaints.
    pub splats: Vec<SplatText>,
    /// What is left; null if the kernel died.
    pub leaked: Option<Left>,
}
