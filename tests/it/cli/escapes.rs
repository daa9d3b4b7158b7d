// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that nothing that a terminal would interpret gets from a file or an argument to the
//! output.

use super::run::{Ran, Scratch, hidden, svadiff};
use super::samples::{COUNTEREXAMPLE, case_commands, rows, two_binds};
use serde_json::{Value, json};

/// A colour, a window title, a bell, a carriage return, a C1 control sequence, a directional
/// override and isolates, a zero width space, a tag, a line separator, a soft hyphen.
const EVIL: &str = "\u{1b}[31m\u{1b}]0;x\u{7}\r\n\u{8}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{e0041}\u{2028}\u{ad}\u{7f}\u{feff}";

/// Checks that none of it is in the output, and that something visible replaces it.
fn is_harmless(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        assert_eq!(hidden(text), "", "{text:?}");
        // A line break would start a line that the program did not write.
        assert!(!text.contains("31m\u{8}"), "{text:?}");
    }
}

fn shows_it_escaped(ran: &Ran) {
    is_harmless(ran);
    let shown = format!("{}{}", ran.out, ran.err);
    let escaped = ["\\u{1b}[31m", "\\u001b[31m"];
    assert!(escaped.iter().any(|text| shown.contains(text)), "{shown}");
}

#[test]
fn texts_of_a_case_are_shown_escaped_or_not_at_all() {
    let dir = Scratch::new();
    for key in ["title", "origin", "note"] {
        let mut case = two_binds();
        case[key] = json!(EVIL);
        let mut whole = COUNTEREXAMPLE.clone();
        whole["case"][key] = json!(EVIL);
        for file in [case, whole] {
            let path = dir.file("evil.json", file.to_string());
            for args in case_commands(&path) {
                let ran = svadiff(&args);
                assert!(matches!(ran.status, 0 | 1), "{ran:?}");
                is_harmless(&ran);
                if key == "title" && args[0] == "replay" && file.get("id").is_some() {
                    shows_it_escaped(&ran);
                }
            }
        }
    }
}

/// Returns the text of a file with a word replaced.
fn with(file: &Value, word: &str) -> String {
    let text = file.to_string();
    let replaced = text.replacen(&format!("\"{word}\""), &json!(EVIL).to_string(), 1);
    assert_ne!(text, replaced, "{word}");
    replaced
}

#[test]
fn wrong_words_and_unknown_keys_are_shown_escaped() {
    let dir = Scratch::new();
    let mut case = two_binds();
    case["ops"][0]["fault"] = json!({"site": "handle_alloc", "nth": 1, "errno": "ENOMEM"});
    let words = [
        "bind",
        "dev",
        "site",
        "handle_alloc",
        "ENOMEM",
        "topology",
        "group",
        "svadiff-case/1",
    ];
    for word in words {
        let path = dir.file("evil.json", with(&case, word));
        for args in case_commands(&path) {
            let ran = svadiff(&args);
            ran.refused_at_a_place(&path);
            shows_it_escaped(&ran);
        }
        let row = format!(
            "{{\"id\":1,\"traces\":{{}},\"case\":{}}}",
            with(&case, word)
        );
        let path = dir.file("evil.jsonl", row);
        for args in [["trace", "--jsonl"].as_slice(), &["conform"]] {
            let ran = svadiff(args.iter().chain(&[path.as_str()]));
            ran.refused_at_a_place(&path);
            shows_it_escaped(&ran);
        }
    }
    for word in [
        "minimal",
        "one_minimal",
        "v6.7",
        "made_by",
        "history",
        "svadiff",
    ] {
        let path = dir.file("evil.json", with(&COUNTEREXAMPLE, word));
        let ran = svadiff(["replay", &path]);
        ran.refused_at_a_place(&path);
        shows_it_escaped(&ran);
    }
}

