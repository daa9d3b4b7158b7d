// SPDX-License-Identifier: GPL-2.0-or-later
//! Every command accepts a case, a counterexample or an entry of the ledger as FILE.

use super::run::{Scratch, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, two_binds};
use serde_json::{Value, json};
use std::fs;

const KNOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/known");

/// Returns the commands that take a FILE, without the FILE.
fn commands() -> Vec<Vec<&'static str>> {
    vec![
        vec!["trace"],
        vec!["diff", "--from", "v6.7", "--to", "v6.8"],
        vec!["bisect"],
        vec!["replay"],
        vec!["minimize"],
        vec!["race"],
        vec!["ledger", "entry", "--what", "x", "--kind", "intended"],
    ]
}

/// Returns the entries of the ledger, each with its path.
fn entries() -> Vec<(String, Value)> {
    let files = fs::read_dir(KNOWN).expect("the ledger").filter_map(|file| {
        let path = file.expect("a file").path();
        let is_entry = path.extension().is_some_and(|end| end == "json");
        let text = is_entry.then(|| fs::read_to_string(&path).expect("an entry"))?;
        let path = path.to_str().expect("a path in UTF-8").to_owned();
        Some((path, serde_json::from_str(&text).expect("JSON")))
    });
    let mut all: Vec<_> = files.collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[test]
fn an_entry_of_the_ledger_is_taken_like_its_counterexample() {
    let dir = Scratch::new();
    let all = entries();
    let is_concurrent = |(_, entry): &&(String, Value)| {
        entry["counterexample"]["case"]["ops"][0]
            .get("cpu")
            .is_some()
    };
    let one = all.iter().find(|entry| !is_concurrent(entry));
    let several = all.iter().find(is_concurrent);
    for (path, entry) in [one, several].into_iter().flatten() {
        let inner = dir.file("inner.json", entry["counterexample"].to_string());
        for command in commands() {
            let on = |file: &str| svadiff(command.iter().copied().chain([file]));
            let (whole, inner) = (on(path), on(&inner));
            assert_eq!(whole.status, inner.status, "{command:?} {path}: {whole:?}");
            assert_eq!(whole.out, inner.out, "{command:?} {path}");
        }
    }
}

#[test]
fn what_an_entry_claims_beside_its_counterexample_is_checked() {
    let (_, entry) = entries().swap_remove(0);
    let replay = |entry: &Value| svadiff_reading(["replay", "-"], entry.to_string().as_bytes());
    replay(&entry).ok(0);
    for (key, value) in [
        ("introduced", json!("0123456789ab")),
        ("fixed", json!("0123456789ab")),
        ("signature", json!({"view": "driver"})),
    ] {
        let mut entry = entry.clone();
        entry[key] = value;
        let ran = replay(&entry);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.out.contains(&format!("\n  {key}\n")), "{}", ran.out);
    }
    let mut wrong = entry;
    wrong["counterexample"]["id"] = json!("0123456789ab");
    assert!(replay(&wrong).ok(1).contains("\n  counterexample.id\n"));
}

#[test]
fn a_format_that_is_not_known_is_refused_with_all_that_are() {
    let formats = [
        "svadiff-case/2",
        "svadiff-counterexample/2",
        "svadiff-known/9",
        "svadiff-universe/1",
        "svadiff-trace/1",
        "",
        "case",
    ];
    for format in formats {
        let mut file = two_binds();
        file["format"] = json!(format);
        let text = file.to_string();
        for command in commands() {
            let ran = svadiff_reading(command.iter().copied().chain(["-"]), text.as_bytes());
            let about = ran.refused_at_a_place("standard input");
            let all = "svadiff-case/1, svadiff-counterexample/1, svadiff-known/1";
            let expected = format!("at format: unknown format `{format}`; it is one of {all}");
            assert!(about.ends_with(&expected), "{command:?}: {about}");
        }
    }
}

#[test]
fn an_entry_of_a_case_needs_two_models() {
    let args = ["ledger", "entry", "-", "--what", "x", "--kind", "intended"];
    let ran = svadiff_reading(args, two_binds().to_string().as_bytes());
    let about = ran.refused("standard input");
    assert!(about.contains("a case names no models"), "{about}");
    let with = |models: [&str; 2]| {
        let args = args.iter().copied().chain(models);
        svadiff_reading(args, two_binds().to_string().as_bytes())
    };
    let entry = with(["v6.7", "v6.8-merge"]).json(0);
    assert_eq!(entry["counterexample"]["id"], COUNTEREXAMPLE["id"]);
    assert_eq!(with(["v6.7", "v6.7"]).ok(1), "v6.7 and v6.7 agree.\n");
    let mut alone = COUNTEREXAMPLE.clone();
    alone.as_object_mut().expect("an object").shift_remove("to");
    alone["signature"] = json!({"view": "splat", "side": "from"});
    let ran = svadiff_reading(args, alone.to_string().as_bytes());
    assert!(ran.refused("standard input").contains("is about one model"));
}
