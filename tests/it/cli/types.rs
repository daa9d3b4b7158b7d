// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes values of wrong types, and wrong words, in every field.

use super::run::{Ran, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, everything, two_binds};
use super::shape::places;
use serde_json::{Value, json};

fn run(command: &[&str], file: &str) -> Ran {
    let args = command.iter().chain(&["-"]);
    svadiff_reading(args, file.as_bytes())
}

/// One value of each type, as text, because not every program can write these numbers.
const WRONG: [&str; 12] = [
    "null",
    "\"\"",
    "\"wrong\"",
    "-1",
    "0.5",
    "1e30",
    "1e999",
    "123456789012345678901234567890",
    "true",
    "[]",
    "{}",
    "[{}]",
];

/// Returns a value with a mark at `path`, to be replaced by text.
fn marked(value: &Value, path: &str) -> String {
    let mut value = value.clone();
    *value.pointer_mut(path).expect("a place") = json!("MARK");
    value.to_string()
}

fn kind(text: &str) -> u8 {
    match text.as_bytes()[0] {
        b'"' => 0,
        b't' | b'f' => 1,
        b'[' => 2,
        b'{' => 3,
        b'n' => 4,
        _ => 5,
    }
}

/// Returns whether a path is that of a commit in a history, which can be null.
fn is_commit(path: &str) -> bool {
    let keys = ["introduced", "fixed", "since", "until"];
    path.starts_with("/history/") && keys.iter().any(|key| path.ends_with(key))
}

/// Returns whether a place accepts a value, by its type.
fn is_right(path: &str, before: &Value, wrong: &str) -> bool {
    let is_null = wrong == "null";
    match path {
        "/minimal/shortest_in" if is_null => true,
        _ if is_commit(path) && (is_null || wrong.starts_with('"')) => true,
        // Claims can have any contents as long as they are objects. Whether they hold is another
        // question.
        _ if path.starts_with("/signature/") => wrong != "1e999",
        _ if path.starts_with("/traces/") && path.matches('/').count() > 2 => wrong != "1e999",
        _ => {
            let same_kind = kind(&before.to_string()) == kind(wrong);
            let is_text = ["title", "origin", "note", "id", "svadiff", "shortest_in"]
                .iter()
                .chain(&["introduced", "fixed", "since", "until"])
                .any(|key| path.ends_with(key));
            match before {
                Value::String(_) => same_kind && is_text,
                Value::Bool(_) => same_kind,
                // An empty list is a valid list with fewer items.
                Value::Array(_) => wrong == "[]",
                Value::Object(_) => {
                    wrong == "{}" && (path == "/signature" || path.starts_with("/traces"))
                }
                _ => false,
            }
        }
    }
}

