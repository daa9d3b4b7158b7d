// SPDX-License-Identifier: GPL-2.0-or-later
//! Builds the ledger of known differences into the program, so that it is available wherever the
//! program runs.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const KNOWN: &str = "corpus/known";

fn main() {
    println!("cargo::rerun-if-changed={KNOWN}");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    let out = env::var("OUT_DIR").expect("cargo says where to write");
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(Path::new(&root).join(KNOWN))
        .into_iter()
        .flatten()
    {
        let name = entry.expect("the ledger can be read").file_name();
        let name = name.into_string().expect("its files have plain names");
        if name.ends_with(".json") {
            println!("cargo::rerun-if-changed={KNOWN}/{name}");
            names.push(name);
        }
    }
    names.sort();
    let mut list = String::from("[\n");
    for name in names {
        let path = Path::new(&root).join(KNOWN).join(&name);
        writeln!(list, "    ({name:?}, include_bytes!({path:?}).as_slice()),")
            .expect("a string takes all");
    }
    list.push_str("]\n");
    fs::write(Path::new(&out).join("known.rs"), list).expect("the list can be written");
}
