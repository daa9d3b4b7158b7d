// SPDX-License-Identifier: GPL-2.0-or-later
//! Graphs that are refused, and the data derived from a valid graph.

use super::{
    At, Blob, Branch, Cited, Commit, Commits, Era, File, Graph, GraphError, Revision, Tree,
};
use std::collections::BTreeSet;
use std::sync::LazyLock;

const SVA: Blob = Blob::iommu_sva(Some("0123")).at(&[(At::Join, 95), (At::Create, 110)]);
const CORE: Blob = Blob::iommu(None, "first").at(&[(At::AttachEntry, 3546)]);

const A: Commit = Commit::new("aaaa", "a", 0);
const B: Commit = Commit {
    needs: &["aaaa"],
    ..Commit::new("bbbb", "b", 1)
};
const C: Commit = Commit {
    needs: &["dddd"],
    ..Commit::new("cccc", "c", 2)
};
const D: Commit = Commit {
    needs: &["cccc"],
    ..Commit::new("dddd", "d", 3)
};
const E: Commit = Commit::new("eeee", "e", 100);
const F: Commit = Commit::new("0f0f", "f", 101);

const CITED: &[Cited] = &[
    Cited {
        with: None,
        at: &[At::Join, At::Create, At::AttachEntry],
        ..Cited::ALWAYS
    },
    Cited {
        with: Some(F),
        at: &[At::GetDomain],
        ..Cited::ALWAYS
    },
];

const FIRST: Revision = Revision {
    name: "first",
    what: "the first one",
    parents: &[],
    branch: Branch::Mainline,
    commits: &[],
    iommu_sva: &SVA,
    iommu: &CORE,
    stands_for: &[],
    derived: false,
};

const fn row(
    name: &'static str,
    parents: &'static [&'static str],
    branch: Branch,
    commits: &'static [Commit],
) -> Revision {
    Revision {
        name,
        parents,
        branch,
        commits,
        ..FIRST
    }
}

use Branch::{Mainline, Proposal, Stable};

fn graph(rows: Vec<Revision>) -> Result<&'static Graph, GraphError> {
    Graph::new(&[Era {
        commits: &[A, B, C, D, E, F],
        revisions: rows.leak(),
        cited: CITED,
    }])
}

/// Mainline `first`, `second`, `third`, from which two stable branches and two proposals fork.
fn history() -> &'static Graph {
    static HISTORY: LazyLock<&Graph> = LazyLock::new(|| {
        let rows = vec![
            row("stable-2", &["stable"], Stable, &[B]),
            row("third", &["second"], Mainline, &[C, D, E]),
            row("second", &["first"], Mainline, &[A, B]),
            row("stable", &["first"], Stable, &[A]),
            row("merged", &["third", "patch"], Proposal, &[]),
            row("patch-of-patch", &["patch"], Proposal, &[E]),
            row("other", &["first"], Proposal, &[]),
            row("patch", &["first"], Proposal, &[A]),
            FIRST,
        ];
        graph(rows).expect("a graph")
    });
    *HISTORY
}

fn tree(name: &str) -> &'static Tree {
    history().tree(name).expect("a revision of this name")
}

/// A revision for tests of the machine.
pub(crate) fn fixture() -> &'static Tree {
    tree("first")
}

fn names<'a>(trees: impl IntoIterator<Item = &'a Tree>) -> Vec<&'static str> {
    trees.into_iter().map(Tree::name).collect()
}

#[test]
fn models_are_in_the_order_of_history() {
    assert_eq!(
        names(history().trees()),
        [
            "first",
            "other",
            "patch",
            "patch-of-patch",
            "stable",
            "stable-2",
            "second",
            "third",
            "merged"
        ]
    );
}

#[test]
fn a_revision_has_the_commits_of_all_its_ancestors() {
    let commits = |name| tree(name).commits;
    assert_eq!(commits("first"), Commits::EMPTY);
    assert_eq!(commits("second"), Commits::of(&[A, B]));
    assert_eq!(commits("third"), Commits::of(&[A, B, C, D, E]));
    assert_eq!(commits("stable-2"), commits("second"));
    assert_eq!(commits("merged"), commits("third"));
    assert_eq!(commits("patch-of-patch"), Commits::of(&[A, E]));
}

#[test]
fn ancestors_and_descendants_follow_all_parents() {
    assert_eq!(
        names(history().ancestors(tree("merged"))),
        ["merged", "third", "second", "patch", "first"]
    );
    assert_eq!(
        names(history().descendants(tree("second"))),
        ["third", "merged"]
    );
    assert_eq!(names(history().children(tree("stable"))), ["stable-2"]);
}

fn path(from: &str, to: &str) -> Vec<(&'static str, &'static str, bool)> {
    let steps = history().path(tree(from), tree(to)).into_iter();
    steps
        .map(|step| (step.parent.name(), step.child.name(), step.backwards))
        .collect()
}

#[test]
fn a_path_leads_back_to_the_common_ancestor_and_on_from_there() {
    assert_eq!(
        path("stable-2", "third"),
        [
            ("stable", "stable-2", true),
            ("first", "stable", true),
            ("first", "second", false),
            ("second", "third", false),
        ]
    );
    assert_eq!(path("second", "second"), []);
    assert_eq!(path("third", "second"), [("second", "third", true)]);
}

