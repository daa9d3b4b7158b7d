// SPDX-License-Identifier: GPL-2.0-or-later
//! Finds the commit that changed a behaviour, by walking the graph of revisions from the two models
//! that differ.

use crate::interleaving::Outcome;
use crate::judge::{
    Cause, Difference, LeakKind, Place, Side, misbehaviours, same_calls, same_live, same_ret_at,
};
use crate::models::AnyModel;
use crate::runs::Runs;
use spec::record::Recording;
use spec::revision::{Branch, Effect};
use spec::trace::{Live, Step};
use spec::{Commit, Model};

/// An edge of the path between two models: from a model to one that is built on it, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The parent.
    pub base: AnyModel,
    /// The child, which adds the commits.
    pub model: AnyModel,
    /// Whether the path leads from `model` back to `base`.
    pub backwards: bool,
}

/// Returns the path from one model to another: back to the nearest common ancestor, then forward.
pub fn path(from: AnyModel, to: AnyModel) -> Vec<Edge> {
    let (from, to) = (from.tree(), to.tree());
    let steps = from.graph.path(from, to).into_iter();
    steps
        .map(|step| Edge {
            base: AnyModel::of(step.parent),
            model: AnyModel::of(step.child),
            backwards: step.backwards,
        })
        .collect()
}

/// A change of a behaviour, and the commit that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The id of the commit, or the name of the revision if it has no commits.
    pub id: &'static str,
    /// The subject of the commit, or the description of the revision if it has no commits.
    pub subject: &'static str,
    /// The first revision with the change.
    pub model: AnyModel,
}

/// The changes that started and ended a behaviour of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The change that started it; `None` if all ancestors of the model have it.
    pub since: Option<Change>,
    /// The change that ended it on the model's branch; `None` if it has not ended. Always `None`
    /// for a proposal, which has no successors.
    pub until: Option<Change>,
}

/// The history of a difference between two models, or of a misbehaviour of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The history of the behaviour of the first model.
    pub from: Life,
    /// The history of the behaviour of the second model; empty for a misbehaviour of a single
    /// model.
    pub to: Life,
    /// The change that introduced the misbehaviour, on either side. If there is no misbehaviour,
    /// the change that made the difference.
    pub introduced: Option<Change>,
    /// The change that ended the misbehaviour, or the difference.
    pub fixed: Option<Change>,
}

/// Returns the history of one difference of a case.
pub fn history(models: [AnyModel; 2], runs: &Runs, difference: &Difference) -> History {
    let behaviour = Behaviour::new(runs, models, difference);
    let [from, to] = [Side::From, Side::To].map(|side| {
        let shows = |model| behaviour.shows(side, model);
        Life::of(models[side.index()], &shows)
    });
    let misbehaves = match &difference.cause {
        Cause::Complained { side, .. } | Cause::Leaked { side, .. } => Some(*side),
        Cause::Dangles { .. } | Cause::Foreign { .. } => Some(Side::Both),
        _ => None,
    };
    let side = match misbehaves {
        Some(Side::Both) if models[1].place() < models[0].place() => Side::To,
        Some(side) => side,
        None => changed_side(models, [&from, &to]),
    };
    let life = if side == Side::To { to } else { from };
    History {
        from,
        to,
        introduced: life.since,
        fixed: life.until,
    }
}

/// Returns the commit that made a difference between a model and one that is built directly on it.
pub fn made_by(models: [AnyModel; 2], runs: &Runs, difference: &Difference) -> Change {
    let behaviour = Behaviour::new(runs, models, difference);
    Change::at(models[1], &|model| behaviour.shows(Side::To, model))
}

/// Returns `introduced` and `fixed` by the rule of version 0.1.0: the change that makes the
/// difference on the path from the first model to the second, and the change on any branch that
/// ends the behaviour of the second.
pub(crate) fn by_the_rule_of_0_1_0(
    models: [AnyModel; 2],
    runs: &Runs,
    difference: &Difference,
) -> [Option<Change>; 2] {
    let behaviour = Behaviour::new(runs, models, difference);
    let shows = |model: AnyModel| behaviour.shows(Side::To, model);
    let [from, to] = models;
    let path = path(from, to);
    let reached = |edge: &Edge| match edge.backwards {
        true => edge.base,
        false => edge.model,
    };
    let last_without = path.iter().rposition(|edge| !shows(reached(edge)));
    let step = path.get(last_without.map_or(0, |at| at + 1));
    let mut later = to.tree().graph.descendants(to.tree()).into_iter();
    let gone = later.find(|later| !later.is_proposal() && !shows(AnyModel::of(later)));
    [
        step.map(|edge| Change::at(edge.model, &shows)),
        gone.filter(|_| !to.tree().is_proposal())
            .map(|tree| Change::at(AnyModel::of(tree), &shows)),
    ]
}

