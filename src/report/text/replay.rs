// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of replaying a file, as text.

use super::bisect::change;
use super::{NAME, both_runs, finding, headline, wrap};
use crate::counterexample::{Received, ReplayReport, Wrong};
use crate::models::AnyModel;
use crate::report::json::one_line;
use crate::report::{BisectReport, ReplayedReport, width};
use crate::runs::Runs;
use spec::read::shown;

/// Maximum number of characters of a title or a claim.
const MOST: usize = 600;

pub(super) fn replay(report: &ReplayedReport<'_>) -> String {
    of(report.received, report.replayed)
}

/// Formats the result of checking a counterexample.
pub(super) fn of(received: &Received, replayed: &ReplayReport) -> String {
    let mut text = String::new();
    if let Some(title) = &received.case.title {
        text += &wrap("", "", &shown(title, MOST));
        text.push('\n');
    }
    match (received.about(), received.difference()) {
        (Some(about), Some(difference)) => {
            let (models, runs) = (about.models(), Runs::new(&received.case.bare()));
            text += &finding(models, 1, &runs, &difference);
            text += &both_runs(models, &runs);
            text.push('\n');
        }
        // That the models cannot be compared is among what was not checked.
        (Some(about), None) if about.incomparable(&received.case).is_none() => {
            text += &format!("{}\n\n", about.denial());
        }
        _ => {}
    }
    for note in &replayed.notes {
        text += &wrap("Note: ", "  ", note);
    }
    for what in &replayed.not_checked {
        text += &wrap("Not checked: ", "  ", &shown(what, MOST));
    }
    if replayed.wrong.is_empty() {
        let everything = match replayed.not_checked.is_empty() {
            true => "Everything",
            false => "Everything else",
        };
        return text + &format!("{everything} that the file claims is what happens.\n");
    }
    text + &not_so(&replayed.wrong)
}

/// Formats claims that do not hold.
pub(super) fn not_so(all: &[Wrong]) -> String {
    let mut text = "NOT what happens:\n".to_owned();
    for wrong in all {
        for (first, claim) in [
            ("  ", &wrong.what),
            ("    claimed  ", &wrong.claimed),
            ("    happens  ", &wrong.happens),
        ] {
            text += &wrap(first, "             ", &legible(claim));
        }
    }
    text
}

/// Formats the result of replaying a case, which makes no claims.
pub(super) fn bare(report: &BisectReport<'_>) -> String {
    let mut text = "A case without claims. Along history:\n".to_owned();
    for (model, step) in &report.steps {
        let Some(step) = step else { continue };
        let what = match change(step) {
            Ok(first) => {
                let headline = headline(step.models, report.case, first);
                format!("{}: {headline}", first.place)
            }
            Err(what) => what,
        };
        let first = format!("  {:NAME$}", AnyModel::name(*model));
        text += &wrap(&first, &" ".repeat(14), &what);
    }
    text
}

/// Formats a claim. Adds blanks to JSON that does not fit on a line, so that it can be wrapped.
fn legible(claim: &str) -> String {
    // A claim that will be shortened stays as it is: it can be as large as a file, and would no
    // longer be JSON.
    if (width() - 13..=MOST).contains(&claim.len())
        && let Ok(value) = serde_json::from_str(claim)
    {
        return shown(one_line(&value), 2 * MOST);
    }
    shown(claim, MOST)
}
