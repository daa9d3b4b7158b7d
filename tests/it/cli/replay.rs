// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff replay`

use super::run::{Ran, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, MODELS, everything, two_binds};
use super::shape::places;
use serde_json::{Value, json};
use spec::Case;
use spec::record::record;
use svadiff::counterexample::About;
use svadiff::finding::Finding;
use svadiff::judge::{View, differences};
use svadiff::models::by_name;
use svadiff::report::json::counterexample;

fn replay(file: &Value) -> Ran {
    svadiff_reading(["replay", "-"], file.to_string().as_bytes())
}

/// Returns the counterexample with the value at a path replaced.
fn altered(path: &str, value: Value) -> Value {
    let mut file = COUNTEREXAMPLE.clone();
    *file.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    file
}

#[test]
fn true_claims_exit_0_and_the_finding_is_shown() {
    let said = replay(&COUNTEREXAMPLE).ok(0);
    assert!(said.contains("bind returns -EBUSY where it returned a new handle"));
    assert!(said.ends_with("\nEverything that the file claims is what happens.\n"));
}

#[test]
fn each_altered_claim_is_named_with_what_is_claimed_and_what_happens() {
    let claims = [
        ("/id", json!("000000000000"), "id", "\"cee888eed551\""),
        ("/first_difference/op", json!(0), "first_difference.op", "1"),
        (
            "/first_difference/op",
            json!("end"),
            "first_difference.op",
            "1",
        ),
        (
            "/first_difference/view",
            json!("leak"),
            "first_difference.view",
            "\"api\"",
        ),
        ("/minimal/ops", json!(3), "minimal.ops", "2"),
        (
            "/minimal/one_minimal",
            json!(false),
            "minimal.one_minimal",
            "true",
        ),
        (
            "/history/introduced",
            json!("65d4418c5002"),
            "history.introduced",
            "\"092edaddb660\"",
        ),
        (
            "/history/introduced",
            json!(null),
            "history.introduced",
            "\"092edaddb660\"",
        ),
        (
            "/history/fixed",
            json!(null),
            "history.fixed",
            "\"65d4418c5002\"",
        ),
        (
            "/traces/v6.8-rc1/steps/1/ret",
            json!("ok"),
            "traces.v6.8-rc1.steps[1].ret",
            "{\"err\":\"EBUSY\"}",
        ),
        (
            "/traces/v6.7/end/live/handles",
            json!(1),
            "traces.v6.7.end.live.handles",
            "0",
        ),
    ];
    for (path, claim, what, happens) in claims {
        let said = replay(&altered(path, claim.clone())).ok(1);
        let expected =
            format!("NOT what happens:\n  {what}\n    claimed  {claim}\n    happens  {happens}\n");
        assert!(said.ends_with(&expected), "{path}: {said}");
    }
}

#[test]
fn a_signature_that_the_case_does_not_show_is_noticed() {
    for path in [
        "/signature/op",
        "/signature/from/returned",
        "/signature/to/decided_by/0/line",
        "/signature/to/decided_by/1/revision",
    ] {
        let said = replay(&altered(path, json!("something else"))).ok(1);
        assert!(said.contains("v6.7 and v6.8-rc1 do not differ as the file claims"));
        assert!(
            said.contains("\n  signature\n    claimed  {\"view\": \"api\""),
            "{said}"
        );
    }
}

/// Returns whether the value at a path is not a claim about behaviour, or is a claim that only a
/// search can refute.
fn is_no_claim(path: &str) -> bool {
    path.starts_with("/made_by") || path == "/minimal/shortest_in" || path.is_empty()
}

#[test]
fn nothing_that_is_claimed_can_be_altered_without_being_noticed() {
    let mut all = Vec::new();
    places(&COUNTEREXAMPLE, String::new(), &mut all);
    all.retain(|path| !is_no_claim(path));
    assert!(all.len() > 100);
    for path in all {
        let before = COUNTEREXAMPLE.pointer(&path).expect("a place");
        let other = match before {
            Value::Null => json!("x"),
            Value::Bool(value) => json!(!value),
            Value::Number(number) => json!(number.as_u64().expect("a count") + 1),
            Value::String(text) => json!(format!("{text}x")),
            Value::Array(list) => json!([list.as_slice(), &[json!(1)]].concat()),
            Value::Object(map) => {
                let mut map = map.clone();
                map.insert("more".to_owned(), json!(1));
                Value::Object(map)
            }
        };
        let ran = replay(&altered(&path, other));
        assert!(matches!(ran.status, 1 | 2), "{path}: {ran:?}");
    }
}

