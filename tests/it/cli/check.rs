// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff check`

use super::run::svadiff;
use super::samples::MODELS;
use super::shape::{commits, keys};
use serde_json::json;

#[test]
fn a_model_that_does_nothing_wrong_exits_0_with_the_certificate() {
    for model in ["v6.7", "v6.8-merge", "v6.8-rc1", "v6.8"] {
        let text = svadiff(["check", model, "--binds", "3"]).ok(0);
        let text = text.replace("\n           ", " ");
        for said in [
            &format!("Model      {model}\n"),
            "Universe   2 devices in every grouping, 2 mms, 3 outstanding binds, \
             page_request to PASID 0, 1, 2, 15, 16, no faults\n",
            ", complete\n",
            "Findings   0   no misbehaviour in this universe\n",
            "Digest     ",
        ] {
            assert!(text.contains(said), "{said} is not in:\n{text}");
        }
    }
}

/// The regressions of February 2024, model by model.
#[test]
fn what_each_model_does_wrong_is_found_with_a_shortest_case() {
    for (model, all) in [
        (
            "thread-a",
            &[("WARN iommu_detach_device_pasid in thread-a", 2)][..],
        ),
        (
            "thread-b",
            &[
                ("thread-b leaves a device attached to a freed domain", 2),
                ("WARN iommu_detach_device_pasid in thread-b", 3),
                ("use-after-free in thread-b", 5),
            ],
        ),
        (
            "thread-d",
            &[
                ("refcount: underflow; use-after-free in thread-d", 1),
                ("thread-d leaks a handle", 1),
                ("refcount: addition on 0; use-after-free in thread-d", 2),
                ("deadlock in thread-d", 2),
            ],
        ),
        (
            "v6.8-rc6",
            &[
                ("refcount: underflow; use-after-free in v6.8-rc6", 2),
                ("v6.8-rc6 leaks a handle", 2),
            ],
        ),
    ] {
        let value = svadiff(["check", model, "--binds", "3", "--json"]).json(1);
        let findings = value["findings"].as_array().expect("a list");
        let found = findings.iter().map(|finding| {
            let ops = finding["case"]["ops"].as_array().map_or(0, Vec::len);
            (finding["what"].as_str().expect("a sentence"), ops)
        });
        assert_eq!(found.collect::<Vec<_>>(), all, "{model}");
    }
}

#[test]
fn json_has_the_certificate_and_the_findings() {
    let value = svadiff(["check", "v6.8-rc6", "--json"]).json(1);
    let expected = [
        "model",
        "universe",
        "states",
        "transitions",
        "depth",
        "complete",
        "stopped",
        "memory",
        "digest",
        "findings",
    ];
    assert_eq!(keys(&value), expected);
    assert_eq!(value["complete"], true);
    let finding = &value["findings"][0];
    let expected = [
        "id",
        "case",
        "what",
        "first",
        "signature",
        "decided_by",
        "trace",
        "history",
    ];
    assert_eq!(keys(finding), expected);
    assert_eq!(finding["first"], json!({"op": "end", "view": "splat"}));
    let history = json!({"introduced": "65d4418c5002", "fixed": "6384c56c99d9"});
    assert_eq!(commits(&finding["history"]), history);
    let at = json!({
        "file": "drivers/iommu/iommu-sva.c", "line": 155, "revision": "v6.8-rc6",
        "anchor": "not_last_user",
    });
    assert_eq!(finding["decided_by"], json!([at]));
    let signature = json!({
        "view": "splat", "splat": "refcount: underflow; use-after-free", "at": at,
    });
    assert_eq!(finding["signature"], signature);
}

#[test]
fn faults_are_tried_where_they_are_asked_for() {
    let text = svadiff(["check", "v6.8-merge", "--faults", "domain_alloc"]).ok(1);
    assert!(text.contains("v6.8-merge leaks a handle"), "{text}");
    assert!(text.contains("[domain_alloc: ENOMEM, 1st time]"), "{text}");
    svadiff(["check", "v6.8-merge", "--faults", "set_dev_pasid"]).ok(0);
}

#[test]
fn a_model_has_to_be_named_and_known() {
    assert_eq!(svadiff(["check"]).status, 2);
    assert!(
        svadiff(["check", "v9"])
            .refused("")
            .contains(&format!("it is one of {}, ", MODELS[0]))
    );
}
