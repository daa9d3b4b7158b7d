// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether what a counterexample claims is what happens.

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

/// Something that a counterexample claims and that is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What the claim is about.
    pub what: String,
    /// What the file says.
    pub claimed: String,
    /// What happens.
    pub happens: String,
}

/// What is known of a counterexample's claims once its case has been run again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayReport {
    /// The claims that are not what happens.
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
    /// Returns the difference with the signature that the file claims, if the case shows it and it
    /// is no mere consequence; and the views that show it.
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

    /// Runs the case again, and lists every claim that is not what happens.
    pub fn check(&self) -> Vec<Wrong> {
        self.replay().wrong
    }

    /// Runs the case again, and says of every claim that is not so or could not be checked.
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

    /// A file whose commits follow the rule of 0.1.0 is not wrong.
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
