// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes files that are not cases: not JSON, truncated, nested, or with keys that are unknown,
//! missing or repeated.

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, case_commands, everything, two_binds};
use serde_json::{Value, json};

fn trace(file: &str) -> Ran {
    svadiff_reading(["trace", "-"], file.as_bytes())
}

fn replay(file: &str) -> Ran {
    svadiff_reading(["replay", "-"], file.as_bytes())
}

#[test]
fn what_is_not_json_is_refused_by_every_command_with_line_and_column() {
    let dir = Scratch::new();
    for (text, place) in [
        ("", ": line 1 column 1: empty"),
        (" \n\t\r\n ", ": line 1 column 1: empty"),
        ("nonsense", ": line 1 column 1: "),
        ("{\n  \"topology\": }", ": line 2 column 15: "),
        ("{\"ops\": [}", ": line 1 column 10: "),
        ("{'ops': []}", ": line 1 column 2: "),
        ("{} {}", ": line 1 column "),
        ("// a comment\n{}", ": line 1 column 1: "),
        ("[]", ": line 1 column 1: "),
        ("\0", ": line 1 column 1: "),
    ] {
        let file = dir.file("bad.json", text);
        for args in case_commands(&file) {
            let ran = svadiff(&args);
            let about = ran.refused_at_a_place(&file);
            assert!(about.starts_with(place), "{text:?} {args:?}: {about}");
        }
        for args in [["trace", "--jsonl"].as_slice(), &["conform"]] {
            let ran = svadiff(args.iter().chain(&[file.as_str()]));
            ran.refused_at_a_place(&file);
        }
    }
}

#[test]
fn a_case_cut_short_anywhere_is_refused() {
    let text = serde_json::to_string(&two_binds()).expect("JSON");
    for end in 0..text.len() {
        let ran = trace(&text[..end]);
        let about = ran.refused_at_a_place("standard input");
        assert!(about.starts_with(": line 1 column "), "{end}: {about}");
    }
    trace(&text).ok(0);
}

#[test]
fn a_counterexample_cut_short_anywhere_is_refused() {
    let text = COUNTEREXAMPLE.to_string();
    for end in 0..text.len() {
        replay(&text[..end]).refused_at_a_place("standard input");
    }
    replay(&text).ok(0);
}

#[test]
fn a_file_that_goes_on_after_its_value_is_refused() {
    for more in ["x", "{}", ",", "]", "\0", "\u{feff}", "null"] {
        let ran = trace(&format!("{}\n {more}", two_binds()));
        let about = ran.refused_at_a_place("standard input");
        assert!(about.ends_with("trailing characters"), "{more}: {about}");
        assert!(about.starts_with(": line 2 column "), "{more}: {about}");
    }
    trace(&format!(" \r\n\t{}\n\n", two_binds())).ok(0);
}

const DEEP: usize = 100_000;

/// Returns a value nested [`DEEP`] levels deep.
fn nested(open: &str, inner: &str, close: &str) -> String {
    open.repeat(DEEP) + inner + &close.repeat(DEEP)
}

#[test]
fn nesting_is_refused_wherever_it_stands() {
    let case = two_binds().to_string();
    let counterexample = COUNTEREXAMPLE.to_string();
    let deep = [
        nested("[", "", "]"),
        nested("{\"a\":", "0", "}"),
        nested("[{\"a\":", "0", "}]"),
        "[".repeat(DEEP),
    ];
    for deep in &deep {
        let in_case = [
            deep.clone(),
            case.replacen("{\"format\"", &format!("{{\"x\":{deep},\"format\""), 1),
            case.replacen("\"svadiff-case/1\"", deep, 1),
            case.replacen("{\"devices\"", &format!("{{\"x\":{deep},\"devices\""), 1),
            case.replacen("\"ops\":[", &format!("\"ops\":[{deep},"), 1),
            case.replacen("\"bind\"", deep, 1),
        ];
        for file in in_case {
            trace(&file).refused_at_a_place("standard input");
        }
        let in_counterexample = [
            counterexample.replacen("\"signature\":", &format!("\"signature\":{deep},\"x\":"), 1),
            counterexample.replacen("\"steps\":", &format!("\"steps\":{deep},\"x\":"), 1),
            counterexample.replacen("\"op\":1,", &format!("\"op\":{deep},"), 1),
            counterexample.replacen("\"svadiff\":", &format!("\"x\":{deep},\"svadiff\":"), 1),
        ];
        for file in in_counterexample {
            assert_ne!(file, counterexample);
            replay(&file).refused_at_a_place("standard input");
        }
        let row = format!("{{\"id\":1,\"case\":{case},\"traces\":{{\"v6.7\":{{\"a\":{deep}}}}}}}");
        svadiff_reading(["conform", "-"], row.as_bytes()).refused_at_a_place("standard input");
        let row = format!("{{\"id\":1,\"case\":{deep}}}");
        svadiff_reading(["trace", "--jsonl", "-"], row.as_bytes())
            .refused_at_a_place("standard input");
    }
}

#[test]
fn a_key_that_is_ignored_is_ignored_however_deep_it_is() {
    let case = two_binds();
    let deep = nested("[{\"a\":", "0", "}]");
    let row = format!("{{\"x\":{deep},\"id\":1,\"case\":{case},\"y\":{deep}}}");
    let args = ["trace", "--jsonl", "--model", "v6.7", "-"];
    let out = svadiff_reading(args, row.as_bytes()).ok(0);
    assert!(out.starts_with("{\"id\":1,\"traces\""), "{out}");
    let cut_short = &row[..row.len() - 5];
    svadiff_reading(args, cut_short.as_bytes()).refused_at_a_place("standard input");
}

