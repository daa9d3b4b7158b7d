// SPDX-License-Identifier: GPL-2.0-or-later
//! An entry: one known difference, as stored in its file.

use crate::counterexample::received::{or_null, signature};
use crate::counterexample::{Named, Received};
use crate::models::AnyModel;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use spec::read::Refused;
use spec::read::shape::{object, word};
use spec::{At, Model, Tree};

/// The `format` of an entry.
pub const FORMAT: &str = "svadiff-known/1";

/// Whether a difference is intended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The commit was made for this change, or its message announces it.
    Intended,
    /// The change is an unintended effect of the commit.
    Regression,
}

impl Kind {
    /// Returns its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Intended => "intended",
            Kind::Regression => "regression",
        }
    }
}

/// A known difference.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name of its file, without the extension.
    pub name: String,
    /// The two neighbours that differ.
    pub models: [AnyModel; 2],
    /// The difference, in one sentence.
    pub what: String,
    /// Whether it was intended.
    pub kind: Kind,
    /// The id of the commit that introduced it.
    pub introduced: String,
    /// The id of the commit that ended it.
    pub fixed: Option<String>,
    /// A Message-ID or a commit that documents it.
    pub reference: String,
    /// The parts of a signature that must match. A key that is missing here matches anything.
    pub signature: Value,
    /// A case that shows it.
    pub counterexample: Received,
    /// The signature with anchors instead of lines, so that it also matches in other revisions.
    pattern: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "format", deserialize_with = "format")]
    _format: (),
    from: String,
    to: String,
    what: String,
    #[serde(deserialize_with = "kind")]
    kind: Kind,
    introduced: String,
    #[serde(deserialize_with = "or_null")]
    fixed: Option<String>,
    reference: String,
    #[serde(deserialize_with = "signature")]
    signature: Value,
    counterexample: Received,
}

struct Whole(Raw);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        object(from, "an entry of the ledger").map(Whole)
    }
}

fn format<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    word(from, "format", [(FORMAT, ())])
}

fn kind<'de, D: Deserializer<'de>>(from: D) -> Result<Kind, D::Error> {
    let all = [Kind::Intended, Kind::Regression];
    word(from, "kind", all.map(|kind| (kind.name(), kind)))
}

impl Entry {
    /// Reads an entry. `name` is its file name without the extension.
    ///
    /// # Errors
    ///
    /// If the bytes are not an entry, if a text is empty, if the models are not neighbours, if the
    /// counterexample is about other models, or if a caller in it releases something
    /// [again](spec::Op::again).
    pub fn from_json(name: &str, bytes: &[u8]) -> Result<Entry, Refused> {
        Entry::or_counterexample(name, bytes)?
            .map(|entry| *entry)
            .map_err(|received| {
                let names = received.named().iter().map(Named::name);
                let names: Vec<_> = names.collect();
                let what = "is about models that this program does not have";
                Refused::new(format_args!("{what}: {}", names.join(" and ")))
            })
    }

    /// Reads an entry. If this program does not have the models of the entry, returns only its
    /// counterexample.
    pub(crate) fn or_counterexample(
        name: &str,
        bytes: &[u8],
    ) -> Result<Result<Box<Entry>, Box<Received>>, Refused> {
        let Whole(raw) = spec::read::json(bytes)?;
        let named: Vec<&str> = raw.counterexample.named().iter().map(Named::name).collect();
        if named != [&raw.from, &raw.to] {
            return Err(Refused::new(
                "counterexample: is about other models than the entry",
            ));
        }
        match raw.counterexample.pair() {
            Some(models) => Entry::of(name, raw, models).map(|entry| Ok(Box::new(entry))),
            None => Ok(Err(Box::new(raw.counterexample))),
        }
    }

