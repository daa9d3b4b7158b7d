// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff diff`

use super::run::{Ran, Scratch, svadiff};
use super::samples::{COUNTEREXAMPLE, case, two_binds};
use super::shape::{check_trace, commits, keys};
use serde_json::{Value, json};

fn diff(case: &Value, from: &str, to: &str, more: &[&str]) -> Ran {
    let dir = Scratch::new();
    let file = dir.file("case.json", case.to_string());
    let args = ["diff", &file, "--from", from, "--to", to];
    svadiff(args.iter().chain(more))
}

/// Returns a case with a second bind that fails, and its consequences.
fn with_consequences() -> Value {
    case(json!([
        {"op": "bind", "dev": 0, "mm": 0},
        {"op": "bind", "dev": 0, "mm": 0},
        {"op": "get_pasid", "of": 1},
        {"op": "unbind", "of": 1},
    ]))
}

#[test]
fn models_that_agree_exit_0_and_say_in_what() {
    let text = diff(&two_binds(), "v6.8-rc6", "v6.8", &[]).ok(0);
    assert!(
        text.ends_with("No difference in api, splat, leak.\n"),
        "{text}"
    );
    let value = diff(&two_binds(), "v6.7", "v6.7", &["--json"]).json(0);
    assert_eq!(value["first_difference"], Value::Null);
    assert_eq!(value["differences"], json!([]));
    assert_eq!(value["history"], Value::Null);
}

#[test]
fn models_that_differ_exit_1_and_the_first_difference_is_marked() {
    let text = diff(&with_consequences(), "v6.7", "v6.8-rc1", &[]).ok(1);
    let marked: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("->") && !line.starts_with("-> the first"))
        .collect();
    assert!(marked.iter().all(|line| line.contains(" 1 ")), "{marked:?}");
    assert!(marked.iter().any(|line| line.contains("-EBUSY")), "{text}");
    for said in [
        "drivers/iommu/iommu-sva.c:84",
        "drivers/iommu/iommu-sva.c:107",
        "drivers/iommu/iommu.c:3546",
        "092edaddb660",
        "65d4418c5002",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

#[test]
fn what_merely_follows_is_set_apart() {
    let text = diff(&with_consequences(), "v6.7", "v6.8-rc1", &[]).ok(1);
    let (before, follows) = text.split_once("Consequences").expect("a part of its own");
    assert!(before.contains("First difference"), "{text}");
    assert!(
        follows.contains("op 2 [api]") && follows.contains("op 3 [api]"),
        "{text}"
    );
    assert!(!follows.contains("op 1"), "{text}");
}

#[test]
fn json_says_the_same_and_has_both_traces() {
    let case = with_consequences();
    let value = diff(&case, "v6.7", "v6.8-rc1", &["--json"]).json(1);
    let expected = [
        "id",
        "from",
        "to",
        "views",
        "first_difference",
        "differences",
        "history",
        "traces",
    ];
    assert_eq!(keys(&value), expected);
    assert_eq!(value["views"], json!(["api", "splat", "leak"]));
    assert_eq!(value["first_difference"], json!({"op": 1, "view": "api"}));
    let follows: Vec<&Value> = value["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|difference| &difference["follows"])
        .collect();
    assert_eq!(json!(follows), json!([false, true, true]));
    assert_eq!(keys(&value["traces"]), ["v6.7", "v6.8-rc1"]);
    for trace in value["traces"].as_object().expect("traces").values() {
        check_trace(trace, 4);
    }
    let history = json!({"introduced": "092edaddb660", "fixed": "65d4418c5002"});
    assert_eq!(commits(&value["history"]), history);
}

#[test]
fn the_id_is_that_of_the_counterexample() {
    let value = diff(&two_binds(), "v6.7", "v6.8-rc1", &["--json"]).json(1);
    assert_eq!(value["id"], COUNTEREXAMPLE["id"]);
    assert_eq!(
        value["differences"][0]["signature"],
        COUNTEREXAMPLE["signature"]
    );
}

#[test]
fn each_view_sees_its_own_differences_and_no_others() {
    let views_of = |more: &[&str]| -> Vec<String> {
        let args = [&["--json"], more].concat();
        let ran = diff(&two_binds(), "v6.7", "v6.8-rc1", &args);
        let value: Value = serde_json::from_str(&ran.out).expect("JSON");
        let all = value["differences"].as_array().expect("a list");
        assert_eq!(ran.status, i32::from(!all.is_empty()));
        let mut views: Vec<String> = all
            .iter()
            .filter_map(|difference| Some(difference["view"].as_str()?.to_owned()))
            .collect();
        views.dedup();
        views
    };
    assert_eq!(views_of(&[]), ["api"]);
    assert_eq!(views_of(&["--view", "api"]), ["api"]);
    assert_eq!(views_of(&["--view", "splat"]), [""; 0]);
    assert_eq!(views_of(&["--view", "leak"]), [""; 0]);
    assert_eq!(views_of(&["--view", "driver"]), ["driver"]);
    // 6.7 has no `iommu_mm`, so different objects exist from the first operation on.
    assert_eq!(views_of(&["--view", "state"]), ["state"]);
    let both = views_of(&["--view", "driver", "--view", "splat", "--view", "api"]);
    assert_eq!(both, ["api", "driver"]);
}

#[test]
fn a_splat_and_a_leak_are_differences_by_themselves() {
    let one_bind = case(json!([{"op": "bind", "dev": 0, "mm": 0}]));
    for (view, said) in [
        ("splat", "refcount: underflow; use-after-free"),
        ("leak", "thread-d leaks a handle, and v6.7 does not"),
    ] {
        let text = diff(&one_bind, "v6.7", "thread-d", &["--view", view]).ok(1);
        assert!(text.contains(said), "{text}");
        let none = diff(&one_bind, "v6.7", "v6.8", &["--view", view]).ok(0);
        assert!(
            none.contains(&format!("No difference in {view}.")),
            "{none}"
        );
    }
}

#[test]
fn both_models_have_to_be_named() {
    let dir = Scratch::new();
    let file = dir.file("case.json", two_binds().to_string());
    let ran = svadiff(["diff", &file, "--from", "v6.7"]);
    assert!(ran.refused("").contains("--to <MODEL>"), "{ran:?}");
}