fn check(command: &[&str], value: &Value) {
    let mut all = Vec::new();
    places(value, String::new(), &mut all);
    let mut refused = 0;
    for path in all {
        let before = value.pointer(&path).expect("a place");
        for wrong in WRONG {
            let file = marked(value, &path).replace("\"MARK\"", wrong);
            let ran = run(command, &file);
            if is_right(&path, before, wrong) {
                assert_ne!(ran.status, 2, "{path} {wrong}: {ran:?}");
                continue;
            }
            refused += 1;
            assert_eq!(ran.status, 2, "{path} {wrong}: {ran:?}");
            let about = ran.refused_at_a_place("standard input");
            // A number that cannot be represented is refused before its place is known.
            let first = path.split('/').nth(1).unwrap_or("");
            assert!(
                about.contains(first) || wrong == "1e999",
                "{path} {wrong}: {about}"
            );
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn every_field_of_a_case_refuses_every_other_type() {
    check(&["trace", "--json", "--model", "v6.8"], &everything());
}

#[test]
fn every_field_of_a_counterexample_refuses_every_other_type() {
    check(&["replay"], &COUNTEREXAMPLE);
}

#[test]
fn every_field_of_a_row_refuses_every_other_type() {
    for wrong in WRONG {
        let before = json!({"id": 0, "case": two_binds()}).to_string();
        let row = format!("{before}\n{{\"id\": 1, \"case\": {wrong}}}");
        let ran = run(&["trace", "--jsonl", "--model", "v6.8"], &row);
        let about = ran.refused_after_rows("standard input");
        assert!(about.starts_with(": line 2 column "), "{wrong}: {about}");
        assert_eq!(ran.out.lines().count(), 1);

        // A list is not an object of traces, and a trace must be an object.
        let case = two_binds();
        let row = format!("{{\"id\": 1, \"case\": {case}, \"traces\": {wrong}}}");
        run(&["conform"], &row).refused("standard input: ");
        let row = format!("{{\"id\": 1, \"case\": {case}, \"traces\": {{\"v6.8\": {wrong}}}}}");
        if wrong != "{}" {
            let ran = run(&["conform"], &row);
            let about = ran.refused("standard input");
            assert!(about.starts_with(": line 1 column "), "{wrong}: {about}");
        }
    }
}

#[test]
fn a_list_of_the_values_is_not_taken_for_the_object() {
    let case = two_binds();
    let device = json!([0, 16, 0]);
    for (path, list) in [
        ("/topology/devices/0", device.clone()),
        ("/topology/mms/0", json!([true])),
        (
            "/topology",
            json!([case["topology"]["devices"], case["topology"]["mms"]]),
        ),
        ("/ops/0", json!(["bind", 0, 0])),
    ] {
        let file = marked(&case, path).replace("\"MARK\"", &list.to_string());
        let ran = run(&["trace"], &file);
        let about = ran.refused_at_a_place("standard input");
        assert!(about.contains("invalid type: sequence"), "{path}: {about}");
    }
    let row = json!([1, case]).to_string();
    run(&["trace", "--jsonl"], &row).refused_at_a_place("standard input");
    let row = json!([1, case, {}]).to_string();
    run(&["conform"], &row).refused_at_a_place("standard input");
}

#[test]
fn an_unknown_word_is_named_with_all_that_there_are() {
    let words = [
        (
            everything(),
            "/ops/0/op",
            "unknown op `wrong`",
            "page_request",
        ),
        (
            everything(),
            "/ops/0/fault/site",
            "unknown fault site `wrong`",
            "pasid_array",
        ),
        (
            everything(),
            "/ops/0/fault/errno",
            "unknown errno `wrong`",
            "ENODEV",
        ),
        (
            everything(),
            "/format",
            "unknown format `wrong`",
            "svadiff-case/1",
        ),
        (
            COUNTEREXAMPLE.clone(),
            "/case/format",
            "unknown format `wrong`",
            "svadiff-case/1",
        ),
        (
            COUNTEREXAMPLE.clone(),
            "/from",
            "unknown model `wrong`",
            "thread-d",
        ),
        (
            COUNTEREXAMPLE.clone(),
            "/to",
            "unknown model `wrong`",
            "thread-d",
        ),
        (
            COUNTEREXAMPLE.clone(),
            "/first_difference/view",
            "unknown view `wrong`",
            "leak",
        ),
    ];
    for (value, path, said, one_of) in words {
        let file = marked(&value, path).replace("MARK", "wrong");
        let ran = run(&["replay"], &file);
        let about = ran.refused_at_a_place("standard input");
        assert!(about.contains(said) && about.contains(one_of), "{about}");
    }
    for version in [
        "svadiff-case/2",
        "svadiff-case/01",
        "svadiff-counterexample/2",
    ] {
        let file = marked(&everything(), "/format").replace("MARK", version);
        let ran = run(&["replay"], &file);
        let about = ran.refused_at_a_place("standard input");
        assert!(
            about.contains(&format!("unknown format `{version}`")),
            "{about}"
        );
    }
}

#[test]
fn each_site_fails_with_its_own_errnos_only() {
    let of_drivers = [
        "ENOMEM",
        "EINVAL",
        "EIO",
        "ENODEV",
        "EBUSY",
        "EOPNOTSUPP",
        "E2BIG",
        "ENOSPC",
        "EPERM",
    ];
    let sites: [(&str, &[&str]); 6] = [
        ("handle_alloc", &["ENOMEM"]),
        ("mm_data_alloc", &["ENOMEM"]),
        ("pasid_alloc", &["ENOMEM", "ENOSPC"]),
        ("domain_alloc", &of_drivers),
        ("pasid_array", &["ENOMEM"]),
        ("set_dev_pasid", &of_drivers),
    ];
    let all = [
        "EIO",
        "ENOMEM",
        "EBUSY",
        "ENODEV",
        "EINVAL",
        "ENOSPC",
        "EOVERFLOW",
        "EOPNOTSUPP",
        "E2BIG",
        "EPERM",
    ];
    for (site, errnos) in sites {
        for errno in all {
            let mut case = two_binds();
            case["ops"][0]["fault"] = json!({"site": site, "nth": 0, "errno": errno});
            let ran = run(&["trace", "--model", "v6.8"], &case.to_string());
            if errnos.contains(&errno) {
                ran.ok(0);
                continue;
            }
            let about = ran.refused_at_a_place("standard input");
            let said = format!(
                "at ops[0].fault: `{site}` does not fail with {errno}; it fails with {}",
                errnos.join(", ")
            );
            assert!(about.ends_with(&said), "{about}");
        }
    }
}