#[test]
fn nothing_that_is_claimed_can_be_removed_without_being_noticed() {
    let mut all = Vec::new();
    places(&COUNTEREXAMPLE, String::new(), &mut all);
    all.retain(|path| !is_no_claim(path));
    for path in all {
        // The format of a case, the effect, the sides of a history and the anchor of a citation are
        // optional.
        let optional = ["/case/format", "/effect", "/history/from", "/history/to"];
        if optional.contains(&path.as_str()) || path.ends_with("/anchor") {
            continue;
        }
        let (parent, key) = path.rsplit_once('/').expect("a path");
        let mut file = COUNTEREXAMPLE.clone();
        match file.pointer_mut(parent).expect("a place") {
            Value::Object(map) => drop(map.shift_remove(key)),
            Value::Array(list) => drop(list.remove(key.parse().expect("an index"))),
            other => panic!("{other}"),
        }
        // A file without its format is read as a case, and refused as one.
        let ran = replay(&file);
        assert!(matches!(ran.status, 1 | 2), "{path}: {ran:?}");
    }
}

#[test]
fn another_model_is_noticed_even_if_it_does_the_same() {
    let said = replay(&altered("/to", json!("v6.8-merge"))).ok(1);
    assert!(
        said.contains("traces.v6.8-merge\n    claimed  nothing"),
        "{said}"
    );
}

#[test]
fn a_trace_of_a_third_model_is_checked_too() {
    let mut file = COUNTEREXAMPLE.clone();
    file["traces"]["v6.8-merge"] = file["traces"]["v6.8-rc1"].clone();
    replay(&file).ok(0);
    file["traces"]["v6.8-merge"] = file["traces"]["v6.7"].clone();
    let said = replay(&file).ok(1);
    assert!(
        said.contains("\n  traces.v6.8-merge.steps[0].live.mm_data\n"),
        "{said}"
    );
}

#[test]
fn a_key_that_no_trace_has_is_noticed() {
    for (path, key) in [("steps/0", "lines"), ("end", "lines"), ("end/live", "more")] {
        let mut file = COUNTEREXAMPLE.clone();
        let path = format!("/traces/v6.7/{path}");
        file.pointer_mut(&path).expect("an object")[key] = json!([1]);
        let said = replay(&file).ok(1);
        let expected = format!(".{key}\n    claimed  [1]\n    happens  nothing\n");
        assert!(said.ends_with(&expected), "{said}");
    }
}

/// Returns the counterexample of a case with one operation too many.
fn with_an_operation_too_many(shortest_in: Option<&str>) -> Value {
    let mut case = two_binds();
    let ops = case["ops"].as_array_mut().expect("operations");
    ops.insert(0, json!({"op": "enqcmd_pasid", "mm": 0}));
    let case = Case::from_json(case.to_string().as_bytes()).expect("a case");
    let models = ["v6.7", "v6.8-rc1"].map(|name| by_name(name).expect("a model"));
    let [from, to] = models.map(|model| record(&model, &case));
    let all = differences(&case, &from, &to, &View::DEFAULT);
    let finding = Finding::new(&models, &case, all[0].clone());
    let mut json = counterexample(models, &View::DEFAULT, &finding);
    json["minimal"]["shortest_in"] = json!(shortest_in);
    json
}

#[test]
fn a_case_that_is_not_minimal_replays_if_it_does_not_claim_to_be() {
    let honest = with_an_operation_too_many(None);
    assert_eq!(honest["minimal"]["one_minimal"], false);
    replay(&honest).ok(0);
    let mut file = honest;
    file["minimal"]["one_minimal"] = json!(true);
    assert!(replay(&file).ok(1).contains("\n  minimal.one_minimal\n"));
}

#[test]
fn a_shorter_case_in_the_scope_is_noticed() {
    let scope = "2 devices in every grouping, 1 to 2 mms, up to 4 ops, no faults";
    let said = replay(&with_an_operation_too_many(Some(scope))).ok(1);
    let expected = "\n  minimal.shortest_in\n    claimed  \"2 devices";
    assert!(said.contains(expected), "{said}");
    assert!(
        said.contains("happens  2 operations show the same"),
        "{said}"
    );
    // A scope with fewer than two operations contains no shorter case.
    let small = "1 device, 1 mm, up to 1 op, no faults";
    replay(&with_an_operation_too_many(Some(small))).ok(0);
}

