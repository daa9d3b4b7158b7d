// SPDX-License-Identifier: GPL-2.0-or-later
//! What commands print with `--json` is valid.

use crate::cli::run::{svadiff, svadiff_reading};
use crate::cli::samples::{everything, null_pointer, recorded, rows};
use crate::cli::ways::ways;
use crate::schemas::assert_valid;
use serde_json::Value;

/// Returns the schema of what a command line prints.
fn schema(way: &str) -> String {
    let words: Vec<&str> = way.split(' ').collect();
    match words[..] {
        ["models", "--of", ..] => "models-of-output".to_owned(),
        ["ledger", below, ..] => format!("ledger-{below}-output"),
        [command, ..] => format!("{command}-output"),
        [] => unreachable!("a line has a word"),
    }
}

#[test]
fn every_way_of_every_command_prints_what_its_schema_describes() {
    let exhaustive = recorded("exhaustive.jsonl.gz");
    for (way, status, input) in ways() {
        let args = way.split(' ').map(|word| match word {
            "EXHAUSTIVE" => &exhaustive,
            word => word,
        });
        let ran = svadiff_reading(args.chain(["--json"]), input.to_string().as_bytes());
        assert_eq!(i32::from(ran.status), status, "{way}: {ran:?}");
        let value: Value = serde_json::from_str(&ran.out).expect("JSON");
        match way.strip_prefix("schema ") {
            Some(name) => assert_eq!(value["$id"], format!("urn:svadiff:schema:{name}")),
            None => assert_valid(&schema(way), &value, way),
        }
    }
}

#[test]
fn more_of_what_commands_print() {
    let ran = |line: &str, input: &Value| {
        let args = line.split(' ').chain(["--json"]);
        let ran = svadiff_reading(args, input.to_string().as_bytes());
        let value: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
        assert_valid(&schema(line), &value, line);
    };
    let nothing = Value::Null;
    for line in [
        "models --of 6.12.70+deb13-amd64",
        "models --of 6.12.40",
        "models --of v6.12+530f8f9c3546",
        "matrix --from v6.7 --to v6.8-rc1 --ops 2",
        "compare v6.5 v6.6 --ops 2 --faults",
        "compare v6.12 v6.12.117 --devices 1 --mms 1 --cpus 2 --ops 3",
        "compare v6.7 v6.8 --ops 2 --view driver --view state",
        "check v6.12 --devices 1 --mms 1 --cpus 2 --ops 4",
        "check v6.8-rc6 --ops 4 --faults",
        "hunt v6.12 v6.12.117 --cpus 2 --cases 20",
        "hunt v6.5 v6.6 --cases 50 --profile faults",
    ] {
        ran(line, &nothing);
    }
    for case in [everything(), null_pointer()] {
        for line in [
            "trace -",
            "diff - --from v6.7 --to v6.8",
            "diff - --from v6.5 --to v6.6",
            "diff - --from v6.12 --to v6.12.117 --view driver",
            "bisect -",
            "replay -",
        ] {
            ran(line, &case);
        }
    }
    let row = serde_json::json!({"id": [1, null], "case": everything(), "more": 1});
    assert_valid("row", &row, "a row");
    let lines = svadiff_reading(["trace", "--jsonl", "-"], row.to_string().as_bytes());
    assert_valid("trace-jsonl-output", &lines.json(0), "trace --jsonl");
}

/// Every finding between neighbours, of every signature, also with faults.
#[test]
fn findings_of_all_neighbours_are_counterexamples() {
    let every = match std::env::var_os("SVADIFF_THOROUGH") {
        Some(_) => 1,
        None => 3,
    };
    let pairs = svadiff::ledger::neighbours();
    for [from, to] in pairs.into_iter().step_by(every) {
        let args = [
            "compare",
            from.name(),
            to.name(),
            "--ops",
            "3",
            "--faults",
            "--json",
        ];
        let ran = svadiff(args);
        let value: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
        assert_valid("compare-output", &value, &args.join(" "));
        for finding in value["findings"].as_array().expect("a list") {
            assert_valid("counterexample", finding, from.name());
        }
    }
}

/// The traces of the models in the first recorded rows, of every file.
#[test]
fn recorded_rows_and_traces_are_valid() {
    for file in [
        "again",
        "concurrent",
        "edge",
        "errnos",
        "race",
        "reset",
        "sequential",
    ] {
        for row in rows(&format!("{file}.jsonl.gz"), 40) {
            assert_valid("row", &row, file);
            assert_valid("case", &row["case"], file);
            let traces = row["traces"].as_object().expect("traces");
            for trace in traces.values() {
                let mut trace = trace.clone();
                without_lines(&mut trace);
                assert_valid("trace", &trace, file);
            }
        }
    }
}

/// Removes the lines of basic blocks, which only a recorded step has.
fn without_lines(trace: &mut Value) {
    let steps = trace["steps"].as_array_mut().expect("steps");
    let steps: Vec<&mut Value> = steps.iter_mut().collect();
    for step in steps {
        step.as_object_mut().expect("a step").remove("lines");
    }
    if let Some(end) = trace["end"].as_object_mut() {
        end.remove("lines");
    }
}
