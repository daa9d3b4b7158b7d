// SPDX-License-Identifier: GPL-2.0-or-later
//! The findings of an exploration, and a certificate of its coverage, as text.

use super::{block, effect, finding, left_out, only_views};
use crate::question::SearchSummary;
use crate::report::SearchReport;
use crate::runs::Runs;

pub(super) fn search(report: &SearchReport<'_>) -> String {
    let mut text = String::new();
    for (number, found) in (1..).zip(&report.summary.findings) {
        let runs = Runs::of(&report.models, found);
        text += &finding(&report.models, number, &runs, &found.difference);
        text.push('\n');
    }
    text + &block(&certificate_rows(report))
}

/// Returns the rows of a block, ready to be quoted, that states the coverage.
pub(in crate::report) fn certificate_rows(
    report: &SearchReport<'_>,
) -> Vec<(&'static str, Option<String>)> {
    let SearchSummary {
        states,
        largest,
        transitions,
        depth,
        programs,
        ..
    } = report.summary;
    let names: Vec<_> = report.models.iter().map(|model| model.name()).collect();
    let complete = match report.summary.stopped {
        None => "complete".to_owned(),
        Some(why) => format!("NOT COMPLETE: {why}"),
    };
    let memory = report.memory().map(|(process, bytes)| {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let each = process as f64 / *largest as f64;
        let (process, bytes) = (mib(process), mib(bytes));
        format!(
            "{process:.1} MiB at most, {bytes:.1} MiB of it for states; {each:.1} bytes for each \
             state of the largest topology"
        )
    });
    let digest = match &report.digest {
        Some(digest) if report.summary.exact => {
            format!("{digest}   no two states were taken for one")
        }
        Some(digest) => {
            let exponent = report.summary.collision_exponent();
            format!("{digest}   collision probability < 2^{exponent}")
        }
        None => "none, since there may be more".to_owned(),
    };
    let findings = report.summary.findings.len();
    vec![
        (
            if names.len() == 1 { "Model" } else { "Models" },
            Some(names.join(" and ")),
        ),
        ("Views", only_views(report.views)),
        ("Universe", Some(report.universe.to_string())),
        ("Left out", left_out(&report.models)),
        (
            "Programs",
            programs.map(|(programs, schedules)| {
                format!("{programs} distinct, {schedules} schedules, {complete}")
            }),
        ),
        (
            "States",
            Some(match programs {
                Some(_) => format!("{states} of all programs, {transitions} sections"),
                None => {
                    format!(
                        "{states} distinct, {transitions} transitions, depth {depth}, {complete}"
                    )
                }
            }),
        ),
        ("Memory", memory),
        (
            "Findings",
            Some(format!("{findings}   {}", what_follows(report))),
        ),
        ("Effect", effect(&report.models, &report.summary.findings)),
        ("Digest", Some(digest)),
    ]
}

/// Returns the conclusion about the universe that follows from the findings or from their absence.
fn what_follows(report: &SearchReport<'_>) -> String {
    let summary = report.summary;
    let several = summary.programs.is_some();
    let lengths = summary.findings.iter();
    let longest = lengths.map(|finding| finding.case.ops.len()).max();
    let of_any_length = longest.is_none_or(|longest| longest <= summary.shortest);
    let text = match (summary.findings.len(), summary.complete()) {
        (_, true) if !of_any_length => {
            return format!(
                "no shorter sequence in this universe shows those of up to {} operations; of \
                 longer ones none that releases in the same order",
                summary.shortest
            );
        }
        (1, true) if several => "no shorter program in this universe shows it",
        (2.., true) if several => "no shorter program in this universe shows any of them",
        (0, true) if summary.transitions == 0 => "no operation does anything in this universe",
        (0, true) if report.models.len() == 1 => "no misbehaviour in this universe",
        (0, true) if several => "no difference in this universe, and no misbehaviour",
        (0, true) => "no difference in this universe",
        (0, false) => "so far; nothing is known of the rest",
        (1, true) => "no shorter sequence in this universe shows it",
        (_, true) => "no shorter sequence in this universe shows any of them",
        (_, false) => "so far",
    };
    text.to_owned()
}
