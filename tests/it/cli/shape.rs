// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that traces and counterexamples have the form that the format describes.

use super::samples::MODELS;
use serde_json::{Value, json};

/// Returns the keys of an object, in order.
pub(super) fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap_or_else(|| panic!("{value}"));
    object.keys().map(String::as_str).collect()
}

fn is_number(value: &Value) -> bool {
    value.is_u64()
}

fn is_number_or_null(value: &Value) -> bool {
    value.is_u64() || value.is_null()
}

/// Checks a trace of a case with this many operations.
pub(super) fn check_trace(trace: &Value, ops: usize) {
    assert_eq!(keys(trace), ["steps", "end"]);
    let steps = trace["steps"].as_array().expect("a list of steps");
    for (index, step) in steps.iter().enumerate() {
        if check_step(step) {
            assert_eq!(index + 1, steps.len(), "steps after a death: {trace}");
            assert!(trace["end"].is_null(), "a teardown after a death: {trace}");
            return;
        }
    }
    assert_eq!(steps.len(), ops);
    check_step(&trace["end"]);
}

/// Checks a trace of a case on several CPUs with this many operations.
pub(super) fn check_concurrent_trace(trace: &Value, ops: usize) {
    assert_eq!(keys(trace), ["steps", "end", "schedule"]);
    let schedule = trace["schedule"].as_array().expect("a list of CPUs");
    assert!(schedule.iter().all(is_number), "{trace}");
    let steps = trace["steps"].as_array().expect("a list of steps");
    assert_eq!(steps.len(), ops);
    let is = |ret: &str| steps.iter().filter(|step| step["ret"] == ret).count();
    let died = is("oops") + is("hang");
    for step in steps {
        // The existing objects are not the result of a single operation.
        assert!(step.get("live").is_none(), "{step}");
        if step["ret"] != "unfinished" {
            check_parts(step);
        }
    }
    assert!(died <= 1 && (died == 1 || is("unfinished") == 0), "{trace}");
    assert_eq!(trace["end"].is_null(), died == 1, "{trace}");
    if died == 0 {
        check_step(&trace["end"]);
    }
}

/// Checks a step. Returns whether the run ended with it.
fn check_step(step: &Value) -> bool {
    check_parts(step);
    let died = step["ret"] == "oops" || step["ret"] == "hang";
    assert_eq!(step.get("live").is_none(), died, "{step}");
    if !died {
        check_live(&step["live"]);
    }
    died
}

/// Checks all parts of a step except the objects that exist after it.
fn check_parts(step: &Value) {
    let all = ["ret", "calls", "splats", "live"];
    let mut order = all.iter();
    for key in keys(step) {
        assert!(order.any(|this| *this == key), "{key} in {step}");
    }
    check_ret(&step["ret"]);
    for key in ["calls", "splats"] {
        if let Some(list) = step.get(key) {
            assert!(!list.as_array().expect("a list").is_empty(), "{step}");
        }
    }
    for call in step["calls"].as_array().into_iter().flatten() {
        check_call(call);
    }
    for splat in step["splats"].as_array().into_iter().flatten() {
        assert!(splat.is_string(), "{splat}");
    }
}

fn check_ret(ret: &Value) {
    if let Some(word) = ret.as_str() {
        let words = ["ok", "invalid", "skipped", "oops", "hang"];
        assert!(words.contains(&word), "{ret}");
        return;
    }
    match keys(ret)[..] {
        ["handle", "pasid"] => assert!(is_number(&ret["handle"]) && is_number(&ret["pasid"])),
        ["err"] => assert!(ret["err"].as_str().is_some_and(|e| e.starts_with('E'))),
        ["pasid" | "mm" | "domain"] => assert!(ret.as_object().unwrap().values().all(is_number)),
        _ => panic!("{ret}"),
    }
}

