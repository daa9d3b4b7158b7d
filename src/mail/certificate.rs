// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks a certificate by searching its universe again.

use super::ReplayedReport;
use super::align::{Aligned, Alignment};
use super::command::of_search;
use super::finding::Checked;
use super::glyphs::Glyphs;
use super::label::Label;
use crate::counterexample::{About, Wrong};
use crate::explore::Exploration;
use crate::judge::{Cause, View};
use crate::limits::Limits;
use crate::models::AnyModel;
use crate::question::Question;
use crate::report::SearchReport;
use crate::report::mail::{Statement, certificate};
use crate::universe::Universe;
use engine::registered::Registered;
use spec::read::shown;
use std::ops::Range;

/// What the rows of a certificate begin with.
pub(super) const LABELS: [&str; 10] = [
    "Models", "Model", "Views", "Universe", "Left out", "Programs", "States", "Findings", "Effect",
    "Digest",
];

/// What the command of a certificate begins with.
pub(super) const COMMANDS: [&str; 2] = [
    "To reproduce: svadiff compare",
    "To reproduce: svadiff check",
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
    let mut universes = row("Universe").map_or_else(Vec::new, |words| universes(&words));
    let mut views = match row("Views") {
        None => Some(View::DEFAULT.to_vec()),
        Some(words) => words.iter().find_map(|words| views(words)),
    };
    // What the command says has to follow from the rows, or else they have to follow from it.
    let command = command(glyphs, range.clone(), depth);
    let searched = command.iter().flatten();
    let mut searched = searched.filter(|_| row("Universe").is_none());
    if let Some((universe, of_command)) = searched.find_map(|words| of_search(words)) {
        universes = vec![universe];
        if row("Views").is_none() {
            views = Some(of_command);
        }
    }
    let Some(views) = views.filter(|_| !universes.is_empty()) else {
        let is_searched = [
            "Left out", "Programs", "States", "Findings", "Effect", "Digest",
        ]
        .iter()
        .any(|label| row(label).is_some())
            || command.is_some();
        without_universe(
            row("Universe"),
            row("Models").or(row("Model")),
            is_searched,
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
    for (index, this) in findings.iter().enumerate() {
        let is_same = |other: &&Checked| other.id == this.id && other.cause == this.cause;
        let known = this.id.as_ref().filter(|_| this.cause.is_some());
        if let Some(id) = known.filter(|_| findings[..index].iter().any(|other| is_same(&other))) {
            result.wrong.push(Wrong {
                what: "the findings".to_owned(),
                claimed: format!("{id} twice"),
                happens: "a search finds it once".to_owned(),
            });
        }
    }
    let limits = Limits {
        states: MOST_STATES,
        ..Limits::default()
    };
    let alignment = Alignment {
        glyphs,
        range,
        depth,
        has_end,
        labels: LABELS
            .iter()
            .map(|label| Label::new(label))
            .chain([Label::new("To reproduce:")])
            .collect(),
    };
    // If its row can be read as several universes, what the text says decides which of them is meant.
    let mut best: Option<Aligned> = None;
    for universe in universes {
        let (is_complete, all, found) = match about {
            About::Pair(models) => search(models, &universe, &views, limits),
            About::Alone(models) => search(models, &universe, &[], limits),
        };
        if !is_complete {
            continue;
        }
        let mut aligned = alignment.align(&all);
        for this in findings {
            let (Some(id), Some(cause)) = (&this.id, &this.cause) else {
                continue;
            };
            if !found.iter().any(|(other, of)| other == id && of == cause) {
                aligned.wrong.push(Wrong {
                    what: "the findings".to_owned(),
                    claimed: format!("{id} is one of them"),
                    happens: "the search does not find it".to_owned(),
                });
            }
        }
        let is_better = |best: &Aligned| aligned.wrong.len() < best.wrong.len();
        if best.as_ref().is_none_or(is_better) {
            best = Some(aligned);
        }
    }
    match best {
        Some(Aligned { holds, wrong }) => {
            result.holds += holds;
            result.wrong.extend(wrong);
        }
        None => {
            let what =
                "the certificate: its universe is too large to search again; run its command";
            result.not_checked.push(what.to_owned());
        }
    }
}

/// Says what is to be said of a certificate without a universe that can be searched.
fn without_universe(
    universe: Option<[String; 2]>,
    models: Option<[String; 2]>,
    is_searched: bool,
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
        // What is left out is not unchecked.
        None if !is_searched => {}
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
) -> (bool, Vec<Statement>, Found)
where
    AnyModel: Registered<N>,
{
    let question = Question {
        models,
        universe,
        views,
    };
    let summary = AnyModel::run(&Exploration::new(question, limits));
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
    let this = Label::new(label);
    let start = this.find(glyphs, range.clone(), depth)? + this.len();
    let others = LABELS.iter().chain(&["To reproduce:"]);
    let ends = others.filter_map(|other| Label::new(other).find(glyphs, start..range.end, depth));
    let end = ends.min().unwrap_or(range.end);
    Some(glyphs.readings(start..end, depth))
}

/// Returns the command that the search was made with, in two readings.
fn command(glyphs: &Glyphs, range: Range<usize>, depth: u32) -> Option<[String; 2]> {
    let mut labels = COMMANDS.iter().map(|words| Glyphs::of(words));
    let start = labels.find_map(|label| glyphs.find(range.clone(), &label))?;
    let start = start + Glyphs::of("To reproduce:").len();
    Some(glyphs.readings(start..range.end, depth))
}

/// Returns the universes that the readings of a row name, each once. The ones that are written as this
/// program writes them come first.
fn universes(readings: &[String; 2]) -> Vec<Universe> {
    let mut all: Vec<(bool, Universe)> = Vec::new();
    for words in readings {
        let Some(universe) = Universe::from_words(words) else {
            continue;
        };
        let text = universe.to_string();
        if !all.iter().any(|(_, other)| other.to_string() == text) {
            all.push((text != *words, universe));
        }
    }
    all.sort_by_key(|(is_other, _)| *is_other);
    all.into_iter().map(|(_, universe)| universe).collect()
}

/// Returns the views of a row: `api, driver only`.
fn views(words: &str) -> Option<Vec<View>> {
    let names = words.strip_suffix(" only")?.split(", ");
    let by_name = |name: &str| View::ALL.into_iter().find(|view| view.name() == name);
    names.map(by_name).collect()
}
