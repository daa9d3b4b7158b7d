// SPDX-License-Identifier: GPL-2.0-or-later
//! Verdicts on cases: whether a case shows a new difference.

use super::{Entry, Ledger, neighbours};
use crate::history::{Edge, path};
use crate::judge::{Cause, Difference, View, incomparable};
use crate::models::AnyModel;
use crate::report::json::signature::signature_json;
use crate::runs::Runs;
use spec::{Case, Model};

/// A difference between two models.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The models. They are neighbours, the earlier one first.
    pub models: [AnyModel; 2],
    /// The difference.
    pub difference: Difference,
}

/// The verdict on a case on two models.
#[derive(Clone, Debug)]
pub enum Verdict<'a> {
    /// The models do not differ.
    Agree,
    /// The models differ, and all differences are known.
    Known(Vec<&'a Entry>),
    /// The models differ. Lists the unknown differences on the path between them.
    Different(Vec<Shown>),
    /// There is no verdict; this is the reason.
    Incomparable(String),
}

/// A case to be judged on pairs of models. Each model runs it once, and each pair of neighbours is
/// compared once, for any number of judged pairs.
#[derive(Debug)]
pub struct Trial<'l> {
    ledger: &'l Ledger,
    runs: Runs,
    steps: Vec<([AnyModel; 2], Step<'l>)>,
}

/// The differences between two neighbours.
#[derive(Clone, Debug, Default)]
struct Step<'l> {
    known: Vec<&'l Entry>,
    unknown: Vec<Difference>,
}

impl Ledger {
    /// Judges a case on two models in the default views.
    pub fn verdict(&self, models: [AnyModel; 2], case: &Case) -> Verdict<'_> {
        self.trial(case).verdict(models)
    }

    /// Prepares to judge a case on several pairs of models.
    pub fn trial<'l>(&'l self, case: &Case) -> Trial<'l> {
        Trial {
            ledger: self,
            runs: Runs::new(case),
            steps: Vec::new(),
        }
    }
}

impl<'l> Trial<'l> {
    /// Judges the case on two models.
    pub fn verdict(&mut self, models: [AnyModel; 2]) -> Verdict<'l> {
        if self.runs.case().is_on_several_cpus() {
            let why = "under one schedule two kernels may differ in what both can do";
            return Verdict::Incomparable(why.to_owned());
        }
        let steps = path(models[0], models[1]);
        let pairs = steps.iter().map(|edge| [edge.base, edge.model]);
        let mut pairs = std::iter::once(models).chain(pairs);
        if let Some(why) = pairs.find_map(|pair| incomparable(&pair, self.runs.case())) {
            return Verdict::Incomparable(why);
        }
        let all = self.differences(models);
        let Some(first) = all.into_iter().next() else {
            return Verdict::Agree;
        };
        let (mut known, mut unknown): (Vec<&Entry>, Vec<Shown>) = Default::default();
        for edge in steps {
            let models = [edge.base, edge.model];
            let Step { known: here, .. } = self.step(models);
            for entry in here.clone() {
                if !known.iter().any(|this| this.name == entry.name) {
                    known.push(entry);
                }
            }
            unknown.extend(self.news_of(models));
        }
        // If two models differ, some step between them should show it. If none does, the difference
        // is new.
        if known.is_empty() && unknown.is_empty() {
            let difference = first;
            unknown.push(Shown { models, difference });
        }
        match unknown.is_empty() {
            true => Verdict::Known(known),
            false => Verdict::Different(unknown),
        }
    }

    /// Returns all unknown differences between neighbours.
    pub fn news(&mut self) -> Vec<Shown> {
        let all = neighbours().into_iter();
        all.flat_map(|models| self.news_of(models)).collect()
    }

    fn news_of(&mut self, models: [AnyModel; 2]) -> Vec<Shown> {
        let unknown = self.step(models).unknown.iter().cloned();
        let shown = |difference| Shown { models, difference };
        unknown.map(shown).collect()
    }

    fn step(&mut self, models: [AnyModel; 2]) -> &Step<'l> {
        let at = self.steps.iter().position(|(these, _)| *these == models);
        let at = at.unwrap_or_else(|| {
            let mut step = Step::default();
            let infos = models.map(|model| model.tree());
            for difference in self.differences(models) {
                if difference.follows {
                    continue;
                }
                match self
                    .ledger
                    .entry(models, &signature_json(&difference.cause, infos))
                {
                    Some(entry) => step.known.push(entry),
                    None => step.unknown.push(difference),
                }
            }
            self.steps.push((models, step));
            self.steps.len() - 1
        });
        &self.steps[at].1
    }

    fn differences(&self, models: [AnyModel; 2]) -> Vec<Difference> {
        let all = self.runs.differences(models, &View::DEFAULT);
        all.unwrap_or_default()
    }
}

impl Ledger {
    /// Returns the names of the entries that explain a difference of two models that a case shows,
    /// or `None` if the ledger does not know the difference. A difference of neighbours has its own
    /// entry, which is valid in either order of the pair. Any other difference is explained by the
    /// entries of the steps between the models, if the ledger knows everything that these steps
    /// show.
    pub fn name_of(
        &self,
        models: [AnyModel; 2],
        case: &Case,
        difference: &Difference,
    ) -> Option<String> {
        let [from, to] = models;
        let cause = &difference.cause;
        let in_either_order = [([from, to], cause.clone()), ([to, from], cause.swapped())];
        let entry = in_either_order.into_iter().find_map(|(models, cause)| {
            self.entry(
                models,
                &signature_json(&cause, models.map(|model| model.tree())),
            )
        });
        if let Some(entry) = entry {
            return Some(entry.name.clone());
        }
        let are_neighbours = from.base() == Some(to) || to.base() == Some(from);
        let entries = match case.is_on_several_cpus() {
            true => self.entries_of_program(models, case, cause)?,
            false if cause.is_of_both() => self.entries_of_both(from, case, cause)?,
            false if are_neighbours => return None,
            false => match self.verdict(models, case) {
                Verdict::Known(entries) => entries,
                Verdict::Agree | Verdict::Different(_) | Verdict::Incomparable(_) => return None,
            },
        };
        let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
        Some(names.join(", "))
    }

    /// Returns the entries that explain a misbehaviour of both models: those of the steps that lead
    /// to `model`, which is one of the two. Returns `None` if there are none.
    fn entries_of_both(&self, model: AnyModel, case: &Case, cause: &Cause) -> Option<Vec<&Entry>> {
        let mut trial = self.trial(case);
        let mut known: Vec<&Entry> = Vec::new();
        for Edge { base, model, .. } in path_to(model) {
            known.extend(&trial.step([base, model]).known);
        }
        known.retain(|entry| {
            let difference = entry.counterexample.difference();
            difference.is_some_and(|this| this.cause.is_same_misbehaviour(cause))
        });
        (!known.is_empty()).then_some(known)
    }
}

/// Returns the steps from the oldest revision to a model.
pub(super) fn path_to(model: AnyModel) -> Vec<Edge> {
    let tree = model.tree();
    let first = tree.graph.ancestors(tree).last().copied();
    first.map_or(Vec::new(), |first| path(AnyModel::of(first), model))
}