    fn of(name: &str, raw: Raw, models: [AnyModel; 2]) -> Result<Entry, Refused> {
        let empty = [
            ("what", &raw.what),
            ("reference", &raw.reference),
            ("introduced", &raw.introduced),
        ];
        if let Some((key, _)) = empty.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(Refused::new(format_args!("{key}: says nothing")));
        }
        let ops = &raw.counterexample.case.ops;
        if let Some(again) = ops.iter().position(|op| op.again) {
            return Err(Refused::new(format_args!(
                "counterexample: ops[{again}] has `again`, and no entry rests on a caller that is \
                 wrong"
            )));
        }
        if models[1].base() != Some(models[0]) {
            let [from, to] = models.map(AnyModel::name);
            let base = models[1].tree().parent().unwrap_or("nothing");
            return Err(Refused::new(format_args!(
                "from {from} to {to}, which are no neighbours: {to} is built on {base}"
            )));
        }
        let trees = models.map(|model| model.tree());
        Ok(Entry {
            name: name.to_owned(),
            pattern: anchored(raw.signature.clone(), trees),
            models,
            what: raw.what,
            kind: raw.kind,
            introduced: raw.introduced,
            fixed: raw.fixed,
            reference: raw.reference,
            signature: raw.signature,
            counterexample: raw.counterexample,
        })
    }

    /// Returns whether the entry covers differences with this signature.
    pub fn covers(&self, signature: &Value) -> bool {
        covers(&self.pattern, signature)
    }

    /// Returns whether the entry applies to these neighbours: its own, or any others where the
    /// later model adds the same commit.
    pub fn is_about(&self, models: [AnyModel; 2]) -> bool {
        let [from, to] = models;
        let has = |id: &str| {
            let mut commits = to.tree().revision.commits.iter();
            commits.any(|commit| commit.id == id)
        };
        self.models == models || to.base() == Some(from) && self.commit().is_some_and(has)
    }

    /// Returns the id of the commit between its two models: the one that introduced the difference,
    /// or the one that ended the misbehaviour.
    fn commit(&self) -> Option<&str> {
        let commits = self.models[1].tree().revision.commits;
        let named = [Some(self.introduced.as_str()), self.fixed.as_deref()];
        let mut named = named.into_iter().flatten();
        named.find(|id| commits.iter().any(|commit| commit.id == *id))
    }
}

/// Replaces citations in a signature by their anchors.
fn anchored(signature: Value, trees: [&Tree; 2]) -> Value {
    match signature {
        Value::Object(parts) => match anchor(&parts, trees) {
            Some(anchor) => json!({ "anchor": anchor }),
            None => { parts.into_iter() }
                .map(|(key, part)| (key, anchored(part, trees)))
                .collect(),
        },
        Value::Array(parts) => { parts.into_iter() }
            .map(|part| anchored(part, trees))
            .collect(),
        other => other,
    }
}

/// Returns the anchor that a citation points at in one of two trees.
fn anchor(citation: &Map<String, Value>, trees: [&Tree; 2]) -> Option<&'static str> {
    let cites = |tree: &Tree, at: At| {
        let cited = tree.cite(at);
        let parts = [
            ("file", json!(cited.file().path())),
            ("line", json!(cited.line)),
            ("revision", json!(cited.revision)),
        ];
        let mut parts = parts.iter();
        parts.all(|(key, value)| citation.get(*key) == Some(value))
    };
    let mut all = trees.into_iter().flat_map(|tree| {
        let anchors = tree.anchors();
        anchors.map(move |at| (tree, at))
    });
    let found = all.find(|&(tree, at)| cites(tree, at));
    found.map(|(_, at)| at.name())
}

/// Returns whether a value matches a pattern, at every depth. Objects match if they have at least
/// the keys of the pattern; lists match if they have the same length and their items match.
fn covers(pattern: &Value, value: &Value) -> bool {
    match (pattern, value) {
        (Value::Object(pattern), Value::Object(value)) => { pattern.iter() }
            .all(|(key, part)| value.get(key).is_some_and(|this| covers(part, this))),
        (Value::Array(pattern), Value::Array(value)) => {
            pattern.len() == value.len() && { pattern.iter().zip(value) }
                .all(|(part, this)| covers(part, this))
        }
        (pattern, value) => pattern == value,
    }
}

#[cfg(test)]
mod tests {
    use super::covers;
    use serde_json::json;

    #[test]
    fn what_a_pattern_leaves_out_can_be_anything() {
        let value = json!({"view": "api", "from": {"returned": "ok", "decided_by": [1, 2]}});
        assert!(covers(&value, &value));
        assert!(covers(&json!({}), &value));
        assert!(covers(&json!({"from": {"returned": "ok"}}), &value));
        assert!(!covers(&json!({"from": {"returned": "an error"}}), &value));
        assert!(!covers(&json!({"to": {}}), &value));
        // A list must match as a whole.
        assert!(!covers(&json!({"from": {"decided_by": [1]}}), &value));
    }
}
