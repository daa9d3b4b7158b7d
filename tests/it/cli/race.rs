// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff race`

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use super::samples::{
    COUNTEREXAMPLE, MODELS, binds_at_once, case, everything, null_pointer, program, two_binds,
};
use super::shape::keys;
use super::width::check;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn race(case: &Value, more: &[&str]) -> Ran {
    let args = ["race", "-"].iter().chain(more);
    svadiff_reading(args, case.to_string().as_bytes())
}

const TWO_BINDS_AT_ONCE: &str = "     on 1 device, 1 mm
         cpu 0                 cpu 1
      0  bind dev 0, mm 0
      1                        bind dev 0, mm 0

Outcomes

    a  0: -EBUSY; 1: handle 0, pasid 1
       schedule v6.8: 1 1 0 0 0 1 1
    b  0: handle 0, pasid 1; 1: -EBUSY
       schedule v6.8: 0 0 1 1 1 0 0
    c  0: handle 0, pasid 1; 1: handle 0, pasid 1
       schedule v6.8: 0 0 0 0 1 1 1 1

Schedules that show it

                a  b   c
  v6.8          9  9  34
  v6.12         -  -  70

v6.8 and v6.12
  both             c
  only v6.8        a b
  only v6.12       -
";

/// In 6.8 the second bind fails while the handle of the first one has no device yet: in 18 of the
/// 52 orders of four sections with four, or with three if a bind fails. In 6.12 all 70 orders are
/// fine.
#[test]
fn two_binds_at_once_are_told_apart_by_what_the_second_one_gets() {
    let args = ["--model", "v6.8", "--model", "v6.12"];
    assert_eq!(race(&binds_at_once(), &args).ok(0), TWO_BINDS_AT_ONCE);
    // Whatever the schedule in the file.
    let mut case = binds_at_once();
    case["schedule"] = json!([1, 1, 1, 0, 1]);
    assert_eq!(race(&case, &args).ok(0), TWO_BINDS_AT_ONCE);
}

#[test]
fn json_has_the_outcomes_of_every_model_in_order() {
    let value = race(&binds_at_once(), &["--json"]).json(0);
    assert_eq!(keys(&value), ["outcomes"]);
    assert_eq!(keys(&value["outcomes"]), *MODELS);
    for outcomes in value["outcomes"].as_object().expect("models").values() {
        for outcome in outcomes.as_array().expect("a list") {
            let expected = ["rets", "splats", "leaked", "schedules", "schedule"];
            assert_eq!(keys(outcome), expected);
            assert!(outcome["schedules"].as_u64() > Some(0), "{outcome}");
        }
    }
    let handle = json!({"handle": 0, "pasid": 1});
    let expected = json!([
        {"rets": [{"err": "EBUSY"}, handle], "splats": [], "leaked": {},
         "schedules": 9, "schedule": [1, 1, 0, 0, 0, 1, 1]},
        {"rets": [handle, {"err": "EBUSY"}], "splats": [], "leaked": {},
         "schedules": 9, "schedule": [0, 0, 1, 1, 1, 0, 0]},
        {"rets": [handle, handle], "splats": [], "leaked": {},
         "schedules": 34, "schedule": [0, 0, 0, 0, 1, 1, 1, 1]},
    ]);
    assert_eq!(value["outcomes"]["v6.8"], expected);
}

#[test]
fn only_the_models_that_are_named_are_run_in_the_order_in_which_they_are_named() {
    let args = ["--json", "--model", "v7.3", "--model", "v6.7"];
    let value = race(&binds_at_once(), &args).json(0);
    assert_eq!(keys(&value["outcomes"]), ["v7.3", "v6.7"]);
}

/// `null` differs from `{}`: the leaks of a dead kernel are unknown.
#[test]
fn a_death_leaks_neither_something_nor_nothing() {
    let value = race(&null_pointer(), &["--json", "--model", "v6.12"]).json(0);
    let outcomes = value["outcomes"]["v6.12"].as_array().expect("a list");
    let died: Vec<_> = { outcomes.iter() }
        .filter(|outcome| outcome["splats"] == json!(["null-deref"]))
        .collect();
    assert_eq!(died.len(), 4);
    for outcome in outcomes {
        assert_eq!(outcome["leaked"].is_null(), died.contains(&outcome));
    }
    let text = race(&null_pointer(), &["--model", "v6.12"]).ok(0);
    assert!(text.contains("1: oops; 2: handle 0, pasid 1; 3: ok;\n       null-deref\n"));
}

