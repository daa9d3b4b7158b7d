// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks all findings of searches between two kernels, and the files in `corpus/`.

mod corpus;

use crate::thorough::sample;
use spec::Site;
use spec::record::record;
use spec::{Case, Device, Mm, Op, OpKind, Topology};
use svadiff::counterexample::Received;
use svadiff::explore::compare;
use svadiff::finding::Finding;
use svadiff::judge::{Cause, View, differences};
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, by_name};
use svadiff::report::headline;
use svadiff::report::json::counterexample;
use svadiff::universe::Universe;

fn model(name: &str) -> AnyModel {
    by_name(name).unwrap_or_else(|| panic!("no model {name}"))
}

fn sites(all: bool) -> Vec<Site> {
    match all {
        true => Site::ALL.to_vec(),
        false => Vec::new(),
    }
}

/// Returns the default universe, with faults or without.
fn usual(faults: bool) -> Universe {
    Universe {
        faults: sites(faults),
        ..Universe::default()
    }
}

/// Returns a universe of two devices with a limit each.
fn limited(max_pasids: [u16; 2]) -> Universe {
    Universe {
        max_pasids: max_pasids.to_vec(),
        ..Universe::default()
    }
}

fn findings_in(
    universe: &Universe,
    views: &[View],
    from: &str,
    to: &str,
) -> ([AnyModel; 2], Vec<Finding>) {
    let models = [model(from), model(to)];
    let outcome = compare(models, universe, views, Limits::default());
    assert!(outcome.complete());
    (models, outcome.findings)
}

fn findings(from: &str, to: &str, faults: bool) -> ([AnyModel; 2], Vec<Finding>) {
    findings_in(&usual(faults), &View::DEFAULT, from, to)
}

/// Returns each finding as its number of operations, its view, and its headline.
fn said(from: &str, to: &str, faults: bool) -> Vec<String> {
    said_in(&usual(faults), &View::DEFAULT, from, to)
}

fn said_in(universe: &Universe, views: &[View], from: &str, to: &str) -> Vec<String> {
    let (models, findings) = findings_in(universe, views, from, to);
    let line = |finding: &Finding| {
        let ops = finding.case.ops.len();
        let view = finding.difference.view.name();
        format!(
            "{ops} {view}: {}",
            headline(models, &finding.case, &finding.difference)
        )
    };
    findings.iter().map(line).collect()
}

#[test]
fn between_6_7_and_6_8_rc1_there_is_one_thing_to_say() {
    assert_eq!(
        said("v6.7", "v6.8-rc1", false),
        ["2 api: bind returns -EBUSY where it returned a new handle"]
    );
}

#[test]
fn between_6_7_and_6_8_two_binds_return_one_pointer_and_two_devices_of_a_group_get_ebusy() {
    assert_eq!(
        said("v6.7", "v6.8", false),
        [
            "2 api: bind returns the handle of an earlier bind where it returned a new handle",
            "2 api: bind returns -EBUSY where it returned a new handle",
        ]
    );
}

#[test]
fn accepting_ebusy_makes_the_detach_warn() {
    assert_eq!(
        said("v6.7", "thread-a", false),
        [
            "2 splat: WARN iommu_detach_device_pasid in thread-a, and not in v6.7",
            "3 api: bind returns a new handle where it returned -EBUSY",
            "4 api: after unbind the device is still attached in v6.7, and not in thread-a",
        ]
    );
}

#[test]
fn detaching_only_with_the_last_user_leaves_a_device_attached_to_a_freed_domain() {
    assert_eq!(
        said("v6.7", "thread-b", false),
        [
            "2 leak: thread-b leaves a device attached to a freed domain, and v6.7 does not",
            "3 api: bind returns a new handle where it returned -EBUSY",
            "3 splat: WARN iommu_detach_device_pasid in thread-b, and not in v6.7",
            "4 api: after unbind the device is still attached in thread-b, and not in v6.7",
        ]
    );
}

#[test]
fn returning_0_for_ebusy_deceives_drivers_too() {
    assert_eq!(
        said("v6.7", "thread-c", false),
        [
            "2 api: attach returns success where it returned -EBUSY",
            "2 splat: WARN iommu_detach_device_pasid in thread-c, and not in v6.7",
            "2 api: bind returns a new handle where it returned -EBUSY",
            "2 leak: thread-c leaves a device attached to a freed domain, and v6.7 does not",
            "3 api: bind returns a new handle where it returned -EBUSY",
            "4 api: after unbind the device is still attached in thread-c, and not in v6.7",
        ]
    );
}

#[test]
fn the_sketch_of_a_list_of_handles_hangs() {
    assert_eq!(
        said("v6.7", "thread-d", false),
        [
            "1 splat: refcount: underflow; use-after-free in thread-d, and not in v6.7",
            "1 leak: thread-d leaks a handle, and v6.7 does not",
            "2 api: bind returns the handle of an earlier bind where it returned a new handle",
            "2 splat: refcount: addition on 0; use-after-free in thread-d, and not in v6.7",
            "2 api: deadlock in thread-d, and not in v6.7",
            "2 api: bind returns -EBUSY where it returned a new handle",
        ]
    );
}

