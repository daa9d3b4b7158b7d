// SPDX-License-Identifier: GPL-2.0-or-later
//! A minimized case, as text.

use super::{finding, wrap};
use crate::counterexample::Claim;
use crate::report::MinimizedReport;
use crate::runs::Runs;
use spec::Case;

pub(super) fn minimized(report: &MinimizedReport<'_>) -> String {
    let found = report.finding;
    let runs = Runs::of(report.about.models(), found);
    let bare = runs.case().bare();
    let mut text = finding(report.about.models(), 1, &runs, &found.difference);
    text.push('\n');
    let ops = |case: &Case| match case.ops.len() {
        1 => "1 operation".to_owned(),
        n => format!("{n} operations"),
    };
    let before = report.before;
    let mut lines = vec![match before.bare() == bare {
        true => format!("It is as small as it was: {}.", ops(&bare)),
        false => format!("From {} to {}.", ops(before), bare.ops.len()),
    }];
    if Claim::new(report.about, report.views, found, &runs).one_minimal {
        lines.push("No operation, device, mm or fault can go.".to_owned());
    } else if bare.is_concurrent() {
        let what = "It is about this schedule: what less shows under others was not settled.";
        lines.push(what.to_owned());
    }
    lines.push(match &found.shortest_in {
        Some(scope) => format!("No shorter case shows the same in {}.", scope.universe),
        None => "Whether a shorter case shows the same was not searched to the end.".to_owned(),
    });
    if let Some(stopped) = report.stopped {
        lines.push(format!("NOT COMPLETE: {stopped}."));
    }
    lines.iter().for_each(|line| text += &wrap("", "  ", line));
    text
}
