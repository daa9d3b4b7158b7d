// SPDX-License-Identifier: GPL-2.0-or-later
//! Case in, verdict out: what every driver asks that wants to know whether something is new.

use super::{Entry, Ledger, neighbours};
use crate::history::path;
use crate::judge::{Difference, View, differences};
use crate::models::AnyModel;
use crate::report::json::signature::signature_json;
use crate::runs::Runs;
use spec::{Case, Model};

/// A difference of two models.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The models, which are neighbours, the earlier one first.
    pub models: [AnyModel; 2],
    /// What they differ in.
    pub difference: Difference,
}

/// What is to be said of a case on two models.
#[derive(Clone, Debug)]
pub enum Verdict<'a> {
    /// They do not differ.
    Agree,
    /// They differ, and all of it is known.
    Known(Vec<&'a Entry>),
    /// They differ, and these differences on the way between them are not known.
    Different(Vec<Shown>),
    /// Nothing can be said, and why not.
    Incomparable(String),
}

/// A case on trial. Each model runs it once, and each two neighbours are compared once, however
/// many pairs of models are asked about.
#[derive(Debug)]
pub struct Trial<'l> {
    ledger: &'l Ledger,
    runs: Runs,
    steps: Vec<([AnyModel; 2], Step<'l>)>,
}

/// In what two neighbours differ.
#[derive(Clone, Debug, Default)]
struct Step<'l> {
    known: Vec<&'l Entry>,
    unknown: Vec<Difference>,
}

impl Ledger {
    /// Judges a case on two models, by the views that are on unless others are asked for.
    pub fn verdict(&self, models: [AnyModel; 2], case: &Case) -> Verdict<'_> {
        self.trial(case).verdict(models)
    }

    /// Returns the same for more than two models.
    pub fn trial<'l>(&'l self, case: &Case) -> Trial<'l> {
        Trial {
            ledger: self,
            runs: Runs::new(case),
            steps: Vec::new(),
        }
    }
}

impl<'l> Trial<'l> {
    /// Judges it on two models.
    pub fn verdict(&mut self, models: [AnyModel; 2]) -> Verdict<'l> {
        if self.runs.case().is_on_several_cpus() {
            let why = "under one schedule two kernels may differ in what both can do";
            return Verdict::Incomparable(why.to_owned());
        }
        let all = self.differences(models);
        let Some(first) = all.into_iter().next() else {
            return Verdict::Agree;
        };
        let (mut known, mut unknown): (Vec<&Entry>, Vec<Shown>) = Default::default();
        for edge in path(models[0], models[1]) {
            let models = [edge.base, edge.model];
            let Step { known: here, .. } = self.step(models);
            for entry in here.clone() {
                if !known.iter().any(|this| this.name == entry.name) {
                    known.push(entry);
                }
            }
            unknown.extend(self.news_of(models));
        }
        // Two models differ by some step between them; if no step shows it, that is news.
        if known.is_empty() && unknown.is_empty() {
            let difference = first;
            unknown.push(Shown { models, difference });
        }
        match unknown.is_empty() {
            true => Verdict::Known(known),
            false => Verdict::Different(unknown),
        }
    }

    /// Returns everything in which neighbours differ and that is not known.
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
        let [from, to] = models.map(|model| self.runs.recording(model));
        differences(self.runs.case(), &from, &to, &View::DEFAULT)
    }
}

impl Ledger {
    /// By which entries a difference of two models is known that a case shows; `None` where it is
    /// not. Of two that are no neighbours it is by those of the steps between them. What several
    /// CPUs do is known where the models are neighbours, or not at all.
    pub fn name_of(
        &self,
        models: [AnyModel; 2],
        case: &Case,
        difference: &Difference,
    ) -> Option<String> {
        let infos = models.map(|model| model.tree());
        let entry = self.entry(models, &signature_json(&difference.cause, infos));
        if let Some(entry) = entry {
            return Some(entry.name.clone());
        }
        match self.verdict(models, case) {
            Verdict::Known(entries) if !neighbours().contains(&models) => {
                let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
                Some(names.join(", "))
            }
            _ => None,
        }
    }
}