#[test]
fn rc6_underflows_and_leaks_for_the_second_device() {
    assert_eq!(
        said("v6.7", "v6.8-rc6", false),
        [
            "2 api: bind returns the handle of an earlier bind where it returned a new handle",
            "2 api: bind returns -EBUSY where it returned a new handle",
            "2 splat: refcount: underflow; use-after-free in v6.8-rc6, and not in v6.7",
            "2 leak: v6.8-rc6 leaks a handle, and v6.7 does not",
        ]
    );
}

#[test]
fn the_merge_leaks_a_handle_where_a_domain_cannot_be_allocated() {
    assert_eq!(
        said("v6.8-merge", "v6.8-rc1", true),
        ["1 leak: v6.8-merge leaks a handle, and v6.8-rc1 does not"]
    );
    assert_eq!(said("v6.8-merge", "v6.8-rc1", false), [""; 0]);
}

#[test]
fn in_6_12_two_devices_of_a_group_share_a_handle_where_6_8_returned_ebusy() {
    let shared = "2 api: bind returns the handle of an earlier bind where it returned -EBUSY";
    // PASID 0, and the first PASID beyond the limit.
    let refused = "1 api: attach returns -EINVAL where it returned success";
    assert_eq!(said("v6.8", "v6.12", false), [refused, refused, shared]);
    // Nothing is allocated for the second device, so no allocation can fail.
    let instead_of = "2 api: bind returns the handle of an earlier bind where it returned -ENOMEM";
    let instead = "1 api: attach returns -EINVAL where it returned";
    let failed = [
        format!("{instead} -ENOMEM, when pasid_array fails"),
        format!("{instead} -EIO, when set_dev_pasid fails"),
    ];
    assert_eq!(
        said("v6.8", "v6.12", true),
        [
            refused.to_owned(),
            refused.to_owned(),
            failed[0].clone(),
            failed[1].clone(),
            failed[0].clone(),
            failed[1].clone(),
            "1 api: bind returns -EIO where it returned -ENOMEM, when domain_alloc fails"
                .to_owned(),
            shared.to_owned(),
            format!("{instead_of}, when handle_alloc fails"),
            format!("{instead_of}, when domain_alloc fails"),
        ]
    );
    // Of the findings for 6.7, only the number of handles remains: 6.7 let both devices bind.
    assert_eq!(
        said("v6.7", "v6.12", false),
        [
            refused,
            refused,
            "2 api: bind returns the handle of an earlier bind where it returned a new handle",
        ]
    );
}

#[test]
fn in_6_12_every_device_of_the_group_has_to_have_the_pasid() {
    for max_pasids in [[16, 1], [16, 0]] {
        assert_eq!(
            said_in(&limited(max_pasids), &View::DEFAULT, "v6.8", "v6.12"),
            [
                "1 api: attach returns -EINVAL where it returned success",
                "1 api: attach returns -EINVAL where it returned success",
                "1 api: bind returns -EINVAL where it returned a new handle",
            ],
            "{max_pasids:?}"
        );
    }
}

#[test]
fn in_6_12_a_failed_attach_is_not_undone_for_the_device_that_failed() {
    let universe = Universe {
        ops: Some(1),
        ..usual(true)
    };
    assert_eq!(
        said_in(&universe, &[View::Driver], "v6.8", "v6.12"),
        [
            "1 driver: attach calls the driver differently",
            "1 driver: attach calls the driver differently",
            "1 driver: attach calls the driver differently, when set_dev_pasid fails",
            "1 driver: bind calls the driver differently, when set_dev_pasid fails",
        ]
    );
}

#[test]
fn in_6_12_117_devices_without_pasids_are_passed_over_and_nothing_else_is_different() {
    for faults in [false, true] {
        assert_eq!(said("v6.12", "v6.12.117", faults), [""; 0]);
    }
    let one = limited([16, 1]);
    assert_eq!(
        said_in(&one, &View::ALL, "v6.12", "v6.12.117"),
        [""; 0],
        "one PASID is not none"
    );
    assert_eq!(
        said_in(&limited([16, 0]), &View::DEFAULT, "v6.12", "v6.12.117"),
        [
            "1 api: attach returns success where it returned -EINVAL",
            "1 api: bind returns a new handle where it returned -EINVAL",
        ]
    );
}

