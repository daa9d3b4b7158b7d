// SPDX-License-Identifier: GPL-2.0-or-later
//! Every command has `--json`, and then standard output is exactly one JSON value.

use super::run::{Scratch, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, binds_at_once, recorded, two_binds};
use serde_json::{Value, json};

/// Returns the subcommands without subcommands of their own, each with the words that call it.
fn leaves(command: &clap::Command, words: &[&str]) -> Vec<(String, clap::Command)> {
    let mut below = command.get_subcommands().peekable();
    if below.peek().is_none() {
        return vec![(words.join(" "), command.clone())];
    }
    below
        .flat_map(|this| leaves(this, &[words, &[this.get_name()]].concat()))
        .collect()
}

/// Returns command lines for each exit status of each command: something found, nothing found,
/// stopped. Each comes with its exit status and its input; `-` stands for the input.
fn ways() -> Vec<(&'static str, i32, Value)> {
    let none = Value::Null;
    let (case, file) = (two_binds(), COUNTEREXAMPLE.clone());
    let mut wrong = file.clone();
    wrong["signature"] = json!({"view": "api"});
    let mut unchecked = file.clone();
    unchecked["minimal"]["shortest_in"] = json!("somewhere");
    let nothing = json!({"topology": {"devices": [], "mms": []}, "ops": []});
    let row = json!({"id": 1, "case": case, "traces": {"v6.7": {}}});
    let same = "minimize - --from v6.8 --to v6.8";
    vec![
        ("models", 0, none.clone()),
        ("trace -", 0, case.clone()),
        ("diff - --from v6.7 --to v6.8-rc1", 1, case.clone()),
        ("diff - --from v6.8 --to v6.8", 0, case.clone()),
        ("bisect -", 1, case.clone()),
        ("bisect -", 0, nothing.clone()),
        ("conform -", 1, row),
        ("conform EXHAUSTIVE", 0, none.clone()),
        ("compare v6.7 v6.8-rc1 --ops 2", 1, none.clone()),
        ("compare v6.7 v6.8-rc1 --ops 1", 0, none.clone()),
        ("compare v6.7 v6.8-rc1 --max-states 1", 3, none.clone()),
        ("check v6.8-rc6 --ops 2", 1, none.clone()),
        ("check v6.8 --ops 1", 0, none.clone()),
        ("check v6.8 --max-states 1", 3, none.clone()),
        ("matrix --ops 0", 0, none.clone()),
        ("matrix --ops 1", 1, none.clone()),
        ("matrix --max-states 1", 3, none.clone()),
        ("hunt v6.7 v6.8-rc1 --cases 200", 1, none.clone()),
        ("hunt v6.8 v6.8 --cases 20", 0, none.clone()),
        ("race - --max-seconds 0", 3, binds_at_once()),
        ("race -", 0, binds_at_once()),
        ("race - --max-states 1", 3, binds_at_once()),
        ("minimize -", 0, file.clone()),
        ("minimize -", 1, wrong.clone()),
        (same, 0, case.clone()),
        ("ledger list", 0, none.clone()),
        (
            "ledger check --model v6.8-rc1 --max-states 1",
            3,
            none.clone(),
        ),
        ("ledger entry - --what x --kind intended", 1, wrong.clone()),
        ("ledger entry - --what x --kind intended", 0, entry()),
        ("replay -", 0, file),
        ("replay -", 1, wrong),
        ("replay -", 3, unchecked),
        ("replay -", 0, case.clone()),
        ("from-artifact parse -", 1, case),
        ("from-artifact parse -", 0, nothing),
    ]
}

/// Returns a counterexample of two neighbours.
fn entry() -> Value {
    let args = ["compare", "v6.7", "v6.8-merge", "--ops", "2", "--json"];
    super::run::svadiff(args).json(1)["findings"][0].clone()
}

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
