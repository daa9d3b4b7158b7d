// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff hunt`

use super::run::{Ran, Scratch, interrupted, svadiff, svadiff_reading};
use super::shape::{check_counterexample, keys};
use crate::thorough::thorough;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs;

fn hunt(args: &str) -> Ran {
    svadiff(format!("hunt {args}").split_whitespace())
}

fn findings(value: &Value) -> &[Value] {
    value["findings"].as_array().expect("a list")
}

fn signatures(value: &Value) -> HashSet<String> {
    let all = findings(value).iter();
    all.map(|finding| finding["signature"].to_string())
        .collect()
}

#[test]
fn what_is_printed_depends_on_neither_the_number_of_threads_nor_the_time() {
    for args in [
        "v6.7 v6.8 --cases 3000",
        "v6.8-rc6 v6.7 --cases 66000 --profile core --seed 5",
        "thread-b thread-d --cases 1000 --json --profile faults",
        "v6.8 v6.12 --cases 1100 --profile races",
    ] {
        let ran = |threads: u8| hunt(&format!("{args} --threads {threads}")).ok(1);
        let one = ran(1);
        assert_eq!(one, ran(2), "{args}");
        assert_eq!(one, ran(3), "{args}");
    }
}

#[test]
fn there_are_as_many_cases_as_were_asked_for() {
    for cases in [1, 255, 257, 65_536, 65_537] {
        let args = format!("v6.8-merge v6.8-rc1 --profile core --json --cases {cases}");
        assert_eq!(hunt(&args).json(0)["cases"], cases);
    }
    let value = hunt("v6.12.117 v7.3 --profile races --json --cases 9").json(0);
    assert_eq!((&value["cases"], &value["cpus"]), (&json!(9), &json!(2)));
}

#[test]
fn more_cases_find_what_fewer_did_and_find_it_first() {
    let all = |cases: u32| {
        let value = hunt(&format!("v6.7 v6.8 --json --cases {cases}")).json(1);
        findings(&value).to_vec()
    };
    let (few, many) = (all(20), all(4000));
    assert!(many.len() > few.len());
    assert_eq!(many[..few.len()], few);
}

#[test]
fn another_seed_makes_other_cases() {
    let ran = |seed: &str| {
        let args = format!("v6.7 v6.8 --cases 400 --json {seed}");
        hunt(&args).json(1)
    };
    let (none, zero, other) = (ran(""), ran("--seed 0"), ran("--seed 1"));
    assert_eq!(none, zero);
    assert_ne!(zero["ops"], other["ops"]);
    let largest = ran("--seed 18446744073709551615");
    assert_eq!(largest["seed"], u64::MAX);
}

#[test]
fn the_last_line_is_the_command_that_does_it_again() {
    for args in [
        "v6.7 v6.8 --seconds 0.2",
        "v6.8 v7.3 --seconds 0.2 --view api --view driver --profile core --seed 9",
        "v6.8 v6.12 --cases 40 --cpus 3",
    ] {
        let text = hunt(args).ok(1);
        let (_, again) = text.rsplit_once("Again      svadiff ").expect("a command");
        let ran = svadiff(again.split_whitespace());
        assert_eq!(ran.ok(1), text, "{args}");
    }
}