/// Returns the side whose behaviour is new, that is, whose behaviour appeared after the histories
/// of the two models branched. If both or neither did, returns the side whose behaviour appeared
/// later in the order of the models. The result is the same model in either order of the pair.
fn changed_side(models: [AnyModel; 2], lives: [&Life; 2]) -> Side {
    let trees = models.map(|model| model.tree());
    let graph = trees[0].graph;
    let [from, to] = [0, 1].map(|side| {
        let others = graph.ancestors(trees[1 - side]);
        let since = lives[side].since.map(|change| change.model);
        let is_new = since.is_some_and(|model| !others.contains(&model.tree()));
        (is_new, since.map(AnyModel::place), models[side].place())
    });
    if to > from { Side::To } else { Side::From }
}

/// Returns the history of a misbehaviour of a single model.
pub fn history_alone(model: AnyModel, runs: &Runs, difference: &Difference) -> History {
    let life = Life::of(model, &|model| misbehaves(runs, model, difference));
    History {
        from: life,
        introduced: life.since,
        fixed: life.until,
        ..History::default()
    }
}

impl Life {
    /// Returns the history of a behaviour of `model`. `shows` returns whether a model has the
    /// behaviour.
    pub fn of(model: AnyModel, shows: &dyn Fn(AnyModel) -> bool) -> Life {
        let graph = model.tree().graph;
        let mut first = model.tree();
        let since = loop {
            let mut parents = graph.parents(first).peekable();
            if parents.peek().is_none() {
                break None;
            }
            match parents.find(|parent| shows(AnyModel::of(parent))) {
                Some(parent) => first = parent,
                None => break Some(Change::at(AnyModel::of(first), shows)),
            }
        };
        let revision = model.tree().revision;
        let branch = revision.branch;
        // A kernel that is configured in another way is no later one, and what that does is no fix.
        let mut later = graph.descendants(model.tree()).into_iter();
        let gone = later.find(|later| {
            let is_later = branch != Branch::Proposal && later.revision.branch == branch;
            let is_alike = later.revision.is_for_x86() == revision.is_for_x86();
            is_later && is_alike && !shows(AnyModel::of(later))
        });
        let until = gone.map(|tree| Change::at(AnyModel::of(tree), shows));
        Life { since, until }
    }
}

impl Change {
    /// Attributes a behaviour that starts in this revision to the commit without which the revision
    /// behaves as its parents do. Without a commit, those that need it are gone too, so of several
    /// such commits, takes the first one that none of the others needs. If no single commit accounts
    /// for it, takes the first one that has any effect.
    fn at(model: AnyModel, shows: &dyn Fn(AnyModel) -> bool) -> Change {
        let tree = model.tree();
        let is_here = shows(model);
        let commits = tree.revision.commits;
        let did_it = |commit: &&Commit| {
            let without = model.without(**commit);
            without.is_some_and(|without| shows(without) != is_here)
        };
        let all: Vec<&Commit> = commits.iter().filter(did_it).collect();
        let is_needed = |this: &Commit| all.iter().any(|other| other.needs.contains(&this.id));
        let by = { all.iter().copied() }
            .find(|this| !is_needed(this))
            .or_else(|| all.first().copied())
            .or_else(|| commits.iter().find(|this| this.effect == Effect::Visible))
            .or_else(|| commits.first());
        Change {
            id: by.map_or(tree.name(), |commit| commit.id),
            subject: by.map_or(tree.what(), |commit| commit.subject),
            model,
        }
    }
}

