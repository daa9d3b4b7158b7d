// SPDX-License-Identifier: GPL-2.0-or-later
//! Which commit changed what: walking from model to model along the commits between them.

use crate::interleaving::{Bounds, allowed_in_one, allows, outcomes};
use crate::judge::{
    Cause, Difference, LeakKind, Place, Side, misbehaviours, same_calls, same_live, same_ret_at,
};
use crate::models::{AnyModel, all};
use spec::record::{Recording, record};
use spec::{Case, Commit, Model};

/// A step of history: what one model has and the model it is built on has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The model that the other is built on.
    pub base: AnyModel,
    /// The model with the commits.
    pub model: AnyModel,
    /// The way was gone from the model back to its base: the commits are taken away.
    pub backwards: bool,
    /// Which of the commits, by its place among them.
    which: usize,
}

impl Edge {
    fn new(base: AnyModel, model: AnyModel, backwards: bool) -> Self {
        Edge {
            base,
            model,
            backwards,
            which: 0,
        }
    }

    /// The commit that changed it. A model that names none has its own name for it.
    pub fn commit(self) -> Commit {
        let info = self.model.info();
        info.commits.get(self.which).copied().unwrap_or(Commit {
            id: info.name,
            subject: info.what,
        })
    }

    /// The same step, by the commit without which the model would be as its base is, as far as this
    /// is concerned. Where there is none, it is the first that the model names.
    fn by_commit(self, shows: impl Fn(AnyModel) -> bool) -> Self {
        let here = shows(self.model);
        let commits = self.model.info().commits.iter();
        let is_it = |commit: &Commit| {
            let without = self.model.without(commit.id);
            without.is_some_and(|model| shows(model) != here)
        };
        Edge {
            which: { commits }.position(is_it).unwrap_or(0),
            ..self
        }
    }
}

fn ancestors(model: AnyModel) -> Vec<AnyModel> {
    std::iter::successors(Some(model), |model| model.base()).collect()
}

/// The steps from one model to another: back to what they have in common, and on from there.
pub fn path(from: AnyModel, to: AnyModel) -> Vec<Edge> {
    let (up, down) = (ancestors(from), ancestors(to));
    let common = up.iter().find(|model| down.contains(model));
    let until_common = |line: &[AnyModel]| -> Vec<(AnyModel, AnyModel)> {
        let steps = line.windows(2).map(|step| (step[0], step[1]));
        steps
            .take_while(|(model, _)| Some(model) != common)
            .collect()
    };
    let back = until_common(&up)
        .into_iter()
        .map(|(model, base)| Edge::new(base, model, true));
    let mut forward: Vec<Edge> = until_common(&down)
        .into_iter()
        .map(|(model, base)| Edge::new(base, model, false))
        .collect();
    forward.reverse();
    back.chain(forward).collect()
}

/// Where a difference came into the world, and where it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// The step at which the behaviour changes from the first model's to the second's.
    pub introduced: Option<Edge>,
    /// The first step after the second model at which it is so no more.
    pub fixed: Option<Edge>,
}

/// The history of one difference of a case.
pub fn history(models: [AnyModel; 2], case: &Case, difference: &Difference) -> History {
    let [from, to] = models;
    let recordings = models.map(|model| record(&model, case));
    let allowed = match case.is_concurrent() {
        true => allowed_in_one(models, case, difference),
        false => None,
    };
    let shows = |model: AnyModel| {
        let allows = allowed.as_ref().and_then(|(side, outcome)| {
            allows(&model, case, outcome).map(|allows| allows == (*side == Side::To))
        });
        allows.unwrap_or_else(|| {
            let this = record(&model, case);
            is_like_second(difference, [&recordings[0], &recordings[1]], &this)
        })
    };
    let path = path(from, to);
    let reached = |edge: &Edge| {
        if edge.backwards {
            edge.base
        } else {
            edge.model
        }
    };
    let introduced = path
        .iter()
        .rposition(|edge| !shows(reached(edge)))
        .map_or(path.first(), |last_without| path.get(last_without + 1))
        .map(|edge| edge.by_commit(shows));

    History {
        introduced,
        fixed: gone_after(to, shows),
    }
}

/// Whether some schedule of a case shows on a model what no kernel may ever do, as far as can be
/// seen of this.
fn shows_somehow(model: AnyModel, case: &Case, cause: &Cause) -> bool {
    let explored = outcomes(&model, case, Bounds::WAITING);
    let mut all = explored.outcomes.keys();
    all.any(|outcome| match cause {
        Cause::Complained { splat, .. } => outcome.splats.contains(splat),
        _ => outcome.left.as_ref().is_some_and(|left| !left.is_nothing()),
    })
}

