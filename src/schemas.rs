// SPDX-License-Identifier: GPL-2.0-or-later
//! The JSON Schemas of files and of what commands print, as they are committed under `schemas/`.

use serde_json::Value;
use std::sync::LazyLock;

/// A JSON Schema.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Its name.
    pub name: &'static str,
    /// What it describes, as a phrase.
    pub what: String,
    /// The schema.
    pub value: Value,
}

/// The name and the text of each file, sorted by name.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

static ALL: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let files = FILES.iter();
    let all = files.filter_map(|&(name, text)| {
        let value: Value = serde_json::from_str(text).ok()?;
        let title = value.get("title")?.as_str()?;
        let (_, what) = title.split_once(": ")?;
        Some(Schema {
            name,
            what: what.to_owned(),
            value,
        })
    });
    let mut all: Vec<Schema> = all.collect();
    // Those of files come first.
    all.sort_by_key(|schema| schema.name.ends_with("-output"));
    all
});

/// Returns all schemas: first those of files, then those of what commands print, each by name.
pub fn all() -> &'static [Schema] {
    &ALL
}

/// Returns the names of all schemas, in the order of [`all`].
pub fn names() -> impl Iterator<Item = &'static str> {
    all().iter().map(|schema| schema.name)
}

#[cfg(test)]
mod tests {
    use super::{FILES, all};

    #[test]
    fn every_file_is_a_schema_with_a_title() {
        assert!(!FILES.is_empty());
        assert_eq!(all().len(), FILES.len());
    }
}