#[test]
fn without_a_commit_those_that_need_it_are_gone_too() {
    let without = |name: &str, commit| {
        let tree = history().without(tree(name), commit)?;
        assert_eq!(tree.name(), name);
        Some(tree.commits)
    };
    assert_eq!(without("third", A), Some(Commits::of(&[C, D, E])));
    assert_eq!(without("third", B), Some(Commits::of(&[A, C, D, E])));
    for either in [C, D] {
        assert_eq!(without("third", either), Some(Commits::of(&[A, B, E])));
    }
    assert_eq!(without("first", A), None);
    let twice = [0; 2].map(|_| history().without(tree("third"), E).unwrap());
    assert!(std::ptr::eq(twice[0], twice[1]));
}

#[test]
fn what_is_no_graph_is_refused_with_a_sentence() {
    let refused = |rows: Vec<Revision>| graph(rows).map(|_| ()).unwrap_err().to_string();
    let second = |parents, commits| vec![FIRST, row("second", parents, Mainline, commits)];
    assert_eq!(
        refused(vec![FIRST, FIRST]),
        "two revisions have the name first"
    );
    assert_eq!(
        refused(second(&["zeroth"], &[])),
        "revision second has the parent zeroth, which is not a revision"
    );
    assert_eq!(
        refused(second(&["second"], &[])),
        "revision second is its own ancestor"
    );
    assert_eq!(
        refused(second(&["first"], &[B])),
        "revision second has commit bbbb without commit aaaa, which that one needs"
    );
    assert_eq!(
        refused(second(&["first"], &[A, A])),
        "revision second lists commit aaaa, which a parent of it has"
    );
    assert_eq!(
        refused(second(&[], &[])),
        "revisions first and second have no parent, and only the first one has none"
    );
    let without = |iommu_sva| Revision { iommu_sva, ..FIRST };
    const NO_LINE: Blob = Blob::iommu_sva(None).at(&[(At::Create, 110)]);
    assert_eq!(
        refused(vec![without(&NO_LINE)]),
        "revision first cites join, and has no line for it in drivers/iommu/iommu-sva.c"
    );
    assert_eq!(
        refused(second(&["first"], &[F])),
        "revision second cites get_domain, and has no line for it in drivers/iommu/iommu.c"
    );
    const UNDECLARED: Commit = Commit::new("ffff", "f", 5);
    assert_eq!(
        refused(second(&["first"], &[UNDECLARED])),
        "revision second has commit ffff, which is not declared"
    );
}

#[test]
fn a_commit_that_is_declared_twice_is_refused() {
    let refused = |commits| {
        let era = |commits| Era {
            commits,
            revisions: &[],
            cited: &[],
        };
        let graph = Graph::new(&[era(&[A]), era(commits)]);
        graph.map(|_| ()).unwrap_err().to_string()
    };
    const AGAIN: &[Commit] = &[Commit::new("aaaa", "again", 7)];
    const OTHER: &[Commit] = &[Commit::new("ffff", "f", 0)];
    assert_eq!(refused(AGAIN), "commit aaaa is declared twice");
    assert_eq!(refused(OTHER), "commits aaaa and ffff have the same bit, 0");
}

#[test]
fn an_anchor_has_its_line_and_its_revision() {
    let cite = |name, at| tree(name).cite(at).to_string();
    assert_eq!(cite("second", At::Join), "drivers/iommu/iommu-sva.c:95");
    assert_eq!(
        cite("second", At::AttachEntry),
        "drivers/iommu/iommu.c:3546"
    );
    assert_eq!(tree("second").cite(At::Join).revision, "second");
    assert_eq!(tree("second").cite(At::AttachEntry).revision, "first");
    assert_eq!(tree("second").line(At::Reuse), None);
    let anchors: Vec<At> = tree("first").anchors().collect();
    assert_eq!(anchors, [At::Join, At::Create, At::AttachEntry]);
}

#[test]
fn a_blob_can_be_another_one_but_for_some_anchors() {
    let moved = SVA.with_id(None).at(&[(At::Join, 96)]);
    assert_eq!(moved.line(At::Join), Some(96));
    assert_eq!(moved.line(At::Create), Some(110));
    assert_eq!((moved.id, moved.file), (None, File::IommuSva));
}

#[test]
fn every_anchor_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = At::ALL.iter().map(|at| at.name()).collect();
    assert_eq!(names.len(), At::COUNT);
    for (index, &at) in At::ALL.iter().enumerate() {
        assert_eq!(at as usize, index);
        assert_eq!(At::by_name(at.name()), Some(at));
    }
    assert_eq!(At::by_name("nowhere"), None);
}

#[test]
fn a_set_of_commits_has_what_was_put_into_it() {
    let set = Commits::of(&[A, E]);
    assert!(set.has(A) && set.has(E) && !set.has(B));
    assert_eq!(set.with(E), set);
    assert_eq!(set.without(E), Commits::of(&[A]));
    assert_eq!(set.union(Commits::of(&[B])), Commits::of(&[A, B, E]));
    assert_eq!(set.difference(Commits::of(&[A])), Commits::of(&[E]));
    assert!(Commits::EMPTY.is_empty() && !set.is_empty());
}
