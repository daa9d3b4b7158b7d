// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the claims of a counterexample by running its case again.

use super::received::Received;
use super::shortest::{self, Shortest};
use super::{About, Description, Named};
use crate::conformance::compare_values;
use crate::finding::id;
use crate::history::{Change, by_the_rule_of_0_1_0};
use crate::judge::{Difference, View};
use crate::models::AnyModel;
use crate::report::json::place::place;
use crate::report::json::signature::is_claimed;
use crate::runs::Runs;
use serde_json::{Value, json};
use spec::Model;
use spec::read::shown;

/// A claim of a counterexample that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The claim, as a path in the file.
    pub what: String,
    /// The value in the file.
    pub claimed: String,
    /// The value when the case is run.
    pub happens: String,
}

/// The result of running the case of a counterexample again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayReport {
    /// The claims that do not hold.
    pub wrong: Vec<Wrong>,
    /// The claims that could not be checked, each with the reason: `minimal.shortest_in names …`.
    pub not_checked: Vec<String>,
    /// Remarks that do not refute the file, such as that its history follows an earlier rule.
    pub notes: Vec<String>,
}

impl ReplayReport {
    /// Returns whether all claims of the file hold, or `None` if no claim is wrong but some were
    /// not checked.
    pub fn holds(&self) -> Option<bool> {
        match (self.wrong.is_empty(), self.not_checked.is_empty()) {
            (false, _) => Some(false),
            (true, true) => Some(true),
            (true, false) => None,
        }
    }

    fn check(&mut self, what: &str, claimed: Value, happens: Value) {
        if claimed != happens {
            self.wrong(what, claimed.to_string(), happens.to_string());
        }
    }

    fn wrong(&mut self, what: &str, claimed: String, happens: String) {
        self.wrong.push(Wrong {
            what: what.to_owned(),
            claimed,
            happens,
        });
    }
}

impl Received {
    /// Returns the difference with the signature that the file claims, and the views that show it.
    /// Returns `None` if the case does not show the difference, if it is only a consequence of
    /// another one, if the models cannot be compared with the case, or if this program does not have
    /// one of them.
    pub fn shown(&self) -> Option<(Vec<View>, Difference)> {
        let about = self.about()?;
        match about.incomparable(&self.case) {
            Some(_) => None,
            None => self.shown_by(about, &Runs::new(&self.case)),
        }
    }

    fn shown_by(&self, about: About, runs: &Runs) -> Option<(Vec<View>, Difference)> {
        let view = self.claims.first_difference.view;
        about.shown(runs, view, |difference| {
            is_claimed(&self.claims.signature, &about.signature(&difference.cause))
        })
    }

    /// Returns the difference that the file claims, if the case shows it.
    pub fn difference(&self) -> Option<Difference> {
        self.shown().map(|(_, difference)| difference)
    }

    /// Runs the case again. Returns every claim that does not hold.
    pub fn check(&self) -> Vec<Wrong> {
        self.replay().wrong
    }

    /// Runs the case again. Returns every claim that does not hold or could not be checked.
    pub fn replay(&self) -> ReplayReport {
        let claims = &self.claims;
        let mut report = ReplayReport::default();
        report.check("id", json!(claims.id), json!(id(&self.case)));
        let runs = Runs::new(&self.case);
        self.check_models(&mut report);
        self.check_traces(&runs, &mut report);
        let ops = self.case.ops.len();
        report.check("minimal.ops", json!(claims.minimal.ops), json!(ops));
        let Some(about) = self.about() else {
            let what = "signature, first_difference, history and the rest of minimal are about a \
                        model that this program does not have";
            report.not_checked.push(what.to_owned());
            return report;
        };
        if let Some(why) = about.incomparable(&self.case) {
            let what = format!(
                "signature, first_difference, history and the rest of minimal are about models that \
                 cannot be compared: {why}"
            );
            report.not_checked.push(what);
            return report;
        }
        match self.shown_by(about, &runs) {
            Some((views, difference)) => {
                self.check_difference(about, &views, &difference, &runs, &mut report);
            }
            None => {
                let all = about.all(&runs);
                let shown = all.iter().filter(|this| !this.follows);
                let shown = shown.map(|this| about.signature(&this.cause)).collect();
                report.check("signature", claims.signature.clone(), shown);
            }
        }
        report
    }

