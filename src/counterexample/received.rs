// SPDX-License-Identifier: GPL-2.0-or-later
//! Reading counterexample files.

use super::named::{Descriptions, unknown};
use super::{About, Description, FORMAT, Named};
use crate::judge::{Place, UserEffect, View};
use crate::models::AnyModel;
use crate::strict::{Strict, Traces};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::Value;
use spec::Case;
use spec::read::shape::{given, number, object, word};
use spec::read::{Refused, json as parse};

/// A counterexample that was read from a file.
#[derive(Clone, Debug)]
pub struct Received {
    /// The case.
    pub case: Case,
    /// The models that the file is about, one or two.
    named: Vec<Named>,
    pub(super) claims: Claims,
}

/// The claims of the file about its models.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    pub id: String,
    pub signature: Value,
    pub effect: Option<String>,
    pub first_difference: FirstDifference,
    pub traces: Traces,
    pub minimal: Minimal,
    pub history: Commits,
    pub models: Descriptions,
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

    /// Returns the models that it names, one or two.
    pub fn named(&self) -> &[Named] {
        &self.named
    }

    /// Returns what it is about, or `None` if this program does not have one of the models.
    pub fn about(&self) -> Option<About> {
        match self.named[..] {
            [Named::Known(model)] => Some(About::Alone([model])),
            [Named::Known(from), Named::Known(to)] => Some(About::Pair([from, to])),
            _ => None,
        }
    }

    /// Returns the two models that it is about, or `None` if it is about one model or if this
    /// program does not have one of the two.
    pub fn pair(&self) -> Option<[AnyModel; 2]> {
        self.about()?.pair()
    }

    /// Returns the names of the models that this program does not have, each with its description
    /// in the file.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, Option<&Description>)> {
        let names = self.named.iter().filter(|named| named.model().is_none());
        names.map(|named| (named.name(), self.claims.models.of(named.name())))
    }

    /// The signature that it claims.
    pub fn signature(&self) -> &Value {
        &self.claims.signature
    }
}

impl<'de> Deserialize<'de> for Received {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw: Raw = object(from, "a counterexample")?;
        // A signature of one model has the side `from` only. A signature of two models needs `to`.
        if raw.to.is_none() && raw.signature.get("side") != Some(&Value::from("from")) {
            return Err(de::Error::missing_field("to"));
        }
        let names = [Some(raw.from), raw.to];
        let named: Vec<Named> = names.into_iter().flatten().map(Named::new).collect();
        // A misspelt name has no trace. A trace has to belong to a model that the file names.
        let traces = raw.traces.unknown();
        for (key, this) in ["from", "to"].into_iter().zip(&named) {
            if this.model().is_none() && !traces.contains(this.name()) {
                let why = unknown(this.name());
                return Err(de::Error::custom(format_args!("at {key}: {why}")));
            }
        }
        let is_named = |name: &str| named.iter().any(|this| this.name() == name);
        let mut traces = traces.iter();
        if let Some(name) = traces.find(|name| !is_named(name) && raw.models.of(name).is_none()) {
            let why = unknown(name);
            return Err(de::Error::custom(format_args!("at traces: {why}")));
        }
        Ok(Received {
            case: raw.case,
            named,
            claims: Claims {
                id: raw.id,
                signature: raw.signature,
                effect: raw.effect,
                first_difference: raw.first_difference,
                traces: raw.traces,
                minimal: raw.minimal,
                history: raw.history,
                models: raw.models,
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
    from: String,
    #[serde(default, deserialize_with = "given")]
    to: Option<String>,
    #[serde(default)]
    models: Descriptions,
    #[serde(deserialize_with = "signature")]
    signature: Value,
    // Files of 0.1.0 do not have it.
    #[serde(default, deserialize_with = "effect")]
    effect: Option<String>,
    #[serde(deserialize_with = "first_difference")]
    first_difference: FirstDifference,
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

fn effect<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let names = UserEffect::ALL.map(|effect| (effect.name(), effect));
    word(from, "effect", names).map(|effect| Some(effect.name().to_owned()))
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
