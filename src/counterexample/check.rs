// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the claims of a counterexample by running its case again.

use super::received::Received;
use super::shortest::{self, Shortest};
use super::shown_in;
use crate::conformance::compare_values;
use crate::finding::id;
use crate::history::{Change, by_the_rule_of_0_1_0, history};
use crate::judge::{Difference, View, differences};
use crate::minimize::is_one_minimal;
use crate::report::json::place::place;
use crate::report::json::signature::{is_claimed, signature_json};
use crate::runs::Runs;
use serde_json::{Value, json};
use spec::Model;

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
}

impl ReplayReport {
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
    /// Returns the views and the difference with the signature that the file claims, if the case
    /// shows it and it is not a consequence.
    pub fn shown(&self) -> Option<(Vec<View>, Difference)> {
        self.shown_by(&Runs::new(&self.case))
    }

    fn shown_by(&self, runs: &Runs) -> Option<(Vec<View>, Difference)> {
        let infos = self.models.map(|model| model.tree());
        let view = self.claims.first_difference.view;
        shown_in(self.models, runs, view, |difference| {
            is_claimed(
                &self.claims.signature,
                &signature_json(&difference.cause, infos),
            )
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
        self.check_traces(&runs, &mut report);
        let ops = self.case.ops.len();
        report.check("minimal.ops", json!(claims.minimal.ops), json!(ops));
        match self.shown_by(&runs) {
            Some((views, difference)) => {
                self.check_difference(&views, &difference, &runs, &mut report);
            }
            None => {
                let infos = self.models.map(|model| model.tree());
                let [from, to] = self.models.map(|model| runs.recording(model));
                let all = differences(&self.case, &from, &to, &View::DEFAULT);
                let shown = all.iter().filter(|this| !this.follows);
                let shown = shown
                    .map(|this| signature_json(&this.cause, infos))
                    .collect();
                report.check("signature", claims.signature.clone(), shown);
            }
        }
        report
    }

    fn check_traces(&self, runs: &Runs, report: &mut ReplayReport) {
        let traces = &self.claims.traces;
        let others = traces.models().filter(|model| !self.models.contains(model));
        for model in self.models.into_iter().chain(others) {
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
        let bare = self.case.bare();
        let is = is_one_minimal(&self.models, views, &bare, cause);
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
            match shortest::check(self.models, scope, views, bare.ops.len(), cause) {
                Shortest::Holds => {}
                Shortest::Not(ops) => {
                    let happens = format!("{ops} operations show the same");
                    report.wrong(what, json!(scope).to_string(), happens);
                }
                Shortest::Unknown(why) => report.not_checked.push(format!("{what} {why}")),
            }
        }

        self.check_history(runs, difference, report);
    }

    /// Checks the commits. A file that follows the rule of version 0.1.0 is accepted.
    fn check_history(&self, runs: &Runs, difference: &Difference, report: &mut ReplayReport) {
        let claimed = &self.claims.history;
        let history = history(self.models, runs, difference);
        let id = |change: Option<Change>| change.map(|change| change.id);
        let now = [history.introduced, history.fixed].map(id);
        let claims = [claimed.introduced.as_deref(), claimed.fixed.as_deref()];
        let is_earlier = || by_the_rule_of_0_1_0(self.models, runs, difference).map(id) == claims;
        if claims != now && claimed.from.is_none() && claimed.to.is_none() && is_earlier() {
            report
                .not_checked
                .push("history is by an earlier rule".to_owned());
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
            let mut check = |what: &str, claimed: &Option<String>, happens| {
                let what = format!("history.{side}.{what}");
                report.check(&what, json!(claimed), json!(id(happens)));
            };
            check("since", &claimed.since, life.since);
            check("until", &claimed.until, life.until);
        }
    }
}
