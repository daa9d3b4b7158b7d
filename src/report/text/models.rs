// SPDX-License-Identifier: GPL-2.0-or-later
//! The models, as text.

use super::{NAME, wrap};
use crate::models::AnyModel;
use crate::report::ReleaseReport;
use spec::revision::{Branch, Releases};
use spec::{Model, Tree};

/// A heading, and whether a model is below it.
type Section = (&'static str, fn(&Tree) -> bool);

/// The sections of the list, in the order of printing. Each model is in one of them.
const SECTIONS: [Section; 4] = [
    ("Mainline", |tree| tree.revision.branch == Branch::Mainline),
    ("Stable branches", |tree| {
        tree.revision.branch == Branch::Stable && !tree.revision.is_for_x86()
    }),
    ("Configured for x86, where SVA is refused", |tree| {
        tree.revision.branch == Branch::Stable && tree.revision.is_for_x86()
    }),
    ("Proposals, which were not merged", |tree| {
        tree.is_proposal()
    }),
];

/// Returns the models by branch.
pub(super) fn models(models: &[AnyModel]) -> String {
    let mut text = String::new();
    for (heading, is_below) in SECTIONS {
        let mut trees = models.iter().map(|model| model.tree());
        let mut all = trees.by_ref().filter(|tree| is_below(tree)).peekable();
        if all.peek().is_none() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!("{heading}\n\n");
        for tree in all {
            text += &model(tree);
        }
    }
    text
}

/// Returns one model: what it is, what it stands for, and how it differs from its base.
fn model(tree: &'static Tree) -> String {
    let indent = " ".repeat(NAME);
    let first = format!("{:1$}", format!("{} ", tree.name()), NAME);
    let mut text = wrap(&first, &indent, tree.what());
    let mut say = |what: &str| text += &wrap(&indent, &indent, what);
    if let Some(releases) = tree.revision.releases() {
        say(&format!("stands for {releases}"));
    }
    for (range, x86) in on_x86(tree) {
        say(&format!("on x86, {range} is {}", x86.name()));
    }
    if tree.revision.derived {
        say("derived from its commits, not recorded");
    }
    if let Some(base) = tree.parent() {
        say(&format!("on {base}"));
    }
    for commit in tree.revision.commits {
        let (first, further) = (format!("{indent}+ "), format!("{indent}  "));
        text += &match commit.release {
            Some(_) => {
                let what = format!("{} {}", commit.id, commit.subject);
                wrap(&first, &further, &what)
            }
            // A Message-ID can be long, so it has its own line.
            None => wrap(&first, &further, commit.subject) + &wrap(&further, &further, commit.id),
        };
    }
    text
}

/// Returns the releases of a model that are another model where they are configured for x86.
fn on_x86(tree: &'static Tree) -> Vec<(Releases, &'static Tree)> {
    let own = tree.revision.stands_for;
    let mut all = tree.graph.ranges();
    all.retain(|(x86, other)| {
        let shares = |range: &Releases| range.is_x86() != x86.is_x86() && range.meets(*x86);
        x86.is_x86() && *other != tree && own.iter().any(shares)
    });
    all
}

/// Returns the model of a release.
pub(super) fn release(report: &ReleaseReport<'_>) -> String {
    let say = |what: &str| wrap("", "  ", what);
    let says = report.answer.says();
    let mut text: String = says.iter().map(|what| say(what)).collect();
    let Some(found) = report.backports else {
        return text;
    };
    let name = found.answer.model.name();
    text += &match (found.added.len() + found.removed.len(), &found.left_out[..]) {
        (0, []) => say(&format!("the log has nothing that {name} does not have")),
        (0, _) => say(&format!("nothing of the log can be put on top of {name}")),
        _ => say(&format!("with the commits of the log: {name}")),
    };
    let changes = [("+", &found.added), ("-", &found.removed)];
    for (sign, commits) in changes {
        for commit in commits {
            let what = format!("{sign} {} {}", commit.id, commit.subject);
            text += &wrap("  ", "    ", &what);
        }
    }
    for (commit, why) in &found.left_out {
        text += &say(&format!("not in the model: {}: {why}", commit.subject));
    }
    text
}
