// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases as text on the command line, and models in place.

use super::run::{Ran, Scratch, gzip, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, MODELS, everything, null_pointer, two_binds};
use serde_json::Value;
use spec::{Case, text};
use std::collections::BTreeSet;

const TWO_BINDS: &str = "bind dev 0, mm 0; bind dev 0, mm 0";

fn of(case: &Value) -> Case {
    Case::from_json(case.to_string().as_bytes()).expect("a case")
}

/// Returns every command that takes a case, with `WHAT` where the case is.
fn commands() -> Vec<Vec<&'static str>> {
    vec![
        vec!["trace", "WHAT"],
        vec!["trace", "WHAT", "--json"],
        vec!["diff", "WHAT", "v6.7", "v6.8-rc1"],
        vec!["diff", "WHAT", "--from", "v6.7", "--to", "v6.8-rc1"],
        vec!["bisect", "WHAT"],
        vec!["race", "WHAT", "--model", "v6.12", "--model", "v6.12.117"],
        vec!["minimize", "WHAT", "v6.7", "v6.8-rc1", "--json"],
        vec!["replay", "WHAT"],
        vec!["report", "WHAT", "v6.7", "v6.8-rc1"],
        vec![
            "ledger",
            "entry",
            "WHAT",
            "v6.7",
            "v6.8-merge",
            "--what",
            "x",
            "--kind",
            "intended",
        ],
    ]
}

fn with(command: &[&str], what: &[&str], input: &str) -> Ran {
    let args = command.iter().flat_map(|&arg| match arg {
        "WHAT" => what.to_vec(),
        arg => vec![arg],
    });
    svadiff_reading(args, input.as_bytes())
}

#[test]
fn every_command_takes_text_from_a_file_from_standard_input_and_in_place() {
    let dir = Scratch::new();
    for case in [two_binds(), everything(), null_pointer()] {
        let json = dir.file("case.json", case.to_string());
        let (long, short) = (text::of(&of(&case)), text::one_line(&of(&case)));
        let packed = dir.file("case.gz", gzip(long.as_bytes()));
        let file = dir.file("case.txt", &long);
        for command in commands() {
            let expected = with(&command, &[&json], "");
            let said = |ran: Ran| (ran.status, ran.out);
            if command[0] == "race" && case != null_pointer() {
                expected.refused(&json);
                with(&command, &["--case", &short], "").refused("--case");
                continue;
            }
            let expected = said(expected);
            assert!(expected.0 < 2, "{command:?}");
            assert_eq!(said(with(&command, &[&file], "")), expected, "{command:?}");
            assert_eq!(
                said(with(&command, &[&packed], "")),
                expected,
                "{command:?}"
            );
            assert_eq!(
                said(with(&command, &["-"], &short)),
                expected,
                "{command:?}"
            );
            assert_eq!(
                said(with(&command, &["--case", &long], "")),
                expected,
                "{command:?}"
            );
            let inline = format!("--case={short}");
            assert_eq!(
                said(with(&command, &[&inline], "")),
                expected,
                "{command:?}"
            );
        }
    }
}

#[test]
fn exactly_one_of_file_and_case_is_given() {
    for command in commands() {
        let both = with(&command, &["x.json", "--case", TWO_BINDS], "");
        let about = both.refused("");
        assert!(about.contains("--case"), "{about}");
        let none = with(&command, &[], "");
        let about = none.refused("");
        assert!(about.contains("FILE") || about.contains("case"), "{about}");
    }
    let ran = svadiff(["diff", "v6.7", "v6.8-rc1"]);
    assert!(
        ran.refused("v6.7: is a model").contains("--case"),
        "{ran:?}"
    );
    svadiff(["trace", "--jsonl", "--case", TWO_BINDS]).refused("");
}