#[test]
fn in_6_18_50_the_entry_of_a_drivers_domain_names_it_and_callers_see_no_difference() {
    for universe in [usual(true), limited([16, 0]), limited([16, 1])] {
        assert_eq!(
            said_in(&universe, &View::DEFAULT, "v6.12.117", "v6.18.50"),
            [""; 0]
        );
        assert_eq!(
            said_in(&universe, &[View::Driver], "v6.12.117", "v6.18.50"),
            [""; 0]
        );
        assert_eq!(
            said_in(&universe, &[View::State], "v6.12.117", "v6.18.50"),
            ["1 state: after attach something else exists"]
        );
    }
}

#[test]
fn no_model_differs_from_itself() {
    for model in sample(svadiff::models::all(), 3) {
        assert_eq!(said(model.name(), model.name(), false), [""; 0]);
    }
}

/// Both directions of a comparison find the same, with the sides exchanged.
#[test]
fn a_comparison_finds_the_same_in_both_directions() {
    for (a, b) in [
        ("v6.7", "v6.8-rc6"),
        ("thread-a", "thread-b"),
        ("v6.8-rc1", "thread-d"),
        ("v6.7", "v6.12"),
    ] {
        let cases = |from, to| -> Vec<String> {
            let (_, findings) = findings(from, to, false);
            let mut ids: Vec<_> = findings
                .iter()
                .map(|finding| svadiff::finding::id(&finding.case) + finding.difference.view.name())
                .collect();
            ids.sort();
            ids
        };
        assert_eq!(cases(a, b), cases(b, a), "{a} and {b}");
    }
}

/// No case of a finding can be made smaller.
#[test]
fn every_case_is_one_minimal_and_shows_its_cause_first_or_on_its_own_account() {
    for to in [
        "v6.8-rc1", "thread-a", "thread-b", "thread-c", "thread-d", "v6.8-rc6", "v6.8", "v6.12",
        "v7.3",
    ] {
        let (models, findings) = findings("v6.7", to, false);
        for finding in findings {
            let json = counterexample(models, &View::DEFAULT, &finding);
            assert_eq!(json["minimal"]["one_minimal"], true, "{to}: {json:#}");
        }
    }
}

/// An additional view adds findings and removes none.
#[test]
fn another_view_takes_no_finding_away() {
    for (from, to) in [
        ("v6.7", "v6.8-rc1"),
        ("v6.7", "thread-b"),
        ("v6.8-rc1", "v6.8-rc6"),
    ] {
        let models = [model(from), model(to)];
        let causes = |views: &[View]| -> Vec<Cause> {
            let outcome = compare(models, &Universe::default(), views, Limits::default());
            let causes = outcome.findings.into_iter();
            causes.map(|finding| finding.difference.cause).collect()
        };
        let all = causes(&View::ALL);
        let by_default = causes(&View::DEFAULT);
        assert!(!by_default.is_empty() && by_default.len() < all.len());
        for cause in by_default {
            assert!(all.contains(&cause), "{from} {to}: {cause:?}");
        }
    }
}

#[test]
fn a_finding_of_any_view_is_one_minimal_and_replays() {
    for (from, to) in [
        ("v6.8-rc1", "v6.8-rc6"),
        ("v6.8-merge", "v6.8-rc6"),
        ("v6.7", "thread-d"),
        ("v6.8", "v7.3"),
    ] {
        let models = [model(from), model(to)];
        for view in sample(View::ALL, 2) {
            let outcome = compare(models, &Universe::default(), &[view], Limits::default());
            for finding in outcome.findings {
                let json = counterexample(models, &[view], &finding);
                assert_eq!(json["minimal"]["one_minimal"], true, "{json:#}");
                let received = Received::from_json(json.to_string().as_bytes());
                assert_eq!(received.expect("a counterexample").check(), [], "{json:#}");
            }
        }
    }
}

/// A difference that is only a consequence of an earlier one is not confirmed, for any claim of a
/// file.
#[test]
fn a_counterexample_of_a_mere_consequence_is_not_confirmed() {
    let models = [model("v6.7"), model("v6.8-rc1")];
    let bind = |dev| OpKind::Bind { dev, mm: 0 };
    let ops = [
        bind(0),
        bind(0),
        OpKind::GetPasid { of: 1 },
        OpKind::Unbind { of: 1 },
    ];
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    };
    let case = Case::new(topology, ops.map(Op::from).to_vec());
    let [from, to] = models.map(|model| record(&model, &case));
    let all = differences(&case, &from, &to, &View::DEFAULT);
    let consequence = all.iter().find(|d| d.follows).expect("a consequence");
    let finding = Finding::new(&models, &case, consequence.clone());
    let mut json = counterexample(models, &View::DEFAULT, &finding);
    assert_eq!(json["minimal"]["one_minimal"], false);
    json["minimal"]["one_minimal"] = true.into();
    let received = Received::from_json(json.to_string().as_bytes()).expect("a counterexample");
    let wrong: Vec<String> = received
        .check()
        .into_iter()
        .map(|wrong| wrong.what)
        .collect();
    assert_eq!(wrong, ["signature"]);
}
