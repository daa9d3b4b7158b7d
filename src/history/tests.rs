// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests attribution on graphs other than the registered one.

use super::{Change, History, Life, history, made_by, path};
use crate::judge::Difference;
use crate::ledger::{Entry, Ledger};
use crate::models::{AnyModel, ERAS, by_name};
use crate::runs::Runs;
use impl_v67::revisions::{ALLOC_FOR_DEVICE, UNDO_WHAT_WAS_SET};
use impl_v612::revisions::{
    ENTRY_NAMES_DOMAIN, NO_DOMAIN_ALLOC, PUBLISH_ATTACHED, REMOVE_HANDLE_LIST, SKIP_NO_PASIDS,
    STORE_DEV_LOCKED,
};
use spec::Model;
use spec::revision::{Branch, Era, Graph, Revision};

fn steps(from: &str, to: &str) -> Vec<(&'static str, &'static str, bool)> {
    let model = |name| by_name(name).expect("a model of this name");
    let edges = path(model(from), model(to)).into_iter();
    edges
        .map(|edge| (edge.base.name(), edge.model.name(), edge.backwards))
        .collect()
}

#[test]
fn the_path_from_6_7_to_6_8_has_no_proposals() {
    assert_eq!(
        steps("v6.7", "v6.8"),
        [
            ("v6.7", "v6.8-merge", false),
            ("v6.8-merge", "v6.8-rc1", false),
            ("v6.8-rc1", "v6.8-rc6", false),
            ("v6.8-rc6", "v6.8", false),
        ]
    );
}

#[test]
fn a_path_leads_back_from_proposals_and_from_stable_branches() {
    assert_eq!(
        steps("thread-b", "v6.8-rc6"),
        [
            ("v6.8-rc1", "thread-b", true),
            ("v6.8-rc1", "v6.8-rc6", false),
        ]
    );
    assert_eq!(
        steps("v6.12.117", "v7.3"),
        [
            ("v6.12.93", "v6.12.117", true),
            ("v6.12", "v6.12.93", true),
            ("v6.12", "v6.17", false),
            ("v6.17", "v6.19", false),
            ("v6.19", "v7.0", false),
            ("v7.0", "v7.1.2", false),
            ("v7.1.2", "v7.3", false),
        ]
    );
    assert_eq!(steps("v6.8", "v6.8"), []);
}

/// Returns the registered graph with these rows added. A row replaces the registered one of the
/// same name.
fn graph_with(rows: &[Revision]) -> &'static Graph {
    let eras = ERAS.iter().map(|era| {
        let is_kept = |row: &&Revision| rows.iter().all(|other| other.name != row.name);
        let kept: Vec<Revision> = { era.revisions.iter() }.filter(is_kept).copied().collect();
        Era {
            revisions: kept.leak(),
            ..*era
        }
    });
    let others = Era {
        revisions: rows.to_vec().leak(),
        ..Era::EMPTY
    };
    let eras: Vec<Era> = eras.chain([others]).collect();
    Graph::new(&eras).expect("a graph")
}

fn row(name: &str) -> Revision {
    *by_name(name).expect("a model of this name").tree().revision
}

fn in_graph(graph: &'static Graph, name: &str) -> AnyModel {
    AnyModel::of(graph.tree(name).expect("a revision of this name"))
}

/// Returns the ids of the changes in a history.
fn ids(history: History) -> [Option<&'static str>; 6] {
    let History {
        from,
        to,
        introduced,
        fixed,
    } = history;
    [
        introduced, fixed, from.since, from.until, to.since, to.until,
    ]
    .map(|change| change.map(|change: Change| change.id))
}

/// Returns the attribution of every entry in the ledger, with its models in this graph.
fn attributed(graph: &'static Graph) -> Vec<(String, [Option<&'static str>; 6], &'static str)> {
    let entries = Ledger::shipped().entries.iter();
    entries
        .map(|entry: &Entry| {
            let models = entry.models.map(|model| in_graph(graph, model.name()));
            let case = entry.counterexample.case.bare();
            let difference: Difference = entry.counterexample.difference().expect("it shows");
            let of = history(models, &Runs::new(&case), &difference);
            let by = made_by(models, &Runs::new(&case), &difference).id;
            (entry.name.clone(), ids(of), by)
        })
        .collect()
}

