// SPDX-License-Identifier: GPL-2.0-or-later
//! Patches that are being tried: revisions that the ledger does not know yet. Their differences
//! make no other test fail; they are reported here, once.

use crate::conformance::recorded_models;
use crate::contract::with_a_copy_of;
use spec::Model;
use spec::revision::Branch;
use std::io::{Write, stderr};
use svadiff::explore::compare;
use svadiff::judge::View;
use svadiff::ledger::Ledger;
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, all, by_name};
use svadiff::report::case_lines;
use svadiff::universe::Universe;

/// Returns whether a model is a patch that is being tried, that is, a proposal without an entry in
/// the ledger.
pub(crate) fn is_tried(model: AnyModel) -> bool {
    let has_entry =
        || { Ledger::shipped().entries.iter() }.any(|entry| entry.models.contains(&model));
    model.tree().is_proposal() && !has_entry()
}

/// Returns the models whose differences the ledger knows.
pub(crate) fn shipped() -> Vec<AnyModel> {
    all()
        .into_iter()
        .filter(|&model| !is_tried(model))
        .collect()
}

/// Returns whether a text names a patch that is being tried.
pub(crate) fn names_a_patch(text: &str) -> bool {
    let mut patches = all().into_iter().filter(|&model| is_tried(model));
    patches.any(|patch| text.contains(patch.name()))
}

/// Returns a report of the differences between a patch and the model that it is built on.
fn report(patch: AnyModel) -> String {
    let base = patch.base().expect("a patch has a base");
    let outcome = compare(
        [base, patch],
        &Universe::default(),
        &View::DEFAULT,
        Limits::default(),
    );
    let (name, base) = (patch.name(), base.name());
    let mut text = format!(
        "{name} is tried: {} differences from {base}; svadiff compare {base} {name} explains them\n",
        outcome.findings.len()
    );
    for finding in outcome.findings {
        text += &case_lines(&finding.case, Some(finding.difference.place));
        text.push('\n');
    }
    text
}

#[test]
fn what_a_patch_does_differently_is_reported() {
    for patch in all().into_iter().filter(|&model| is_tried(model)) {
        // Written directly to standard error, since the output of a test that passes is captured
        // and the author of the patch should see the report.
        stderr()
            .write_all(report(patch).as_bytes())
            .expect("standard error is open");
    }
}

#[test]
fn a_patch_is_a_proposal_that_the_ledger_does_not_name() {
    let copy = |branch| {
        let graph = with_a_copy_of("v6.8-rc1", branch);
        AnyModel::of(graph.tree("copy").expect("the copy"))
    };
    assert!(is_tried(copy(Branch::Proposal)));
    assert!(!is_tried(copy(Branch::Mainline)) && !is_tried(copy(Branch::Stable)));
    for model in recorded_models() {
        assert!(!is_tried(model), "{}", model.name());
    }
}

#[test]
fn a_report_has_the_number_of_differences_and_a_case_of_each() {
    let text = report(by_name("thread-a").expect("a model"));
    let first = text.lines().next().expect("a line");
    let expected = "thread-a is tried: 2 differences from v6.8-rc1; svadiff compare v6.8-rc1 thread-a explains them";
    assert_eq!(first, expected);
    assert_eq!(text.matches("\n  -> ").count(), 2, "{text}");
}
