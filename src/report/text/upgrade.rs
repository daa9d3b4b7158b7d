// SPDX-License-Identifier: GPL-2.0-or-later
//! What changes between two kernels, as a list in the order of history.

use super::{effect, headline, wrap};
use crate::finding::Finding;
use crate::history::{Change, history};
use crate::models::AnyModel;
use crate::report::SearchReport;
use crate::runs::Runs;
use spec::text::one_line;

/// Formats the differences between two models: for each, what a user sees change, the commit that
/// made the change with the first release that has it, and a shortest sequence that shows it.
pub(super) fn upgrade(report: &SearchReport<'_>) -> String {
    let &[from, to] = &report.models[..] else {
        return String::new();
    };
    let mut changes: Vec<(usize, Option<Change>, &Finding)> = Vec::new();
    for finding in &report.summary.findings {
        let runs = Runs::of(&[from, to], finding);
        let change = history([from, to], &runs, &finding.difference).introduced;
        let place = change.map_or(usize::MAX, |change| change.model.place());
        changes.push((place, change, finding));
    }
    // Findings of one commit stay in the order of their size.
    changes.sort_by_key(|(place, ..)| *place);
    let mut text = wrap("", "", &title(report, from, to));
    for (number, (_, change, finding)) in (1..).zip(&changes) {
        text.push('\n');
        let difference = &finding.difference;
        let what = headline([from, to], &finding.case, difference);
        let what = format!("{}: {what}", difference.cause.effect().name());
        text += &wrap(&format!("{number:>3}. "), "     ", &what);
        if let Some(change) = change {
            text += &wrap("     ", "       ", &super::commit(*change));
        }
        text += &wrap("     ", "       ", &one_line(&finding.case.bare()));
        text += &format!("     id {}\n", finding.id());
    }
    text.push('\n');
    let universe = report.universe.to_string();
    text += &wrap("Universe   ", &" ".repeat(11), &universe);
    if let Some(effect) = effect(&report.models, &report.summary.findings) {
        text += &wrap("Effect     ", &" ".repeat(11), &effect);
    }
    text
}

fn title(report: &SearchReport<'_>, from: AnyModel, to: AnyModel) -> String {
    let [from, to] = [from, to].map(AnyModel::name);
    let so_far = match report.summary.stopped {
        None => String::new(),
        Some(why) => format!(" so far (NOT COMPLETE: {why})"),
    };
    match report.summary.findings.len() {
        0 => format!("From {from} to {to} nothing changes in this universe{so_far}."),
        1 => format!("From {from} to {to} one thing changes{so_far}:"),
        count => format!("From {from} to {to} {count} things change{so_far}:"),
    }
}