#[test]
fn no_finding_exits_0_and_says_what_that_is_worth() {
    let text = hunt("v6.8-merge v6.8-rc1 --cases 300 --profile core").ok(0);
    for said in [
        "Models     v6.8-merge and v6.8-rc1\n",
        "Cases      300 of core, seed 0, ",
        "Findings   0   no difference in these cases\n",
        "Again      svadiff hunt v6.8-merge v6.8-rc1 --profile core --cases 300\n",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

#[test]
fn json_has_the_numbers_and_the_findings_as_counterexamples_that_replay() {
    for (from, to, more) in [
        ("v6.7", "v6.8", "--cases 5000"),
        (
            "v6.8-rc6",
            "v6.12",
            "--cases 3000 --profile foreign-domains",
        ),
        ("thread-b", "v6.7", "--cases 500 --view state --view leak"),
        ("v6.8", "v6.12", "--cases 2000 --profile races"),
    ] {
        let value = hunt(&format!("{from} {to} --json {more}")).json(1);
        let mut expected = vec![
            "from",
            "to",
            "views",
            "seed",
            "profile",
            "cpus",
            "cases",
            "ops",
            "schedules",
            "too_large",
            "stopped",
            "effects",
            "findings",
            "known",
        ];
        if !more.contains("races") {
            expected.retain(|key| !["cpus", "schedules", "too_large"].contains(key));
        }
        assert_eq!(keys(&value), expected);
        assert_eq!(value["stopped"], Value::Null);
        assert_eq!(signatures(&value).len(), findings(&value).len(), "twice");
        for finding in findings(&value) {
            check_counterexample(finding, from, to);
            assert_eq!(finding["minimal"]["shortest_in"], Value::Null);
            let said = svadiff_reading(["replay", "-"], finding.to_string().as_bytes()).ok(0);
            let ends = "\nEverything that the file claims is what happens.\n";
            assert!(said.ends_with(ends), "{from} {to} {more}: {said}");
        }
    }
}

#[test]
fn each_finding_is_minimized() {
    let value = hunt("v6.7 v6.8-rc6 --json --cases 5000 --profile core").json(1);
    assert!(findings(&value).len() > 2);
    for finding in findings(&value) {
        assert_eq!(finding["minimal"]["one_minimal"], true, "{finding}");
        let ops = finding["case"]["ops"].as_array().expect("operations");
        assert!(ops.len() <= 5, "{finding}");
    }
}

#[test]
fn each_finding_is_written_as_a_file() {
    let dir = Scratch::new();
    let out = dir.path().join("deep/er");
    let out = out.to_str().expect("a path in UTF-8");
    let value = hunt(&format!("v6.7 v6.8 --cases 2000 --json --out {out}")).json(1);
    let mut files = 0;
    for file in fs::read_dir(out).expect("the directory") {
        let path = file.expect("a file").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        assert!(
            name.starts_with("v6.7-v6.8-") && name.ends_with(".json"),
            "{name}"
        );
        let written: Value =
            serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        assert!(findings(&value).contains(&written), "{name}");
        files += 1;
    }
    assert_eq!(files, findings(&value).len());
    let file = dir.file("file", "");
    let ran = hunt(&format!("v6.7 v6.8 --cases 1 --out {file}"));
    assert!(
        ran.refused(&file).starts_with(": cannot be written: "),
        "{ran:?}"
    );
}

/// Returns whether the default universe contains the case: two devices, two mms, four operations,
/// no faults.
fn is_small(finding: &Value) -> bool {
    let case = &finding["case"];
    let (topology, ops) = (
        &case["topology"],
        case["ops"].as_array().expect("operations"),
    );
    let devices = topology["devices"].as_array().expect("devices");
    let mms = topology["mms"].as_array().expect("mms");
    let usual = |dev: &Value| dev["max_pasids"] == 16 && dev["instance"] == 0;
    let simple = |op: &Value| {
        let kind = op["op"].as_str().expect("a name");
        let others = ["fork", "alloc_pasid", "free_pasid", "attach", "detach"];
        op.get("fault").is_none() && !others.contains(&kind)
    };
    devices.len() <= 2
        && mms.len() <= 2
        && ops.len() <= 4
        && devices.iter().all(usual)
        && mms.iter().all(|mm| mm["dma_compat"] == true)
        && ops.iter().all(simple)
}

#[test]
fn what_is_found_in_a_small_universe_is_what_a_search_of_it_finds() {
    let only = "--only bind,unbind,get_pasid,exit,page_request,enqcmd_pasid";
    let races = "--profile races --cases 4000";
    let all = [
        ("v6.7 v6.8-rc6", "--profile core --cases 20000", only),
        ("v6.7 thread-b", "--profile core --cases 20000", only),
        ("v6.12 v6.12.117", races, "--cpus 2"),
        ("v6.8 v6.12", races, "--cpus 2"),
        ("v6.7 v6.8", "--profile races --cases 1000", "--cpus 2"),
    ];
    let some = if thorough() { all.len() } else { 2 };
    for (models, more, search) in &all[..some] {
        let mut hunted = hunt(&format!("{models} --json {more}")).json(1);
        let all = signatures(&hunted);
        let findings = hunted["findings"].as_array_mut().expect("a list");
        findings.retain(is_small);
        let small = signatures(&hunted);
        let searched = svadiff(format!("compare {models} --json {search}").split_whitespace());
        let searched = signatures(&searched.json(1));
        assert!(!small.is_empty(), "{models}");
        let more: Vec<_> = small.difference(&searched).collect();
        assert!(more.is_empty(), "{models}: {more:#?}\n{searched:#?}");
        // A smaller case is not always in that universe, because it can have other operations.
        let missed: Vec<_> = searched.difference(&all).collect();
        assert!(missed.is_empty(), "{models} misses {missed:#?}");
    }
}

#[test]
fn what_cannot_be_hunted_is_refused_in_a_sentence() {
    let names =
        "core, faults, lifetimes, groups, foreign-domains, races, wrong-callers, everything";
    let unknown = format!(
        "invalid value 'cors' for '--profile <NAME>': it is one of {names}; did you mean `core`?; \
         try --help"
    );
    for (more, said) in [
        ("--profile cors", unknown.as_str()),
        (
            "--cpus 2 --view api --view driver",
            "--view driver: on several CPUs api, splat and leak are compared",
        ),
        (
            "--profile races --view state",
            "--view state: on several CPUs api, splat and leak are compared",
        ),
        (
            "--seconds soon",
            "invalid value 'soon' for '--seconds <SECONDS>': it is a number of seconds, like 60 \
             or 0.5; try --help",
        ),
    ] {
        assert_eq!(hunt(&format!("v6.7 v6.8 {more}")).refused(""), said);
    }
    for more in [
        "--cpus 0",
        "--cpus 5",
        "--seed -1",
        "--seed x",
        "--cases -1",
        "--cases 1.5",
        "--seconds -1",
        "--seconds inf",
        "--threads 0",
        "--view dmesg",
    ] {
        hunt(&format!("v6.7 v6.8 {more}")).refused("");
    }
    hunt("v6.7").refused("");
    hunt("v6.7 v9").refused("invalid value 'v9' for ");
}

#[test]
fn drivers_and_debuggers_are_asked_where_their_views_are() {
    let value = hunt("v6.7 v6.8 --cases 500 --json --view driver --view state").json(1);
    assert_eq!(value["views"], json!(["driver", "state"]));
    let views: HashSet<_> = findings(&value)
        .iter()
        .map(|finding| finding["first_difference"]["view"].to_string())
        .collect();
    assert!(views.len() > 1, "{views:?}");
}

fn interrupt(signal: &str, args: &str) {
    // Whoever stops it while it minimizes learns that it is not done with that, and the command that
    // it prints shows more. On a busy machine this can happen.
    let mut texts = (0..5).map(|_| interrupted(signal, args.split(' ')));
    let is_minimized = |text: &String| !text.contains("no time to minimize");
    let text = texts.find(is_minimized).expect("time to minimize");
    assert!(text.starts_with("1. "), "{text}");
    let line = text.lines().find(|line| line.starts_with("Cases      "));
    assert!(
        line.is_some_and(|line| line.ends_with(" operations, interrupted")),
        "{text}"
    );
    // The printed command repeats the hunt.
    let (before, again) = text.rsplit_once("Again      svadiff ").expect("a command");
    let whole = svadiff(again.split_whitespace()).ok(1);
    assert!(
        whole.starts_with(&before.replace(", interrupted", "")),
        "{whole}"
    );
}

#[test]
fn ctrl_c_prints_what_was_found_and_how_far_it_got() {
    interrupt("-INT", "hunt v6.7 v6.8 --seconds 600");
}

#[test]
fn so_does_whoever_ends_the_program_politely() {
    interrupt("-TERM", "hunt v6.8 v6.12 --seconds 600 --profile races");
}
