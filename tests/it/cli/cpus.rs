// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff compare` and `svadiff check` on several CPUs.

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use super::samples::{binds_at_once, null_pointer};
use super::shape::{check_counterexample, commits, keys};
use crate::thorough::thorough;
use serde_json::{Value, json};

/// One device and one mm, on two CPUs.
const SMALL: &str = "--cpus 2 --devices 1 --mms 1";

fn compare(from: &str, to: &str, more: &str) -> Ran {
    let args = format!("compare {from} {to} {more}");
    svadiff(args.split_whitespace())
}

fn findings(value: &Value) -> &[Value] {
    value["findings"].as_array().expect("a list")
}

/// Returns the result of a search without the memory that it took.
fn without_memory(mut value: Value) -> Value {
    let object = value.as_object_mut().expect("an object");
    object.shift_remove("memory");
    value
}

#[test]
fn in_6_8_the_second_of_two_binds_at_once_fails_and_in_6_12_it_does_not() {
    let more = format!("{SMALL} --ops 3 --json");
    let value = compare("v6.8", "v6.12", &more).json(1);
    let expected = [
        "from",
        "to",
        "views",
        "universe",
        "states",
        "transitions",
        "depth",
        "programs",
        "schedules",
        "complete",
        "stopped",
        "memory",
        "digest",
        "effects",
        "findings",
    ];
    assert_eq!(keys(&value), expected);
    assert_eq!(value["programs"], 206);
    // The number can be too large for most readers of JSON, so it is a string.
    assert_eq!(value["schedules"], "9569");
    assert_eq!(
        (&value["complete"], &value["depth"]),
        (&json!(true), &json!(3))
    );
    let [finding] = findings(&value) else {
        panic!("{value}");
    };
    check_counterexample(finding, "v6.8", "v6.12");
    let mut case = binds_at_once();
    case["schedule"] = json!([1, 1, 0, 0, 0, 0, 1, 1]);
    assert_eq!(finding["case"], case);
    assert_eq!(finding["first_difference"], json!({"op": 0, "view": "api"}));
    let minimal = json!({
        "ops": 2, "one_minimal": true,
        "shortest_in": "1 device, 1 mm, up to 3 ops, 2 CPUs, page_request to PASID 1, no faults",
    });
    assert_eq!(finding["minimal"], minimal);
    let history = json!({"introduced": "3e7f57d1ef3f", "fixed": null});
    assert_eq!(commits(&finding["history"]), history);
    // Two operations are enough to show it.
    let shorter = compare("v6.8", "v6.12", &format!("{SMALL} --ops 2 --json")).json(1);
    assert_eq!(findings(&shorter).len(), 1);
    compare("v6.8", "v6.12", &format!("{SMALL} --ops 1")).ok(0);
}