#[test]
fn a_revision_that_is_identical_to_its_parent_changes_no_attribution() {
    let registered = graph_with(&[]);
    let before = attributed(registered);
    for (name, parent, branch) in [
        ("v6.13", "v6.12", Branch::Mainline),
        ("v7.4", "v7.3", Branch::Mainline),
        ("v6.8.1", "v6.8", Branch::Stable),
        ("thread-e", "v6.8-rc1", Branch::Proposal),
    ] {
        let parents = vec![parent].leak();
        let same = Revision {
            name,
            parents,
            branch,
            commits: &[],
            ..row(parent)
        };
        assert_eq!(attributed(graph_with(&[same])), before, "{name}");
    }
}

/// v6.13 is identical to v6.12 here, so a behaviour of both is older than both.
#[test]
fn what_two_models_show_is_older_than_both() {
    let graph = graph_with(&[Revision {
        name: "v6.13",
        parents: &["v6.12"],
        commits: &[],
        ..row("v6.12")
    }]);
    let mut entries = Ledger::shipped().entries.iter();
    let entry = entries
        .find(|entry| entry.name == "v6.12-unbind-before-device-is-stored")
        .expect("it is in the ledger");
    let case = entry.counterexample.case.bare();
    let mut difference = entry.counterexample.difference().expect("it shows");
    difference.cause.attribute_to_both();
    let models = ["v6.12", "v6.13"].map(|name| in_graph(graph, name));
    let History {
        introduced, fixed, ..
    } = history(models, &Runs::new(&case), &difference);
    assert_eq!(
        introduced.map(|change| (change.id, change.model.name())),
        Some((REMOVE_HANDLE_LIST.id, "v6.12"))
    );
    assert_eq!(fixed.map(|change| change.id), Some(STORE_DEV_LOCKED.id));
}

/// 6.12.93 is also configured for x86, where nothing can be bound. That is no fix of what it does
/// elsewhere.
#[test]
fn another_configuration_fixes_nothing() {
    let mut entries = Ledger::shipped().entries.iter();
    let entry = entries
        .find(|entry| entry.name == "v6.12.93-x86-no-unbind-before-device-is-stored")
        .expect("it is in the ledger");
    let case = entry.counterexample.case.bare();
    let difference = entry.counterexample.difference().expect("it shows");
    let models = ["v6.12.93", "v6.12.93-x86"];
    let models = models.map(|name| by_name(name).expect("a model"));
    let History { fixed, .. } = history(models, &Runs::new(&case), &difference);
    assert_eq!(
        fixed.map(|change| (change.id, change.model.name())),
        Some((STORE_DEV_LOCKED.id, "v6.12.117"))
    );
}

#[test]
fn a_revision_in_the_middle_moves_no_blame() {
    let registered = attributed(graph_with(&[]));
    let split = graph_with(&[
        Revision {
            name: "v6.10-rc",
            commits: &[UNDO_WHAT_WAS_SET],
            stands_for: &[],
            ..row("v6.10")
        },
        Revision {
            parents: &["v6.10-rc"],
            commits: &[ALLOC_FOR_DEVICE],
            ..row("v6.10")
        },
        Revision {
            name: "v6.15",
            commits: &[SKIP_NO_PASIDS, ENTRY_NAMES_DOMAIN],
            stands_for: &[],
            ..row("v6.17")
        },
        Revision {
            parents: &["v6.15"],
            commits: &[PUBLISH_ATTACHED, NO_DOMAIN_ALLOC],
            ..row("v6.17")
        },
    ]);
    for (name, before, _) in registered {
        let mut entries = Ledger::shipped().entries.iter();
        let entry = entries.find(|entry| entry.name == name).expect("an entry");
        let models = entry.models.map(|model| in_graph(split, model.name()));
        let difference = entry.counterexample.difference().expect("it shows");
        let case = entry.counterexample.case.bare();
        let after = ids(history(models, &Runs::new(&case), &difference));
        assert_eq!(after, before, "{name}");
    }
}

#[test]
fn a_proposal_has_no_future_and_the_first_revision_no_past() {
    let life = Life::of(by_name("thread-a").unwrap(), &|model| {
        model.name() == "thread-a"
    });
    assert_eq!(
        life.since.map(|change| change.model.name()),
        Some("thread-a")
    );
    assert_eq!(life.until, None);
    assert_eq!(
        Life::of(by_name("v6.7").unwrap(), &|_| true),
        Life::default()
    );
}
