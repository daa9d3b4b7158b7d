// SPDX-License-Identifier: GPL-2.0-or-later
//! Text has a bounded length, stays within its columns, and gives only tips that work.

use super::run::{Scratch, hidden, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, case_commands, two_binds};
use serde_json::json;
use spec::generate::PROFILES;
use spec::{OpCode, Site};
use std::fs;
use svadiff::fuzzing::Target;

const WIDTH: usize = svadiff::report::WIDTH;

#[test]
fn values_of_any_length_are_shown_shortened() {
    let dir = Scratch::new();
    let long = "long ".repeat(400_000);
    let word = "x".repeat(2_000_000);
    for text in [&long, &word] {
        let mut whole = COUNTEREXAMPLE.clone();
        for key in ["title", "origin", "note"] {
            whole["case"][key] = json!(text);
        }
        whole["minimal"]["shortest_in"] = json!(text);
        whole["history"]["introduced"] = json!(text);
        whole["id"] = json!(text);
        whole["signature"]["op"] = json!(text);
        let path = dir.file("long.json", whole.to_string());
        for args in case_commands(&path) {
            let ran = svadiff(&args);
            assert!(ran.status < 2, "{args:?}");
            if args.contains(&"--json") {
                continue;
            }
            let most = 1000 * svadiff::models::all().len();
            assert!(ran.out.len() < most, "{args:?}: {} bytes", ran.out.len());
            let wide = ran.out.lines().find(|line| line.chars().count() > WIDTH);
            assert_eq!(wide, None, "{args:?}");
        }
    }
    let unknown = json!({"topology": {"devices": [], "mms": []}, "ops": [], (word): 1});
    let ran = svadiff_reading(["trace", "-"], unknown.to_string().as_bytes());
    ran.refused("standard input");
}

#[test]
fn what_an_entry_of_the_ledger_says_is_shown_shortened() {
    let dir = Scratch::new();
    let known = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/known");
    let entry = format!("{known}/v6.8-merge-second-bind-refused.json");
    let entry = fs::read_to_string(entry).expect("an entry");
    let mut entry: serde_json::Value = serde_json::from_str(&entry).expect("JSON");
    for key in ["what", "introduced", "fixed", "reference"] {
        entry[key] = json!("x".repeat(1_000_000));
    }
    dir.file(format!("{}.json", "n".repeat(240)), entry.to_string());
    let folder = dir.path().to_str().expect("a path in UTF-8");
    let text = svadiff(["ledger", "list", "--known", folder]).ok(0);
    assert!(text.len() < 3000, "{} bytes", text.len());
    assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
}

#[test]
fn a_wrong_signature_fits_the_columns() {
    let mut file = COUNTEREXAMPLE.clone();
    file["signature"]["to"]["decided_by"][0]["line"] = json!(1);
    let said = svadiff_reading(["replay", "-"], file.to_string().as_bytes()).ok(1);
    assert!(
        said.contains("\n    claimed  {\"view\": \"api\", "),
        "{said}"
    );
    assert!(
        said.lines().all(|line| line.chars().count() <= WIDTH),
        "{said}"
    );
}

#[test]
fn the_name_of_a_file_of_the_ledger_is_shown_escaped() {
    let dir = Scratch::new();
    let known = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/known");
    let entry = format!("{known}/v6.8-merge-second-bind-refused.json");
    let entry = fs::read_to_string(entry).expect("an entry");
    let evil = "e\u{1b}[31m\r\n\u{9b}2J\u{202e}vil";
    dir.file(format!("{evil}.json"), &entry);
    let folder = dir.path().to_str().expect("a path in UTF-8");
    let list = ["ledger", "list", "--known", folder];
    let hunt = |folder| {
        let args = ["hunt", "v6.7", "v6.8-merge", "--cases", "300"];
        [&args[..], &["--known", folder]].concat()
    };
    for args in [
        list.to_vec(),
        [&list[..], &["--json"]].concat(),
        hunt(folder),
        [&hunt(folder)[..], &["--json"]].concat(),
    ] {
        let ran = svadiff(&args);
        assert!(ran.status < 2, "{ran:?}");
        assert_eq!(hidden(&format!("{}{}", ran.out, ran.err)), "", "{args:?}");
        assert!(ran.out.contains("u{1b}[31m"), "{args:?}: {}", ran.out);
    }
    dir.file(format!("{evil}2.json"), "{}");
    let ran = svadiff(list);
    ran.refused("");
    assert!(ran.err.contains("u{1b}[31m"), "{}", ran.err);
    // The name of the folder is escaped too.
    let folder = dir.path().join(evil);
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("entry.json"), entry).expect("an entry");
    let folder = folder.to_str().expect("a path in UTF-8");
    let ran = svadiff(hunt(folder));
    assert_eq!(hidden(&ran.out), "");
    assert!(ran.out.contains("u{1b}[31m"), "{}", ran.out);
}

