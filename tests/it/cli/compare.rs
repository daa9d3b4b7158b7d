// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff compare`

use super::run::{Scratch, svadiff};
use super::samples::{COUNTEREXAMPLE, two_binds};
use super::shape::{check_counterexample, commits, keys};
use serde_json::{Value, json};
use spec::Site;
use spec::case::OP_NAMES;
use std::fs;

/// The default universe of a comparison, in words.
const USUAL: &str = "2 devices in every grouping, 2 mms, up to 4 ops, \
                     attach and page_request to PASID 0, 1, 2, 15, 16, no faults";

#[test]
fn a_finding_exits_1_and_says_everything_about_itself() {
    let text = svadiff(["compare", "v6.7", "v6.8-rc1"]).ok(1);
    let text = text.replace("\n           ", " ");
    for said in [
        "1. breaks: bind returns -EBUSY where it returned a new handle",
        "[api, op 1]",
        "  ->  1  bind dev 0, mm 0",
        "drivers/iommu/iommu-sva.c:84",
        "drivers/iommu/iommu-sva.c:107",
        "092edaddb660 iommu: Support mm PASID 1:n with sva domains",
        &format!("Universe   {USUAL}\n"),
        "distinct, ",
        "Findings   1",
        "Effect     v6.8-rc1 breaks 1\n",
    ] {
        assert!(text.contains(said), "{said} is not in:\n{text}");
    }
}

#[test]
fn no_finding_exits_0_and_says_where_that_holds() {
    let text = svadiff(["compare", "v6.8-merge", "v6.8-rc1"]).ok(0);
    let text = text.replace("\n           ", " ");
    assert!(text.contains(USUAL), "{text}");
    assert!(text.contains("complete\n"), "{text}");
    assert!(
        text.contains("0   no difference in this universe"),
        "{text}"
    );
    let value = svadiff(["compare", "v6.8-merge", "v6.8-rc1", "--json"]).json(0);
    assert_eq!(value["findings"], json!([]));
}

#[test]
fn faults_are_tried_where_they_are_asked_for() {
    let text = svadiff(["compare", "v6.8-merge", "v6.8-rc1", "--faults"]).ok(1);
    assert!(text.contains("v6.8-merge leaks a handle"), "{text}");
    assert!(text.contains("[domain_alloc: ENOMEM, 1st time]"), "{text}");
}

#[test]
fn a_search_that_was_stopped_never_says_that_there_is_no_difference() {
    let args = ["compare", "v6.7", "v6.8-rc1", "--max-states", "1"];
    let text = svadiff(args).ok(3);
    assert!(text.contains("NOT COMPLETE"), "{text}");
    assert!(text.contains("nothing is known of the rest"), "{text}");
    let value = svadiff(args.iter().chain(&["--json"])).json(3);
    assert_eq!(value["complete"], false);
    assert_eq!(value["stopped"], "stopped at --max-states");
    assert_eq!(value["digest"], Value::Null);
}

#[test]
fn json_has_the_universe_the_counts_and_the_findings_as_counterexamples() {
    let value = svadiff(["compare", "v6.7", "thread-b", "--json"]).json(1);
    let expected = [
        "from",
        "to",
        "views",
        "universe",
        "states",
        "transitions",
        "depth",
        "complete",
        "stopped",
        "memory",
        "digest",
        "effects",
        "findings",
    ];
    assert_eq!(keys(&value), expected);
    assert_eq!(value["views"], json!(["api", "splat", "leak"]));
    assert_eq!(value["complete"], true);
    let universe = &value["universe"];
    let expected = [
        "format",
        "devices",
        "groups",
        "max_pasids",
        "mms",
        "ops",
        "binds",
        "pasids",
        "only",
        "faults",
    ];
    assert_eq!(keys(universe), expected);
    let findings = value["findings"].as_array().expect("a list");
    assert!(findings.len() > 1, "{value}");
    for finding in findings {
        check_counterexample(finding, "v6.7", "thread-b");
        assert_eq!(finding["minimal"]["one_minimal"], true);
        assert_eq!(finding["minimal"]["shortest_in"], USUAL);
    }
}

#[test]
fn the_second_bind_is_a_case_of_two_operations() {
    check_counterexample(&COUNTEREXAMPLE, "v6.7", "v6.8-rc1");
    assert_eq!(COUNTEREXAMPLE["case"], two_binds());
    assert_eq!(
        COUNTEREXAMPLE["first_difference"],
        json!({"op": 1, "view": "api"})
    );
    let history = json!({"introduced": "092edaddb660", "fixed": "65d4418c5002"});
    assert_eq!(commits(&COUNTEREXAMPLE["history"]), history);
}

#[test]
fn the_universe_is_the_one_that_was_asked_for() {
    let args = "compare v6.7 v6.8-rc1 --json --devices 1 --mms 1 --ops 1";
    let value = svadiff(args.split(' ')).json(0);
    let universe = json!({
        "format": "svadiff-universe/1", "devices": 1, "groups": "every", "max_pasids": [16],
        "mms": 1, "ops": 1, "binds": null, "pasids": [0, 1, 15, 16], "only": OP_NAMES, "faults": [],
    });
    assert_eq!(value["universe"], universe);
    let with_faults = format!("{args} --faults");
    let value = svadiff(with_faults.split(' ')).json(1);
    assert_eq!(
        value["universe"]["faults"],
        json!(Site::ALL.map(Site::name))
    );
    let longer = "compare v6.7 v6.8-rc1 --json --devices 1 --mms 1 --ops 2";
    svadiff(longer.split(' ')).json(1);
}

