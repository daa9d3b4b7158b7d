// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff ledger`

use super::run::{Scratch, svadiff};
use super::samples::COUNTEREXAMPLE;
use super::width::check;
use crate::thorough::thorough;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const KNOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/known");

/// Returns a copy of the ledger, to be changed by a test.
fn copy(dir: &Scratch) -> String {
    let to = dir.path().join("known").display().to_string();
    fs::create_dir(&to).expect("a new folder");
    for file in fs::read_dir(KNOWN).expect("the ledger") {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name");
        fs::copy(&path, Path::new(&to).join(name)).expect("a copy");
    }
    to
}

/// Changes one entry of a ledger.
fn change(known: &str, name: &str, change: impl FnOnce(&mut Value)) {
    let path = Path::new(known).join(format!("{name}.json"));
    let mut entry: Value =
        serde_json::from_slice(&fs::read(&path).expect("it is there")).expect("an entry is JSON");
    change(&mut entry);
    fs::write(path, entry.to_string()).expect("it can be written");
}

/// The newer model of these entries, which are about its differences from the model that it is
/// built on.
const MODEL: &str = "--model=v6.12";

/// Entries that tests remove or change.
const MISSING: &str = "v6.12-group-shares-handle-before-domain-alloc";
const WITHOUT_AN_OP: &str = "v6.12-group-shares-handle-before-handle-alloc";
const COMMITS: &str = "v6.12-unbind-before-device-is-stored";
const TWICE: &str = "v6.12-no-ebusy-while-binding";
const ENTRY: &str = "v6.12-group-shares-handle";

#[test]
fn the_ledger_is_true_and_complete() {
    let models: &[&str] = match thorough() {
        true => &[],
        false => &[MODEL],
    };
    let args = ["ledger", "check", "--known", KNOWN].into_iter();
    let out = check(args.clone().chain(models.iter().copied()));
    let end = "every entry shows, and every difference has one.";
    let one_line = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.ends_with(end), "{out}");
}

/// The check prints what it checked in time, and does not claim that the rest holds.
#[test]
fn a_check_that_is_stopped_exits_3_with_what_was_checked() {
    let args = ["ledger", "check", "--known", KNOWN, "--max-seconds", "0"];
    let text = svadiff(args).ok(3);
    assert!(text.contains("nothing is wrong so far"), "{text}");
    assert!(
        text.ends_with("NOT COMPLETE: stopped at --max-seconds.\n"),
        "{text}"
    );
    let value = svadiff(args.into_iter().chain(["--json"])).json(3);
    assert_eq!(value["complete"], json!(false));
    assert_eq!(value["stopped"], json!("stopped at --max-seconds"));
}

#[test]
fn every_entry_is_listed_with_what_it_is() {
    let listed = check(["ledger", "list", "--known", KNOWN]);
    let all = svadiff(["ledger", "list", "--known", KNOWN, "--json"]).json(0);
    let all = all["known"].as_array().expect("a list");
    assert!(all.len() > 90, "{}", all.len());
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let listed = words(&listed);
    for entry in all {
        for key in ["name", "what", "introduced"] {
            let value = entry[key].as_str().expect("text");
            assert!(listed.contains(&words(value)), "{value}");
        }
    }
}

/// One ledger with several defects, so that its searches run only twice.
#[test]
fn an_entry_that_is_missing_stale_or_there_twice_is_named() {
    let dir = Scratch::new();
    let known = copy(&dir);
    let path = |name: &str| Path::new(&known).join(format!("{name}.json"));
    fs::remove_file(path(MISSING)).expect("it was there");
    change(&known, WITHOUT_AN_OP, |entry| {
        let ops = entry["counterexample"]["case"]["ops"].as_array_mut();
        ops.expect("operations").pop();
    });
    change(&known, COMMITS, |entry| {
        entry["introduced"] = json!("0123456789ab");
        entry["fixed"] = json!("ba9876543210");
    });
    fs::copy(path(TWICE), path("another")).expect("a copy");

    let out = svadiff(["ledger", "check", MODEL, "--known", &known, "--json"]).json(1);
    let troubles = out["troubles"].as_array().expect("a list");
    let of = |kind: &str| -> Vec<&Value> {
        let of_kind = troubles.iter().filter(|this| this["is"] == kind);
        of_kind.collect()
    };
    assert_eq!(troubles.len(), 4, "{troubles:?}");
    let [missing] = of("missing")[..] else {
        panic!("{troubles:?}")
    };
    let file = dir.file("missing.json", missing["counterexample"].to_string());
    svadiff(["replay", &file]).ok(0);
    let stale: Vec<&Value> = of("stale").iter().map(|this| &this["entry"]).collect();
    assert_eq!(stale, [&json!(WITHOUT_AN_OP), &json!(COMMITS)]);
    let [twice] = of("twice")[..] else {
        panic!("{troubles:?}")
    };
    assert_eq!(twice["entries"], json!(["another", TWICE]));

    let text = check(["ledger", "check", MODEL, "--known", &known]);
    for says in [
        "v6.10 -> v6.12: not in the ledger".to_owned(),
        format!("{COMMITS}: stale"),
        "introduced: claimed 0123456789ab".to_owned(),
        "fixed: claimed ba9876543210".to_owned(),
    ] {
        assert!(text.contains(&says), "{says}\n{text}");
    }
}

