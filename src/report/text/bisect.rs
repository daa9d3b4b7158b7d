// SPDX-License-Identifier: GPL-2.0-or-later
//! One case on every model of history, as text.

use super::{NAME, case_lines, cites, headline, op, topology, wrap};
use crate::history::Change;
use crate::judge::Difference;
use crate::models::AnyModel;
use crate::report::{BisectReport, BisectStep};
use spec::{Case, Commit, Model};

pub(super) fn bisect(report: &BisectReport<'_>) -> String {
    let case = report.case;
    let mut text = match case.is_concurrent() {
        true => case_lines(case, None),
        false => {
            let ops = case.ops.iter().enumerate();
            let ops = ops.map(|(at, this)| wrap(&format!("{at:4}  "), "        ", &op(this)));
            wrap("on ", "   ", &topology(&case.topology)) + &ops.collect::<String>()
        }
    };
    text.push('\n');
    for (model, this) in &report.steps {
        text += &match this {
            None => format!("{:NAME$}where history begins here\n", model.name()),
            Some(this) => step(case, this),
        };
    }
    text
}

/// Returns the first difference of a step. If it has none, returns what there is to say instead.
pub(super) fn change(step: &BisectStep) -> Result<&Difference, String> {
    let base = AnyModel::name(step.models[0]);
    match (&step.incomparable, step.differences.first()) {
        (Some(why), _) => Err(format!("cannot be compared with {base}: {why}")),
        (None, None) => Err(format!("as {base}")),
        (None, Some(first)) => Ok(first),
    }
}

fn step(case: &Case, step: &BisectStep) -> String {
    let models = step.models;
    let [base, name] = models.map(AnyModel::name);
    if let Err(what) = change(step) {
        return wrap(&format!("{name:NAME$}"), &" ".repeat(NAME), &what);
    }
    let mut text = format!("{name:NAME$}CHANGES what {base} does\n");
    for (label, commit) in blamed(models[1], &step.by) {
        let first = format!("{:NAME$}{label} ", "");
        text += &wrap(&first, &" ".repeat(NAME + 3), &commit);
    }
    let (consequences, independent): (Vec<&Difference>, Vec<_>) =
        step.differences.iter().partition(|this| this.follows);
    for difference in independent {
        let first = format!("{:NAME$}{}: ", "", difference.place);
        let what = headline(models, case, difference);
        text += &wrap(&first, &" ".repeat(NAME + 3), &what);
        for (decision, model) in difference.decided.iter().zip(models) {
            for (at, line) in cites(*decision, model.tree()).iter().enumerate() {
                let label = if at == 0 { model.name() } else { "" };
                let first = format!("{:1$}{label:NAME$}", "", NAME + 3);
                text += &wrap(&first, &" ".repeat(2 * NAME + 3), line);
            }
        }
    }
    match consequences.len() {
        0 => text,
        1 => text + &format!("{:NAME$}(and 1 consequence)\n", ""),
        n => text + &format!("{:NAME$}(and {n} consequences)\n", ""),
    }
}

/// Returns the commits that made a difference, each with the commits that cannot be separated from
/// it. Each has the first releases that have it.
fn blamed(model: AnyModel, by: &[Change]) -> Vec<(&'static str, String)> {
    let tree = model.tree();
    let graph = tree.graph;
    let lacks = |without: Commit, commit: Commit| {
        let without = graph.without(tree, without);
        without.is_some_and(|tree| !tree.has(commit))
    };
    let is_with = |commit: &&Commit| {
        let is_by = |by: &Change| by.id == commit.id;
        let inseparable = |by: &Change| {
            let by = graph.commit(by.id);
            by.is_some_and(|by| lacks(by, **commit) && lacks(**commit, by))
        };
        !by.iter().any(is_by) && by.iter().any(inseparable)
    };
    let with = tree.revision.commits.iter().filter(is_with);
    let with = with.map(|commit| ("with", format!("{} {}", commit.id, commit.subject)));
    let by = by.iter().map(|change| ("by", super::commit(*change)));
    by.chain(with).collect()
}