#[test]
fn what_is_left_is_said() {
    let mut case = binds_at_once();
    let device = |group: u8| json!({"group": group, "max_pasids": 16, "instance": 0});
    case["topology"]["devices"] = json!([device(0), device(1)]);
    case["ops"][1]["dev"] = json!(1);
    let text = race(&case, &["--model", "v6.8-rc6"])
        .ok(0)
        .replace("\n       ", " ");
    let left = "left: 1 handle, 1 domain, pasids 1, mm_count 1";
    assert!(text.contains(left), "{text}");
    let value = race(&case, &["--model", "v6.8-rc6", "--json"]).json(0);
    let leaked = json!({"handles": 1, "domains": 1, "pasids": [1], "mm_count": [1]});
    assert_eq!(value["outcomes"]["v6.8-rc6"][0]["leaked"], leaked);
}

#[test]
fn what_was_stopped_exits_3_and_shows_outcomes_without_a_comparison() {
    let args = ["--model", "v6.8", "--model", "v6.12", "--max-states", "10"];
    let text = race(&null_pointer(), &args).ok(3);
    let end = "\nNOT COMPLETE: stopped at --max-states. v6.8, v6.12 may allow more outcomes\n\
               than those marked with +, so the models are not compared.\n";
    assert!(text.ends_with(end), "{text}");
    assert!(!text.contains("\n\n\n"), "{text}");
    assert!(!text.contains("only v6.8") && !text.contains("allow the same"));
    // The outcomes of some schedules are printed, each with a schedule.
    assert!(text.contains("null-deref"), "{text}");
    let value = race(&null_pointer(), &[&args[..], &["--json"]].concat()).json(3);
    assert_eq!(
        keys(&value),
        ["outcomes", "complete", "stopped", "incomplete"]
    );
    assert_eq!(value["complete"], false);
    assert_eq!(value["stopped"], "stopped at --max-states");
    assert_eq!(value["incomplete"], json!(["v6.8", "v6.12"]));
    let whole = race(&null_pointer(), &[&args[..4], &["--json"]].concat()).json(0);
    for model in ["v6.8", "v6.12"] {
        let outcomes = value["outcomes"][model].as_array().expect("a list");
        let allowed = whole["outcomes"][model].as_array().expect("a list");
        assert!(!outcomes.is_empty());
        for outcome in outcomes {
            assert_eq!(keys(outcome), ["rets", "splats", "leaked", "schedule"]);
            let what = |this: &Value| ["rets", "splats", "leaked"].map(|key| this[key].clone());
            assert!({ allowed.iter() }.any(|this| what(this) == what(outcome)));
        }
    }
    // One of the two models is explored completely, so its schedules are counted.
    let args = ["--model", "v6.12", "--model", "v6.7", "--max-states", "50"];
    let text = race(&binds_at_once(), &args).ok(3);
    assert!(text.contains("\n  v6.12         70  -  -\n"), "{text}");
    let row = text.lines().find(|line| line.starts_with("  v6.7 "));
    assert_eq!(row, Some("  v6.7           ?  +  +"), "{text}");
}