/// Returns whether a model has the misbehaviour that a difference is about. On several CPUs,
/// whether it has it under any schedule, at any place.
fn misbehaves(runs: &Runs, model: AnyModel, difference: &Difference) -> bool {
    if runs.case().is_concurrent() {
        let explored = runs.explored(model);
        let mut all = explored.outcomes.keys();
        return all.any(|outcome| match &difference.cause {
            Cause::Complained { splat, .. } => outcome.splats.contains(splat),
            _ => outcome
                .leaked
                .as_ref()
                .is_some_and(|left| !left.is_nothing()),
        });
    }
    let all = misbehaviours(runs.case(), &runs.recording(model));
    all.iter().any(|this| {
        this.place == difference.place
            && match (&this.cause, &difference.cause) {
                (Cause::Complained { splat: a, .. }, Cause::Complained { splat: b, .. }) => a == b,
                (Cause::Leaked { kind: a, .. }, Cause::Leaked { kind: b, .. }) => a == b,
                (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
            }
    })
}

/// The behaviour that a difference is about: what each model does at one place of a case, as
/// callers, drivers and dmesg observe it.
struct Behaviour<'r> {
    runs: &'r Runs,
    models: [AnyModel; 2],
    difference: &'r Difference,
    /// For several CPUs: an outcome that only one side allows, and that side.
    allowed: Option<(Side, Outcome)>,
}

impl<'r> Behaviour<'r> {
    fn new(runs: &'r Runs, models: [AnyModel; 2], difference: &'r Difference) -> Self {
        let allowed = match runs.case().is_concurrent() {
            true => runs.allowed_in_one(models, difference),
            false => None,
        };
        Behaviour {
            runs,
            models,
            difference,
            allowed,
        }
    }

    /// Returns whether `model` behaves as the model of `side` does.
    fn shows(&self, side: Side, model: AnyModel) -> bool {
        let case = self.runs.case();
        match (&self.difference.cause, &self.allowed) {
            (Cause::Complained { side: of, .. } | Cause::Leaked { side: of, .. }, _)
                if case.is_concurrent() || *of == Side::Both =>
            {
                let does = misbehaves(self.runs, model, self.difference);
                return does == (*of == side || *of == Side::Both);
            }
            (Cause::Dangles { .. } | Cause::Foreign { .. }, _) => {
                return misbehaves(self.runs, model, self.difference);
            }
            (_, Some((of, outcome))) => {
                if let Some(is_allowed) = self.runs.allows(model, outcome) {
                    return is_allowed == (*of == side);
                }
            }
            _ => {}
        }
        let theirs = self.runs.recording(self.models[side.index()]);
        self.is_alike(side, &theirs, &self.runs.recording(model))
    }

    /// Returns whether the recording `this` equals the recording of the model of `side`, in
    /// everything that the difference is about.
    fn is_alike(&self, side: Side, theirs: &Recording, this: &Recording) -> bool {
        let place = self.difference.place;
        let both = step(theirs, place).zip(step(this, place));
        match (&self.difference.cause, place) {
            (Cause::Returned { .. } | Cause::Attached { .. }, Place::Op(op)) => {
                same_ret_at(theirs, this, op)
            }
            (
                Cause::Complained {
                    side: of, splat, ..
                },
                _,
            ) => {
                let splats = step(this, place).map(|step| &step.splats);
                let complains = splats.is_some_and(|splats| splats.contains(&splat.text()));
                complains == (*of == side)
            }
            (Cause::Leaked { side: of, kind, .. }, _) => {
                let clean = match of {
                    Side::From => Side::To,
                    Side::To | Side::Both => Side::From,
                };
                let clean = self.runs.recording(self.models[clean.index()]);
                let more = left(&clean).zip(left(this));
                let more = more.and_then(|(clean, this)| LeakKind::compare(clean, this));
                (more == Some((Side::To, *kind))) == (*of == side)
            }
            (Cause::Called { .. }, _) => {
                both.is_some_and(|(theirs, this)| same_calls(&theirs.calls, &this.calls))
            }
            (Cause::Existed { .. }, _) => {
                both.is_some_and(|(theirs, this)| same_live(theirs, this))
            }
            (Cause::Dangles { .. } | Cause::Foreign { .. }, _) | (_, Place::End) => false,
        }
    }
}

fn step(recording: &Recording, place: Place) -> Option<&Step> {
    match place {
        Place::Op(op) => recording.trace.steps.get(op),
        Place::End => recording.trace.end.as_ref(),
    }
}

fn left(recording: &Recording) -> Option<&Live> {
    recording.trace.end.as_ref()?.live.as_ref()
}

#[cfg(test)]
mod tests;
