// SPDX-License-Identifier: GPL-2.0-or-later
//! Counterexamples about a model that the recipient does not have, such as a patch of the sender.

use super::run::{Ran, svadiff_reading};
use super::samples::COUNTEREXAMPLE;
use serde_json::{Value, json};
use spec::revision::{Era, Graph, Revision};
use svadiff::judge::View;
use svadiff::limits::Limits;
use svadiff::models::impl_v68::revisions::{PATCH, SHARE_JOINED_HANDLES};
use svadiff::models::{AnyModel, ERAS};
use svadiff::report::json::counterexample;
use svadiff::universe::Universe;

/// Returns the counterexample, with a name for the second model that no registered model has.
fn from_a_patch() -> Value {
    let mut file = COUNTEREXAMPLE.clone();
    file["to"] = json!("my-patch");
    let traces = file["traces"].as_object_mut().expect("traces");
    let theirs = traces.shift_remove("v6.8-rc1").expect("a trace");
    traces.insert("my-patch".to_owned(), theirs);
    file["models"] = json!({"my-patch": {
        "base": "v6.8", "subject": "iommu/sva: Refuse everything", "link": "20261128.1@example.org",
    }});
    file
}

fn on(args: &[&str], file: &Value) -> Ran {
    svadiff_reading(args.iter().chain(&["-"]), file.to_string().as_bytes())
}

#[test]
fn what_can_be_checked_is_checked_and_the_rest_is_named() {
    let said = on(&["replay"], &from_a_patch()).ok(3);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Not checked: what my-patch does: it is v6.8 with \"iommu/sva: Refuse everything\", see \
         20261128.1@example.org",
        "Not checked: signature, first_difference, history",
        "Everything else that the file claims is what happens.",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // Claims about the known model and about the case are still checked.
    for (path, value, what) in [
        (
            "/traces/v6.7/end/live/handles",
            json!(1),
            "traces.v6.7.end.live.handles",
        ),
        ("/id", json!("000000000000"), "id"),
        ("/minimal/ops", json!(3), "minimal.ops"),
    ] {
        let mut file = from_a_patch();
        *file.pointer_mut(path).expect("a place") = value;
        let said = on(&["replay"], &file).ok(1);
        assert!(said.contains(&format!("\n  {what}\n")), "{said}");
    }
    let value = on(&["replay", "--json"], &from_a_patch()).json(3);
    assert_eq!(value["models"], json!(["v6.7", "my-patch"]));
    assert_eq!(
        (&value["holds"], &value["what"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn the_file_need_not_say_how_to_get_the_model() {
    let mut file = from_a_patch();
    file.as_object_mut()
        .expect("an object")
        .shift_remove("models");
    let said = on(&["replay"], &file).ok(3);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("the file does not say how to get it"),
        "{said}"
    );
    file["models"] = from_a_patch()["models"].clone();
    file["models"]["my-patch"]["link"] = Value::Null;
    let said = on(&["replay"], &file).ok(3);
    assert!(said.contains("ask the sender"), "{said}");
}

#[test]
fn commands_that_need_only_the_case_do_with_it() {
    let file = from_a_patch();
    on(&["bisect"], &file).ok(1);
    on(&["diff", "--from", "v6.7", "--to", "v6.8-rc1"], &file).ok(1);
    on(&["trace"], &file).ok(0);
    let ran = on(&["minimize"], &file);
    let about = ran.refused("standard input");
    assert!(about.contains("my-patch: it is v6.8 with"), "{about}");
    let args = ["ledger", "entry", "--what", "x", "--kind", "intended"];
    on(&args, &file).refused("standard input");
}

#[test]
fn an_entry_of_the_ledger_about_such_a_model_is_its_counterexample() {
    let file = from_a_patch();
    let entry = json!({
        "format": "svadiff-known/1", "from": "v6.7", "to": "my-patch", "what": "x",
        "kind": "intended", "introduced": "x", "fixed": null, "reference": "x",
        "signature": file["signature"], "counterexample": file,
    });
    assert_eq!(on(&["replay"], &entry).ok(3), on(&["replay"], &file).ok(3));
    on(&["bisect"], &entry).ok(1);
    let mut other = entry;
    other["to"] = json!("v6.8");
    on(&["replay"], &other).refused("standard input");
}

#[test]
fn a_misspelt_model_is_refused_with_all_that_there_are() {
    let mut misspelt = COUNTEREXAMPLE.clone();
    misspelt["to"] = json!("v6.8rc1");
    let mut third = COUNTEREXAMPLE.clone();
    third["traces"]["v6.8rc1"] = json!({});
    for file in [misspelt, third] {
        let ran = on(&["replay"], &file);
        let about = ran.refused_at_a_place("standard input");
        assert!(about.contains("unknown model `v6.8rc1`"), "{about}");
        assert!(about.contains("it is one of v6."), "{about}");
    }
}

/// If the recipient has a model of the described name, the two must be the same.
#[test]
fn another_model_of_the_same_name_is_noticed() {
    let mut file = COUNTEREXAMPLE.clone();
    let theirs = json!({"base": "v6.5", "subject": "something else", "link": null});
    file["models"] = json!({"v6.8-rc1": theirs});
    let said = on(&["replay"], &file).ok(1);
    assert!(said.contains("\n  models.v6.8-rc1.base\n"), "{said}");
    assert!(said.contains("\n  models.v6.8-rc1.subject\n"), "{said}");
    for wrong in [json!([]), json!({"x": 1}), json!({"x": {"base": "v6.8"}})] {
        file["models"] = wrong;
        on(&["replay"], &file).refused_at_a_place("standard input");
    }
}

/// Returns 6.8-rc6, and a patch on it whose name is not registered.
fn patched() -> [AnyModel; 2] {
    let patch = Revision {
        name: "my-patch",
        parents: &["v6.8-rc6"],
        commits: &[SHARE_JOINED_HANDLES],
        ..PATCH
    };
    let mine = Era {
        commits: &[],
        revisions: Box::leak(Box::new([patch])),
        cited: &[],
    };
    let graph = Graph::new(&[&ERAS[..], &[mine]].concat()).expect("a graph");
    ["v6.8-rc6", "my-patch"].map(|name| AnyModel::of(graph.tree(name).expect("a model")))
}

#[test]
fn a_counterexample_of_a_patch_says_how_to_get_it() {
    let models = patched();
    let universe = Universe {
        ops: Some(2),
        ..Universe::default()
    };
    let summary = svadiff::compare(models, &universe, &View::DEFAULT, Limits::default());
    assert!(!summary.findings.is_empty());
    for finding in &summary.findings {
        let file = counterexample(models, &View::DEFAULT, finding);
        let expected = json!({"my-patch": {
            "base": "v6.8-rc6", "subject": SHARE_JOINED_HANDLES.subject, "link": null,
        }});
        assert_eq!(file["models"], expected);
        let said = on(&["replay"], &file).ok(3);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            said.contains("it is v6.8-rc6 with \"iommu/sva: Fix"),
            "{said}"
        );
    }
    // Released models need no description.
    assert_eq!(COUNTEREXAMPLE.get("models"), None);
    let args = ["compare", "v6.8", "thread-a", "--ops", "2", "--json"];
    let of_the_list = svadiff_reading(args, b"").json(1);
    assert_eq!(of_the_list["findings"][0].get("models"), None);
}