/// Sixteen binds on eight CPUs have too many schedules to explore.
#[test]
fn a_large_program_ends_in_time_with_outcomes_of_every_model() {
    let ops: Vec<Value> = (0..16)
        .map(|op| json!({"op": "bind", "dev": op % 2, "mm": op % 3, "cpu": op % 8}))
        .collect();
    let device = json!({"group": 0, "max_pasids": 16, "instance": 0});
    let mm = json!({"dma_compat": true});
    let case = json!({
        "topology": {"devices": [device, device], "mms": [mm, mm, mm]},
        "ops": ops,
    });
    let begun = Instant::now();
    let args = [
        "--model",
        "v6.7",
        "--model",
        "v6.8",
        "--max-seconds",
        "0.2",
        "--json",
    ];
    let value = race(&case, &args).json(3);
    assert_eq!(value["stopped"], "stopped at --max-seconds");
    for outcomes in value["outcomes"].as_object().expect("models").values() {
        assert!(!outcomes.as_array().expect("a list").is_empty());
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_case_whose_operations_have_no_cpus_is_refused() {
    let said = "standard input: ops[0] has no `cpu`; a program for several CPUs says who does what";
    for case in [two_binds(), everything(), COUNTEREXAMPLE.clone()] {
        let ran = race(&case, &["--json"]);
        assert_eq!(ran.refused(""), said);
        assert_eq!(race(&case, &[]).refused(""), said);
    }
    let ran = svadiff(["race", "--max-states", "some", "-"]);
    assert_eq!(ran.status, 2);
    assert_eq!(svadiff(["race"]).status, 2);
}

#[test]
fn where_nothing_is_done_nothing_comes_of_it() {
    let mut nothing = case(json!([]));
    let args = ["--model", "v6.8", "--model", "v6.12"];
    let text = race(&nothing, &args).ok(0);
    let expected = "     on 1 device, 1 mm

Outcomes

    a  nothing is done

Schedules that show it

                a
  v6.8          1
  v6.12         1

v6.8 and v6.12 allow the same.
";
    assert_eq!(text, expected);
    nothing["topology"] = json!({"devices": [], "mms": []});
    let value = race(&nothing, &["--json", "--model", "v6.8"]).json(0);
    let outcome = json!([
        {"rets": [], "splats": [], "leaked": {}, "schedules": 1, "schedule": []},
    ]);
    assert_eq!(value["outcomes"]["v6.8"], outcome);
}

#[test]
fn a_counterexample_is_run_like_its_case() {
    let args = "compare v6.8 v6.12 --cpus 2 --devices 1 --mms 1 --ops 2 --json";
    let found = svadiff(args.split(' ')).json(1);
    let finding = &found["findings"][0];
    for more in [&[][..], &["--json"]] {
        let whole = race(finding, more).ok(0);
        assert_eq!(whole, race(&finding["case"], more).ok(0));
    }
}

/// There are more orders than atoms. The exploration stops at the limit in time, and reports it.
#[test]
fn sixty_four_cpus_are_given_up_at_the_limit() {
    let bind = json!({"op": "bind", "dev": 0, "mm": 0});
    let all: Vec<(u8, Value)> = (0..64).map(|cpu| (cpu, bind.clone())).collect();
    let case = program(&all);
    for more in [&[][..], &["--json"]] {
        let begin = Instant::now();
        let ran = race(
            &case,
            &[
                &["--max-states", "1000", "--model", "v6.7", "--model", "v7.3"],
                more,
            ]
            .concat(),
        );
        ran.ok(3);
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
}

/// A number too large for JSON readers, which would round it, is written as a string.
#[test]
fn a_number_of_schedules_that_is_too_large_is_a_string() {
    let enqcmd = json!({"op": "enqcmd_pasid", "mm": 0});
    let all: Vec<(u8, Value)> = (0..48).map(|op| (op / 24, enqcmd.clone())).collect();
    let value = race(&program(&all), &["--model", "v6.8", "--json"]).json(0);
    // 48 choose 24, which has 45 bits.
    assert_eq!(
        value["outcomes"]["v6.8"][0]["schedules"],
        32_247_603_683_100_u64
    );
    let all: Vec<(u8, Value)> = (0..64).map(|op| (op / 16, enqcmd.clone())).collect();
    let value = race(&program(&all), &["--model", "v6.8", "--json"]).json(0);
    // 64! / 16!^4, which has 119 bits.
    let all = &value["outcomes"]["v6.8"][0]["schedules"];
    assert_eq!(*all, "662122768410971464603908403461821400");
}

/// Returns a case with everything at its limit and as wide as possible, on this many CPUs.
fn wide(cpus: u8) -> Value {
    let fault = json!({"site": "set_dev_pasid", "nth": 4294967295_u32, "errno": "ENOMEM"});
    let bind = json!({"op": "bind", "dev": 7, "mm": 0, "fault": fault});
    let far = 4294967295_u32;
    let mut ops: Vec<(u8, Value)> = (0..cpus).map(|cpu| (cpu, bind.clone())).collect();
    ops.push((
        cpus - 1,
        json!({"op": "page_request", "dev": far, "pasid": far}),
    ));
    ops.push((0, json!({"op": "get_pasid", "of": far})));
    let mut case = program(&ops);
    let device = json!({"group": 7, "max_pasids": 4096, "instance": 3});
    case["topology"] = json!({
        "devices": vec![device; 8], "mms": vec![json!({"dma_compat": true}); 8],
    });
    case["schedule"] = json!([0, 1, 0, 1, 0]);
    case
}

#[test]
fn no_line_is_too_wide_on_up_to_five_cpus() {
    let dir = Scratch::new();
    for cpus in [1, 3, 5_u8] {
        let file = dir.file("wide.json", wide(cpus).to_string());
        check(["race", &file, "--max-states", "1000"]);
        check(["race", &file, "--model", "v6.8", "--model", "v7.3"]);
        check(["trace", &file]);
        check(["replay", &file]);
        check(["bisect", &file]);
        check(["diff", &file, "--from", "v6.7", "--to", "v6.8"]);
    }
    for case in [binds_at_once(), null_pointer()] {
        let file = dir.file("case.json", case.to_string());
        for command in ["race", "trace", "replay", "bisect"] {
            check([command, &file]);
        }
    }
}
