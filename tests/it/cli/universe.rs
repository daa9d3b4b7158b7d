// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the universe of a search, from arguments and from a file.

use super::run::{Scratch, svadiff};
use serde_json::{Value, json};

fn universe(args: &str) -> Value {
    let args = format!("compare v6.8-merge v6.8-rc1 --ops 1 --json {args}");
    let ran = svadiff(args.split_whitespace());
    let value: Value = serde_json::from_str(&ran.out).expect("JSON");
    value["universe"].clone()
}

#[test]
fn devices_are_grouped_as_they_are_asked_to_be() {
    for (args, groups, said) in [
        (
            "--devices 3",
            json!("every"),
            "3 devices in every grouping, 2 mms",
        ),
        (
            "--devices 3 --groups own",
            json!("own"),
            "3 devices in 3 groups, 2 mms",
        ),
        (
            "--devices 3 --groups one",
            json!("one"),
            "3 devices in 1 group, 2 mms",
        ),
        (
            "--devices 3 --groups 0,1,0",
            json!([0, 1, 0]),
            "3 devices in groups 0 1 0, 2 mms",
        ),
        ("--devices 1", json!("every"), "1 device, 2 mms"),
        ("--max-pasids 2", json!("every"), "2 mms, max_pasids 2,"),
        ("--max-pasids 2,0", json!("every"), "2 mms, max_pasids 2 0,"),
    ] {
        assert_eq!(universe(args)["groups"], groups, "{args}");
        let args = format!("compare v6.8-merge v6.8-rc1 --ops 1 {args}");
        let text = svadiff(args.split(' ')).ok(0);
        let text = text.replace("\n           ", " ");
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

#[test]
fn pasids_that_run_out_are_a_case_of_their_own() {
    // Two mms, and a device that can have only one PASID.
    let args = "compare v6.7 v6.8 --devices 1 --mms 2 --max-pasids 2 --binds 2 --json";
    let value = svadiff(args.split(' ')).json(1);
    assert_eq!(value["universe"]["max_pasids"], json!([2]));
    let without =
        svadiff("compare v6.7 v6.8 --devices 1 --mms 2 --max-pasids 0 --binds 2".split(' '));
    without.ok(0);
}

#[test]
fn pasids_are_those_that_were_asked_for_or_those_of_the_mms_and_around_the_limits() {
    let usual = universe("");
    assert_eq!(usual["pasids"], json!([0, 1, 2, 15, 16]));
    let limits = universe("--devices 2 --mms 1 --max-pasids 2,4096");
    assert_eq!(limits["pasids"], json!([0, 1, 2, 4095]));
    assert_eq!(universe("--pasids 7,2,7")["pasids"], json!([2, 7]));
    assert_eq!(universe("--only bind,unbind").get("pasids"), None);
    let refused = svadiff("compare v6.7 v6.8 --pasids 4096".split(' '));
    assert!(refused.refused("").contains("4096 is not in 0..4096"));
    // 6.12 refuses the PASID just beyond the limit.
    let args = "compare v6.8 v6.12 --max-pasids 2 --devices 1 --mms 1";
    let text = svadiff(args.split(' ')).ok(1);
    // The same in its simplest form, with the usual limit.
    assert!(text.contains("attach dev 0, pasid 16\n"), "{text}");
    let inside = format!("{args} --pasids 1");
    svadiff(inside.split(' ')).ok(0);
}

/// The coverage, counts and findings of a search by earlier versions.
#[test]
fn with_the_pasids_of_the_mms_a_search_is_that_of_earlier_versions() {
    let [second, joined, underflow] = ["cee888eed551", "3cd75a230f27", "c6f0e50539f4"];
    for (models, states, transitions, ids) in [
        ("v6.7 v6.8-rc1", 2700, 11017, &[second][..]),
        (
            "v6.7 v6.8-rc6",
            2720,
            11039,
            &[second, joined, underflow, underflow],
        ),
        ("v6.8 v6.12", 2661, 10897, &[joined]),
    ] {
        let args = format!("compare {models} --pasids 1,2 --json");
        let value = svadiff(args.split(' ')).json(1);
        let counts = json!([states, transitions]);
        assert_eq!(
            json!([value["states"], value["transitions"]]),
            counts,
            "{models}"
        );
        let findings = value["findings"].as_array().expect("a list");
        let found: Vec<&Value> = findings.iter().map(|finding| &finding["id"]).collect();
        assert_eq!(found, ids, "{models}");
    }
}

#[test]
fn faults_are_those_that_were_named_in_whatever_order() {
    let all = universe("--faults all");
    assert_eq!(all["faults"], universe("--faults")["faults"]);
    assert_eq!(all["faults"].as_array().map(Vec::len), Some(6));
    let some = universe("--faults set_dev_pasid,domain_alloc");
    assert_eq!(some["faults"], json!(["domain_alloc", "set_dev_pasid"]));
    assert_eq!(universe("")["faults"], json!([]));
    let refused = svadiff("compare v6.7 v6.8 --faults nowhere".split(' '));
    let said = refused.refused("");
    assert!(
        said.contains("it is all, or some of handle_alloc"),
        "{said}"
    );
}

#[test]
fn a_universe_that_was_printed_can_be_given_again() {
    let dir = Scratch::new();
    for args in [
        "--devices 3 --groups own --binds 2 --mms 1",
        "--faults domain_alloc --ops 2 --only bind,unbind",
        "--max-pasids 2,16 --ops 3",
    ] {
        let whole = format!("compare v6.7 v6.8-rc6 --json {args}");
        let first = svadiff(whole.split(' ')).json(1);
        let file = dir.file("universe.json", first["universe"].to_string());
        let again = ["compare", "v6.7", "v6.8-rc6", "--json", "--universe", &file];
        assert_eq!(svadiff(again).json(1), first, "{args}");
        let check = svadiff(["check", "v6.7", "--json", "--universe", &file]).json(0);
        assert_eq!(check["universe"], first["universe"]);
    }
}

#[test]
fn topologies_can_be_given_one_by_one() {
    let dir = Scratch::new();
    let device =
        |group: u8, instance: u8| json!({"group": group, "max_pasids": 16, "instance": instance});
    let topology = |instance: u8| {
        json!({
            "devices": [device(0, 0), device(1, instance)],
            "mms": [{"dma_compat": true}],
        })
    };
    let universe = json!({"topologies": [topology(0), topology(1)], "ops": 3});
    let file = dir.file("universe.json", universe.to_string());
    let args = ["compare", "v6.7", "v6.8", "--universe", &file];
    let text = svadiff(args).ok(1).replace("\n           ", " ");
    assert!(
        text.contains("Universe   2 given topologies, up to 3 ops, attach and page_request to PASID 1, no faults"),
        "{text}"
    );
}

#[test]
fn a_file_that_is_no_universe_is_refused_in_a_sentence() {
    let dir = Scratch::new();
    for (text, said) in [
        ("", "line 1 column 1: empty"),
        ("{", "it ends too early"),
        ("[]", "line 1 column"),
        (r#"{"devices": 9}"#, "9 devices, but a universe has 1 to 8"),
        (r#"{"devices": "many"}"#, "at devices: "),
        (r#"{"devices": 1, "devices": 1}"#, "repeated key"),
        (r#"{"device": 1}"#, "unknown key"),
        (r#"{"format": "svadiff-case/1"}"#, "format"),
        (r#"{"topology": {}}"#, "unknown key"),
    ] {
        let file = dir.file("universe.json", text);
        let ran = svadiff(["compare", "v6.7", "v6.8", "--universe", &file]);
        assert!(ran.refused(&file).contains(said), "{text}: {ran:?}");
    }
    let file = dir.file("universe.json", "{}");
    let both = [
        "compare",
        "v6.7",
        "v6.8",
        "--universe",
        &file,
        "--devices",
        "2",
    ];
    assert!(svadiff(both).refused("").contains("cannot be used with"));
}
