// SPDX-License-Identifier: GPL-2.0-or-later
//! Models that a file names, whether this program has them or not.

use crate::models::{AnyModel, all, by_name};
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use spec::read::shape::object;
use spec::read::shown;
use spec::{Model, Tree};
use std::fmt;

/// The proposals of the released program. A counterexample describes any other proposal that it
/// names.
const RELEASED: [&str; 4] = ["thread-a", "thread-b", "thread-c", "thread-d"];

/// A model that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A model that this program has.
    Known(AnyModel),
    /// The name of a model that this program does not have.
    Unknown(String),
}

impl Named {
    /// Returns the model of this name.
    pub(super) fn new(name: String) -> Named {
        by_name(&name).map_or(Named::Unknown(name), Named::Known)
    }

    /// Returns the model, or `None` if this program does not have it.
    pub fn model(&self) -> Option<AnyModel> {
        match self {
            Named::Known(model) => Some(*model),
            Named::Unknown(_) => None,
        }
    }

    /// Returns the name of the model in the file.
    pub fn name(&self) -> &str {
        match self {
            Named::Known(model) => AnyModel::name(*model),
            Named::Unknown(name) => name,
        }
    }
}

/// How to get a model that the released program does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The name of the model that it is built on.
    pub base: String,
    /// The subject of its commit.
    pub subject: String,
    /// The Message-ID or the URL of the patch; `None` if the patch has not been posted.
    #[serde(deserialize_with = "crate::counterexample::received::or_null")]
    pub link: Option<String>,
}

impl Description {
    /// Returns the description of a model, or `None` if the released program has the model.
    pub(crate) fn of(model: AnyModel) -> Option<Description> {
        let tree = model.tree();
        let is_new = tree.is_proposal() && !RELEASED.contains(&tree.name());
        is_new.then(|| Description::of_tree(tree))
    }

    /// Returns the description of a tree, whether the released program has it or not.
    pub(super) fn of_tree(tree: &Tree) -> Description {
        let commits = tree.revision.commits;
        let subjects: Vec<&str> = commits.iter().map(|commit| commit.subject).collect();
        let link = commits.iter().find_map(|commit| commit.link);
        Description {
            base: tree.parent().unwrap_or_default().to_owned(),
            subject: match subjects[..] {
                [] => tree.what().to_owned(),
                _ => subjects.join("; "),
            },
            link: link.map(str::to_owned),
        }
    }
}

impl fmt::Display for Description {
    /// Writes one line that is safe to print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 200;
        let (base, subject) = (shown(&self.base, MOST), shown(&self.subject, MOST));
        write!(f, "it is {base} with \"{subject}\"")?;
        match &self.link {
            Some(link) => write!(f, ", see {}", shown(link, MOST)),
            None => f.write_str(", which has not been posted: ask the sender for it"),
        }
    }
}

/// Descriptions by the names of the models.
#[derive(Clone, Debug, Default)]
pub(super) struct Descriptions(pub Vec<(String, Description)>);

impl Descriptions {
    /// Returns the description of the model of this name.
    pub(super) fn of(&self, name: &str) -> Option<&Description> {
        let mut all = self.0.iter();
        all.find(|(this, _)| this == name).map(|(_, this)| this)
    }
}

impl<'de> Deserialize<'de> for Descriptions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// A description, which must be an object.
        struct One(Description);
        impl<'de> Deserialize<'de> for One {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                object(from, "a description of a model").map(One)
            }
        }
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Descriptions;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a description of each model")
            }
            fn visit_map<A: MapAccess<'de>>(
                self,
                mut entries: A,
            ) -> Result<Descriptions, A::Error> {
                /// Maximum number of descriptions, far more than the traces of any counterexample.
                const MOST: usize = 100;
                let mut all = Descriptions::default();
                while let Some((name, One(this))) = entries.next_entry::<String, One>()? {
                    if all.of(&name).is_some() {
                        return Err(de::Error::custom(format_args!("repeated key `{name}`")));
                    }
                    if all.0.len() == MOST {
                        return Err(de::Error::custom(
                            "more than 100 models, which is the limit",
                        ));
                    }
                    all.0.push((name, this));
                }
                Ok(all)
            }
        }
        from.deserialize_map(All)
    }
}

/// Returns the message for an unknown name without a trace or a description.
pub(super) fn unknown(name: &str) -> String {
    let names: Vec<_> = all().into_iter().map(AnyModel::name).collect();
    let mean = crate::releases::did_you_mean(name, &names);
    let name = spec::read::shortened(name, 80);
    format!(
        "unknown model `{name}`, without a trace in the file; it is one of {}{mean}",
        names.join(", ")
    )
}
