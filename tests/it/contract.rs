// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the requirements on every registered model. Expectations come from the registry, so a new
//! revision needs no change here.

use crate::recorded::{Row, rows};
use crate::thorough::sample;
use spec::generate::{EVERYTHING, Generator, Sizes};
use spec::record::{Note, Recording, record};
use spec::revision::{Branch, Commits, Effect, Era, Graph, Revision};
use spec::{At, Case, Commit, Model, OpCode, Ret, Site, Tree};
use std::collections::BTreeSet;
use svadiff::conformance::first_mismatch;
use svadiff::explore::compare;
use svadiff::judge::{UserEffect, View};
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, ERAS, all, by_name, graph};
use svadiff::universe::Universe;

/// The number of random cases of all kinds.
const CASES: u64 = 300;

fn cases() -> impl Iterator<Item = Case> {
    let sizes = Sizes {
        devices: 1..=3,
        mms: 1..=2,
        ops: 1..=12,
        cpus: 0..=2,
    };
    let mut generator = Generator::within(EVERYTHING, sizes);
    (0..CASES).map(move |seed| generator.case(seed).clone())
}

/// Checks everything that a model must satisfy.
fn model_contract(model: AnyModel) {
    its_row_is_a_row_of_the_graph(model);
    its_lines_are_complete_and_distinct(model);
    it_does_what_was_recorded(model);
    it_is_total_and_deterministic(model);
    it_can_be_had_without_each_of_its_commits(model);
}

fn its_row_is_a_row_of_the_graph(model: AnyModel) {
    let tree = model.tree();
    let name = tree.name();
    let Revision {
        what,
        parents,
        branch,
        commits,
        ..
    } = tree.revision;
    assert!(!what.is_empty(), "{name}");
    assert_eq!(by_name(name), Some(model));
    let parents: Vec<&Tree> = { parents.iter() }
        .map(|parent| graph().tree(parent).expect("a parent is a revision"))
        .collect();
    assert_eq!(parents.is_empty(), all()[0] == model, "{name}");
    let inherited = { parents.iter() }.fold(Commits::EMPTY, |all, tree| all.union(tree.commits));
    assert_eq!(
        tree.commits,
        inherited.union(Commits::of(commits)),
        "{name}"
    );
    for parent in &parents {
        // Mainline is built on mainline only, and no merged revision is built on a proposal.
        let is_from = match branch {
            Branch::Mainline => parent.revision.branch == Branch::Mainline,
            Branch::Stable => parent.revision.branch != Branch::Proposal,
            Branch::Proposal => true,
        };
        assert!(is_from, "{name} on {}", parent.name());
    }
    for commit in *commits {
        assert!(!commit.subject.is_empty(), "{name}: {}", commit.id);
        // A proposal has a reference where it can be read, a commit the first mainline release that
        // has it.
        assert_eq!(
            commit.release.is_none(),
            *branch == Branch::Proposal,
            "{name}: {}",
            commit.id
        );
    }
}

fn its_lines_are_complete_and_distinct(model: AnyModel) {
    let tree = model.tree();
    let name = tree.name();
    let mut lines = BTreeSet::new();
    for at in tree.anchors() {
        assert!(
            lines.insert((at.file(), tree.line(at))),
            "{name}: {at} is on the line of another anchor"
        );
    }
    for case in cases() {
        for at in anchors(&record(&model, &case)) {
            assert!(tree.line(at).is_some(), "{name} has no line of {at}");
        }
    }
}

/// Returns the anchors that a recording cites.
fn anchors(recording: &Recording) -> BTreeSet<At> {
    let end = recording.end.iter().map(|(_, note)| note);
    let notes = recording.steps.iter().chain(end);
    notes.flat_map(Note::anchors).collect()
}

fn it_does_what_was_recorded(model: AnyModel) {
    for row in rows() {
        let Row { id, case, .. } = row;
        if let Some(recorded) = row.column(&model) {
            let mismatch = first_mismatch(&model, case, recorded);
            assert_eq!(mismatch, None, "{} in {id}", model.name());
        }
    }
}