#[test]
fn wrong_claims_are_shown_escaped() {
    let dir = Scratch::new();
    for path in [
        "/id",
        "/signature/op",
        "/traces/v6.7/steps/0/ret",
        "/history/introduced",
        "/history/fixed",
        "/minimal/shortest_in",
    ] {
        let mut file = COUNTEREXAMPLE.clone();
        *file.pointer_mut(path).expect("a place") = json!(EVIL);
        let file = dir.file("evil.json", file.to_string());
        let ran = svadiff(["replay", &file]);
        if path == "/minimal/shortest_in" {
            is_harmless(&ran);
        } else {
            assert_eq!(ran.status, 1);
            shows_it_escaped(&ran);
        }
    }
    let mut file = COUNTEREXAMPLE.clone();
    file["traces"]["v6.7"]["end"][EVIL] = json!({EVIL: EVIL});
    let file = dir.file("evil.json", file.to_string());
    shows_it_escaped(&svadiff(["replay", &file]));
}

#[test]
fn ids_are_given_back_escaped_and_mean_the_same() {
    let dir = Scratch::new();
    let ids = [json!(EVIL), json!([{EVIL: [EVIL]}])];
    for id in ids {
        // As written by a program that escapes only what JSON requires.
        let row = json!({"id": id, "case": two_binds(), EVIL: EVIL}).to_string();
        assert_ne!(hidden(&row), "");
        let path = dir.file("evil.jsonl", row);
        let ran = svadiff(["trace", "--jsonl", &path]);
        assert_eq!(ran.status, 0, "{ran:?}");
        shows_it_escaped(&ran);
        assert_eq!(ran.out.lines().count(), 1);
        let out: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(out["id"], id);
    }
}

#[test]
fn mismatches_are_shown_escaped() {
    let dir = Scratch::new();
    let row = rows("exhaustive.jsonl.gz", 1).pop().expect("a row");
    for path in [
        "/traces/v6.7/steps/0/ret",
        "/traces/v6.7/end",
        "/traces/v6.7/steps",
    ] {
        let mut row = row.clone();
        row["id"] = json!(EVIL);
        row["case"]["title"] = json!(EVIL);
        *row.pointer_mut(path).expect("a place") = json!({EVIL: [EVIL]});
        let file = dir.file("evil.jsonl", row.to_string());
        let ran = svadiff(["conform", &file]);
        assert_eq!(ran.status, 1, "{ran:?}");
        shows_it_escaped(&ran);
    }
}

#[test]
fn names_of_files_models_and_everything_else_on_the_command_line_are_shown_escaped() {
    let dir = Scratch::new();
    let missing = dir.path().join(EVIL);
    let missing = missing.to_str().expect("a path in UTF-8");
    for args in case_commands(missing) {
        let ran = svadiff(&args);
        ran.refused("");
        shows_it_escaped(&ran);
    }
    let bad = dir.file(EVIL, "[");
    let good = dir.file(format!("good{EVIL}"), two_binds().to_string());
    for args in [
        vec!["trace", "--jsonl", missing],
        vec!["conform", missing],
        vec!["conform", &bad],
        vec!["trace", &bad],
        vec!["conform", &good],
    ] {
        let ran = svadiff(&args);
        ran.refused("");
        shows_it_escaped(&ran);
    }
    let mut row = rows("exhaustive.jsonl.gz", 1).pop().expect("a row");
    row["traces"]["v6.7"]["end"] = json!({});
    let row = dir.file(format!("row{EVIL}"), row.to_string());
    let ran = svadiff(["conform", &row]);
    assert_eq!(ran.status, 1, "{ran:?}");
    shows_it_escaped(&ran);

    let out = format!("{bad}/deeper");
    for args in [
        vec![EVIL],
        vec!["trace", "--model", EVIL, &good],
        vec!["diff", &good, "--from", EVIL, "--to", "v6.8"],
        vec!["compare", EVIL, "v6.8"],
        vec!["compare", "v6.7", "v6.8", "--ops", EVIL],
        vec!["compare", "v6.7", "v6.8", "--view", EVIL],
        vec!["compare", "v6.7", "v6.8", "--out", &out],
        vec!["compare", "v6.7", "v6.8", EVIL],
        vec!["models", EVIL],
    ] {
        let ran = svadiff(&args);
        ran.refused("");
        is_harmless(&ran);
    }
}
