// SPDX-License-Identifier: GPL-2.0-or-later
//! Every file of the corpus is valid, and so are the files of version 1.

use crate::cli::run::ROOT;
use crate::schemas::{assert_valid, error};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Returns the files of a folder with this extension, sorted.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(ROOT).join(folder)).expect("a folder");
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    all.retain(|path| path.extension().is_some_and(|this| this == extension));
    all.sort();
    assert!(!all.is_empty(), "{folder}");
    all
}

pub(crate) fn read(path: &Path) -> Value {
    let text = fs::read(path).expect("a file");
    serde_json::from_slice(&text).expect("JSON")
}

/// Returns the schema that the `format` of a file names.
fn of(value: &Value) -> &str {
    let format = value["format"].as_str().expect("a format");
    let kind = format
        .strip_prefix("svadiff-")
        .expect("a format of svadiff");
    kind.strip_suffix("/1").expect("version 1")
}

#[test]
fn every_file_of_the_corpus_is_valid_and_only_as_what_it_is() {
    let kinds = ["case", "counterexample", "known", "universe", "trace"];
    for folder in ["corpus", "corpus/known", "tests/it/golden/v1"] {
        for path in files(folder, "json") {
            let (value, name) = (read(&path), path.display().to_string());
            let format = value.get("format").is_some();
            let kind = if format { of(&value) } else { "trace" };
            assert_valid(kind, &value, &name);
            for other in kinds.iter().filter(|other| **other != kind) {
                assert!(error(other, &value).is_some(), "{name} is a {other}");
            }
        }
    }
}

#[test]
fn the_rows_of_the_corpus_are_valid() {
    // Every nth row, unless all are asked for.
    let every = match std::env::var_os("SVADIFF_THOROUGH") {
        Some(_) => 1,
        None => 97,
    };
    for path in files("corpus/conformance", "gz") {
        let lines = BufReader::new(MultiGzDecoder::new(File::open(&path).expect("a file")));
        for line in lines.lines().step_by(every) {
            let row: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
            assert_valid("row", &row, &path.display().to_string());
        }
    }
    let outcomes = read(&Path::new(ROOT).join("corpus/conformance/outcomes.json"));
    assert_valid("outcomes", &outcomes, "outcomes.json");
}