#[test]
fn what_is_wrong_in_text_is_shown_with_a_caret() {
    let dir = Scratch::new();
    let file = dir.file("case.txt", "bind 0 0;\nbnd 0 0\n");
    let picture = "\n  bnd 0 0\n  ^^^\n";
    for command in commands() {
        let ran = with(&command, &[&file], "");
        let about = ran.refused_at_a_place(&file);
        assert!(about.starts_with(": line 2 column 1: "), "{about}");
        assert!(about.contains("did you mean `bind`?"), "{about}");
        assert!(ran.err.ends_with(picture), "{}", ran.err);
        let ran = with(&command, &["--case", "bind 0 0; bnd 0 0"], "");
        assert!(ran.refused("--case: line 1 column 11: ").contains("`bind`"));
        let ran = with(&command, &["-"], "bind 0 \u{1b}[31m\u{202e}");
        ran.refused_at_a_place("standard input");
        for empty in ["", " ", "\n;\n"] {
            let ran = with(&command, &["--case", empty], "");
            assert!(
                ran.refused("--case: line 1 column 1: empty")
                    .contains("bind 0 0")
            );
        }
    }
}

#[test]
fn two_models_are_named_in_place_or_with_from_and_to() {
    let both = |args: &[&str]| svadiff(args).out;
    let small: &[&'static str] = &["--ops", "2"];
    let commands: [(&[&'static str], &[&'static str]); 6] = [
        (&["compare"], small),
        (&["hunt"], &["--cases", "50", "--json", "--threads", "1"]),
        (&["matrix"], small),
        (&["diff", "--case", TWO_BINDS], &[]),
        (&["minimize", "--case", TWO_BINDS], &[]),
        (&["report", "--case", TWO_BINDS], &[]),
    ];
    for (command, more) in commands {
        let on = |models: &[&'static str]| [command, models, more].concat();
        let in_place = on(&["v6.7", "v6.8-rc1"]);
        let options = on(&["--to", "v6.8-rc1", "--from", "v6.7"]);
        let same = match command[0] {
            // Times differ.
            "hunt" => svadiff(&in_place).status == svadiff(&options).status,
            _ => both(&in_place) == both(&options),
        };
        assert!(same && !both(&in_place).is_empty(), "{command:?}");
        for models in [
            &["v6.7", "v6.8-rc1", "--from", "v6.7"][..],
            &["v6.7", "--to", "v6.8-rc1"],
            &["v6.7", "v6.8-rc1", "--from", "v6.7", "--to", "v6.8"],
        ] {
            let ran = svadiff(on(models));
            assert!(ran.refused("").contains("in place"), "{ran:?}");
        }
        if command[0] != "report" {
            svadiff(on(&["--from", "v6.7"])).refused("one model, v6.7, ");
            svadiff(on(&["--to", "v6.7"])).refused("one model, v6.7, ");
        }
    }
    svadiff(["compare", "v6.7"]).refused("");
    svadiff(["diff", "--case", TWO_BINDS]).refused("--case: a case names no models");
}

#[test]
fn misspelt_words_get_an_answer_with_the_right_one() {
    let models = [
        ("v68", "v6.8"),
        ("6,8", "v6.8"),
        ("v6.8rc1", "v6.8-rc1"),
        ("v6.8-rc-6", "v6.8-rc6"),
        ("v6..7", "v6.7"),
        ("v612", "v6.12"),
        ("thread_a", "thread-a"),
        ("threadb", "thread-b"),
        ("tread-c", "thread-c"),
        ("v6.8merge", "v6.8-merge"),
    ];
    for (given, meant) in models {
        assert!(MODELS.contains(&meant), "{meant}");
        for args in [
            &["compare", given, "v6.8"][..],
            &["compare", "v6.8", given],
            &["diff", "--case", TWO_BINDS, given, "v6.8"],
            &["trace", "--case", TWO_BINDS, "--model", given],
        ] {
            let ran = svadiff(args);
            let mean = format!("did you mean `{meant}`?");
            assert!(ran.refused("").contains(&mean), "{ran:?}");
        }
    }
    for (given, meant) in [
        ("comapre", "compare"),
        ("compair", "compare"),
        ("COMPARE", "compare"),
        ("dif", "diff"),
        ("bisct", "bisect"),
        ("bisection", "bisect"),
        ("trase", "trace"),
        ("minimise", "minimize"),
        ("repaly", "replay"),
        ("matirx", "matrix"),
        ("leger", "ledger"),
        ("from_artifact", "from-artifact"),
    ] {
        let ran = svadiff([given, "x"]);
        let quotes = ["'", "`"].map(|quote| format!("{quote}{meant}{quote}"));
        let about = ran.refused("");
        assert!(
            quotes.iter().any(|quoted| about.contains(quoted)),
            "{about}"
        );
    }
    for (args, meant) in [
        (&["--only", "bnd"][..], "bind"),
        (&["--only", "unbnd,bind"], "unbind"),
        (&["--faults", "set_dev"], "set_dev_pasid"),
        (&["--groups", "evry"], "every"),
    ] {
        let ran = svadiff(["compare", "v6.7", "v6.8"].iter().chain(args));
        let mean = format!("did you mean `{meant}`?");
        assert!(ran.refused("").contains(&mean), "{ran:?}");
    }
    let ran = svadiff(["compare", "v6.7", "v6.8", "--view", "ap"]);
    assert!(ran.refused("").contains("'api'"), "{ran:?}");
    let json = two_binds().to_string().replacen("bind", "bnd", 1);
    let ran = svadiff_reading(["trace", "-"], json.as_bytes());
    assert!(
        ran.refused_at_a_place("standard input")
            .contains("did you mean `bind`?")
    );
    let mut misspelt = COUNTEREXAMPLE.clone();
    misspelt["to"] = "v6.8rc1".into();
    let ran = svadiff_reading(["replay", "-"], misspelt.to_string().as_bytes());
    assert!(
        ran.refused("standard input")
            .contains("did you mean `v6.8-rc1`?")
    );
}

/// Returns the names of a heading, each range as its ends.
fn named(heading: &str) -> Vec<Vec<String>> {
    let names = heading.split(':').next().unwrap_or_default().split(", ");
    let ends = |name: &str| name.trim().split(" to ").map(str::to_owned).collect();
    names.map(ends).collect()
}

#[test]
fn a_trace_has_kernels_that_do_the_same_once() {
    for text in [
        TWO_BINDS,
        "bind 0 0; exit 0; unbind 0",
        "cpu 0: bind 0 0; cpu 1: bind 0 0",
    ] {
        let said = svadiff(["trace", "--case", text]).ok(0);
        let joined = said.replace("\n  v", " v");
        let headings = joined
            .split("\n\n")
            .skip(1)
            .map(|part| part.lines().next().unwrap_or(""));
        let groups: Vec<Vec<Vec<String>>> = headings.map(named).collect();
        let json = svadiff(["trace", "--json", "--case", text]).json(0);
        let traces = json["traces"].as_object().expect("traces");
        assert_eq!(traces.len(), MODELS.len());
        // Models of one heading have one trace, and every model has a heading or is in a range.
        let mut seen = BTreeSet::new();
        for group in &groups {
            let ends: Vec<&str> = group.iter().flatten().map(String::as_str).collect();
            for end in &ends {
                assert!(seen.insert((*end).to_owned()), "{end} twice:\n{said}");
                assert_eq!(traces[*end], traces[ends[0]], "{end}:\n{said}");
            }
        }
        let ranges = groups.iter().flatten().filter(|ends| ends.len() == 2);
        assert!(ranges.count() > 0, "{said}");
        let distinct: BTreeSet<String> = traces.values().map(Value::to_string).collect();
        if !text.contains("cpu") {
            assert_eq!(groups.len(), distinct.len(), "{said}");
        }
        let all = svadiff(["trace", "--all", "--case", text]).ok(0);
        for model in MODELS.iter() {
            assert!(all.contains(&format!("\n{model}\n")), "{model}: {all}");
        }
        assert!(said.len() < all.len() / 2, "{said}");
        assert!(
            said.lines().all(|line| line.chars().count() <= 75),
            "{said}"
        );
    }
}