    /// Reports how to get the models that this program does not have, and whether the models that
    /// it has are those that the file describes.
    fn check_models(&self, report: &mut ReplayReport) {
        for (name, description) in self.unknown() {
            let name = shown(name, 80);
            report.not_checked.push(match description {
                Some(this) => format!("what {name} does: {this}"),
                None => format!("what {name} does: the file does not say how to get it"),
            });
        }
        for (name, claimed) in &self.claims.models.0 {
            let Named::Known(model) = Named::new(name.clone()) else {
                continue;
            };
            let Description { base, subject, .. } = Description::of_tree(model.tree());
            for (what, claimed, happens) in [
                ("base", &claimed.base, base),
                ("subject", &claimed.subject, subject),
            ] {
                let what = format!("models.{}.{what}", AnyModel::name(model));
                report.check(&what, json!(claimed), json!(happens));
            }
        }
    }

    fn check_traces(&self, runs: &Runs, report: &mut ReplayReport) {
        let traces = &self.claims.traces;
        let own: Vec<AnyModel> = self.named().iter().filter_map(Named::model).collect();
        let others = traces.models().filter(|model| !own.contains(model));
        for model in own.iter().copied().chain(others) {
            let trace = serde_json::to_value(&runs.recording(model).trace);
            let trace = trace.expect("a trace is JSON");
            if let Some(found) = compare_values(traces.of(model), Some(&trace)) {
                let dot = if found.field.is_empty() { "" } else { "." };
                let what = format!("traces.{}{dot}{}", model.name(), found.field);
                let value = |value: Option<Value>| {
                    value.map_or("nothing".to_owned(), |value| value.to_string())
                };
                report.wrong(&what, value(found.expected), value(found.got));
            }
        }
    }

    fn check_difference(
        &self,
        about: About,
        views: &[View],
        difference: &Difference,
        runs: &Runs,
        report: &mut ReplayReport,
    ) {
        let claims = &self.claims;
        let first = &claims.first_difference;
        report.check(
            "first_difference.op",
            place(first.op),
            place(difference.place),
        );
        report.check(
            "first_difference.view",
            json!(first.view.name()),
            json!(difference.view.name()),
        );

        let cause = &difference.cause;
        if let Some(claimed) = &claims.effect {
            report.check("effect", json!(claimed), json!(cause.effect().name()));
        }
        let bare = self.case.bare();
        let is = about.is_one_minimal(views, &bare, cause);
        let what = "minimal.one_minimal";
        match is {
            Some(is) => report.check(what, json!(claims.minimal.one_minimal), json!(is)),
            None => {
                let why = "is about a program with too many schedules to try them all";
                report.not_checked.push(format!("{what} {why}"));
            }
        }
        if let Some(scope) = &claims.minimal.shortest_in {
            let what = "minimal.shortest_in";
            match shortest::check(about, scope, views, bare.ops.len(), cause) {
                Shortest::Holds => {}
                Shortest::Not(ops) => {
                    let happens = format!("{ops} operations show the same");
                    report.wrong(what, json!(scope).to_string(), happens);
                }
                Shortest::Unknown(why) => report.not_checked.push(format!("{what} {why}")),
            }
        }

        self.check_history(about, runs, difference, report);
    }

    /// Checks the commits. A file that follows the rule of version 0.1.0 is accepted.
    fn check_history(
        &self,
        about: About,
        runs: &Runs,
        difference: &Difference,
        report: &mut ReplayReport,
    ) {
        let claimed = &self.claims.history;
        let history = about.history(runs, difference);
        let id = |change: Option<Change>| change.map(|change| change.id);
        let now = [history.introduced, history.fixed].map(id);
        let claims = [claimed.introduced.as_deref(), claimed.fixed.as_deref()];
        let is_earlier = || {
            let pair = about.pair();
            pair.is_some_and(|pair| by_the_rule_of_0_1_0(pair, runs, difference).map(id) == claims)
        };
        if claims != now && claimed.from.is_none() && claimed.to.is_none() && is_earlier() {
            let note = "history is by an earlier rule, and not held against the file";
            report.notes.push(note.to_owned());
            return;
        }
        for (what, claimed, happens) in [
            ("history.introduced", claims[0], now[0]),
            ("history.fixed", claims[1], now[1]),
        ] {
            report.check(what, json!(claimed), json!(happens));
        }
        for (side, claimed, life) in [
            ("from", &claimed.from, history.from),
            ("to", &claimed.to, history.to),
        ] {
            let Some(claimed) = claimed else { continue };
            if about.models().len() < 2 && side == "to" {
                let what = "history.to".to_owned();
                report.wrong(
                    &what,
                    "a history".to_owned(),
                    "there is no such model".to_owned(),
                );
                continue;
            }
            let mut check = |what: &str, claimed: &Option<String>, happens| {
                let what = format!("history.{side}.{what}");
                report.check(&what, json!(claimed), json!(id(happens)));
            };
            check("since", &claimed.since, life.since);
            check("until", &claimed.until, life.until);
        }
    }
}