fn it_is_total_and_deterministic(model: AnyModel) {
    for case in cases() {
        let recording = record(&model, &case);
        assert_eq!(recording, record(&model, &case), "{}", model.name());
        let died = { recording.trace.steps.iter() }.any(|step| step.ret.ends_the_run());
        let unfinished = { recording.trace.steps.iter() }.any(|step| step.ret == Ret::Unfinished);
        assert!(died || !unfinished, "{}: {case:?}", model.name());
        assert_eq!(recording.trace.end.is_none(), died, "{}", model.name());
        // A case whose operations name nothing is skipped as a whole.
        let mut nothing = case.clone();
        nothing.topology.devices.clear();
        nothing.topology.mms.clear();
        let nothing = record(&model, &nothing).trace.steps;
        let is_skipped = |ret: Ret| matches!(ret, Ret::Skipped | Ret::Lacking);
        assert!(nothing.iter().all(|step| is_skipped(step.ret)));
    }
}

fn it_can_be_had_without_each_of_its_commits(model: AnyModel) {
    let has = |commit: &&Commit| model.tree().has(**commit);
    for commit in graph().commits() {
        let without = model.without(*commit);
        assert_eq!(without.is_some(), has(&commit), "{}", model.name());
        let Some(without) = without else { continue };
        assert_eq!(without.name(), model.name());
        assert!(!without.tree().has(*commit));
        assert_ne!(without, model);
        for case in cases().take(50) {
            record(&without, &case);
        }
    }
}

#[test]
fn every_registered_model_keeps_the_contract() {
    for model in sample(all(), 2) {
        model_contract(model);
    }
}

/// Returns whether two models differ in a small universe, in any view. Only lines may distinguish a
/// revision from the same one without a commit that has no effect.
fn differ(models: [AnyModel; 2]) -> bool {
    let one_cpu = |max_pasids: &[u16], mms| Universe {
        devices: 2,
        mms,
        ops: Some(3),
        max_pasids: max_pasids.to_vec(),
        faults: Site::ALL.to_vec(),
        ..Universe::default()
    };
    let two_cpus = Universe {
        devices: 1,
        mms: 1,
        ops: Some(4),
        cpus: 2,
        only: vec![OpCode::Bind, OpCode::Unbind],
        ..Universe::default()
    };
    let universes = [
        one_cpu(&[16], 1),
        one_cpu(&[16, 0], 1),
        one_cpu(&[16], 2),
        two_cpus,
    ];
    universes.iter().any(|universe| {
        let views = match universe.cpus {
            1 => &View::ALL[..],
            _ => &View::DEFAULT[..],
        };
        let outcome = compare(models, universe, views, Limits::default());
        let mut findings = outcome.findings.iter();
        // A misbehaviour of both is no difference.
        findings.any(|found| found.difference.cause.effect() != UserEffect::Keeps)
    })
}

#[test]
fn a_commit_makes_a_difference_unless_it_is_marked_as_not_seen() {
    for model in sample(all(), 2) {
        for commit in model.tree().revision.commits {
            let without = model.without(*commit).expect("a commit of its row");
            assert_eq!(
                differ([without, model]),
                commit.effect == Effect::Visible,
                "{} of {}",
                commit.id,
                model.name()
            );
        }
    }
}

/// Returns the registered revisions and an additional one that is identical to its parent.
pub(crate) fn with_a_copy_of(parent: &'static str, branch: Branch) -> &'static Graph {
    let row = by_name(parent).expect("a model of this name").tree();
    let copy = Revision {
        name: "copy",
        parents: vec![parent].leak(),
        branch,
        commits: &[],
        ..*row.revision
    };
    let copies = Era {
        revisions: vec![copy].leak(),
        ..Era::EMPTY
    };
    let eras: Vec<Era> = ERAS.into_iter().chain([copies]).collect();
    Graph::new(&eras).expect("a graph")
}

#[test]
fn a_revision_identical_to_its_parent_changes_no_other_model() {
    for (parent, branch) in [
        ("v6.7", Branch::Mainline),
        ("v6.8-rc1", Branch::Proposal),
        ("v6.12", Branch::Stable),
    ] {
        let graph = with_a_copy_of(parent, branch);
        let names = |graph: &'static Graph| -> Vec<&str> {
            let names = graph.trees().iter().map(Tree::name);
            names.filter(|&name| name != "copy").collect()
        };
        assert_eq!(names(graph), names(svadiff::models::graph()));
        for tree in graph.trees() {
            let name = if tree.name() == "copy" {
                parent
            } else {
                tree.name()
            };
            let registered = by_name(name).expect("a registered model");
            let model = AnyModel::of(tree);
            for case in cases().take(50) {
                assert_eq!(record(&model, &case), record(&registered, &case), "{name}");
            }
        }
    }
}
