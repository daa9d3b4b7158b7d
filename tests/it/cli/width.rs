// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that output for people can be pasted into a mail: no line is wider than 75 columns.

use super::run::{Scratch, hidden, svadiff};
use super::samples::{COUNTEREXAMPLE, MODELS, case_commands, everything, rows, two_binds};
use crate::thorough::sample;
use serde_json::{Value, json};
use std::ffi::OsStr;

const WIDTH: usize = 75;

/// Runs a command, and checks the width of every line that it prints.
pub(super) fn check<I: IntoIterator<Item: AsRef<OsStr>> + Clone + std::fmt::Debug>(
    args: I,
) -> String {
    let ran = svadiff(args.clone());
    assert_ne!(ran.status, 2, "{ran:?}");
    assert_eq!(hidden(&ran.out), "");
    let is_help = ran.out.contains("Usage: svadiff");
    for line in ran.out.lines() {
        let width = line.chars().count();
        // A single word that is too wide is not broken.
        let one_word = line.split_whitespace().count() == 1;
        assert!(width <= WIDTH || one_word, "{args:?}, {width}: {line}");
        assert!(is_help || line.trim_end() == line, "{args:?}: {line:?}");
    }
    ran.out
}

/// Returns a case with everything at its limit and as wide as possible.
fn wide() -> Value {
    let device = json!({"group": 7, "max_pasids": 4096, "instance": 3});
    let mut ops: Vec<Value> = (0..10)
        .flat_map(|mm| {
            [
                json!({"op": "fork", "mm": mm}),
                json!({"op": "bind", "dev": 7, "mm": mm, "fault":
                    {"site": "set_dev_pasid", "nth": 4294967295_u32, "errno": "ENOMEM"}}),
                json!({"op": "attach", "dev": 7, "pasid": 4000 + mm}),
                json!({"op": "page_request", "dev": 4294967295_u32, "pasid": 4294967295_u32}),
            ]
        })
        .collect();
    ops.push(json!({"op": "get_pasid", "of": 4294967295_u32}));
    json!({
        "title": "wide ".repeat(100),
        "topology": {"devices": vec![device; 8], "mms": vec![json!({"dma_compat": true}); 8]},
        "ops": ops,
    })
}

#[test]
fn every_command_on_every_kind_of_case() {
    let dir = Scratch::new();
    for case in [two_binds(), everything(), wide()] {
        let path = dir.file("case.json", case.to_string());
        let commands = case_commands(&path);
        let commands = commands.iter().filter(|args| !args.contains(&"--json"));
        for args in commands {
            check(args);
        }
        for (from, to) in [
            ("v6.7", "thread-c"),
            ("v6.8-merge", "thread-d"),
            ("v6.8-rc6", "v6.7"),
        ] {
            let mut args = vec!["diff", &path, "--from", from, "--to", to];
            check(&args);
            for view in ["api", "splat", "leak", "driver", "state"] {
                args.extend(["--view", view]);
                check(&args);
            }
        }
    }
}

#[test]
fn every_recorded_kind_of_case_in_every_view() {
    let dir = Scratch::new();
    for file in ["sequential", "edge", "rough"] {
        for row in sample(rows(&format!("{file}.jsonl.gz"), 12), 24) {
            let path = dir.file("case.json", row["case"].to_string());
            check(["trace", &path]);
            check(["replay", &path]);
            for views in [&[][..], &["--view=driver", "--view=state"]] {
                check([&["bisect", path.as_str()], views].concat());
                let args = ["diff", &path, "--from", "v6.8-rc1", "--to", "thread-d"];
                check([&args, views].concat());
            }
        }
    }
}

#[test]
fn every_comparison_of_two_models() {
    let pairs = MODELS
        .iter()
        .flat_map(|from| MODELS.iter().map(move |to| [from, to]));
    for [from, to] in sample(pairs, 29) {
        check(["compare", from, to, "--ops", "3"]);
    }
    check(
        "compare v6.7 v6.8-rc1 --ops 64 --devices 8 --mms 16 --faults --max-states 20".split(' '),
    );
    check("compare v6.7 thread-c --ops 2 --faults --view driver --view state".split(' '));
    check("hunt v6.8-merge v6.12.117 --cases 500 --view driver --view state".split(' '));
    check("hunt v6.12 v6.12.117 --profile races --cpus 3 --cases 300".split(' '));
}

#[test]
fn everything_else() {
    check(["models"]);
    check(["--help"]);
    for command in [
        "models", "trace", "diff", "bisect", "race", "conform", "compare", "check", "matrix",
        "replay", "hunt",
    ] {
        check([command, "--help"]);
    }
    let dir = Scratch::new();
    let mut file = COUNTEREXAMPLE.clone();
    file["case"]["title"] = json!("a title with blanks ".repeat(20));
    file["signature"]["to"]["returned"] = json!("words and words ".repeat(40));
    file["history"]["fixed"] = json!("x".repeat(200));
    check(["replay", &dir.file("wrong.json", file.to_string())]);

    let mut all = rows("edge.jsonl.gz", 12);
    for (row, path) in all.iter_mut().zip([
        "/traces/v6.7/steps/0/ret",
        "/traces/v6.8/end",
        "/traces/thread-d/steps/0/live",
        "/traces/thread-b/steps",
    ]) {
        *row.pointer_mut(path).expect("a place") = json!(["some words"]);
    }
    let lines: Vec<String> = all.iter().map(Value::to_string).collect();
    let out = check(["conform", &dir.file("wrong.jsonl", lines.join("\n"))]);
    assert_eq!(out.matches("\n  expected ").count(), 4, "{out}");
}
