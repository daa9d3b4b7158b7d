// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff trace`

use super::run::{Scratch, gzip, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, MODELS, everything, rows, two_binds};
use super::shape::{check_trace, keys};
use serde_json::{Value, json};

/// Returns the recorded traces of a row for the registered models, without the lines of basic
/// blocks.
fn recorded_traces(row: &Value) -> Value {
    let mut traces = row["traces"].clone();
    let all = traces.as_object_mut().expect("traces");
    all.retain(|name, _| MODELS.contains(&name.as_str()));
    for trace in all.values_mut() {
        for step in trace["steps"].as_array_mut().expect("steps") {
            step.as_object_mut().expect("a step").shift_remove("lines");
        }
        if let Some(end) = trace["end"].as_object_mut() {
            end.shift_remove("lines");
        }
    }
    traces
}

fn jsonl(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "a whole last line");
    let parse = |line| serde_json::from_str(line).expect("each line is JSON");
    text.lines().map(parse).collect()
}

#[test]
fn json_has_a_trace_of_every_model_in_order_and_in_shape() {
    let dir = Scratch::new();
    for case in [two_binds(), everything()] {
        let file = dir.file("case.json", case.to_string());
        let value = svadiff(["trace", "--json", &file]).json(0);
        assert_eq!(keys(&value), ["traces"]);
        assert_eq!(keys(&value["traces"]), *MODELS);
        for trace in value["traces"].as_object().expect("traces").values() {
            check_trace(trace, case["ops"].as_array().expect("operations").len());
        }
    }
}

#[test]
fn only_the_models_that_are_named_are_run_in_the_order_in_which_they_are_named() {
    let dir = Scratch::new();
    let file = dir.file("case.json", two_binds().to_string());
    let args = [
        "trace", "--json", "--model", "v6.8", "--model", "v6.7", &file,
    ];
    let value = svadiff(args).json(0);
    assert_eq!(keys(&value["traces"]), ["v6.8", "v6.7"]);
    let text = svadiff(["trace", "--model", "thread-c", &file]).ok(0);
    assert!(
        text.contains("\nthread-c\n") && !text.contains("v6.7"),
        "{text}"
    );
}