#[test]
fn a_scope_that_cannot_be_searched_is_said_to_be_unchecked() {
    for (scope, why) in [
        ("all that I could think of", "names no scope"),
        (
            "9 devices in every grouping, 1 mm, up to 4 ops, no faults",
            "names no scope",
        ),
        ("v6.7", "names no scope"),
        ("1 DEVICE, 1 mm, up to 2 ops, no faults", "names no scope"),
    ] {
        let said = replay(&altered("/minimal/shortest_in", json!(scope))).ok(3);
        assert!(
            said.contains(&format!("Not checked: minimal.shortest_in {why}")),
            "{said}"
        );
        assert!(said.ends_with("Everything else that the file claims is what happens.\n"));
    }
    replay(&altered("/minimal/shortest_in", json!(null))).ok(0);
}

#[test]
fn a_bare_case_claims_nothing_and_is_run_through_history() {
    let said = replay(&two_binds()).ok(0);
    assert!(said.starts_with("A case without claims."), "{said}");
    let models: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(models, MODELS[1..]);
    assert!(
        said.contains("v6.8-merge    op 1: bind returns -EBUSY"),
        "{said}"
    );
    replay(&everything()).ok(0);
}

#[test]
fn the_title_of_a_counterexample_is_shown() {
    let said = replay(&altered("/case", {
        let mut case = COUNTEREXAMPLE["case"].clone();
        case["title"] = json!("what the report was about");
        case
    }));
    // The title is not part of the id.
    assert!(said.ok(0).starts_with("what the report was about\n"));
}

#[test]
fn a_history_by_the_earlier_rule_is_noted_and_holds() {
    let mut file = COUNTEREXAMPLE.clone();
    let history = file["history"].as_object_mut().expect("an object");
    history.retain(|key, _| key == "introduced" || key == "fixed");
    replay(&file).ok(0);
    // For this pair, an earlier version of svadiff named another commit.
    let args = ["compare", "v6.8-rc6", "v6.8", "--ops", "2", "--json"];
    let mut file = svadiff(args).json(1)["findings"][0].clone();
    assert_ne!(file["history"]["introduced"], "6384c56c99d9");
    file["history"] = json!({"introduced": "6384c56c99d9", "fixed": null});
    let said = replay(&file);
    let note = "Note: history is by an earlier rule";
    assert!(said.status == 0 && said.out.contains(note), "{said:?}");
    let value = svadiff_reading(["replay", "-", "--json"], file.to_string().as_bytes()).json(0);
    assert_eq!(value["holds"], json!(true));
    assert_eq!(value["notes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn json_says_what_holds_what_does_not_and_what_was_not_checked() {
    let json = |file: &Value, status| {
        let args = ["replay", "-", "--json"];
        svadiff_reading(args, file.to_string().as_bytes()).json(status)
    };
    let right = json(&COUNTEREXAMPLE, 0);
    let expected = [
        "id",
        "models",
        "what",
        "holds",
        "wrong",
        "not_checked",
        "notes",
    ];
    assert_eq!(super::shape::keys(&right), expected);
    assert_eq!(right["models"], json!(["v6.7", "v6.8-rc1"]));
    assert_eq!(right["holds"], json!(true));
    let wrong = json(&altered("/minimal/ops", json!(3)), 1);
    let claim = json!({"what": "minimal.ops", "claimed": "3", "happens": "2"});
    assert_eq!(
        (&wrong["holds"], &wrong["wrong"]),
        (&json!(false), &json!([claim]))
    );
    let unchecked = json(&altered("/minimal/shortest_in", json!("v6.7")), 3);
    assert_eq!(
        (&unchecked["holds"], &unchecked["wrong"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(unchecked["not_checked"].as_array().map(Vec::len), Some(1));
    assert_eq!(json(&two_binds(), 0)["holds"], Value::Null);
}

#[test]
fn what_is_claimed_of_models_that_cannot_be_compared_is_not_checked() {
    let case = spec::text::parse("alloc_pasid 0; bind 0 0").expect("a case");
    let models = ["v6.2", "v6.4"].map(|name| by_name(name).expect("a model"));
    let [from, to] = models.map(|model| record(&model, &case));
    let all = differences(&case, &from, &to, &View::DEFAULT);
    let finding = Finding::new(&models, &case, all[0].clone());
    let file = counterexample(models, &View::DEFAULT, &finding);
    let said = replay(&file).ok(3);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "Not checked: signature, first_difference, history and the rest of minimal are \
                    about models that cannot be compared: op 0 is alloc_pasid, which v6.4 does not \
                    have";
    assert!(said.contains(expected), "{said}");
    // Nor is it denied.
    assert!(!said.contains(&About::from(models).denial()), "{said}");
}
