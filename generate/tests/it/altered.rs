// SPDX-License-Identifier: GPL-2.0-or-later
//! Files that are altered are refused by their schema, at every key.

use crate::cli::run::ROOT;
use crate::corpus::read;
use crate::schemas::{assert_valid, error};
use serde_json::{Value, json};
use std::path::Path;

fn golden(name: &str) -> Value {
    read(&Path::new(ROOT).join(format!("tests/it/golden/v1/{name}.json")))
}

/// Returns the paths of all objects and lists in a value, and of the value itself.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(keys) => {
            all.push(at.to_owned());
            for (key, below) in keys {
                places(below, &format!("{at}/{}", key.replace('/', "~1")), all);
            }
        }
        Value::Array(items) => {
            for (index, below) in items.iter().enumerate() {
                places(below, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// Returns whether a place is below something that is named by models.
fn is_by_model(at: &str) -> bool {
    at == "/traces" || at == "/counterexample/traces"
}

#[test]
fn an_object_with_one_key_more_is_refused_wherever_it_is() {
    for (kind, file) in [
        ("case", "case"),
        ("case", "case-concurrent"),
        ("counterexample", "counterexample"),
        ("counterexample", "counterexample-concurrent"),
        ("counterexample", "counterexample-one-model"),
        ("counterexample", "counterexample-0.1.0"),
        ("known", "known"),
        ("universe", "universe"),
        ("universe", "universe-topologies"),
        ("trace", "trace"),
    ] {
        let value = golden(file);
        assert_valid(kind, &value, file);
        let mut all = Vec::new();
        places(&value, "", &mut all);
        for at in all {
            let mut more = value.clone();
            let object = more.pointer_mut(&at).and_then(Value::as_object_mut);
            let object = object.expect("an object");
            object.insert("nobody's key".to_owned(), json!(1));
            assert!(error(kind, &more).is_some(), "{file}: a key more at {at:?}");
        }
    }
}

#[test]
fn a_value_of_another_type_is_refused_wherever_it_is() {
    fn leaves(value: &Value, at: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(keys) => keys.iter().for_each(|(key, below)| {
                leaves(below, &format!("{at}/{}", key.replace('/', "~1")), all)
            }),
            Value::Array(items) => { items.iter().enumerate() }
                .for_each(|(index, below)| leaves(below, &format!("{at}/{index}"), all)),
            _ => all.push(at.to_owned()),
        }
    }
    for (kind, file) in [
        ("case", "case"),
        ("counterexample", "counterexample"),
        ("counterexample", "counterexample-one-model"),
        ("known", "known"),
        ("universe", "universe"),
        ("trace", "trace"),
    ] {
        let value = golden(file);
        let mut all = Vec::new();
        leaves(&value, "", &mut all);
        for at in all {
            for wrong in [json!({"x": []}), json!(-1), json!(0.5), json!([[]])] {
                let mut altered = value.clone();
                *altered.pointer_mut(&at).expect("a leaf") = wrong.clone();
                assert!(error(kind, &altered).is_some(), "{file}: {wrong} at {at:?}");
            }
        }
    }
}

#[test]
fn a_key_that_is_needed_is_missed_wherever_it_was() {
    // What may be left out, by the last part of its path.
    let optional = [
        "format", "title", "origin", "note", "again", "fault", "calls", "splats", "effect",
        "anchor", "freed", "live", "schedule", // Without it, a handle is a PASID.
        "handle",
        // A callback that did not fail has none; an error that was returned is an object.
        "err",
    ];
    for (kind, file) in [
        ("case", "case"),
        ("counterexample", "counterexample"),
        ("trace", "trace"),
    ] {
        let value = golden(file);
        let mut all = Vec::new();
        places(&value, "", &mut all);
        for at in all.iter().filter(|at| !is_by_model(at)) {
            let object = value
                .pointer(at)
                .and_then(Value::as_object)
                .expect("an object");
            for key in object
                .keys()
                .filter(|key| !optional.contains(&key.as_str()))
            {
                // The history of each side is not in files of 0.1.0.
                if at == "/history" && ["from", "to"].contains(&key.as_str()) {
                    continue;
                }
                let mut less = value.clone();
                let object = less.pointer_mut(at).and_then(Value::as_object_mut);
                object.expect("an object").shift_remove(key);
                assert!(error(kind, &less).is_some(), "{file}: no {key} at {at:?}");
            }
        }
    }
}

/// What the readers refuse, and why.
#[test]
fn values_beyond_a_limit_and_contradictions_are_refused() {
    let case = golden("case");
    let concurrent = golden("case-concurrent");
    let counterexample = golden("counterexample");
    let universe = golden("universe");
    let set = |value: &Value, at: &str, new: Value| {
        let mut value = value.clone();
        let (folder, key) = at.rsplit_once('/').expect("a path");
        let place = value.pointer_mut(folder).expect("a place");
        place[key] = new;
        value
    };
    let fault = |site: &str, errno: &str| json!({"site": site, "nth": 1, "errno": errno});
    let cases = [
        set(&case, "/format", json!("svadiff-case/2")),
        set(&case, "/ops/0/op", json!("bund")),
        set(&case, "/ops/0/again", json!(true)),
        set(&case, "/ops/0/pasid", json!(1)),
        set(&case, "/ops/0/dev", json!(4_294_967_296_u64)),
        set(&case, "/ops/0/cpu", json!(0)),
        set(&case, "/ops/0/fault", fault("handle_alloc", "EIO")),
        set(&case, "/ops/0/fault", fault("nowhere", "EIO")),
        set(&case, "/ops/0/fault", json!(null)),
        set(&case, "/title", json!(null)),
        set(&case, "/schedule", json!([0])),
        set(
            &case,
            "/topology/mms",
            json!(vec![json!({"dma_compat": true}); 17]),
        ),
        set(
            &case,
            "/ops",
            json!(vec![json!({"op": "fork", "mm": 0}); 65]),
        ),
        set(&concurrent, "/ops/2/again", json!(true)),
        set(&concurrent, "/ops/0/cpu", json!(64)),
        set(&concurrent, "/schedule", json!(vec![0; 1025])),
        set(&concurrent, "/schedule", json!([64])),
    ];
    for case in cases {
        assert!(error("case", &case).is_some(), "{case}");
        let refused = spec::Case::from_json(case.to_string().as_bytes());
        assert!(refused.is_err(), "{case}");
    }
    for (at, new) in [
        ("/id", json!("xyz")),
        ("/effect", json!("improves")),
        ("/first_difference/view", json!("dmesg")),
        ("/first_difference/op", json!("begin")),
        ("/signature/view", json!("leak")),
        ("/traces/v6.7/steps/0/splats", json!(["WARN nothing"])),
        ("/history/introduced", json!("")),
        ("/minimal/ops", json!(65)),
        ("/models", json!({"x": {"base": "v6.8"}})),
    ] {
        let altered = set(&counterexample, at, new);
        assert!(error("counterexample", &altered).is_some(), "{at}");
    }
    let mut alone = counterexample.clone();
    alone.as_object_mut().expect("an object").shift_remove("to");
    assert!(error("counterexample", &alone).is_some());
    for (at, new) in [
        ("/devices", json!(9)),
        ("/devices", json!(0)),
        ("/groups", json!("two")),
        ("/groups", json!([8])),
        ("/topologies", json!([])),
        ("/topologies", json!([{"devices": [], "mms": []}])),
        ("/ops", json!(null)),
        ("/ops", json!(65)),
        ("/binds", json!(0)),
        ("/cpus", json!(5)),
        ("/pasids", json!([])),
        ("/pasids", json!([4096])),
        ("/only", json!([])),
        ("/only", json!(["bund"])),
        ("/faults", json!(["nowhere"])),
    ] {
        let altered = set(&universe, at, new);
        assert!(error("universe", &altered).is_some(), "{altered}");
        let refused = svadiff::universe::Universe::from_json(altered.to_string().as_bytes());
        assert!(refused.is_err(), "{altered}");
    }
}
