// SPDX-License-Identifier: GPL-2.0-or-later
//! Every command has `--json`, and then standard output is exactly one JSON value.

use super::run::{Scratch, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, recorded, two_binds};
use super::ways::{leaves, ways};
use serde_json::Value;

#[test]
fn every_command_has_json() {
    for (name, command) in leaves(&svadiff::cli::command(), &[]) {
        let mut arguments = command.get_arguments();
        let json = arguments.find(|argument| argument.get_long() == Some("json"));
        assert!(json.is_some(), "{name} has no --json");
    }
}

#[test]
fn with_json_every_way_prints_exactly_one_value() {
    let (exhaustive, ways) = (recorded("exhaustive.jsonl.gz"), ways());
    for (name, _) in leaves(&svadiff::cli::command(), &[]) {
        let is_of = |way: &str| way.starts_with(&format!("{name} ")) || way == name;
        assert!(ways.iter().any(|(way, ..)| is_of(way)), "no way of {name}");
    }
    for (way, status, input) in ways {
        let args = way.split(' ').map(|word| match word {
            "EXHAUSTIVE" => &exhaustive,
            word => word,
        });
        let ran = svadiff_reading(args.chain(["--json"]), input.to_string().as_bytes());
        assert_eq!(ran.status, status, "{way}: {ran:?}");
        let value: Result<Value, _> = serde_json::from_str(&ran.out);
        assert!(value.is_ok(), "{way}: {}", ran.out);
        assert!(ran.out.ends_with('\n'), "{way}");
    }
}

/// Findings are printed even if they are also written to files.
#[test]
fn files_do_not_change_what_is_printed() {
    let dir = Scratch::new();
    let file = dir.path().join("out.json");
    let file = file.to_str().expect("a path in UTF-8");
    for way in ["minimize - --json", "from-artifact parse - --json"] {
        let input = match way.starts_with("minimize") {
            true => COUNTEREXAMPLE.to_string(),
            false => two_binds().to_string(),
        };
        let without = svadiff_reading(way.split(' '), input.as_bytes());
        let with = svadiff_reading(way.split(' ').chain(["--out", file]), input.as_bytes());
        assert_eq!(with.out, without.out);
        let text = std::fs::read_to_string(file).expect("the file");
        let written: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(written["format"], "svadiff-counterexample/1");
    }
}
