// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff minimize`

use super::run::{Scratch, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, everything, two_binds};
use super::width::check;
use serde_json::{Value, json};

/// Two binds that differ between 6.7 and 6.8-rc1, among many operations that are not needed.
fn lost_in_noise() -> Value {
    let device = |group: u32| json!({"group": group, "max_pasids": 64, "instance": group % 2});
    let mut ops = vec![
        json!({"op": "fork", "mm": 3}),
        json!({"op": "bind", "dev": 4, "mm": 5}),
    ];
    for dev in 0..4 {
        ops.push(json!({"op": "alloc_pasid", "dev": dev}));
        ops.push(json!({"op": "page_request", "dev": dev, "pasid": 3}));
        ops.push(json!({"op": "enqcmd_pasid", "mm": dev}));
    }
    ops.push(json!({"op": "exit", "mm": 1}));
    ops.push(json!({"op": "bind", "dev": 4, "mm": 5}));
    ops.push(json!({"op": "unbind", "of": 1}));
    json!({
        "title": "lost in noise",
        "origin": "somebody@example.org",
        "topology": {
            "devices": [device(0), device(1), device(1), device(2), device(3), device(0)],
            "mms": vec![json!({"dma_compat": true}); 5],
        },
        "ops": ops,
    })
}

fn minimized(case: &Value, more: &[&str]) -> Value {
    let args = ["minimize", "-", "--json"].iter().chain(more);
    svadiff_reading(args, case.to_string().as_bytes()).json(0)
}

const FROM_TO: [&str; 4] = ["--from", "v6.7", "--to", "v6.8-rc1"];

#[test]
fn noise_goes_and_what_is_left_is_what_everybody_gets() {
    let small = minimized(&lost_in_noise(), &FROM_TO);
    assert_eq!(small["case"]["ops"], two_binds()["ops"]);
    assert_eq!(small["id"], minimized(&two_binds(), &FROM_TO)["id"]);
    assert_eq!(small["minimal"]["one_minimal"], json!(true));
    let scope = "1 device, 1 mm, up to 2 ops, \
                 attach and page_request to PASID 0, 1, 15, 16, no faults";
    assert_eq!(small["minimal"]["shortest_in"], json!(scope));
    // The texts for people are kept.
    assert_eq!(small["case"]["title"], json!("lost in noise"));
    assert_eq!(small["case"]["origin"], json!("somebody@example.org"));
}

#[test]
fn what_is_printed_is_what_happens() {
    let dir = Scratch::new();
    let small = minimized(&lost_in_noise(), &FROM_TO);
    let path = dir.file("small.json", small.to_string());
    let replayed = svadiff(["replay", &path]).ok(0);
    assert!(replayed.contains("Everything that the file claims is what happens."));
    // Minimizing it again does not change it.
    let again = svadiff(["minimize", &path]).ok(0);
    assert!(
        again.contains("It is as small as it was: 2 operations."),
        "{again}"
    );
    assert_eq!(svadiff(["minimize", &path, "--json"]).json(0), small);
}

#[test]
fn it_says_how_small_it_became_and_that_nothing_is_smaller() {
    let dir = Scratch::new();
    let path = dir.file("case.json", lost_in_noise().to_string());
    let out = check(["minimize", &path, "--from", "v6.7", "--to", "v6.8-rc1"]);
    for line in [
        "From 17 operations to 2.",
        "No operation, device, mm or fault can go.",
        "No shorter case shows the same in 1 device, 1 mm, up to 2 ops, attach and page_request",
    ] {
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.contains(line), "{line}\n{out}");
    }
}

#[test]
fn a_counterexample_keeps_its_signature() {
    let before = &*COUNTEREXAMPLE;
    let after = svadiff_reading(["minimize", "-", "--json"], before.to_string().as_bytes()).json(0);
    for key in ["signature", "from", "to", "history"] {
        assert_eq!(after[key], before[key], "{key}");
    }
}

