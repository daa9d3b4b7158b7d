// SPDX-License-Identifier: GPL-2.0-or-later
//! Reading counterexample files.

use super::FORMAT;
use crate::judge::{Place, View};
use crate::models::{AnyModel, all};
use crate::strict::{Strict, Traces, traces_of_known_models};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::Value;
use spec::Case;
use spec::read::shape::{number, object, word};
use spec::read::{Refused, json as parse};

/// A counterexample that was read from a file.
#[derive(Clone, Debug)]
pub struct Received {
    /// The case.
    pub case: Case,
    /// The models that it is about.
    pub models: [AnyModel; 2],
    pub(super) claims: Claims,
}

/// What the file claims about them.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    pub id: String,
    pub signature: Value,
    pub first_difference: FirstDifference,
    pub traces: Traces,
    pub minimal: Minimal,
    pub history: Commits,
}

impl Received {
    /// Reads a counterexample file.
    ///
    /// # Errors
    ///
    /// If the bytes are not a counterexample of this version, or if its case, its models or its
    /// claims are not well formed. The error says where. Whether the claims hold is not checked
    /// here.
    pub fn from_json(bytes: &[u8]) -> Result<Received, Refused> {
        parse(bytes)
    }

    /// Returns the signature that the file claims.
    pub fn signature(&self) -> &Value {
        &self.claims.signature
    }
}

impl<'de> Deserialize<'de> for Received {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw: Raw = object(from, "a counterexample")?;
        Ok(Received {
            case: raw.case,
            models: [raw.from, raw.to],
            claims: Claims {
                id: raw.id,
                signature: raw.signature,
                first_difference: raw.first_difference,
                traces: raw.traces,
                minimal: raw.minimal,
                history: raw.history,
            },
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "format", deserialize_with = "format")]
    _format: (),
    id: String,
    case: Case,
    #[serde(deserialize_with = "model")]
    from: AnyModel,
    #[serde(deserialize_with = "model")]
    to: AnyModel,
    #[serde(deserialize_with = "signature")]
    signature: Value,
    #[serde(deserialize_with = "first_difference")]
    first_difference: FirstDifference,
    #[serde(deserialize_with = "traces_of_known_models")]
    traces: Traces,
    #[serde(deserialize_with = "minimal")]
    minimal: Minimal,
    #[serde(deserialize_with = "commits")]
    history: Commits,
    // This cannot be checked.
    #[serde(rename = "made_by", deserialize_with = "made_by")]
    _made_by: MadeBy,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstDifference {
    #[serde(deserialize_with = "place")]
    pub op: Place,
    #[serde(deserialize_with = "view")]
    pub view: View,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Minimal {
    #[serde(deserialize_with = "count")]
    pub ops: u64,
    pub one_minimal: bool,
    #[serde(deserialize_with = "or_null")]
    pub shortest_in: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Commits {
    #[serde(deserialize_with = "or_null")]
    pub introduced: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub fixed: Option<String>,
    #[serde(default, deserialize_with = "life")]
    pub from: Option<Life>,
    #[serde(default, deserialize_with = "life")]
    pub to: Option<Life>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Life {
    #[serde(deserialize_with = "or_null")]
    pub since: Option<String>,
    #[serde(deserialize_with = "or_null")]
    pub until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MadeBy {
    #[serde(rename = "svadiff")]
    _svadiff: String,
}

fn format<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    word(from, "format", [(FORMAT, ())])
}

pub(crate) fn model<'de, D: Deserializer<'de>>(from: D) -> Result<AnyModel, D::Error> {
    let models = all().into_iter().map(|model| (model.name(), model));
    word(from, "model", models)
}

fn view<'de, D: Deserializer<'de>>(from: D) -> Result<View, D::Error> {
    word(from, "view", View::ALL.map(|view| (view.name(), view)))
}

fn count<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    number(from, u32::MAX.into(), "number")
}

/// Reads a key that must be present but may be null.
pub(crate) fn or_null<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(from)
}

fn place<'de, D: Deserializer<'de>>(from: D) -> Result<Place, D::Error> {
    let Strict(value) = Strict::deserialize(from)?;
    match (value.as_u64(), value.as_str()) {
        (Some(op), _) => Ok(Place::Op(usize::try_from(op).unwrap_or(usize::MAX))),
        (_, Some("end")) => Ok(Place::End),
        _ => Err(de::Error::custom(
            "neither the index of an operation nor \"end\"",
        )),
    }
}

pub(crate) fn signature<'de, D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
    let Strict(value) = Strict::deserialize(from)?;
    match value.is_object() {
        true => Ok(value),
        false => Err(de::Error::custom("not an object, which a signature is")),
    }
}

fn first_difference<'de, D: Deserializer<'de>>(from: D) -> Result<FirstDifference, D::Error> {
    object(from, "a first difference")
}

fn minimal<'de, D: Deserializer<'de>>(from: D) -> Result<Minimal, D::Error> {
    object(from, "what is said of the size")
}

fn commits<'de, D: Deserializer<'de>>(from: D) -> Result<Commits, D::Error> {
    object(from, "a history")
}

fn life<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Life>, D::Error> {
    object(from, "the history of one model").map(Some)
}

fn made_by<'de, D: Deserializer<'de>>(from: D) -> Result<MadeBy, D::Error> {
    object(from, "what is said of the maker")
}
