// SPDX-License-Identifier: GPL-2.0-or-later
//! The answer to a question: the ways, each with a minimized case, the kernels that do the same, and
//! its history.

use super::asked::Asked;
use super::outside::{self, Row, Whose};
use super::{Doing, Explored, Found, Part, Way, ways_of};
use crate::history::Life;
use crate::minimize::shrink;
use crate::models::{AnyModel, all};
use crate::workers::{self, cores};
use engine::ways::any_schedule;
use sha2::{Digest, Sha256};
use spec::revision::Release;
use spec::{At, Case, Decision, Model};

/// A way that answers the question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The way.
    pub way: Way,
    /// The shortest case that shows it, minimized.
    pub case: Case,
    /// The operation that shows it; `None` for the teardown.
    pub op: Option<usize>,
    /// What it means, as a sentence without a full stop.
    pub meaning: String,
    /// The registered models that do the same with this case.
    pub same: Vec<AnyModel>,
    /// The commits that brought it and ended it.
    pub life: Life,
}

/// Returns the answers in what a model was found to do, the shortest cases first.
pub fn answers(model: AnyModel, asked: &Asked, explored: &Explored) -> Vec<Answer> {
    let found = explored.found.iter().filter(|found| asked.is(&found.way));
    let found: Vec<&Found> = found.collect();
    let mut all = workers::map(cores(), found, |found| answer(model, found));
    all.sort_by_key(|answer| (crate::finding::size(&answer.case), answer.way));
    all
}

/// Minimizes the case of a way and asks the other models.
fn answer(model: AnyModel, found: &Found) -> Answer {
    let way = found.way;
    let case = minimized(model, way, &found.case);
    let op = { ways_of(model, &case).into_iter() }
        .find(|(_, this)| *this == way)
        .and_then(|(op, _)| op);
    let shows = |other: AnyModel| does_the_same(other, way, op, &case);
    let same = all().into_iter().filter(|&other| shows(other)).collect();
    Answer {
        way,
        op,
        meaning: super::meaning::meaning(model.tree(), &way),
        same,
        life: Life::of(model, &shows),
        case,
    }
}

/// Makes a case simpler while it shows a way. Of an operation that shows it, nothing after it is
/// needed.
fn minimized(model: AnyModel, way: Way, case: &Case) -> Case {
    let shows = |case: &Case| ways_of(model, case).iter().any(|(_, this)| *this == way);
    let mut case = shrink(case, shows);
    // The shrinker prefers 16 PASIDs and no fault, but not one device to another.
    loop {
        let simpler = shrink(&case, shows);
        if simpler == case {
            return case;
        }
        case = simpler;
    }
}

/// Returns whether a model shows the same with a case, at the same operation. On several CPUs, any
/// schedule counts.
fn does_the_same(model: AnyModel, way: Way, op: Option<usize>, case: &Case) -> bool {
    let is_it = |this: &Way| {
        (this.doing, this.shown) == (way.doing, way.shown)
            && plain(this.decided) == plain(way.decided)
    };
    match case.is_on_several_cpus() {
        true => any_schedule(model, case, &is_it),
        false => { ways_of(model, case).into_iter() }.any(|(at, this)| at == op && is_it(&this)),
    }
}

/// Returns a decision without what is told by other anchors in other kernels: up to 6.8 the
/// allocation of a domain is in another file than its caller.
fn plain(decided: Option<Decision>) -> Option<(At, Option<At>)> {
    decided.map(|decided| {
        let because = decided.because.filter(|at| *at != At::SvaDomainAlloc);
        let at = match decided.at {
            At::UnbindPasid => At::Unbind,
            At::GetPasidHandle => At::GetPasid,
            at => at,
        };
        (at, because)
    })
}

/// Returns the release that a question is about: the one that was named, or else one that the model
/// stands for, or that its nearest ancestor with releases stands for.
pub fn release_of(model: AnyModel, named: Option<Release>) -> Option<Release> {
    let tree = model.tree();
    let ancestors = tree.graph.ancestors(tree).into_iter();
    let of = |tree: &&'static spec::Tree| {
        let ranges = tree.revision.stands_for;
        // The series that the model is named after, if it stands for one of its releases.
        let named = tree.name().trim_start_matches('v');
        let is_named = |range: &&spec::revision::Releases| {
            let (major, minor) = range.first().series();
            named.starts_with(&format!("{major}.{minor}"))
        };
        let range = ranges.iter().find(is_named).or_else(|| ranges.first());
        range.map(|range| range.first())
    };
    named.or_else(|| ancestors.into_iter().find_map(|tree| of(&tree)))
}

/// Returns the rows outside of the models that give the same result.
///
/// `driver` keeps those of one driver, besides those of the core, other drivers and callers.
pub fn outside(
    asked: &Asked,
    release: Option<Release>,
    driver: Option<Whose>,
) -> Vec<&'static Row> {
    let Some(release) = release else {
        return Vec::new();
    };
    let (doing, wanted) = match asked {
        Asked::Result(doing, wanted) => (*doing, wanted.outside()),
        Asked::Splat(splatted) => match splatted.bind_failed() {
            Some(errno) => (Doing::Op(spec::OpCode::Bind), Some(errno.name())),
            None => return Vec::new(),
        },
        Asked::Line(..) => return Vec::new(),
    };
    let Some(wanted) = wanted else {
        return Vec::new();
    };
    let is_errno = wanted.starts_with('E');
    let is_one = |row: &&Row| {
        let is_op = match doing {
            Doing::Op(spec::OpCode::Bind) => true,
            Doing::Op(spec::OpCode::Attach) => row.attach,
            _ => false,
        };
        let is_driver = match (row.driver(), driver) {
            (Some(of), Some(driver)) => of == driver,
            _ => true,
        };
        let is_result = row.result == wanted || row.result == "any" && is_errno;
        is_op && is_driver && is_result && row.is_of(release)
    };
    let mut rows: Vec<_> = outside::rows().filter(is_one).collect();
    rows.sort_by_key(|row| (row.whose, row.result == "any"));
    rows
}

/// Returns the digest of a complete search: the first 16 hex digits of a SHA-256 over the model, the
/// universe, and all ways with their cases. It is the same on every machine.
pub fn digest(model: AnyModel, parts: &[Part], explored: &Explored) -> String {
    let mut hasher = Sha256::new();
    let mut line = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update(b"\n");
    };
    line(AnyModel::name(model));
    for part in parts {
        line(&part.universe.to_json().to_string());
        line(if part.again { "again" } else { "once" });
    }
    for Found { way, case } in &explored.found {
        let Way {
            doing,
            shown,
            decided,
        } = way;
        let at = |at: At| format!("{at}");
        let decided = decided.map(|decided| (at(decided.at), decided.because.map(at)));
        line(&format!("{} {} {decided:?}", doing.name(), shown.words()));
        line(&crate::finding::id(case));
    }
    crate::finding::hex(&hasher.finalize()[..8])
}
