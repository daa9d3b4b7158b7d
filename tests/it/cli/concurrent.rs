// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks commands that run a case, with cases on several CPUs.

use super::run::{Scratch, command, feed, svadiff, svadiff_reading};
use super::samples::{MODELS, binds_at_once, null_pointer, program, recorded, rows};
use super::shape::{check_concurrent_trace, keys};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn run(case: &Value, args: &[&str], status: i32) -> String {
    let args = [args, &["-"]].concat();
    svadiff_reading(args, case.to_string().as_bytes()).ok(status)
}

const NULL_POINTER: &str = "1 device, 1 mm

v6.12
#   lock  cpu 0                           cpu 1
0         0 bind dev 0, mm 0
1   0     0 with the lock
            domain_alloc() = domain 0
            set_dev_pasid(dev 0, pasid
              1, domain 0)
            iommu-sva.c:137
2                                         2 bind dev 0, mm 0
3   1                                     2 with the lock
                                            iommu-sva.c:100
4                                         2 after the lock
5                                         2 = handle 0, pasid 1
6                                         3 unbind of op 2
7         0 after the lock
8         0 = handle 0, pasid 1
9         1 unbind of op 0
10  0     1 with the lock
            iommu-sva.c:171
11        1 = ok
12  1                                     3 with the lock
                                            iommu.c:3431
                                            null-deref
                                            3 = oops
";

#[test]
fn a_trace_has_a_column_for_each_cpu_and_one_for_the_lock() {
    let text = run(&null_pointer(), &["trace", "--model", "v6.12"], 0);
    assert_eq!(text, NULL_POINTER);
}

#[test]
fn up_to_four_cpus_have_columns_of_their_own_and_more_of_them_share_one() {
    let bind = json!({"op": "bind", "dev": 0, "mm": 0});
    for cpus in 1..=6_u8 {
        // The numbers of the CPUs need not be those of the columns.
        let ops: Vec<(u8, Value)> = (0..cpus).map(|cpu| (3 * cpu, bind.clone())).collect();
        let text = run(&program(&ops), &["trace", "--model", "v7.3"], 0);
        let head = text
            .lines()
            .find(|line| line.starts_with('#'))
            .expect("a head");
        let names: Vec<String> = (0..cpus).map(|cpu| format!("cpu {}", 3 * cpu)).collect();
        let words: Vec<&str> = head.split_whitespace().collect();
        let lines = || text.lines();
        if cpus > 4 {
            assert_eq!(words, ["#", "lock", "all", "CPUs"]);
            let last = format!("cpu {}: {} bind dev 0, mm 0", 3 * (cpus - 1), cpus - 1);
            assert!(lines().any(|line| line.ends_with(&last)), "{text}");
            continue;
        }
        assert_eq!(words.join(" "), format!("# lock {}", names.join(" ")));
        for (cpu, name) in names.iter().enumerate() {
            let at = head.find(name).expect("the name of a column");
            // What a CPU does is in the column under its name, and the lock's holder is before the
            // columns.
            let own: Vec<&str> = { lines().filter_map(|line| line.get(at..)) }
                .filter(|text| text.starts_with(&format!("{cpu} ")))
                .collect();
            assert!(own.len() >= 3, "{cpu} in {text}");
            let locked = lines()
                .filter(|line| line.get(4..10).map(str::trim) == Some(&(3 * cpu).to_string()));
            assert_eq!(locked.count(), 1, "{cpu} in {text}");
        }
    }
}

/// A lock that is never released stays held, no matter which CPU continues.
#[test]
fn the_lock_column_says_who_keeps_the_lock() {
    let bind = json!({"op": "bind", "dev": 0, "mm": 0});
    let enqcmd = json!({"op": "enqcmd_pasid", "mm": 0});
    let case = program(&[(0, bind.clone()), (0, bind.clone()), (1, enqcmd), (1, bind)]);
    let text = run(&case, &["trace", "--model", "thread-d"], 0);
    let line = |said: &str| {
        let line = text.lines().find(|line| line.ends_with(said));
        line.unwrap_or_else(|| panic!("{said} is not in:\n{text}"))
    };
    assert_eq!(&line("2 enqcmd_pasid mm 0")[..5], "8   0");
    assert!(
        text.contains("deadlock") && text.ends_with("3 = hang\n"),
        "{text}"
    );
}

#[test]
fn json_has_the_schedule_as_it_was_taken() {
    for case in [binds_at_once(), null_pointer()] {
        let ops = case["ops"].as_array().map_or(0, Vec::len);
        let value: Value =
            serde_json::from_str(&run(&case, &["trace", "--json"], 0)).expect("JSON");
        assert_eq!(keys(&value["traces"]), *MODELS);
        for trace in value["traces"].as_object().expect("traces").values() {
            check_concurrent_trace(trace, ops);
        }
        let row = json!({"id": "a row", "case": case}).to_string();
        let out = svadiff_reading(["trace", "--jsonl", "-"], row.as_bytes()).ok(0);
        let line: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!(line["traces"], value["traces"]);
    }
    let value: Value =
        serde_json::from_str(&run(&null_pointer(), &["trace", "--json"], 0)).expect("JSON");
    let trace = &value["traces"]["v6.12"];
    assert_eq!(trace["schedule"], null_pointer()["schedule"]);
    assert_eq!(
        trace["steps"][3],
        json!({"ret": "oops", "splats": ["null-deref"]})
    );
    assert_eq!(trace["end"], Value::Null);
}

