// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff bisect`

use super::run::{Scratch, svadiff};
use super::samples::{MODELS, case, two_binds};
use super::shape::keys;
use serde_json::{Value, json};
use spec::Model;
use spec::revision::Branch;
use svadiff::models::by_name;

fn bisect(case: &Value, more: &[&str], status: i32) -> String {
    let dir = Scratch::new();
    let file = dir.file("case.json", case.to_string());
    svadiff(["bisect", &file].iter().chain(more)).ok(status)
}

fn bisect_json(case: &Value, more: &[&str], status: i32) -> Value {
    let text = bisect(case, &[more, &["--json"]].concat(), status);
    serde_json::from_str(&text).expect("JSON")
}

/// Returns the models that behave differently from their base.
fn that_change(value: &Value) -> Vec<&str> {
    let history = value["history"].as_array().expect("a list");
    let changes = |step: &&Value| !step["differences"].as_array().expect("a list").is_empty();
    let names = history.iter().filter(changes);
    names.filter_map(|step| step["to"].as_str()).collect()
}

#[test]
fn history_is_walked_in_order_each_model_against_its_base() {
    let value = bisect_json(&two_binds(), &[], 1);
    assert_eq!(keys(&value), ["id", "history"]);
    let history = value["history"].as_array().expect("a list");
    let names: Vec<&str> = history.iter().filter_map(|s| s["to"].as_str()).collect();
    assert_eq!(names, MODELS[1..]);
    for step in history {
        let expected = ["from", "to", "commits", "by", "proposal", "differences"];
        assert_eq!(keys(step), expected);
        for difference in step["differences"].as_array().expect("a list") {
            let expected = ["op", "view", "follows", "what", "signature", "from", "to"];
            assert_eq!(keys(difference), expected);
        }
    }
}

fn is_mainline(name: &str) -> bool {
    let model = by_name(name).expect("a model of this name");
    model.tree().revision.branch == Branch::Mainline
}

#[test]
fn the_second_bind_was_broken_by_one_commit_and_mended_by_another() {
    let value = bisect_json(&two_binds(), &[], 1);
    let merged: Vec<&str> = that_change(&value)
        .into_iter()
        .filter(|name| is_mainline(name))
        .collect();
    assert_eq!(merged, ["v6.8-merge", "v6.8-rc6"]);
    let text = bisect(&two_binds(), &[], 1);
    for said in [
        "v6.8-merge    CHANGES what v6.7 does",
        "by 092edaddb660 iommu: Support mm PASID 1:n with sva domains",
        "v6.8-rc1      as v6.8-merge",
        "v6.8-rc6      CHANGES what v6.8-rc1 does",
        "by 65d4418c5002 iommu/sva: Restore SVA handle sharing",
        "v6.8          as v6.8-rc6",
        "drivers/iommu/iommu-sva.c:84",
        "drivers/iommu/iommu-sva.c:107",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

/// A commit is named if the behaviour would not have changed without it.
#[test]
fn the_commits_that_made_a_difference_are_named_and_the_others_are_not() {
    let value = bisect_json(&two_binds(), &[], 1);
    for step in value["history"].as_array().expect("a list") {
        let (by, commits) = (&step["by"], &step["commits"]);
        let all = commits.as_array().expect("a list");
        let is_one = |id: &Value| all.iter().any(|commit| commit["id"] == *id);
        assert!(by.as_array().expect("a list").iter().all(is_one), "{step}");
        let is_mainline = is_mainline(step["to"].as_str().expect("a name"));
        let expected = match step["to"].as_str().expect("a name") {
            "v6.8-merge" => json!(["092edaddb660"]),
            "v6.8-rc6" => json!(["65d4418c5002"]),
            _ if is_mainline => json!([]),
            _ => continue,
        };
        assert_eq!(*by, expected, "{step}");
    }
}

#[test]
fn a_case_that_no_commit_changed_exits_0() {
    let nothing = case(json!([{"op": "exit", "mm": 0}, {"op": "fork", "mm": 0}]));
    assert_eq!(that_change(&bisect_json(&nothing, &[], 0)), [""; 0]);
    let text = bisect(&nothing, &[], 0);
    assert!(!text.contains("CHANGES"), "{text}");
}

#[test]
fn only_the_views_that_are_named_are_looked_at() {
    let value = bisect_json(&two_binds(), &["--view", "splat"], 1);
    // The refcount of thread-d, and the warnings of thread-a to thread-c.
    let changed = that_change(&value);
    assert!(
        changed.iter().all(|name| name.starts_with("thread-")),
        "{changed:?}"
    );
    assert!(changed.contains(&"thread-a"), "{changed:?}");
}

#[test]
fn a_model_that_cannot_be_compared_with_its_base_is_no_change() {
    let case = case(json!([{"op": "alloc_pasid", "dev": 0}, {"op": "bind", "dev": 0, "mm": 0}]));
    let value = bisect_json(&case, &[], 1);
    let history = value["history"].as_array().expect("a list");
    let not_compared: Vec<(&str, &str)> = { history.iter() }
        .filter_map(|step| Some((step["to"].as_str()?, step["incomparable"].as_str()?)))
        .collect();
    let why = |model: &str| {
        format!(
            "op 0 is alloc_pasid, which {model} does not have; it takes PASIDs that later binds \
             would get"
        )
    };
    // The first one loses the operation, the second one has it again.
    let expected = [("v6.4", why("v6.4")), ("v6.7", why("v6.5"))];
    let expected = expected.each_ref().map(|(to, why)| (*to, why.as_str()));
    assert_eq!(not_compared, expected);
    let changes = that_change(&value);
    assert!(
        !changes.contains(&"v6.4") && !changes.contains(&"v6.7"),
        "{changes:?}"
    );
    let text = bisect(&case, &[], 1);
    assert!(text.contains("\nv6.4          cannot be compared with v6.2: op 0 is alloc_pasid"));
    assert!(text.contains("\nv6.5          as v6.4\n"));
}