fn check_call(call: &Value) {
    let expected: &[&str] = match call["call"].as_str().expect("a name") {
        "domain_alloc" | "domain_free" => &["call", "domain"],
        "set_dev_pasid" if call.get("err").is_some() => &["call", "dev", "pasid", "domain", "err"],
        "set_dev_pasid" => &["call", "dev", "pasid", "domain"],
        "remove_dev_pasid" => &["call", "dev", "pasid"],
        other => panic!("{other}"),
    };
    assert_eq!(keys(call), expected);
}

fn check_live(live: &Value) {
    let expected = [
        "handles", "domains", "mm_data", "pasids", "mm_count", "attached",
    ];
    assert_eq!(keys(live), expected);
    for key in ["handles", "domains", "mm_data"] {
        assert!(is_number(&live[key]), "{live}");
    }
    for key in ["pasids", "mm_count"] {
        assert!(live[key].as_array().expect("a list").iter().all(is_number));
    }
    for entry in live["attached"].as_array().expect("a list") {
        let expected: &[&str] = match entry.get("freed") {
            Some(freed) => {
                assert_eq!(freed, true);
                &["group", "pasid", "domain", "freed"]
            }
            None => &["group", "pasid", "domain"],
        };
        assert_eq!(keys(entry), expected);
        assert!(is_number_or_null(&entry["domain"]), "{entry}");
    }
}

/// Returns the commits in a history, without the lives of the two behaviours.
pub(super) fn commits(history: &Value) -> Value {
    json!({"introduced": history["introduced"], "fixed": history["fixed"]})
}

/// Checks a counterexample between two models.
pub(super) fn check_counterexample(value: &Value, from: &str, to: &str) {
    let expected = [
        "format",
        "id",
        "case",
        "from",
        "to",
        "signature",
        "effect",
        "first_difference",
        "traces",
        "minimal",
        "history",
        "made_by",
    ];
    assert_eq!(keys(value), expected);
    assert_eq!(value["format"], "svadiff-counterexample/1");
    let id = value["id"].as_str().expect("an id");
    assert_eq!(id.len(), 12);
    assert!(
        id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')),
        "{id}"
    );
    assert_eq!([&value["from"], &value["to"]], [from, to]);
    assert_eq!(keys(&value["case"])[0], "format");
    assert_eq!(value["case"]["format"], "svadiff-case/1");
    let ops = value["case"]["ops"].as_array().expect("operations").len();
    let first = &value["first_difference"];
    assert_eq!(keys(first), ["op", "view"]);
    assert!(
        first["op"] == "end" || first["op"].as_u64().is_some_and(|op| (op as usize) < ops),
        "{first}"
    );
    let views = ["api", "splat", "leak", "driver", "state"];
    assert!(
        first["view"]
            .as_str()
            .is_some_and(|view| views.contains(&view))
    );
    assert_eq!(keys(&value["traces"]), [from, to]);
    for trace in value["traces"].as_object().expect("traces").values() {
        match value["case"].get("schedule") {
            Some(_) => check_concurrent_trace(trace, ops),
            None => check_trace(trace, ops),
        }
    }
    assert_eq!(
        keys(&value["minimal"]),
        ["ops", "one_minimal", "shortest_in"]
    );
    assert_eq!(value["minimal"]["ops"], ops);
    assert!(value["minimal"]["one_minimal"].is_boolean());
    let lives = ["introduced", "fixed", "from", "to"];
    assert_eq!(keys(&value["history"]), lives);
    for side in ["from", "to"] {
        assert_eq!(keys(&value["history"][side]), ["since", "until"]);
    }
    assert_eq!(keys(&value["made_by"]), ["svadiff"]);
    assert!(value["signature"].is_object());
    assert!(MODELS.contains(&from) && MODELS.contains(&to));
}

/// Collects every place in a value as a JSON pointer: each scalar, list and object.
pub(super) fn places(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                places(value, format!("{path}/{key}"), out);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                places(value, format!("{path}/{at}"), out);
            }
        }
        _ => {}
    }
    out.push(path);
}
