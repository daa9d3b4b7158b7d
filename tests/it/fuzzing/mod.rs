// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs the functions of the fuzz targets without a fuzzer.

mod artifacts;
mod bytes;
mod mutations;
mod seeds;

use spec::Case;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use svadiff::counterexample::Received;
use svadiff::fuzzing::Target;

/// Returns the counterexamples of the corpus, by name.
fn counterexamples() -> Vec<(String, Received)> {
    let files = files_of(&root().join("corpus"));
    let named = files
        .into_iter()
        .filter(|(name, _)| name.ends_with(".json"));
    named
        .map(|(name, bytes)| {
            let received = Received::from_json(&bytes).expect("a counterexample");
            (name.trim_end_matches(".json").to_owned(), received)
        })
        .collect()
}

/// Returns the files in a folder, by name.
fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|file| file.expect("a file").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            let bytes = std::fs::read(&path).expect("it can be read");
            (name.into_owned(), bytes)
        })
        .collect();
    all.sort();
    all
}

type Seeds = BTreeMap<String, Vec<u8>>;

/// Returns the committed seeds of a target, by name.
fn committed(target: Target) -> Seeds {
    let folder = root().join("fuzz/corpus").join(target.name());
    let all = files_of(&folder).into_iter();
    all.filter(|(name, _)| is_seed(name)).collect()
}

/// Returns whether a file is a committed seed. Files that a fuzzer adds have other names.
fn is_seed(name: &str) -> bool {
    [".seed", ".json", ".txt"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the case with its operations on one CPU.
fn on_one_cpu(case: &Case) -> Case {
    let mut case = case.bare();
    case.schedule = None;
    case.ops.iter_mut().for_each(|op| op.cpu = None);
    case
}
