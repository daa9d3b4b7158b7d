// SPDX-License-Identifier: GPL-2.0-or-later
//! Graphs that are refused, and the data derived from a valid graph.

use super::{
    At, Blob, Branch, ChangeError, Changes, Cited, Commit, Commits, Era, File, Graph, GraphError,
    Release, Releases, Revision, Tree,
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

fn releases(stands_for: &[Releases]) -> Revision {
    Revision {
        stands_for: stands_for.to_vec().leak(),
        ..row("second", &["first"], Mainline, &[])
    }
}

#[test]
fn a_release_has_one_revision_in_each_configuration() {
    const FIRST_HAS: &[Releases] = &[Releases::of(6, 2), Releases::of(6, 12).to(92)];
    let graph = |stands_for: &[Releases]| {
        let first = Revision {
            stands_for: FIRST_HAS,
            ..FIRST
        };
        graph(vec![first, releases(stands_for)]).expect("a graph")
    };
    let good = graph(&[
        Releases::of(6, 12).from(93),
        Releases::of(6, 12).from(64).x86(),
        Releases::of(6, 2).candidates(1, 5),
    ]);
    assert_eq!(good.check_releases(), Ok(()));
    let standing = |patch, x86| {
        let tree = good.standing_for(Release::new(6, 12, patch), x86);
        tree.map(Tree::name)
    };
    assert_eq!(standing(40, false), Some("first"));
    assert_eq!(standing(40, true), Some("first"));
    assert_eq!(standing(64, false), Some("first"));
    assert_eq!(standing(64, true), Some("second"));
    assert_eq!(standing(93, false), Some("second"));
    assert_eq!(good.standing_for(Release::new(6, 13, 0), false), None);
    let firsts: Vec<String> = { good.ranges().into_iter() }
        .map(|(range, _)| range.to_string())
        .collect();
    let expected = [
        "6.2-rc1 to 6.2-rc5",
        "6.2",
        "6.12.0 to 6.12.92",
        "6.12.64 on",
        "6.12.93 on",
    ];
    assert_eq!(firsts, expected);

    let bad = graph(&[Releases::of(6, 12).from(92)]).check_releases();
    let error = bad.expect_err("both stand for 6.12.92").to_string();
    assert_eq!(error, "revisions first and second both stand for 6.12.92");
}

#[test]
fn a_revision_lists_its_releases_as_a_sentence_does() {
    let said = |stands_for: &[Releases]| releases(stands_for).releases();
    assert_eq!(said(&[]), None);
    assert_eq!(said(&[Releases::of(6, 2)]).as_deref(), Some("6.2"));
    let two = said(&[Releases::of(6, 2), Releases::of(6, 3)]);
    assert_eq!(two.as_deref(), Some("6.2 and 6.3"));
    let three = said(&[
        Releases::of(6, 11),
        Releases::of(6, 12).to(92),
        Releases::of(6, 13),
    ]);
    assert_eq!(three.as_deref(), Some("6.11, 6.12.0 to 6.12.92 and 6.13"));
    let x86 = said(&[Releases::of(6, 9).from(3).x86()]);
    assert_eq!(x86.as_deref(), Some("6.9.3 on, configured for x86"));
}

/// Returns `second` without and with commits.
fn made(name: &str, add: &[Commit], remove: &[Commit]) -> Result<&'static Tree, ChangeError> {
    history().with(tree("second"), name, Changes { add, remove })
}

#[test]
fn a_revision_can_be_had_with_commits_on_top() {
    let with = made("second+e-b", &[E], &[B]).expect("a tree");
    assert_eq!(with.name(), "second+e-b");
    assert_eq!(with.commits, Commits::of(&[A, E]));
    assert_eq!(with.what(), "second with eeee e, and without bbbb b");
    assert_eq!(with.parent(), Some("second"));
    assert!(with.is_proposal());
    // It is made once.
    let again = made("second+e-b", &[E], &[B]).expect("a tree");
    assert!(std::ptr::eq(with, again));
    let both = made("second+c+d", &[C, D], &[]).expect("each has what it needs");
    assert_eq!(both.commits, tree("second").commits.with(C).with(D));
    // Only the trees of rows are listed, and it takes part in everything else.
    assert_eq!(history().tree("second+e-b"), None);
    assert_eq!(
        names(history().ancestors(with)),
        ["second+e-b", "second", "first"]
    );
    let steps = history().path(with, tree("third"));
    let steps: Vec<_> = { steps.iter() }
        .map(|step| (step.parent.name(), step.child.name(), step.backwards))
        .collect();
    assert_eq!(
        steps,
        [("second", "second+e-b", true), ("second", "third", false)]
    );
    let without = history().without(with, E).expect("it has the commit");
    assert_eq!(without.commits, Commits::of(&[A]));
}

#[test]
fn changes_that_are_not_consistent_are_refused() {
    let refused = |add: &[Commit], remove: &[Commit]| {
        let error = made("second?", add, remove).expect_err("it is not consistent");
        error.to_string()
    };
    assert_eq!(refused(&[A], &[]), "second has aaaa already");
    assert_eq!(refused(&[], &[E]), "second does not have eeee");
    assert_eq!(refused(&[E, E], &[]), "eeee is named twice");
    assert_eq!(refused(&[E], &[E]), "eeee is named twice");
    assert_eq!(
        refused(&[C], &[]),
        "cccc needs dddd, which second does not have; add that one too"
    );
    assert_eq!(
        refused(&[], &[A]),
        "second has bbbb, which needs aaaa; take that one away too"
    );
}

#[test]
fn lines_are_those_of_the_base_or_of_the_first_revision_with_the_commit() {
    const LATER: Blob =
        Blob::iommu(None, "later").at(&[(At::AttachEntry, 3550), (At::GetDomain, 3600)]);
    let later = Revision {
        iommu: &LATER,
        ..row("later", &["first"], Mainline, &[F])
    };
    let graph = graph(vec![FIRST, later]).expect("a graph");
    let first = graph.tree("first").expect("a revision");
    let changes = Changes {
        add: &[F],
        remove: &[],
    };
    let with = graph.with(first, "first+f", changes).expect("a tree");
    let cited = |at| {
        let citation = with.cite(at);
        (citation.line, citation.revision)
    };
    assert_eq!(cited(At::Join), (95, "first"));
    assert_eq!(cited(At::AttachEntry), (3546, "first"));
    assert_eq!(cited(At::GetDomain), (3600, "later"));
}
