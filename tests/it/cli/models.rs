// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff models`

use super::run::svadiff;
use super::samples::MODELS;
use super::shape::keys;
use crate::conformance::RECORDED;
use serde_json::{Value, json};

fn listed() -> Vec<Value> {
    let all = svadiff(["models", "--json"]).json(0);
    all.as_array().expect("a list").clone()
}

#[test]
fn the_models_are_listed_in_order_of_history() {
    let all = listed();
    let names: Vec<&str> = all.iter().filter_map(|m| m["name"].as_str()).collect();
    assert_eq!(names, *MODELS);
    let recorded = names.into_iter().filter(|name| RECORDED.contains(name));
    assert!(recorded.eq(RECORDED));
}

#[test]
fn every_model_says_what_it_is_built_on_and_by_which_commits() {
    for (at, model) in listed().iter().enumerate() {
        let expected = ["name", "what", "base", "commits", "proposal", "blob"];
        assert_eq!(keys(model), expected);
        assert!(model["what"].as_str().is_some_and(|what| !what.is_empty()));
        let commits = model["commits"].as_array().expect("a list");
        // Every recorded kernel except the first one differs from the model that it is built on.
        let is_recorded = model["name"]
            .as_str()
            .is_some_and(|name| RECORDED.contains(&name));
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
    assert_eq!(first("v6.12.117"), json!("b3f6fcd8404f"));
    assert_eq!(first("v7.3"), json!("b3f6fcd8404f"));
}

#[test]
fn people_are_told_the_same_as_programs() {
    let text = svadiff(["models"]).ok(0);
    let mut rest = text.as_str();
    for model in listed() {
        let name = model["name"].as_str().expect("a name");
        let at = rest
            .find(&format!("{name} "))
            .expect("every model, in order");
        rest = &rest[at..];
        for commit in model["commits"].as_array().expect("a list") {
            let id = commit["id"].as_str().expect("an id");
            assert!(rest.contains(id), "{id} of {name}");
        }
    }
}