#[test]
fn an_entry_that_hides_two_differences_is_too_broad() {
    let dir = Scratch::new();
    let known = copy(&dir);
    change(&known, ENTRY, |entry| {
        entry["signature"] = json!({"view": "api", "op": "bind"})
    });
    let out = svadiff(["ledger", "check", MODEL, "--known", &known, "--json"]).json(1);
    let troubles = out["troubles"].as_array().expect("a list").iter();
    let broad: Vec<&Value> = troubles.filter(|this| this["is"] == "too broad").collect();
    assert_eq!(broad.len(), 1, "{broad:?}");
    assert_eq!(broad[0]["entry"], json!(ENTRY));
    let signatures = broad[0]["signatures"].as_array().expect("a list");
    assert_eq!(signatures.len(), 4);
}

#[test]
fn an_entry_can_be_made_of_a_counterexample() {
    let dir = Scratch::new();
    let known = copy(&dir);
    let entry = fs::read(Path::new(&known).join(format!("{ENTRY}.json"))).expect("it is there");
    let entry: Value = serde_json::from_slice(&entry).expect("JSON");
    let path = dir.file("ce.json", entry["counterexample"].to_string());
    let what = entry["what"].as_str().expect("a sentence");
    let reference = entry["reference"].as_str().expect("a reference");
    let kind = entry["kind"].as_str().expect("a kind");
    let made = svadiff([
        "ledger",
        "entry",
        &path,
        "--what",
        what,
        "--kind",
        kind,
        "--reference",
        reference,
    ]);
    assert_eq!(made.json(0), entry);
    // Only neighbours have entries.
    let far = dir.file("far.json", COUNTEREXAMPLE.to_string());
    let ran = svadiff(["ledger", "entry", &far, "--what", "x", "--kind", "intended"]);
    assert!(ran.refused(&far).contains("no neighbours"), "{ran:?}");
}

#[test]
fn what_is_no_entry_is_refused_with_its_file() {
    let dir = Scratch::new();
    for (spoil, says) in [
        (json!({"kind": "wanted"}), "kind"),
        (json!({"what": " "}), "what: says nothing"),
        (json!({"from": "v6.6"}), "is about other models"),
        (json!({"to": "v6.8"}), "is about other models"),
        (json!({"extra": 1}), "extra"),
        (json!({"format": "svadiff-known/2"}), "format"),
        (json!({"signature": 3}), "signature"),
    ] {
        let known = copy(&dir);
        change(&known, ENTRY, |entry| {
            let entry = entry.as_object_mut().expect("an object");
            entry.extend(spoil.as_object().expect("an object").clone());
        });
        let ran = svadiff(["ledger", "check", "--known", &known]);
        let about = ran.refused(&format!("{ENTRY}.json"));
        assert!(about.contains(says), "{about}");
        fs::remove_dir_all(known).expect("it is there");
    }
    // Even a case that needs it not.
    let known = copy(&dir);
    change(&known, ENTRY, |entry| {
        let ops = entry["counterexample"]["case"]["ops"].as_array_mut();
        let unbind = json!({"op": "unbind", "of": 0, "again": true});
        ops.expect("operations").push(unbind);
    });
    let ran = svadiff(["ledger", "check", "--known", &known]);
    let about = ran.refused(&format!("{ENTRY}.json"));
    let says = "no entry rests on a caller that is wrong";
    assert!(about.contains(says), "{about}");
    fs::remove_dir_all(known).expect("it is there");
    let ran = svadiff(["ledger", "check", "--known", "/nonexistent"]);
    ran.refused("/nonexistent");
}

#[test]
fn an_entry_about_models_that_cannot_be_compared_says_so() {
    let dir = Scratch::new();
    let known = copy(&dir);
    let name = "v6.4-error-is-kept";
    change(&known, name, |entry| {
        let ops = entry["counterexample"]["case"]["ops"].as_array_mut();
        let op = json!({"op": "alloc_pasid", "dev": 0});
        ops.expect("operations").insert(0, op);
    });
    // The searches stop at once; entries are looked at before.
    let args = [
        "ledger",
        "check",
        "--model=v6.4",
        "--max-states=1",
        "--json",
    ];
    let out = svadiff(args.iter().copied().chain(["--known", &known])).json(3);
    let troubles = out["troubles"].as_array().expect("a list");
    let [stale] = &troubles[..] else {
        panic!("{troubles:?}")
    };
    assert_eq!(stale["entry"], json!(name));
    let why = stale["why"].to_string();
    let expected = "its models cannot be compared with its case: op 0 is alloc_pasid";
    assert!(why.contains(expected), "{why}");
}
