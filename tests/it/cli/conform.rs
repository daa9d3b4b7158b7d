// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff conform`

use super::run::{Scratch, gzip, svadiff, svadiff_reading};
use super::samples::{recorded, rows};
use serde_json::{Value, json};

fn text_of(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

#[test]
fn rows_that_agree_exit_0_with_a_count_of_them() {
    let file = recorded("exhaustive.jsonl.gz");
    let text = svadiff(["conform", &file]).ok(0);
    let columns = &rows("exhaustive.jsonl.gz", 1)[0]["traces"];
    for model in columns.as_object().expect("traces").keys() {
        let of_model = |line: &&str| line.split_whitespace().next() == Some(model.as_str());
        let line = text.lines().find(of_model).expect("a line for each model");
        assert!(
            line.ends_with("0 wrong") && !line.contains(" 0 traces"),
            "{line}"
        );
    }
    assert!(text.ends_with(" traces, 0 mismatches\n"), "{text}");
}

#[test]
fn several_files_are_compared_plain_or_packed_or_from_standard_input() {
    let dir = Scratch::new();
    let text = text_of(&rows("sequential.jsonl.gz", 5));
    let plain = dir.file("rows.jsonl", &text);
    let packed = dir.file("rows.jsonl.gz", gzip(text.as_bytes()));
    let args = ["conform", &plain, &packed, "-"];
    let out = svadiff_reading(args, text.as_bytes()).ok(0);
    assert!(
        out.ends_with("\n15 rows, 375 traces, 0 mismatches\n"),
        "{out}"
    );
}

#[test]
fn only_the_models_that_are_named_are_compared() {
    let dir = Scratch::new();
    let mut rows = rows("rough.jsonl.gz", 3);
    rows[1]["traces"]["v6.8"]["steps"][0]["ret"] = json!("wrong");
    let file = dir.file("rows.jsonl", text_of(&rows));
    let out = svadiff(["conform", &file, "--model", "v6.7"]).ok(0);
    assert!(out.ends_with("\n3 rows, 3 traces, 0 mismatches\n"), "{out}");
    svadiff(["conform", &file, "--model", "v6.8"]).ok(1);
}

#[test]
fn a_mismatch_exits_1_with_the_case_the_field_what_was_expected_and_what_was_got() {
    let dir = Scratch::new();
    let mut rows = rows("exhaustive.jsonl.gz", 3);
    rows[2]["id"] = json!("the-third");
    rows[2]["traces"]["v6.8-rc1"]["steps"][0]["live"]["mm_count"][0] = json!(77);
    let file = dir.file("rows.jsonl", text_of(&rows));
    let out = svadiff(["conform", &file]).ok(1);
    let head = out.lines().next().expect("a line");
    let unwrapped = out.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = format!("{file}: line 3: row the-third: v6.8-rc1 field steps[0].live.mm_count[0]");
    assert!(head.starts_with(&file), "{out}");
    assert!(
        unwrapped.starts_with(&said.replace("row the-third", "row \"the-third\"")),
        "{out}"
    );
    assert!(unwrapped.contains(" expected 77 got 2 case {"), "{out}");
    assert!(out.ends_with("traces, 1 mismatches\n"), "{out}");

    // The printed case can be pasted into a file.
    let case = out
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with('{'));
    let case = dir.file("pasted.json", case.expect("the case on a line of its own"));
    let traced = svadiff(["trace", "--json", "--model", "v6.8-rc1", &case]).json(0);
    assert_eq!(
        traced["traces"]["v6.8-rc1"]["steps"][0]["live"]["mm_count"][0],
        2
    );
}

/// Collects every scalar of a value, with its path.
fn scalars(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                scalars(value, &format!("{path}/{key}"), out);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                scalars(value, &format!("{path}/{at}"), out);
            }
        }
        _ => out.push(path.to_owned()),
    }
}

#[test]
fn every_field_of_a_recorded_trace_is_compared() {
    let mut row = rows("exhaustive.jsonl.gz", 40).pop().expect("a row");
    let traces = row["traces"].as_object_mut().expect("traces");
    traces.retain(|name, _| name == "thread-b");
    let mut paths = Vec::new();
    scalars(&row["traces"], "/traces", &mut paths);
    paths.retain(|path| !path.contains("/lines/"));
    assert!(paths.len() > 40, "{paths:?}");
    let altered = paths.iter().map(|path| {
        let mut row = row.clone();
        row["id"] = json!(path);
        *row.pointer_mut(path).expect("a field") = json!("altered");
        row
    });
    let altered: Vec<Value> = altered.collect();
    let args = ["conform", "--model", "thread-b", "-"];
    let out = svadiff_reading(args, text_of(&altered).as_bytes()).ok(1);
    let count = paths.len();
    let last = format!("\n{count} rows, {count} traces, {count} mismatches\n");
    assert!(out.ends_with(&last), "{out}");
}

#[test]
fn mismatches_are_counted_and_only_some_are_shown() {
    let mut rows = rows("sequential.jsonl.gz", 25);
    for row in &mut rows {
        row["traces"]["v6.7"]["end"] = json!({});
    }
    let args = ["conform", "--model", "v6.7", "-"];
    let out = svadiff_reading(args, text_of(&rows).as_bytes()).ok(1);
    assert_eq!(out.matches("\n  field ").count(), 10, "{out}");
    assert!(out.contains("… and 15 more mismatches"), "{out}");
    assert!(
        out.ends_with("\n25 rows, 25 traces, 25 mismatches\n"),
        "{out}"
    );
}

#[test]
fn rows_without_a_trace_of_our_models_agree_with_nothing_and_are_refused() {
    let row = &rows("exhaustive.jsonl.gz", 1)[0];
    let none = json!({"id": 1, "case": row["case"], "traces": {"v99": {"steps": []}}});
    let ran = svadiff_reading(["conform", "-"], text_of(&[none]).as_bytes());
    let said = ran.refused("standard input");
    assert!(said.contains("no recorded trace"), "{said}");
}
