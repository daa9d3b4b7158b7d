// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares the search with what it found before: `corpus/searches.jsonl` has the answers to 300
//! random questions and to six large ones.
//!
//! A row has a question (one or two models, a universe, views) and the answer. The answers change
//! only if a model changes: a change to the search that changes a row is wrong. After a model
//! changed,
//!
//! ```sh
//! SVADIFF_SEARCHES=write cargo test --test it -- recorded_searches
//! ```
//!
//! writes the answers to the same questions again, and draws questions for the rows that are
//! missing. It takes a few minutes.

mod draw;
mod found;

use crate::thorough::{sample, thorough};
use found::{Extent, answer, unequal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;
use std::fs;
use std::ops::Range;
use std::sync::Once;
use svadiff::judge::View;
use svadiff::models::{AnyModel, by_name};
use svadiff::universe::Universe;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/searches.jsonl");

/// The number of random questions.
const ROWS: usize = 300;

/// A search with no more transitions than this takes milliseconds, and is repeated in every run.
const QUICK: u64 = 5000;

/// A question, by the names that the command line uses.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Asked {
    row: usize,
    models: Vec<String>,
    views: Vec<String>,
    universe: Value,
    /// Files of universes do not have it.
    symmetry: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    #[serde(flatten)]
    asked: Asked,
    #[serde(flatten)]
    answer: Map<String, Value>,
}

impl Asked {
    fn new(row: usize, models: &[AnyModel], views: &[View], universe: &Universe) -> Self {
        Asked {
            row,
            models: models.iter().map(|model| model.name().to_owned()).collect(),
            views: views.iter().map(|view| view.name().to_owned()).collect(),
            universe: universe.to_json(),
            symmetry: universe.symmetry,
        }
    }

    fn models(&self) -> Vec<AnyModel> {
        let model = |name: &String| by_name(name).unwrap_or_else(|| panic!("no model {name}"));
        self.models.iter().map(model).collect()
    }

    fn views(&self) -> Vec<View> {
        let view = |name: &String| {
            let view = View::ALL.into_iter().find(|view| view.name() == *name);
            view.unwrap_or_else(|| panic!("no view {name}"))
        };
        self.views.iter().map(view).collect()
    }

    fn universe(&self) -> Universe {
        let universe = Universe::from_json(self.universe.to_string().as_bytes());
        Universe {
            symmetry: self.symmetry,
            ..universe.unwrap_or_else(|error| panic!("row {}: {error}", self.row))
        }
    }

    /// Rows after the random ones are large. They have counts only.
    fn extent(&self) -> Extent {
        match self.row < ROWS {
            true => Extent::Findings,
            false => Extent::Counts,
        }
    }

    fn answer(&self) -> Map<String, Value> {
        answer(self, self.extent(), draw::NO_LIMIT).expect("no limit stops it")
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let models = self.models.join(" and ");
        write!(f, "row {}: {models} in {}", self.row, self.universe())?;
        if !self.symmetry {
            f.write_str(", without symmetry")?;
        }
        match self.models.len() {
            1 => Ok(()),
            _ => write!(f, ", views {}", self.views.join(", ")),
        }
    }
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(FILE).unwrap_or_default();
    let row = |line| serde_json::from_str(line).expect("a row");
    text.lines().map(row).collect()
}

/// Writes the answers to the questions of the file, and to new questions where it has none.
fn write() {
    let mut known: Vec<Asked> = rows().into_iter().map(|row| row.asked).collect();
    let mut text = String::new();
    for row in 0..ROWS + draw::LARGE.len() {
        let at = known.iter().position(|asked| asked.row == row);
        let asked = match at {
            Some(at) => known.swap_remove(at),
            None if row < ROWS => draw::random(row),
            None => draw::large(row, &draw::LARGE[row - ROWS]),
        };
        let answer = asked.answer();
        text += &serde_json::to_string(&Row { asked, answer }).expect("a row is JSON");
        text.push('\n');
    }
    fs::write(FILE, text).expect("the file can be written");
}

/// Asks again, and expects the same answers.
fn ask_again(rows: &[Row]) {
    let wrong: Vec<String> = { rows.iter() }
        .filter_map(|row| {
            let why = unequal(&row.answer, &row.asked.answer())?;
            Some(format!("{}\n    {why}", row.asked))
        })
        .collect();
    let (many, of) = (wrong.len(), rows.len());
    assert!(
        wrong.is_empty(),
        "{many} of {of} differ\n{}",
        wrong.join("\n")
    );
}

/// Returns the rows with these numbers, after writing all if that is asked for.
fn recorded(these: Range<usize>) -> Vec<Row> {
    static WRITE: Once = Once::new();
    WRITE.call_once(|| {
        if std::env::var("SVADIFF_SEARCHES").is_ok_and(|what| what == "write") {
            write();
        }
    });
    let mut rows = rows();
    rows.retain(|row| these.contains(&row.asked.row));
    assert_eq!(rows.len(), these.len());
    rows
}

#[test]
fn random_universes_have_the_counts_the_findings_and_the_cases_that_they_had() {
    let is_quick = |row: &Row| row.answer["transitions"].as_u64() <= Some(QUICK);
    let (mut rows, others): (Vec<Row>, Vec<Row>) =
        recorded(0..ROWS).into_iter().partition(is_quick);
    assert!(rows.len() > ROWS / 4);
    rows.extend(sample(others, 30));
    ask_again(&rows);
}

#[test]
fn large_universes_have_the_counts_that_they_had() {
    let rows = recorded(ROWS..ROWS + draw::LARGE.len());
    if thorough() {
        ask_again(&rows);
    }
}
