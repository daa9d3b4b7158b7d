// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff models`

use super::run::svadiff;
use super::samples::MODELS;
use super::shape::keys;
use crate::conformance::is_recorded;
use serde_json::{Value, json};
use svadiff::models::by_name;

fn listed() -> Vec<Value> {
    let all = svadiff(["models", "--json"]).json(0);
    all.as_array().expect("a list").clone()
}

#[test]
fn the_models_are_listed_in_order_of_history() {
    let all = listed();
    let names: Vec<&str> = all.iter().filter_map(|m| m["name"].as_str()).collect();
    assert_eq!(names, *MODELS);
}

#[test]
fn every_model_says_what_it_is_built_on_and_by_which_commits() {
    for (at, model) in listed().iter().enumerate() {
        let expected = [
            "name",
            "what",
            "base",
            "commits",
            "proposal",
            "blob",
            "branch",
            "stands_for",
            "derived",
        ];
        assert_eq!(keys(model), expected);
        assert!(model["what"].as_str().is_some_and(|what| !what.is_empty()));
        let commits = model["commits"].as_array().expect("a list");
        // Every recorded kernel except the first one differs from the model that it is built on.
        let this = model["name"].as_str().and_then(by_name);
        let is_recorded = is_recorded(this.expect("a model"));
        assert!(at > 0 || commits.is_empty(), "{model}");
        assert!(at == 0 || !is_recorded || !commits.is_empty(), "{model}");
        for commit in commits {
            assert_eq!(keys(commit), ["id", "subject"]);
        }
        match model["base"].as_str() {
            None => assert_eq!(at, 0),
            Some(base) => assert!(MODELS[..at].contains(&base), "{base} is later"),
        }
    }
}

#[test]
fn the_commits_between_the_releases_are_named() {
    let all = listed();
    let first = |name: &str| {
        let model = all.iter().find(|model| model["name"] == name);
        model.expect("a model")["commits"][0]["id"].clone()
    };
    assert_eq!(first("v6.8-merge"), json!("092edaddb660"));
    assert_eq!(first("v6.8-rc1"), json!("9991a82a3817"));
    assert_eq!(first("v6.8-rc6"), json!("65d4418c5002"));
    assert_eq!(first("v6.8"), json!("6384c56c99d9"));
    assert_eq!(first("v6.12"), json!("3e7f57d1ef3f"));
    assert_eq!(first("v6.12.93"), json!("b3f6fcd8404f"));
    assert_eq!(first("v6.12.117"), json!("530f8f9c3546"));
    assert_eq!(first("v6.17"), json!("b3f6fcd8404f"));
    assert_eq!(first("v7.3"), json!("530f8f9c3546"));
}

#[test]
fn people_are_told_the_same_as_programs() {
    let text = svadiff(["models"]).ok(0);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = text.as_str();
    for (branch, heading) in [
        ("mainline", "Mainline\n"),
        ("stable", "\nStable branches\n"),
        ("x86", "\nConfigured for x86, where SVA is refused\n"),
        ("proposal", "\nProposals, which were not merged\n"),
    ] {
        let at = rest.find(heading).expect("a heading for each branch");
        rest = &rest[at + heading.len()..];
        // Only the headings have an empty line before and after them.
        let end = rest[1..].find("\n\n").map_or(rest.len(), |end| end + 2);
        let mut section = rest[..end].to_owned();
        for model in listed().iter().filter(|model| model["branch"] == branch) {
            let name = model["name"].as_str().expect("a name");
            let at = section.find(&format!("\n{name} "));
            section = section[at.expect("every model, in order")..].to_owned();
            let end = section[1..]
                .find("\nv")
                .map_or(section.len(), |end| end + 1);
            let own = words(&section[..end]);
            for commit in model["commits"].as_array().expect("a list") {
                let id = commit["id"].as_str().expect("an id");
                assert!(own.contains(id), "{id} of {name}");
            }
            let derived = own.contains("derived from its commits, not recorded");
            assert_eq!(derived, model["derived"] == true, "{own}");
            let stands_for = model["stands_for"].as_array().expect("a list");
            assert_eq!(own.contains("stands for"), !stands_for.is_empty(), "{own}");
        }
    }
}

#[test]
fn the_releases_of_each_model_are_listed() {
    let all = listed();
    let of = |name: &str| {
        let model = all.iter().find(|model| model["name"] == name);
        model.expect("a model").clone()
    };
    assert_eq!(
        of("v6.9")["stands_for"],
        json!([{"first": "6.9.0", "last": "6.9.2", "x86": false}])
    );
    assert_eq!(
        of("v6.12.93-x86")["stands_for"],
        json!([{"first": "6.12.93", "last": null, "x86": true}])
    );
    assert_eq!(of("v6.8-merge")["stands_for"], json!([]));
    let text = svadiff(["models"]).ok(0);
    for line in [
        "stands for 6.9.0 to 6.9.2\n",
        "stands for 6.12.93 on, configured for x86\n",
        "on x86, 6.12.64 to 6.12.92 is v6.12.64-x86\n",
    ] {
        assert!(text.contains(line), "{line}");
    }
}

#[test]
fn only_models_without_recorded_traces_are_derived() {
    for model in listed() {
        let name = model["name"].as_str().expect("a name");
        if by_name(name).is_some_and(is_recorded) {
            assert_eq!(model["derived"], false, "{name}");
        }
    }
}