/// A misbehaviour of both kernels is a finding of its own. Its report names the commits that
/// introduced and ended it and the number of schedules of each model that show it, but not the
/// number that show the behaviour of the other kernel.
#[test]
fn with_four_operations_there_is_also_the_null_pointer_with_its_own_history() {
    let json = compare("v6.8", "v6.12", &format!("{SMALL} --json")).json(1);
    let [binds, pointer] = findings(&json) else {
        panic!("{json}");
    };
    assert_eq!(binds["case"]["ops"].as_array().map(Vec::len), Some(2));
    assert_eq!(pointer["case"], null_pointer());
    let history = json!({"introduced": "3e7f57d1ef3f", "fixed": "530f8f9c3546"});
    assert_eq!(commits(&pointer["history"]), history);
    let text = compare("v6.8", "v6.12", SMALL)
        .ok(1)
        .replace("\n            ", " ")
        .replace("\n           ", " ");
    for said in [
        "1. fixes: bind returns a handle where it returned -EBUSY\n",
        "shown  by 9 of 52 schedules of v6.8, by none of 70 schedules of v6.12\n",
        "2. breaks: null-deref in v6.12, and not in v6.8\n",
        "shown  by none of 2046 schedules of v6.8, by 6 of 3426 schedules of v6.12\n",
        "Universe   1 device, 1 mm, up to 4 ops, 2 CPUs, page_request to PASID 1, no faults\n",
        "Programs   1486 distinct, 464917 schedules, complete\n",
        "Findings   2   no shorter program in this universe shows any of them\n",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

#[test]
fn between_6_12_and_6_12_117_there_is_the_null_pointer_alone() {
    let value = compare("v6.12", "v6.12.117", &format!("{SMALL} --json")).json(1);
    let [finding] = findings(&value) else {
        panic!("{value}");
    };
    check_counterexample(finding, "v6.12", "v6.12.117");
    assert_eq!(finding["case"]["ops"], null_pointer()["ops"]);
    assert_eq!(finding["minimal"]["one_minimal"], true);
    let signature = &finding["signature"];
    assert_eq!(
        (&signature["view"], &signature["side"], &signature["splat"]),
        (&json!("splat"), &json!("from"), &json!("null-deref"))
    );
    // The commit that introduced the misbehaviour, and the one that ended it.
    let history = json!({"introduced": "3e7f57d1ef3f", "fixed": "530f8f9c3546"});
    assert_eq!(commits(&finding["history"]), history);
    compare("v6.12.117", "v7.3", SMALL).ok(0);
    compare("v6.8-rc6", "v6.8", SMALL).ok(0);
}

#[test]
fn each_finding_is_written_as_a_file_that_replays() {
    for (from, to) in [("v6.8", "v6.12"), ("v6.12", "v6.12.117"), ("v7.3", "v6.12")] {
        let dir = Scratch::new();
        let out = dir.path().join("found");
        let out = out.to_str().expect("a path in UTF-8");
        let more = format!("{SMALL} --json --out {out}");
        let value = compare(from, to, &more).json(1);
        let files: Vec<_> = std::fs::read_dir(out).expect("the directory").collect();
        assert_eq!(files.len(), findings(&value).len());
        for file in files {
            let path = file.expect("a file").path();
            let said = svadiff(["replay".as_ref(), path.as_os_str()]).ok(0);
            let ends = "\nEverything that the file claims is what happens.\n";
            assert!(said.ends_with(ends), "{from} {to}: {said}");
        }
    }
}

#[test]
fn alone_6_12_has_the_null_pointer_and_the_others_have_nothing() {
    let value = svadiff("check v6.12 --cpus 2 --json".split(' ')).json(1);
    assert_eq!(value["complete"], true);
    let [finding] = findings(&value) else {
        panic!("{value}");
    };
    assert_eq!(finding["what"], "null-deref in v6.12");
    assert_eq!(finding["case"], null_pointer());
    let history = json!({"introduced": "3e7f57d1ef3f", "fixed": "530f8f9c3546"});
    assert_eq!(commits(&finding["history"]), history);
    assert_eq!(finding["trace"]["steps"][3]["ret"], "oops");
    let universe: &[&str] = match thorough() {
        true => &["--cpus", "2"],
        false => &["--cpus", "2", "--devices", "1", "--mms", "1"],
    };
    for model in ["v6.12.117", "v7.3", "v6.8", "v6.7"] {
        let text = svadiff(["check", model].iter().chain(universe)).ok(0);
        let said = "Findings   0   no misbehaviour in this universe\n";
        assert!(text.contains(said), "{model}: {text}");
    }
}

#[test]
fn what_cannot_be_searched_on_several_cpus_is_refused_in_a_sentence() {
    let dir = Scratch::new();
    let file = dir.path().join("saved");
    let checkpoint = format!("--cpus 2 --checkpoint {}", file.display());
    for (more, said) in [
        ("--cpus 0", "0 CPUs, but a universe has 1 to 4"),
        ("--cpus 5", "5 CPUs, but a universe has 1 to 4"),
        (
            "--cpus 2 --binds 3",
            "on several CPUs, a universe has a limit of ops, and none of binds",
        ),
        (
            "--cpus 2 --binds 3 --ops 3",
            "on several CPUs, a universe has a limit of ops, and none of binds",
        ),
        (
            &checkpoint,
            "--checkpoint: a search on several CPUs is not saved; try it without",
        ),
    ] {
        for models in ["compare v6.8 v6.12", "check v6.12"] {
            let ran = svadiff(format!("{models} {more}").split(' '));
            assert_eq!(ran.refused(""), said, "{models} {more}");
        }
    }
    assert!(!file.exists());
    for (universe, said) in [
        (r#"{"cpus": 0}"#, "0 CPUs, but a universe has 1 to 4"),
        (r#"{"cpus": 5}"#, "5 CPUs, but a universe has 1 to 4"),
        (r#"{"cpus": 2, "binds": 3}"#, "and none of binds"),
        (r#"{"cpus": "2"}"#, "at cpus: "),
    ] {
        let args = ["compare", "v6.8", "v6.12", "--universe", "-"];
        let ran = svadiff_reading(args, universe.as_bytes());
        assert!(ran.refused("standard input").contains(said), "{ran:?}");
    }
}

#[test]
fn a_universe_with_cpus_is_printed_as_it_can_be_given_again() {
    let dir = Scratch::new();
    let written = json!({"devices": 1, "mms": 1, "ops": 3, "cpus": 2});
    let file = dir.file("universe.json", written.to_string());
    let of_file = compare("v6.8", "v6.12", &format!("--universe {file} --json")).json(1);
    let of_words = compare("v6.8", "v6.12", &format!("{SMALL} --ops 3 --json")).json(1);
    assert_eq!(without_memory(of_file.clone()), without_memory(of_words));
    let universe = &of_file["universe"];
    let only = [
        "bind",
        "unbind",
        "get_pasid",
        "exit",
        "page_request",
        "enqcmd_pasid",
    ];
    let expected = json!({
        "format": "svadiff-universe/1", "devices": 1, "groups": "every", "max_pasids": [16],
        "mms": 1, "ops": 3, "binds": null, "cpus": 2, "pasids": [1], "only": only, "faults": [],
    });
    assert_eq!(*universe, expected);
    let file = dir.file("again.json", universe.to_string());
    let again = compare("v6.8", "v6.12", &format!("--universe {file} --json")).json(1);
    assert_eq!(without_memory(again), without_memory(of_file.clone()));
    // The same universe in words, as a counterexample has it. `replay` searches it again.
    let finding = &of_file["findings"][0];
    let words = "1 device, 1 mm, up to 3 ops, 2 CPUs, page_request to PASID 1, no faults";
    assert_eq!(finding["minimal"]["shortest_in"], words);
    let said = svadiff_reading(["replay", "-"], finding.to_string().as_bytes()).ok(0);
    assert!(!said.contains("Not checked"), "{said}");
    // One CPU is the default, and is not mentioned.
    let one = compare("v6.8-merge", "v6.8-rc1", "--cpus 1 --ops 1 --json").json(0);
    assert_eq!(one["universe"].get("cpus"), None);
    assert_eq!(one.get("programs"), None);
}

#[test]
fn what_was_stopped_exits_3_and_says_so() {
    for (limit, why) in [
        ("--max-seconds 0", "stopped at --max-seconds"),
        ("--max-states 1", "stopped at --max-states"),
    ] {
        for models in ["compare v6.8 v6.12", "check v6.12"] {
            let args = format!("{models} --cpus 2 {limit}");
            let text = svadiff(args.split(' ')).ok(3);
            assert!(text.contains("nothing is known of the rest"), "{text}");
            let text = text.replace("\n           ", " ");
            assert!(text.contains(&format!("NOT COMPLETE: {why}")), "{text}");
            let value = svadiff(format!("{args} --json").split(' ')).json(3);
            assert_eq!(value["complete"], false);
            assert_eq!(value["stopped"], why);
            assert_eq!(value["digest"], Value::Null);
        }
    }
}

#[test]
fn what_is_found_does_not_depend_on_the_number_of_threads() {
    for (status, args) in [
        (1, format!("compare v6.8 v6.12 {SMALL}")),
        (1, "compare v6.12 v6.12.117 --cpus 2 --mms 1".to_owned()),
        (1, "check thread-d --cpus 2 --ops 3".to_owned()),
        (0, "check v7.3 --cpus 3 --ops 3 --devices 1".to_owned()),
    ] {
        let [one, two, three] = [1, 2, 3].map(|threads| {
            let args = format!("{args} --threads {threads} --json");
            without_memory(svadiff(args.split(' ')).json(status))
        });
        assert!(one == two && two == three, "{args}");
        assert!(one["digest"].is_string());
    }
}

#[test]
fn what_drivers_and_debuggers_see_cannot_be_asked_for_on_several_cpus() {
    for view in ["driver", "state"] {
        let args = format!("compare v6.8 v6.12 --cpus 2 --view api --view {view}");
        let said = format!("--view {view}: on several CPUs api, splat and leak are compared");
        assert_eq!(svadiff(args.split(' ')).refused(""), said);
        let args = format!("matrix --cpus 2 --view {view}");
        assert_eq!(svadiff(args.split(' ')).refused(""), said);
    }
}

/// The sender of a file determines the size of its program, but not how long its reader waits.
#[test]
fn what_a_file_with_too_many_schedules_claims_is_not_checked_in_full() {
    let ran = compare("v6.8", "v6.12", &format!("{SMALL} --ops 2 --json"));
    let mut large = ran.json(1)["findings"][0].clone();
    let ops = large["case"]["ops"].as_array_mut().expect("operations");
    for cpu in 2..12 {
        ops.push(json!({"op": "bind", "dev": 0, "mm": 0, "cpu": cpu}));
    }
    let ran = svadiff_reading(["replay", "-"], large.to_string().as_bytes());
    assert_eq!(ran.status, 1);
    let said = ran.out.replace("\n  ", " ");
    let why = "is about a program with too many schedules to try them all";
    let expected = format!("Not checked: minimal.one_minimal {why}");
    assert!(said.contains(&expected), "{said}");
}

/// A misbehaviour of both kernels makes a counterexample like any other.
#[test]
fn what_both_do_replays_and_is_minimized() {
    let dir = Scratch::new();
    let args = "compare thread-b thread-c --cpus 2 --ops 3 --mms 1 --json";
    let found = svadiff(args.split(' ')).json(1);
    let findings = found["findings"].as_array().expect("a list");
    let both = |finding: &&Value| finding["signature"]["left"] == "attached to freed memory";
    let finding = findings.iter().find(both).expect("something that both do");
    let path = dir.file("both.json", finding.to_string());
    svadiff(["replay", &path]).ok(0);
    let again = svadiff(["minimize", &path, "--json"]).json(0);
    assert_eq!(again["id"], finding["id"]);
    assert_eq!(again["signature"], finding["signature"]);
    // For a kernel that does not do it, the claim does not hold.
    let mut wrong = finding.clone();
    wrong["to"] = json!("v6.8");
    let path = dir.file("wrong.json", wrong.to_string());
    let said = svadiff(["replay", &path]).ok(1);
    assert!(said.contains("do not differ as the file claims"), "{said}");
}