#[test]
fn recorded_rows_conform_and_a_wrong_one_is_shown() {
    let file = recorded("concurrent.jsonl.gz");
    let text = svadiff(["conform", &file]).ok(0);
    assert!(
        text.ends_with("170 rows, 3400 traces, 0 mismatches\n"),
        "{text}"
    );
    let mut row = rows("concurrent.jsonl.gz", 1).remove(0);
    let schedule = &mut row["traces"]["v7.3"]["schedule"];
    schedule[0] = json!(9);
    let dir = Scratch::new();
    let text = svadiff(["conform", &dir.file("wrong.jsonl", row.to_string())]).ok(1);
    assert!(
        text.contains("\n  field     schedule[0]\n  expected  9\n"),
        "{text}"
    );
}

#[test]
fn a_difference_is_shown_with_the_program_and_what_each_side_makes_of_the_schedule() {
    let mut case = binds_at_once();
    case["schedule"] = json!([1, 1, 0, 0, 0, 0, 1, 1]);
    let args = ["diff", "--from", "v6.8", "--to", "v6.12"];
    let text = run(&case, &args, 1);
    for said in [
        "         cpu 0                 cpu 1\n  ->  0  bind dev 0, mm 0\n",
        "     schedule 1 1 0 0 0 0 1 1\n",
        "->  0  -EBUSY                            new handle, pasid 1\n",
        "1. fixes: bind returns a handle where it returned -EBUSY\n",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
    let args = [&args[..], &["--json"]].concat();
    let value: Value = serde_json::from_str(&run(&case, &args, 1)).expect("JSON");
    assert_eq!(value["first_difference"], json!({"op": 0, "view": "api"}));
    assert_eq!(value["history"]["introduced"], "3e7f57d1ef3f");
    for trace in value["traces"].as_object().expect("traces").values() {
        check_concurrent_trace(trace, 2);
    }
    // In sequence they do not differ in this.
    case["schedule"] = json!([]);
    run(&case, &["diff", "--from", "v6.8", "--to", "v6.12"], 0);
}

#[test]
fn history_says_which_commit_brought_the_null_pointer_and_which_one_removed_it() {
    let text = run(&null_pointer(), &["bisect"], 1);
    for said in [
        "v6.12         CHANGES what v6.10 does\n              by 3e7f57d1ef3f ",
        "op 3: null-deref in v6.12, and not in v6.10\n",
        "v6.12.117     CHANGES what v6.12.93 does\n              by 530f8f9c3546 ",
        "v7.3          CHANGES what v7.1.2 does\n              by 530f8f9c3546 ",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("(7.3, 7.2.4, 6.18.50, 6.12.109)"), "{text}");
    let value: Value =
        serde_json::from_str(&run(&null_pointer(), &["bisect", "--json"], 1)).expect("JSON");
    let history = value["history"].as_array().expect("a list");
    let of = |name: &str| {
        history
            .iter()
            .find(|step| step["to"] == name)
            .expect("a step")
    };
    assert_eq!(of("v6.12.117")["by"], json!(["530f8f9c3546"]));
    // A backport counts as the same commit as its original.
    assert_eq!(of("v7.3")["by"], json!(["530f8f9c3546"]));
}

#[test]
fn a_bare_program_claims_nothing_and_an_altered_claim_is_noticed() {
    let said = run(&null_pointer(), &["replay"], 0);
    assert!(said.starts_with("A case without claims."), "{said}");
    let args = "compare v6.12 v6.12.117 --cpus 2 --devices 1 --mms 1 --json";
    let found = svadiff(args.split(' ')).json(1);
    let whole = &found["findings"][0];
    run(whole, &["replay"], 0);
    for (path, value) in [
        ("/traces/v6.12/schedule/0", json!(1)),
        ("/traces/v6.12/schedule", json!([])),
        ("/traces/v6.12/steps/3/ret", json!("ok")),
        ("/case/schedule", json!([])),
        ("/case/ops/3/cpu", json!(0)),
        ("/history/introduced", json!(null)),
        ("/minimal/one_minimal", json!(false)),
        ("/first_difference/op", json!(2)),
    ] {
        let mut file = whole.clone();
        *file.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        let said = run(&file, &["replay"], 1);
        assert!(said.contains("NOT what happens:"), "{path}: {said}");
    }
}

/// A file from a stranger can have more orders than there are atoms. The behaviour under its
/// schedule is printed, but not the number of other schedules that show it.
#[test]
fn a_program_with_too_many_orders_is_not_explored_to_its_end() {
    let bind = json!({"op": "bind", "dev": 0, "mm": 0});
    let ops: Vec<(u8, Value)> = (0..64).map(|cpu| (cpu, bind.clone())).collect();
    let mut case = program(&ops);
    case["schedule"] = (0..200).map(|entry| json!(entry % 64)).collect();
    for args in [&["trace"][..], &["diff", "--from", "v6.8", "--to", "v6.12"]] {
        let begin = Instant::now();
        let args = [args, &["-"]].concat();
        let ran = feed(command(args), |stdin| {
            stdin.write_all(case.to_string().as_bytes())
        });
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(60), "{took:?}");
        assert!(
            !ran.out.is_empty() && !ran.out.contains("     shown  by"),
            "{ran:?}"
        );
    }
}