#[test]
fn a_tip_leads_somewhere() {
    let dir = Scratch::new();
    let file = dir.file("file", "");
    let plain = two_binds().to_string();
    for (args, part) in [
        ("trace --foo", "unexpected argument '--foo' found"),
        (
            "compare v6.7 v6.8 --devices -1",
            "'-1' for '--devices <N>': it is a whole number",
        ),
        (
            "compare v6.7 v6.8 --ops -1",
            "'-1' for '--ops <N>': it is a whole number",
        ),
        (
            "compare v6.7 v6.8 --max-memory -1",
            "'-1' for '--max-memory <SIZE>': it is a number",
        ),
        (
            "compare v6.7 v6.8 --max-seconds -1",
            "it is a number of seconds",
        ),
        (
            "hunt v6.7 v6.8 --cases -1",
            "'-1' for '--cases <N>': it is a whole number",
        ),
        (
            "race - --max-states -1",
            "'-1' for '--max-states <N>': it is a whole number",
        ),
        (
            "compare v6.7 v6.8 --checkpoint /dev/null",
            "/dev/null: is not a regular file",
        ),
        (
            "compare v6.7 v6.8 --checkpoint /no/where",
            "/no/where: cannot be written: No such file",
        ),
        (
            "compare v6.7 v6.8 --out /proc/no",
            "/proc/no: cannot be written: ",
        ),
        (
            "from-artifact parse - --out /no/where",
            "/no/where: cannot be written: No such file",
        ),
        (
            "compare v6.7 v6.8 --checkpoint -",
            "a search is saved in a file",
        ),
        (
            "compare v6.7 v6.8 --out FILE",
            "it is a file, and findings are written into a directory",
        ),
        ("check v6.8 --out -", "to print them, use --json"),
        ("hunt v6.7 v6.8 --out -", "to print them, use --json"),
        ("from-artifact parse - --out -", "leave out --out"),
        (
            "hunt v6.7 v6.8 --cases 0",
            "try --cases 1000 or --seconds 10",
        ),
        (
            "hunt v6.7 v6.8 --seconds 0",
            "try --cases 1000 or --seconds 10",
        ),
        (
            "trace --json --jsonl -",
            "'--json' cannot be used with '--jsonl'",
        ),
    ] {
        let args = args
            .split(' ')
            .map(|arg| if arg == "FILE" { &file } else { arg });
        let args: Vec<&str> = args.collect();
        let ran = svadiff_reading(&args, plain.as_bytes());
        ran.refused("");
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
        assert!(!ran.err.contains("'-- "), "{args:?}: {}", ran.err);
        assert!(!ran.err.contains("os error 17"), "{args:?}: {}", ran.err);
        // A name that the user did not give does not appear either.
        for hidden in ["--form", ".partial"] {
            assert!(!ran.err.contains(hidden), "{args:?}: {}", ran.err);
        }
    }
    assert_eq!(dir.files().len(), 1);
    assert!(!std::path::Path::new("-").exists());
}

#[test]
fn the_help_lists_what_an_argument_can_be() {
    let ops = OpCode::ALL.map(OpCode::name);
    let sites = Site::ALL.map(Site::name);
    let profiles: Vec<&str> = PROFILES.iter().map(|profile| profile.name).collect();
    let targets = Target::ALL.map(Target::name);
    for (command, all) in [
        ("compare", &ops[..]),
        ("compare", &sites),
        ("check", &ops),
        ("matrix", &sites),
        ("hunt", &profiles),
        ("from-artifact", &targets),
    ] {
        for help in ["--help", "-h"] {
            let text = svadiff([command, help]).ok(0);
            assert!(text.contains("\nExamples:\n"), "{command}: {text}");
            if help == "--help" {
                for word in all {
                    assert!(text.contains(word), "{command}: {word} in {text}");
                }
            }
        }
    }
}

#[test]
fn where_nothing_differs_all_kernels_are_one_row() {
    let text = svadiff(["matrix", "--ops", "0"]).ok(0);
    for model in svadiff::models::all() {
        assert!(text.contains(model.name()), "{}: {text}", model.name());
    }
    assert!(text.contains("\n        1\n  1     .\n"), "{text}");
}
