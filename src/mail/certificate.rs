// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks a certificate by searching its universe again.

use super::ReplayedReport;
use super::align::{Aligned, Alignment};
use super::finding::Checked;
use super::glyphs::Glyphs;
use crate::counterexample::{About, Wrong};
use crate::explore::Exploration;
use crate::judge::{Cause, View};
use crate::limits::Limits;
use crate::models::AnyModel;
use crate::question::Question;
use crate::report::SearchReport;
use crate::report::mail::{Statement, certificate};
use crate::universe::Universe;
use spec::read::shown;
use std::ops::Range;

/// What the rows of a certificate begin with.
pub(super) const LABELS: [&str; 10] = [
    "Models", "Model", "Views", "Universe", "Left out", "Programs", "States", "Findings", "Effect",
    "Digest",
];

/// Maximum number of states of a search, so that the reader waits seconds, not minutes.
const MOST_STATES: usize = 300_000;

/// Checks a certificate, and that the search finds what the report says.
pub(super) fn check(
    glyphs: &Glyphs,
    range: Range<usize>,
    depth: u32,
    has_end: bool,
    about: About,
    findings: &[Checked],
    result: &mut ReplayedReport,
) {
    let row = |label: &str| row(glyphs, range.clone(), depth, label);
    let universe = row("Universe").and_then(|words| universe(&words));
    let views = match row("Views") {
        None => Some(View::DEFAULT.to_vec()),
        Some(words) => words.iter().find_map(|words| views(words)),
    };
    let (Some(universe), Some(views)) = (universe, views) else {
        without_universe(
            row("Universe"),
            row("Models").or(row("Model")),
            about,
            result,
        );
        return;
    };
    if let Some(stopped) = row("States").filter(|[words, _]| words.contains("NOT COMPLETE")) {
        let what = format!(
            "the certificate: its search was stopped ({})",
            shown(&stopped[0], 200)
        );
        result.not_checked.push(what);
        return;
    }
    let limits = Limits {
        states: MOST_STATES,
        ..Limits::default()
    };
    let (is_complete, all, found) = match about {
        About::Pair(models) => search(models, &universe, &views, limits),
        About::Alone(models) => search(models, &universe, &[], limits),
    };
    if !is_complete {
        let what = "the certificate: its universe is too large to search again; run its command";
        result.not_checked.push(what.to_owned());
        return;
    }
    for this in findings {
        let (Some(id), Some(cause)) = (&this.id, &this.cause) else {
            continue;
        };
        if !found.iter().any(|(other, of)| other == id && of == cause) {
            result.wrong.push(Wrong {
                what: "the findings".to_owned(),
                claimed: format!("{id} is one of them"),
                happens: "the search does not find it".to_owned(),
            });
        }
    }
    let alignment = Alignment {
        glyphs,
        range,
        depth,
        has_end,
        labels: LABELS.iter().map(|label| Glyphs::of(label)).collect(),
    };
    let Aligned { holds, wrong } = alignment.align(&all);
    result.holds += holds;
    result.wrong.extend(wrong);
}

/// Says what is to be said of a certificate without a universe that can be searched.
fn without_universe(
    universe: Option<[String; 2]>,
    models: Option<[String; 2]>,
    about: About,
    result: &mut ReplayedReport,
) {
    let names: Vec<&str> = about
        .models()
        .iter()
        .map(|model| AnyModel::name(*model))
        .collect();
    let names = names.join(" and ");
    let mut wrong = |claimed: &str, happens: &str| {
        result.wrong.push(Wrong {
            what: "the certificate".to_owned(),
            claimed: shown(claimed, 600),
            happens: happens.to_owned(),
        });
    };
    if let Some([claimed, _]) = models.filter(|words| !words.contains(&names)) {
        wrong(&claimed, &names);
    }
    match universe {
        // The topologies are in a file.
        Some([words, _]) if !words.contains("given topolog") => {
            wrong(&words, "these words name no universe");
        }
        _ => {
            let what = "the certificate: it names no universe that this program can search again";
            result.not_checked.push(what.to_owned());
        }
    }
}

type Found = Vec<(String, Cause)>;

/// Searches a universe. Returns whether the search covered everything, its certificate, and what it
/// found.
fn search<const N: usize>(
    models: [AnyModel; N],
    universe: &Universe,
    views: &[View],
    limits: Limits,
) -> (bool, Vec<Statement>, Found) {
    let question = Question {
        models,
        universe,
        views,
    };
    let summary = Exploration::new(question, limits).run();
    let report = SearchReport::new(&question, &summary);
    let found = summary.findings.iter();
    let found = found
        .map(|found| (found.id(), found.difference.cause.clone()))
        .collect();
    (summary.complete(), certificate(&report), found)
}

/// Returns the words of a row: without the lines of others, and with those of fewer marks taken for the
/// ends of broken lines.
fn row(glyphs: &Glyphs, range: Range<usize>, depth: u32, label: &str) -> Option<[String; 2]> {
    let this = Glyphs::of(label);
    let start = glyphs
        .find(range.start, &this)
        .filter(|&at| at < range.end)?
        + this.len();
    let others = LABELS.iter().chain(&["To reproduce:"]);
    let ends = others.filter_map(|other| glyphs.find(start, &Glyphs::of(other)));
    let end = ends.min().unwrap_or(range.end).min(range.end);
    Some(glyphs.readings(start..end, depth))
}

/// Returns the universe of a row. Prefers the reading that is written as this program writes it.
fn universe(readings: &[String; 2]) -> Option<Universe> {
    let all = readings.iter().filter_map(|words| {
        let universe = Universe::from_words(words)?;
        Some((universe.to_string() == *words, universe))
    });
    let all: Vec<(bool, Universe)> = all.collect();
    let same = all.iter().find(|(is_same, _)| *is_same);
    same.or(all.first()).map(|(_, universe)| universe.clone())
}

/// Returns the views of a row: `api, driver only`.
fn views(words: &str) -> Option<Vec<View>> {
    let names = words.strip_suffix(" only")?.split(", ");
    let by_name = |name: &str| View::ALL.into_iter().find(|view| view.name() == name);
    names.map(by_name).collect()
}
