// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks every limit of the format: a value at the limit is accepted, and one beyond it is refused
//! by name.

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, case, case_commands, two_binds};
use serde_json::{Value, json};

fn trace(case: &Value) -> Ran {
    let args = ["trace", "--json", "--model", "v6.8", "-"];
    svadiff_reading(args, case.to_string().as_bytes())
}

fn device(group: u32, max_pasids: u32, instance: u32) -> Value {
    json!({"group": group, "max_pasids": max_pasids, "instance": instance})
}

fn with_devices(devices: Vec<Value>) -> Value {
    let mut case = two_binds();
    case["topology"]["devices"] = devices.into();
    case
}

fn with_mms(count: usize) -> Value {
    let mut case = two_binds();
    case["topology"]["mms"] = vec![json!({"dma_compat": true}); count].into();
    case
}

fn with_ops(count: usize) -> Value {
    case(vec![json!({"op": "bind", "dev": 0, "mm": 0}); count].into())
}

#[test]
fn a_case_at_its_limits_is_run_and_one_beyond_is_refused_at_its_place() {
    type Make<'a> = &'a dyn Fn(u32) -> Value;
    let limits: [(Make<'_>, u32, &str); 7] = [
        (
            &|n| with_devices(vec![device(0, 16, 0); n as usize]),
            8,
            "at topology.devices: more than 8 devices, which is the limit",
        ),
        (
            &|n| with_devices(vec![device(n, 16, 0)]),
            7,
            "at topology.devices[0].group: group 8 is beyond the limit: at most 7",
        ),
        (
            &|n| with_devices(vec![device(0, 16, n)]),
            3,
            "at topology.devices[0].instance: instance 4 is beyond the limit: at most 3",
        ),
        (
            &|n| with_devices(vec![device(0, n, 0)]),
            4096,
            "at topology.devices[0].max_pasids: max_pasids 4097 is beyond the limit: at most 4096",
        ),
        (
            &|n| with_mms(n as usize),
            16,
            "at topology.mms: more than 16 mms, which is the limit",
        ),
        (
            &|n| with_ops(n as usize),
            64,
            "at ops: more than 64 ops, which is the limit",
        ),
        (
            &|n| {
                case(json!([{"op": "attach", "dev": 0, "pasid": 1,
                "fault": {"site": "set_dev_pasid", "nth": n, "errno": "EIO"}}]))
            },
            u32::MAX,
            "",
        ),
    ];
    for (make, at_most, said) in limits {
        trace(&make(at_most)).json(0);
        if said.is_empty() {
            continue;
        }
        let ran = trace(&make(at_most + 1));
        let about = ran.refused_at_a_place("standard input");
        assert!(about.ends_with(said), "{about}");
    }
}

#[test]
fn a_case_with_nothing_in_it_is_a_case() {
    let mut nothing = case(json!([]));
    nothing["topology"] = json!({"devices": [], "mms": []});
    let traces = trace(&nothing).json(0);
    assert_eq!(traces["traces"]["v6.8"]["steps"], json!([]));
    let text = nothing.to_string();
    for command in ["trace", "bisect", "replay"] {
        svadiff_reading([command, "-"], text.as_bytes()).ok(0);
    }
}

#[test]
fn an_index_or_a_pasid_out_of_range_is_skipped_and_not_refused() {
    for op in [
        json!({"op": "bind", "dev": 1, "mm": 0}),
        json!({"op": "bind", "dev": 0, "mm": 1}),
        json!({"op": "unbind", "of": 64}),
        json!({"op": "get_pasid", "of": 4294967295_u32}),
        json!({"op": "attach", "dev": 0, "pasid": 4096}),
        json!({"op": "page_request", "dev": 0, "pasid": 70000}),
        json!({"op": "enqcmd_pasid", "mm": 16}),
    ] {
        let traces = trace(&case(json!([op]))).json(0);
        assert_eq!(
            traces["traces"]["v6.8"]["steps"][0]["ret"], "skipped",
            "{op}"
        );
    }
}

#[test]
fn the_mms_that_forks_make_count_and_the_seventeenth_is_skipped() {
    let mut case = with_mms(15);
    case["ops"] = json!([{"op": "fork", "mm": 0}, {"op": "fork", "mm": 0}]);
    let traces = trace(&case).json(0);
    let steps = &traces["traces"]["v6.8"]["steps"];
    assert_eq!(steps[0]["ret"], json!({"mm": 15}));
    assert_eq!(steps[1]["ret"], "skipped");
}

#[test]
fn ten_thousand_operations_are_given_up_at_the_limit() {
    let ran = trace(&with_ops(10_000));
    let about = ran.refused_at_a_place("standard input");
    assert!(
        about.ends_with("more than 64 ops, which is the limit"),
        "{about}"
    );
}

/// Returns two binds on a CPU each, with a schedule of this many entries.
fn with_schedule(count: usize) -> Value {
    let mut case = two_binds();
    case["ops"][0]["cpu"] = json!(0);
    case["ops"][1]["cpu"] = json!(1);
    case["schedule"] = vec![json!(0); count].into();
    case
}

#[test]
fn a_concurrent_case_is_bounded_too() {
    trace(&with_schedule(1024)).json(0);
    let too_long = trace(&with_schedule(1025));
    let about = too_long.refused_at_a_place("standard input");
    assert!(
        about.ends_with("at schedule: more than 1024 entries of a schedule, which is the limit"),
        "{about}"
    );
    let with_cpu = |cpu: u32| {
        let mut case = with_schedule(0);
        case["ops"][1]["cpu"] = json!(cpu);
        trace(&case)
    };
    with_cpu(63).json(0);
    let with_entry = |cpu: u32| {
        let mut case = with_schedule(0);
        case["schedule"] = json!([0, cpu]);
        trace(&case)
    };
    with_entry(63).json(0);
    for (ran, place) in [
        (with_cpu(64), "ops[1].cpu"),
        (with_entry(64), "schedule[1]"),
    ] {
        let about = ran.refused_at_a_place("standard input");
        let said = format!("at {place}: cpu 64 is beyond the limit: at most 63");
        assert!(about.ends_with(&said), "{about}");
    }
}

#[test]
fn the_limits_hold_in_rows_and_in_counterexamples_as_well() {
    let dir = Scratch::new();
    let row = |case: &Value| json!({"id": 1, "case": case, "traces": {}}).to_string();
    let text = format!("{}\n\n{}\n", row(&two_binds()), row(&with_ops(65)));
    let file = dir.file("rows.jsonl", text);
    let ran = svadiff(["trace", "--jsonl", &file]);
    let said = ran.refused_after_rows(&file);
    assert!(said.starts_with(": line 3 column "), "{said}");
    assert!(
        said.ends_with("at case.ops: more than 64 ops, which is the limit"),
        "{said}"
    );
    assert_eq!(ran.out.lines().count(), 1);
    let ran = svadiff(["conform", &file]);
    assert!(ran.refused(&file).starts_with(": line 3 column "));

    let mut whole = COUNTEREXAMPLE.clone();
    whole["case"] = with_schedule(1025);
    let file = dir.file("whole.json", whole.to_string());
    let ran = svadiff(["replay", &file]);
    let about = ran.refused_at_a_place(&file);
    assert!(
        about.contains("at case.schedule: more than 1024"),
        "{about}"
    );
}

/// A case in which one operation has no CPU, and one with a schedule in which none has a CPU.
#[test]
fn either_all_operations_have_a_cpu_or_none_and_then_there_is_no_schedule() {
    let without = |ops: &[usize]| {
        let mut case = with_schedule(3);
        for &op in ops {
            let op = case["ops"][op].as_object_mut().expect("an operation");
            op.shift_remove("cpu");
        }
        case
    };
    let dir = Scratch::new();
    for (case, said) in [
        (
            without(&[1]),
            "ops[1] has no `cpu` and ops[0] has one; either all have, or none",
        ),
        (
            without(&[0]),
            "ops[0] has no `cpu` and ops[1] has one; either all have, or none",
        ),
        (without(&[0, 1]), "a `schedule`, but ops[0] has no `cpu`"),
    ] {
        let file = dir.file("case.json", case.to_string());
        for args in case_commands(&file) {
            let ran = svadiff(args);
            // The whole case is refused, at its first line.
            assert_eq!(ran.refused(&file), format!(": line 1 column 1: {said}"));
        }
        let ran = svadiff(["race", &file]);
        assert_eq!(ran.refused(&file), format!(": line 1 column 1: {said}"));

        let row = json!({"id": 1, "case": case, "traces": {}}).to_string();
        let file = dir.file("rows.jsonl", format!("\n{row}"));
        for args in [vec!["trace", "--jsonl", &file], vec!["conform", &file]] {
            let ran = svadiff(args);
            let about = ran.refused(&file);
            assert!(about.starts_with(": line 2 column "), "{about}");
            assert!(about.ends_with(&format!(": at case: {said}")), "{about}");
        }

        let mut whole = COUNTEREXAMPLE.clone();
        whole["case"] = case;
        let file = dir.file("whole.json", whole.to_string());
        let commands = case_commands(&file).into_iter();
        for args in commands.chain([vec!["race", &file]]) {
            let ran = svadiff(args);
            let about = ran.refused_at_a_place(&file);
            assert!(about.ends_with(&format!(": at case: {said}")), "{about}");
        }
    }
}

/// An empty list of operations has no CPU that could be missing.
#[test]
fn a_case_without_operations_can_have_a_schedule() {
    let mut nothing = case(json!([]));
    nothing["schedule"] = json!([0, 1]);
    let traces = trace(&nothing).json(0);
    let trace = &traces["traces"]["v6.8"];
    assert_eq!(
        (&trace["steps"], &trace["schedule"]),
        (&json!([]), &json!([]))
    );
}
