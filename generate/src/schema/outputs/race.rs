// SPDX-License-Identifier: GPL-2.0-or-later
//! What `race` prints.

use crate::schema::names::{Count, Large, ModelName, Text};
use schemars::JsonSchema;
use spec::Ret;
use spec::schema::{Pasid, SplatText};
use std::collections::BTreeMap;

/// The outcomes of a program on each model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "race", deny_unknown_fields)]
pub struct Race {
    /// The outcomes, by the names of the models.
    pub outcomes: BTreeMap<String, Vec<Outcome>>,
    /// False if a limit or a signal stopped the run.
    #[schemars(skip_serializing_if = "absent", extend("const" = false))]
    pub complete: bool,
    /// Why it stopped.
    #[schemars(skip_serializing_if = "absent")]
    pub stopped: Text,
    /// The models that were not explored completely.
    #[schemars(skip_serializing_if = "absent")]
    pub incomplete: Vec<ModelName>,
}

/// What a program came to.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "outcome", deny_unknown_fields)]
pub struct Outcome {
    /// What each operation returned.
    pub rets: Vec<Ret>,
    /// The complaints.
    pub splats: Vec<SplatText>,
    /// What is left; null if the kernel died.
    pub leaked: Option<Left>,
    /// The number of schedules that show it, if all were explored.
    #[schemars(skip_serializing_if = "absent")]
    pub schedules: Number,
    /// A shortest schedule that shows it.
    pub schedule: Vec<u8>,
}

/// A number, as a string if it has more than 64 bits.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "number", untagged)]
pub enum Number {
    /// Up to 64 bits.
    Small(Count),
    /// More.
    Large(Large),
}

/// What is left after a teardown. What is not left has no key.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "left", deny_unknown_fields)]
pub struct Left {
    /// Entries of the groups' arrays, if nothing else is left.
    #[schemars(skip_serializing_if = "absent")]
    pub attached: Vec<Entry>,
    /// The number of handles.
    #[schemars(skip_serializing_if = "absent", range(min = 1))]
    pub handles: u32,
    /// The number of domains.
    #[schemars(skip_serializing_if = "absent", range(min = 1))]
    pub domains: u32,
    /// The global PASIDs.
    #[schemars(skip_serializing_if = "absent")]
    pub pasids: Vec<Pasid>,
    /// The count of each mm.
    #[schemars(skip_serializing_if = "absent")]
    pub mm_count: Vec<u32>,
}

/// An entry of a group's array.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "entry", deny_unknown_fields)]
pub struct Entry {
    /// The group.
    pub group: u8,
    /// The PASID.
    pub pasid: Pasid,
    /// True if it points at freed memory.
    #[schemars(skip_serializing_if = "absent")]
    pub freed: bool,
}