/// Collects the paths of all objects in a value.
fn objects(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                objects(value, format!("{path}/{key}"), out);
            }
            out.push(path);
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                objects(value, format!("{path}/{at}"), out);
            }
        }
        _ => {}
    }
}

/// Returns the text of a value with an additional entry at the end of the object at `path`.
fn with_entry(value: &Value, path: &str, key: &str, entry: &Value) -> String {
    let mut value = value.clone();
    let object = value.pointer_mut(path).and_then(Value::as_object_mut);
    object
        .expect("an object")
        .insert("MARK".to_owned(), entry.clone());
    value
        .to_string()
        .replace("\"MARK\"", &json!(key).to_string())
}

#[test]
fn an_unknown_key_is_named_at_every_level() {
    for (file, run) in [
        (everything(), trace as fn(&str) -> Ran),
        (COUNTEREXAMPLE.clone(), replay),
    ] {
        let mut all = Vec::new();
        objects(&file, String::new(), &mut all);
        // A claim about a trace can have any value; it then does not hold.
        let is_claim = |p: &String| p.starts_with("/signature") || p.matches('/').count() > 2;
        all.retain(|path| !(path.starts_with("/traces/") && is_claim(path)));
        all.retain(|path| !path.starts_with("/signature") && path.matches("/traces/").count() < 1);
        assert!(all.len() > 5);
        for path in all {
            let ran = run(&with_entry(&file, &path, "surplus", &json!(0)));
            let about = ran.refused_at_a_place("standard input");
            let said = match path.as_str() {
                "/traces" => "unknown model `surplus`",
                _ => "unknown key `surplus`",
            };
            assert!(about.contains(said), "{path}: {about}");
        }
    }
}

#[test]
fn a_repeated_key_is_named_at_every_level() {
    for (file, run) in [
        (everything(), trace as fn(&str) -> Ran),
        (COUNTEREXAMPLE.clone(), replay),
    ] {
        let mut all = Vec::new();
        objects(&file, String::new(), &mut all);
        for path in all {
            let object = file.pointer(&path).and_then(Value::as_object).expect("one");
            for (key, value) in object {
                let ran = run(&with_entry(&file, &path, key, value));
                let about = ran.refused_at_a_place("standard input");
                let said = format!("repeated key `{key}`");
                assert!(about.contains(&said), "{path}/{key}: {about}");
            }
        }
    }
}

#[test]
fn a_repeated_key_of_a_row_is_named() {
    let case = two_binds();
    let row = json!({"id": 1, "case": case, "traces": {"v6.7": {"steps": []}}});
    for (path, key) in [("", "id"), ("", "case"), ("/case", "ops")] {
        let value = row.pointer(path).expect("an object")[key].clone();
        let text = format!("\n{}", with_entry(&row, path, key, &value));
        let ran = svadiff_reading(["trace", "--jsonl", "-"], text.as_bytes());
        let about = ran.refused_at_a_place("standard input");
        assert!(about.starts_with(": line 2 column "), "{about}");
        assert!(about.ends_with(&format!("repeated key `{key}`")), "{about}");
    }
    for (path, key) in [
        ("", "traces"),
        ("/traces", "v6.7"),
        ("/traces/v6.7", "steps"),
    ] {
        let value = row.pointer(path).expect("an object")[key].clone();
        let text = with_entry(&row, path, key, &value);
        let ran = svadiff_reading(["conform", "-"], text.as_bytes());
        let about = ran.refused_at_a_place("standard input");
        assert!(about.ends_with(&format!("repeated key `{key}`")), "{about}");
    }
}

#[test]
fn a_missing_key_is_named() {
    let optional = ["format", "title", "origin", "note", "fault"];
    for (file, run) in [
        (everything(), trace as fn(&str) -> Ran),
        (COUNTEREXAMPLE.clone(), replay),
    ] {
        let mut all = Vec::new();
        objects(&file, String::new(), &mut all);
        all.retain(|path| !path.starts_with("/signature") && !path.starts_with("/traces"));
        for path in all {
            let object = file.pointer(&path).and_then(Value::as_object).expect("one");
            for key in object.keys() {
                let mut less = file.clone();
                let place = less.pointer_mut(&path).and_then(Value::as_object_mut);
                place.expect("an object").shift_remove(key);
                let ran = run(&less.to_string());
                if optional.contains(&key.as_str()) && less.get("id").is_none()
                    || path == "/case" && key == "format"
                    || path == "/history" && ["from", "to"].contains(&key.as_str())
                    || path.is_empty() && key == "effect"
                {
                    ran.ok(0);
                    continue;
                }
                let about = ran.refused_at_a_place("standard input");
                let named = about.contains(&format!("key `{key}`"));
                // A counterexample without its format is taken for a case.
                assert!(
                    named || path.is_empty() && key == "format",
                    "{path}/{key}: {about}"
                );
            }
        }
    }
}

#[test]
fn an_operation_has_its_own_keys_and_no_others() {
    let keys = ["dev", "mm", "of", "pasid"];
    for op in everything()["ops"].as_array().expect("operations") {
        for key in keys.into_iter().filter(|key| op.get(key).is_none()) {
            let mut case = two_binds();
            case["ops"][1] = op.clone();
            case["ops"][1][key] = json!(0);
            let ran = trace(&case.to_string());
            let about = ran.refused_at_a_place("standard input");
            let name = op["op"].as_str().expect("a name");
            let said = format!("at ops[1]: `{name}` has no key `{key}`");
            assert!(about.ends_with(&said), "{about}");
        }
    }
}