#[test]
fn each_difference_of_a_case_can_be_asked_for() {
    let two = ["--from", "v6.7", "--to", "v6.8-rc6"];
    let case = json!({
        "topology": {
            "devices": [{"group": 0, "max_pasids": 16, "instance": 0},
                        {"group": 1, "max_pasids": 16, "instance": 0}],
            "mms": [{"dma_compat": true}],
        },
        "ops": [{"op": "bind", "dev": 0, "mm": 0}, {"op": "bind", "dev": 1, "mm": 0}],
    });
    let views: Vec<Value> = ["1", "2"]
        .iter()
        .map(|n| {
            let more: Vec<&str> = [&two[..], &["--difference", n]].concat();
            minimized(&case, &more)["first_difference"]["view"].clone()
        })
        .collect();
    assert_eq!(views, [json!("splat"), json!("leak")]);
    let more = [&["minimize", "-"], &two[..], &["--difference", "3"]].concat();
    let ran = svadiff_reading(more, case.to_string().as_bytes());
    assert_eq!(
        ran.refused("--difference 3"),
        ", but they are numbered from 1 to 2"
    );
}

#[test]
fn models_that_agree_have_nothing_to_minimize() {
    let args = ["minimize", "-", "--from", "v6.8", "--to", "v6.8"];
    let out = svadiff_reading(args, everything().to_string().as_bytes()).ok(0);
    assert_eq!(out, "v6.8 and v6.8 agree.\n");
}

#[test]
fn a_counterexample_that_is_not_so_is_said_to_be_not_so() {
    let mut wrong = COUNTEREXAMPLE.clone();
    wrong["signature"] = json!({"view": "api"});
    let ran = svadiff_reading(["minimize", "-"], wrong.to_string().as_bytes());
    assert!(ran.ok(1).contains("do not differ as the file claims."));
}

#[test]
fn what_does_not_fit_together_is_refused_in_one_sentence() {
    let case = two_binds().to_string();
    let ran = svadiff_reading(["minimize", "-", "--from", "v6.7"], case.as_bytes());
    assert!(ran.refused("one model, v6.7").contains("--to <MODEL>"));
    let ran = svadiff_reading(["minimize", "-"], case.as_bytes());
    let about = ran.refused("standard input");
    assert!(about.contains("with --from A --to B"), "{about}");
    let args = ["minimize", "-", "--from", "v6.7", "--to", "v6.8"];
    let ran = svadiff_reading(args, COUNTEREXAMPLE.to_string().as_bytes());
    assert!(ran.refused("standard input").contains("names its models"));
    for broken in [&b""[..], b"{", b"[]", b"{\"ops\": 3}", b"\xff\xfe"] {
        svadiff_reading(args, broken).refused("standard input");
    }
    svadiff(["minimize", "/nonexistent.json"]).refused("/nonexistent.json");
}

#[test]
fn a_program_on_several_cpus_goes_down_to_the_race() {
    let on = |cpu: u32, mut op: Value| {
        op["cpu"] = json!(cpu);
        op
    };
    let bind = |dev: u32, mm: u32| json!({"op": "bind", "dev": dev, "mm": mm});
    let case = json!({
        "topology": {
            "devices": [{"group": 0, "max_pasids": 16, "instance": 0},
                        {"group": 1, "max_pasids": 16, "instance": 0}],
            "mms": [{"dma_compat": true}, {"dma_compat": true}],
        },
        "ops": [
            on(0, bind(0, 1)), on(0, bind(1, 0)), on(1, bind(1, 0)),
            on(2, json!({"op": "enqcmd_pasid", "mm": 1})), on(1, json!({"op": "unbind", "of": 2})),
        ],
        "schedule": [0, 0, 0, 0, 0, 0, 1, 1, 2, 1, 1, 1, 0, 0],
    });
    let race = ["--from", "v6.8", "--to", "v6.12"];
    let small = minimized(&case, &race);
    assert_eq!(small["id"], json!("4e0c5416dff7"), "{small}");
    assert_eq!(small["case"]["ops"].as_array().map(Vec::len), Some(2));
}