#[test]
fn a_trace_for_people_says_what_each_operation_returned_and_what_decided() {
    let dir = Scratch::new();
    let file = dir.file("case.json", two_binds().to_string());
    let text = svadiff(["trace", "--model", "v6.8-rc1", &file]).ok(0);
    for said in [
        "1 device, 1 mm",
        "bind dev 0, mm 0                    handle 0, pasid 1",
        "bind dev 0, mm 0                    -EBUSY",
        "drivers/iommu/iommu-sva.c:107",
        "set_dev_pasid(dev 0, pasid 1, domain 0)",
        "release op 0, mm 0",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

#[test]
fn a_counterexample_can_be_traced_like_its_case() {
    let dir = Scratch::new();
    let case = dir.file("case.json", COUNTEREXAMPLE["case"].to_string());
    let whole = dir.file("whole.json", COUNTEREXAMPLE.to_string());
    for format in ["--json", "--model=v6.8"] {
        let traced = |file| svadiff(["trace", format, file]).ok(0);
        assert_eq!(traced(&case), traced(&whole));
    }
}

#[test]
fn what_is_traced_is_what_was_recorded() {
    let dir = Scratch::new();
    for file in ["exhaustive", "sequential", "edge", "rough"] {
        let rows = rows(&format!("{file}.jsonl.gz"), 20);
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        let path = dir.file("rows.jsonl", lines.join("\n"));
        let traced = jsonl(&svadiff(["trace", "--jsonl", &path]).ok(0));
        assert_eq!(traced.len(), rows.len());
        for (row, traced) in rows.iter().zip(&traced) {
            assert_eq!(keys(traced), ["id", "traces"]);
            assert_eq!(traced["id"], row["id"]);
            assert_eq!(keys(&traced["traces"]), *MODELS);
            let recorded = recorded_traces(row);
            for (model, trace) in recorded.as_object().expect("traces") {
                assert_eq!(traced["traces"][model], *trace, "{}", row["id"]);
            }
        }
    }
}

#[test]
fn rows_come_the_same_from_a_file_from_gzip_and_from_standard_input() {
    let dir = Scratch::new();
    let lines: Vec<String> = rows("sequential.jsonl.gz", 30)
        .iter()
        .map(|row| json!({"id": row["id"], "case": row["case"]}).to_string())
        .collect();
    let text = lines.join("\n") + "\n";
    let half = text.len() / 2;
    let members = [
        gzip(&text.as_bytes()[..half]),
        gzip(&text.as_bytes()[half..]),
    ];
    let plain = dir.file("rows.jsonl", &text);
    let packed = dir.file("rows.jsonl.gz", gzip(text.as_bytes()));
    let two_members = dir.file("two.gz", members.concat());

    let expected = svadiff(["trace", "--jsonl", &plain]).ok(0);
    assert_eq!(jsonl(&expected).len(), 30);
    for file in [&packed, &two_members] {
        assert_eq!(svadiff(["trace", "--jsonl", file]).ok(0), expected);
    }
    for input in [text.as_bytes(), &gzip(text.as_bytes())] {
        let ran = svadiff_reading(["trace", "--jsonl", "-"], input);
        assert_eq!(ran.ok(0), expected);
    }
}

#[test]
fn a_case_comes_the_same_from_a_file_from_gzip_and_from_standard_input() {
    let dir = Scratch::new();
    let text = everything().to_string();
    let plain = dir.file("case.json", &text);
    let packed = dir.file("case.json.gz", gzip(text.as_bytes()));
    let expected = svadiff(["trace", &plain]).ok(0);
    assert_eq!(svadiff(["trace", &packed]).ok(0), expected);
    let ran = svadiff_reading(["trace", "-"], text.as_bytes());
    assert_eq!(ran.ok(0), expected);
}

#[test]
fn an_id_of_any_type_is_given_back_as_it_came() {
    let ids = [
        r#""a string""#,
        r#""with \"quotes\" and \u0041 and ä""#,
        "0",
        "-1",
        "1.0",
        "1e5",
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827",
        "true",
        "null",
        "[1,[2,{}]]",
        r#"{"b":1,"a":[null]}"#,
    ];
    let case = two_binds();
    let row = |id: &&str| format!("{{\"id\": {id}, \"case\": {case}}}\n");
    let input: String = ids.iter().map(row).collect();
    let args = ["trace", "--jsonl", "--model", "v6.7", "-"];
    let out = svadiff_reading(args, input.as_bytes()).ok(0);
    for (line, id) in out.lines().zip(ids) {
        let start = format!("{{\"id\":{id},\"traces\":{{\"v6.7\":{{");
        assert!(line.starts_with(&start), "{id} became {line}");
    }
    assert_eq!(jsonl(&out).len(), ids.len());
}

#[test]
fn rows_keep_their_order_whatever_their_ids_are() {
    let case = two_binds();
    let ids = [5, 3, 9, 3, 1];
    let row = |id: &i32| json!({"id": id, "case": case}).to_string() + "\n";
    let input: String = ids.iter().map(row).collect();
    let out = svadiff_reading(["trace", "--jsonl", "-"], input.as_bytes()).ok(0);
    let given: Vec<Value> = jsonl(&out).iter().map(|row| row["id"].clone()).collect();
    assert_eq!(json!(given), json!(ids));
}

#[test]
fn other_keys_of_a_row_are_ignored_and_so_are_blank_lines() {
    let case = two_binds();
    let plain = format!("{{\"id\":1,\"case\":{case}}}\n");
    let with_more = format!(
        "\n \t\r\n{{\"zzz\":{{\"a\":[1,{{}}]}},\"case\":{case},\"traces\":5,\"id\":1,\"\":null}}\r\n\n"
    );
    let args = ["trace", "--jsonl", "-"];
    let expected = svadiff_reading(args, plain.as_bytes()).ok(0);
    let out = svadiff_reading(args, with_more.as_bytes()).ok(0);
    assert_eq!(out, expected);
}

#[test]
fn the_last_row_needs_no_line_break() {
    let row = json!({"id": 1, "case": two_binds()}).to_string();
    let out = svadiff_reading(["trace", "--jsonl", "-"], row.as_bytes()).ok(0);
    assert_eq!(jsonl(&out).len(), 1);
}
