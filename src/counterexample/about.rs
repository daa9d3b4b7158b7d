// SPDX-License-Identifier: GPL-2.0-or-later
//! The subject of a counterexample: one model that misbehaves, or two that differ.

use super::shown_in;
use crate::explore::Exploration;
use crate::finding::Finding;
use crate::history::{History, history, history_alone};
use crate::interleaving::{Outcome, of_both};
use crate::judge::{Cause, Difference, View, differences, incomparable, misbehaviours};
use crate::limits::Limits;
use crate::minimize::GoesOn;
use crate::models::AnyModel;
use crate::question::SearchSummary;
use crate::report::json::signature::{signature_alone, signature_json};
use crate::report::{headline, misbehaves};
use crate::runs::Runs;
use crate::universe::Universe;
use engine::registered::Registered;
use serde_json::Value;
use spec::{Case, Model};

/// The models of a counterexample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One model that misbehaves.
    Alone([AnyModel; 1]),
    /// Two models that differ.
    Pair([AnyModel; 2]),
}

impl From<[AnyModel; 1]> for About {
    fn from(models: [AnyModel; 1]) -> About {
        About::Alone(models)
    }
}

impl From<[AnyModel; 2]> for About {
    fn from(models: [AnyModel; 2]) -> About {
        About::Pair(models)
    }
}

impl About {
    /// Returns the models, one or two.
    pub fn models(&self) -> &[AnyModel] {
        match self {
            About::Alone(models) => models,
            About::Pair(models) => models,
        }
    }

    /// Returns the two models that differ, or `None` if the counterexample is about one model.
    pub fn pair(&self) -> Option<[AnyModel; 2]> {
        match self {
            About::Alone(_) => None,
            About::Pair(models) => Some(*models),
        }
    }

    /// Returns the sentence for a file whose case does not show what it claims.
    pub fn denial(&self) -> String {
        match self.models() {
            [from, to] => {
                let [from, to] = [from, to].map(|model| model.name());
                format!("{from} and {to} do not differ as the file claims.")
            }
            models => {
                let names: Vec<_> = models.iter().map(|model| model.name()).collect();
                format!("{} does not do what the file claims.", names.join(" and "))
            }
        }
    }

    /// Returns why the two models cannot be compared with a case; `None` if they can, or if there is
    /// one model.
    pub fn incomparable(&self, case: &Case) -> Option<String> {
        incomparable(&self.pair()?, case)
    }

    /// Returns one sentence about the difference of two models, or about the misbehaviour of one.
    pub fn headline(&self, case: &Case, difference: &Difference) -> String {
        match *self {
            About::Alone([model]) => misbehaves(model, difference),
            About::Pair(models) => headline(models, case, difference),
        }
    }

    /// Returns the signature of a cause.
    pub(crate) fn signature(&self, cause: &Cause) -> Value {
        match self {
            About::Alone([model]) => signature_alone(cause, model.tree()),
            About::Pair(models) => signature_json(cause, models.map(|model| model.tree())),
        }
    }

    /// Returns the history of a difference.
    pub(crate) fn history(&self, runs: &Runs, difference: &Difference) -> History {
        match *self {
            About::Alone([model]) => history_alone(model, runs, difference),
            About::Pair(models) => history(models, runs, difference),
        }
    }

    /// Returns everything that the case shows with the default views, consequences included.
    pub(crate) fn all(&self, runs: &Runs) -> Vec<Difference> {
        match *self {
            About::Alone([model]) => misbehaviours(runs.case(), &runs.recording(model)),
            About::Pair(models) => {
                let [from, to] = models.map(|model| runs.recording(model));
                differences(runs.case(), &from, &to, &View::DEFAULT)
            }
        }
    }

    /// Returns the misbehaviours that both models share; nothing if there is only one model.
    pub(crate) fn of_both(&self, runs: &Runs) -> Vec<Difference> {
        let About::Pair(models) = *self else {
            return Vec::new();
        };
        let [from, to] = models.map(|model| runs.recording(model));
        let allows = |outcome: &Outcome| runs.allows(models[1], outcome);
        of_both(runs.case(), [&from, &to], allows)
    }

    /// Returns the difference that `is_it` accepts, and the views in which it is not a consequence
    /// of another difference. Returns `None` if the case does not show it.
    pub(crate) fn shown(
        &self,
        runs: &Runs,
        view: View,
        is_it: impl Fn(&Difference) -> bool + Copy,
    ) -> Option<(Vec<View>, Difference)> {
        match *self {
            About::Alone(_) => {
                let mut all = self.all(runs).into_iter();
                let found = all.find(|this| !this.follows && is_it(this))?;
                Some((Vec::new(), found))
            }
            About::Pair(models) => shown_in(models, runs, view, is_it),
        }
    }

    /// Returns whether every part of a case is needed to show a cause, or `None` if the case has
    /// too many schedules to try them all.
    pub(crate) fn is_one_minimal(
        &self,
        views: &[View],
        case: &Case,
        cause: &Cause,
    ) -> Option<bool> {
        match self {
            About::Alone(models) => AnyModel::is_one_minimal(*models, views, case, cause),
            About::Pair(models) => AnyModel::is_one_minimal(*models, views, case, cause),
        }
    }

    /// Explores a universe without minimizing the findings.
    pub(super) fn explore(
        &self,
        universe: &Universe,
        views: &[View],
        limits: Limits,
    ) -> SearchSummary {
        match *self {
            About::Alone(models) => {
                AnyModel::explore(&Exploration::of(models, universe, views, limits))
            }
            About::Pair(models) => {
                AnyModel::explore(&Exploration::of(models, universe, views, limits))
            }
        }
    }

    /// Minimizes a case that shows a cause, and searches for a shorter case. Stops when `goes_on`
    /// returns false. Returns `None` if the case has too many schedules.
    pub(crate) fn certified_while(
        &self,
        views: &[View],
        case: &Case,
        cause: &Cause,
        goes_on: GoesOn<'_>,
    ) -> Option<Finding> {
        match *self {
            About::Alone(models) => AnyModel::certified(models, views, case, cause, goes_on),
            About::Pair(models) => AnyModel::certified(models, views, case, cause, goes_on),
        }
    }
}
