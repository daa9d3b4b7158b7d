// SPDX-License-Identifier: GPL-2.0-or-later
//! The files of version 1 in `golden/v1` are read as they were.

use crate::cli::run::{ROOT, svadiff};
use serde_json::Value;
use std::fs;

fn golden(name: &str) -> String {
    format!("{ROOT}/tests/it/golden/v1/{name}")
}

/// Returns the names of the files that are of this kind.
fn of(kind: &str) -> Vec<String> {
    let entries = fs::read_dir(golden("")).expect("the folder");
    let names = entries.map(|entry| entry.expect("a file").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.into_string().expect("a name"))
        .collect();
    names.retain(|name| name.starts_with(kind) && name.ends_with(".json"));
    names.sort();
    assert!(!names.is_empty(), "{kind}");
    names.iter().map(|name| golden(name)).collect()
}

#[test]
fn cases_run() {
    for file in of("case") {
        for command in [
            &["trace", &file, "--json"][..],
            &["replay", &file, "--json"],
            &["bisect", &file, "--json"],
            &["diff", &file, "--from", "v6.7", "--to", "v6.8", "--json"],
            &["race", &file, "--json"],
        ] {
            let ran = svadiff(command);
            // `race` takes cases on several CPUs only.
            let refused = command[0] == "race" && !file.contains("concurrent");
            assert_eq!(ran.status == 2, refused, "{command:?}: {ran:?}");
        }
    }
}

#[test]
fn counterexamples_and_entries_hold() {
    for file in of("counterexample").into_iter().chain(of("known")) {
        let replayed = svadiff(["replay", &file, "--json"]).json(0);
        assert_eq!(replayed["holds"], true, "{file}");
        assert_eq!(replayed["not_checked"], Value::Array(Vec::new()), "{file}");
    }
}

#[test]
fn universes_are_searched() {
    for file in of("universe") {
        let args = ["compare", "v6.7", "v6.8-rc1", "--universe", &file, "--json"];
        let found = svadiff(args);
        assert!(found.status <= 1, "{found:?}");
        let found: Value = serde_json::from_str(&found.out).expect("JSON");
        assert_eq!(found["complete"], true, "{file}");
    }
}

#[test]
fn traces_are_those_of_the_cases() {
    for (case, trace, model) in [
        ("case.json", "trace.json", "v6.8"),
        ("case-concurrent.json", "trace-concurrent.json", "v6.12"),
    ] {
        let then: Value =
            serde_json::from_slice(&fs::read(golden(trace)).expect("a file")).expect("JSON");
        let now = svadiff(["trace", &golden(case), "--model", model, "--json"]).json(0);
        assert_eq!(now["traces"][model], then, "{case}");
    }
}

#[test]
fn rows_are_traced_and_conform() {
    let row = golden("row.jsonl");
    svadiff(["trace", "--jsonl", &row]).json(0);
    let conforms = svadiff(["conform", &row, "--json"]).json(0);
    assert_eq!(
        (&conforms["rows"], &conforms["mismatches"]),
        (&1.into(), &0.into())
    );
}
