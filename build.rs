// SPDX-License-Identifier: GPL-2.0-or-later
//! Builds the ledger of known differences and the JSON Schemas into the program, so that they are
//! available wherever the program runs.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const KNOWN: &str = "corpus/known";
const SCHEMAS: &str = "schemas";

fn main() {
    list(KNOWN, "known.rs", |name, path| {
        format!("({name:?}, include_bytes!({path:?}).as_slice())")
    });
    list(SCHEMAS, "schemas.rs", |name, path| {
        let name = name.trim_end_matches(".json");
        format!("({name:?}, include_str!({path:?}))")
    });
}

/// Writes a list with a row for each file of a folder, sorted by name.
fn list(folder: &str, to: &str, row: fn(&str, &Path) -> String) {
    println!("cargo::rerun-if-changed={folder}");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    let out = env::var("OUT_DIR").expect("cargo says where to write");
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(Path::new(&root).join(folder))
        .into_iter()
        .flatten()
    {
        let name = entry.expect("the folder can be read").file_name();
        let name = name.into_string().expect("its files have plain names");
        if name.ends_with(".json") {
            println!("cargo::rerun-if-changed={folder}/{name}");
            names.push(name);
        }
    }
    names.sort();
    let mut list = String::from("[\n");
    for name in names {
        let path = Path::new(&root).join(folder).join(&name);
        writeln!(list, "    {},", row(&name, &path)).expect("a string takes all");
    }
    list.push_str("]\n");
    fs::write(Path::new(&out).join(to), list).expect("the list can be written");
}