/// The first step after a model at which something is so no more. Only what was merged has a
/// future.
fn gone_after(model: AnyModel, shows: impl Fn(AnyModel) -> bool + Copy) -> Option<Edge> {
    if model.info().proposal {
        return None;
    }
    let later = all().into_iter().filter(|later| {
        *later != model && !later.info().proposal && ancestors(*later).contains(&model)
    });
    let model = { later }.find(|model| !shows(*model))?;
    Some(Edge::new(model.base()?, model, false).by_commit(shows))
}

/// The history of something that a model does and that no kernel may ever do.
pub fn history_alone(model: AnyModel, case: &Case, difference: &Difference) -> History {
    let shows = |model: AnyModel| {
        if case.is_concurrent() {
            return shows_somehow(model, case, &difference.cause);
        }
        let all = misbehaviours(case, &record(&model, case));
        all.iter().any(|this| {
            // Lines move from revision to revision, so only what can be seen counts.
            this.place == difference.place
                && match (&this.cause, &difference.cause) {
                    (Cause::Complained { splat: a, .. }, Cause::Complained { splat: b, .. }) => {
                        a == b
                    }
                    (Cause::Leaked { kind: a, .. }, Cause::Leaked { kind: b, .. }) => a == b,
                    (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
                }
        })
    };
    let line = ancestors(model);
    let introduced = line.windows(2).find(|step| !shows(step[1]));
    History {
        introduced: introduced.map(|step| Edge::new(step[1], step[0], false).by_commit(shows)),
        fixed: gone_after(model, shows),
    }
}

/// Whether a model does with a case what the second of two models does, as far as this one
/// difference of theirs is concerned. Lines move from revision to revision, so only what can be
/// seen counts.
fn is_like_second<'a>(
    difference: &Difference,
    [from, to]: [&'a Recording; 2],
    this: &'a Recording,
) -> bool {
    let step = |recording: &'a Recording| match difference.place {
        Place::Op(op) => recording.trace.steps.get(op),
        Place::End => recording.trace.end.as_ref(),
    };
    let complains = |recording: &'a Recording, text: &str| {
        step(recording).is_some_and(|step| step.splats.contains(&text))
    };
    let left = |recording: &Recording| recording.trace.end.as_ref().and_then(|e| e.live.clone());
    match (&difference.cause, difference.place) {
        (Cause::Returned { .. } | Cause::Attached { .. }, Place::Op(op)) => {
            same_ret_at(to, this, op)
        }
        (Cause::Complained { side, splat, .. }, _) => {
            complains(this, splat.text()) == (*side != Side::From)
        }
        (
            Cause::Leaked {
                side, kind: what, ..
            },
            _,
        ) => {
            let other = match side {
                Side::From => to,
                Side::To | Side::Both => from,
            };
            let leaks = match (left(other), left(this)) {
                (Some(clean), Some(this)) => LeakKind::compare(&clean, &this)
                    .is_some_and(|(who, left)| who == Side::To && left == *what),
                _ => false,
            };
            leaks == (*side == Side::To)
        }
        (Cause::Called { .. }, _) => step(to)
            .zip(step(this))
            .is_some_and(|(to, this)| same_calls(&to.calls, &this.calls)),
        (Cause::Existed { .. }, _) => step(to)
            .zip(step(this))
            .is_some_and(|(to, this)| same_live(to, this)),
        (Cause::Dangles { .. }, _) | (_, Place::End) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::path;
    use crate::models::by_name;

    fn commits(from: &str, to: &str) -> Vec<(&'static str, bool)> {
        let model = |name| by_name(name).expect("a model of this name");
        let edges = path(model(from), model(to));
        edges.iter().map(|e| (e.commit().id, e.backwards)).collect()
    }

    #[test]
    fn the_way_from_6_7_to_6_8_passes_the_proposals_by() {
        assert_eq!(
            commits("v6.7", "v6.8"),
            [
                ("092edaddb660", false),
                ("9991a82a3817", false),
                ("65d4418c5002", false),
                ("6384c56c99d9", false)
            ]
        );
    }

    #[test]
    fn the_way_from_a_proposal_leads_back_to_what_it_was_made_for() {
        assert_eq!(
            commits("thread-b", "v6.8-rc6"),
            [
                ("20240221061832.430-1-zhangfei.gao@linaro.org", true),
                ("65d4418c5002", false)
            ]
        );
    }

    #[test]
    fn there_is_no_way_from_a_model_to_itself() {
        assert_eq!(commits("v6.8", "v6.8"), []);
    }
}
