// SPDX-License-Identifier: GPL-2.0-or-later
//! The ways in which an operation produces a result, as JSON.

use super::signature::{cite, decided_by};
use crate::finding::id;
use crate::history::Change;
use crate::models::AnyModel;
use crate::report::WhyReport;
use crate::why::outside::{Place, Row};
use crate::why::{Answer, Asked, Part, Shown, Way};
use serde_json::{Value, json};
use spec::{At, Model, Tree};

pub(super) fn why(report: &WhyReport<'_>) -> Value {
    let tree = report.model.tree();
    let explored = report.explored;
    let answers = report.answers.iter().map(|answer| of_answer(answer, tree));
    json!({
        "model": report.model.name(),
        "asked": asked(report.asked, tree),
        "ways": answers.collect::<Vec<_>>(),
        "outside": report.outside.iter().map(|row| of_row(row)).collect::<Vec<_>>(),
        "release": report.release.map(|release| release.to_string()),
        "universe": report.parts.iter().map(of_part).collect::<Vec<_>>(),
        "states": explored.states,
        "transitions": explored.transitions,
        "depth": explored.depth,
        "complete": explored.stopped.is_none(),
        "stopped": explored.stopped.map(|why| why.to_string()),
        "digest": report.digest,
    })
}

fn asked(asked: &Asked, tree: &Tree) -> Value {
    match asked {
        Asked::Result(doing, wanted) => json!({"op": doing.name(), "result": wanted.words()}),
        Asked::Line(line, anchors) => json!({
            "file": line.file.path(),
            "line": line.line,
            "at": anchors.iter().map(|at| at.name()).collect::<Vec<_>>(),
        }),
        Asked::Splat(splatted) => json!({
            "splat": splatted.kind.map(|kind| kind.words()),
            "function": splatted.function,
            "file": splatted.line.map(|line| line.file.path()),
            "line": splatted.line.map(|line| line.line),
            "of_this_tree": splatted.is_of_this_tree,
            "at": in_tree(&splatted.anchors, tree),
        }),
    }
}

/// Returns the names of the anchors that a kernel has.
fn in_tree(anchors: &[At], tree: &Tree) -> Vec<&'static str> {
    let is_there = |at: &&At| tree.line(**at).is_some();
    anchors
        .iter()
        .filter(is_there)
        .map(|at| at.name())
        .collect()
}

fn of_answer(answer: &Answer, tree: &Tree) -> Value {
    let Way {
        doing,
        shown,
        decided,
    } = answer.way;
    let (kind, what) = match shown {
        Shown::Ret(ret) => ("returned", ret.words()),
        Shown::Splat(splat) => ("splat", splat.text().to_owned()),
        Shown::Leak(kind) => ("left", kind.name().to_owned()),
    };
    let decided = match shown {
        // A complaint has a place; nothing is decided there.
        Shown::Splat(_) => json!(decided.map(|decided| cite(decided.at, tree))),
        Shown::Ret(_) | Shown::Leak(_) => json!(decided_by(decided, tree)),
    };
    let change = |change: Option<Change>| change.map(|change| change.id);
    let key = match shown {
        Shown::Splat(_) => "at",
        Shown::Ret(_) | Shown::Leak(_) => "decided_by",
    };
    json!({
        "op": doing.name(),
        "view": match shown {
            Shown::Ret(_) => "api",
            Shown::Splat(_) => "splat",
            Shown::Leak(_) => "leak",
        },
        kind: what,
        key: decided,
        "meaning": answer.meaning,
        "case": answer.case,
        "place": answer.op.map_or(json!("end"), |op| json!(op)),
        "id": id(&answer.case),
        "same": answer.same.iter().map(|model| AnyModel::name(*model)).collect::<Vec<_>>(),
        "since": change(answer.life.since),
        "until": change(answer.life.until),
    })
}

fn of_row(row: &Row) -> Value {
    let checks: Vec<_> = row.checks.iter().map(|check| check.how()).collect();
    let details = row.details.iter().map(|detail| {
        json!({
            "when": detail.when,
            "tell": detail.tell,
            "places": places(detail.places),
        })
    });
    json!({
        "result": row.result,
        "whose": row.whose.name(),
        "function": row.function,
        "when": row.when,
        "tell": row.tell,
        "checks": checks,
        "places": places(row.places),
        "details": details.collect::<Vec<_>>(),
    })
}

fn places(places: &[Place]) -> Value {
    let place = |place: &Place| {
        let releases: Vec<_> = place.releases.split(' ').collect();
        json!({"file": place.file, "line": place.line, "releases": releases})
    };
    places.iter().map(place).collect()
}

fn of_part(part: &Part) -> Value {
    let mut universe = part.universe.to_json();
    if part.again
        && let Some(universe) = universe.as_object_mut()
    {
        universe.insert("again".to_owned(), true.into());
    }
    universe
}