#[test]
fn with_a_limit_of_binds_sequences_may_have_any_length() {
    let args = "compare v6.7 v6.8 --json --devices 3 --mms 2 --binds 5";
    let value = svadiff(args.split(' ')).json(1);
    assert_eq!(value["complete"], true);
    assert_eq!(value["universe"]["ops"], Value::Null);
    assert_eq!(value["universe"]["binds"], 5);
    // Five binds and the operations that need them: deeper than any limit of operations in these
    // tests.
    assert!(value["depth"].as_u64() > Some(10), "{}", value["depth"]);
    assert_eq!(value["findings"].as_array().map(Vec::len), Some(2));
    let scope = "3 devices in every grouping, 2 mms, 5 outstanding binds, \
                 page_request to PASID 0, 1, 2, 15, 16, no faults";
    assert_eq!(value["findings"][0]["minimal"]["shortest_in"], scope);
}

#[test]
fn what_takes_more_than_four_operations_is_found_without_a_limit_of_them() {
    let text = svadiff("compare v6.7 thread-b --binds 2".split(' ')).ok(1);
    assert!(text.contains("use-after-free in thread-b"), "{text}");
    let text = svadiff("compare v6.7 thread-b".split(' ')).ok(1);
    assert!(!text.contains("use-after-free in thread-b"), "{text}");
}

#[test]
fn only_the_operations_that_were_asked_for_are_done() {
    let args = "compare v6.7 thread-a --json --only unbind,bind";
    let value = svadiff(args.split(' ')).json(1);
    assert_eq!(value["universe"]["only"], json!(["bind", "unbind"]));
    let all = value["findings"].as_array().expect("a list");
    let ops = all
        .iter()
        .flat_map(|f| f["case"]["ops"].as_array())
        .flatten();
    for op in ops {
        assert!(op["op"] == "bind" || op["op"] == "unbind", "{op}");
    }
    let refused = svadiff("compare v6.7 v6.8 --only bind,bnd".split(' '));
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("bnd"), "{}", refused.err);
}

#[test]
fn the_digest_is_that_of_the_universe_the_models_and_the_findings() {
    let digest = |args: &str| {
        let value = svadiff(format!("compare {args} --json").split(' ')).json(1);
        value["digest"].as_str().expect("a digest").to_owned()
    };
    let this = digest("v6.7 v6.8");
    assert_eq!(this.len(), 16);
    assert_eq!(this, digest("v6.7 v6.8"));
    for other in [
        "v6.8 v6.7",
        "v6.7 v6.8-rc6",
        "v6.7 v6.8 --ops 3",
        "v6.7 v6.8 --view api",
    ] {
        assert_ne!(this, digest(other), "{other}");
    }
}

#[test]
fn the_same_search_prints_the_same_every_time() {
    for more in [&[][..], &["--json"], &["--faults", "--ops", "3"]] {
        let run = || svadiff(["compare", "v6.7", "thread-c"].iter().chain(more)).ok(1);
        assert_eq!(run(), run());
    }
}

#[test]
fn each_finding_is_written_as_a_file_that_replays() {
    for (from, to, more) in [
        ("v6.7", "v6.8-rc6", ""),
        ("v6.7", "thread-d", ""),
        ("thread-b", "v6.7", ""),
        ("v6.8-merge", "v6.8-rc1", "--faults"),
        ("v6.7", "thread-d", "--view=splat"),
        ("v6.7", "v6.8-rc1", "--view=driver --ops=3"),
        ("v6.7", "v6.8", "--view=state --view=leak --ops=3"),
    ] {
        let dir = Scratch::new();
        let out = dir.path().join("deep/er");
        let out = out.to_str().expect("a path in UTF-8");
        let args = ["compare", from, to, "--json", "--out", out];
        let value = svadiff(args.into_iter().chain(more.split_whitespace())).json(1);
        let findings = value["findings"].as_array().expect("a list");

        let mut files: Vec<_> = fs::read_dir(out).expect("the directory").collect();
        assert_eq!(files.len(), findings.len());
        for file in files.drain(..) {
            let path = file.expect("a file").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a name");
            assert!(name.starts_with(&format!("{from}-{to}-")), "{name}");
            assert!(name.ends_with(".json"), "{name}");
            let written = fs::read(&path).expect("a file");
            let written: Value = serde_json::from_slice(&written).expect("JSON");
            assert!(findings.contains(&written), "{name}");
            check_counterexample(&written, from, to);
            let ran = svadiff(["replay".as_ref(), path.as_os_str()]);
            let said = ran.ok(0);
            let ends = "\nEverything that the file claims is what happens.\n";
            assert!(said.ends_with(ends), "{from} {to} {more} {name}: {said}");
        }
    }
}

#[test]
fn a_universe_beyond_a_limit_is_refused_with_the_limit() {
    for (flag, value, limit) in [
        ("--devices", "9", "9 devices, but a universe has 1 to 8"),
        ("--devices", "0", "0 devices, but a universe has 1 to 8"),
        ("--mms", "17", "17 mms, but a universe has 1 to 16"),
        ("--mms", "0", "0 mms, but a universe has 1 to 16"),
        ("--ops", "65", "65 ops, but a universe has 0 to 64"),
    ] {
        let ran = svadiff(["compare", "v6.7", "v6.8", flag, value]);
        assert_eq!(ran.refused(""), limit);
    }
}
