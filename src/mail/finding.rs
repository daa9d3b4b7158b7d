// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks what a report says about one case.

use super::align::{Aligned, Alignment};
use super::glyphs::Glyphs;
use super::label::Label;
use crate::counterexample::{About, Wrong};
use crate::finding::id;
use crate::judge::Cause;
use crate::ledger::Ledger;
use crate::models::AnyModel;
use crate::report::mail::{BlockKind, Statement, Subject, first_statements, statements, subjects};
use crate::runs::Runs;
use spec::Case;
use spec::read::shown;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// The result of checking what a report says about one case.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked {
    /// The id of the case.
    pub id: Option<String>,
    /// The cause of what the case shows.
    pub cause: Option<Cause>,
    /// How many statements are so.
    pub holds: usize,
    /// What is not so.
    pub wrong: Vec<Wrong>,
    /// What could not be checked, each with the reason.
    pub not_checked: Vec<String>,
}

/// What cases show, so that a case that a mail has many times is run once.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, Rc<Shown>>);

/// What a case shows on the models of a report.
#[derive(Debug)]
struct Shown {
    runs: Runs,
    /// What a report can be about, each with the statements that need no history.
    subjects: Vec<(Subject, [Vec<Statement>; 2])>,
    /// All statements about those subjects that were asked for.
    statements: RefCell<HashMap<usize, Rc<Vec<Statement>>>>,
}

impl Known {
    /// Returns what a case shows.
    fn shown(&mut self, about: About, case: &Case) -> Rc<Shown> {
        /// How many cases are kept, so that large ones do not fill the memory.
        const KEPT: usize = 64;
        let names = about.models().iter().map(|model| AnyModel::name(*model));
        let names: Vec<&str> = names.collect();
        let key = format!("{} {}", names.join(" "), spec::text::one_line(case));
        if let Some(shown) = self.0.get(&key) {
            return Rc::clone(shown);
        }
        let runs = Runs::new(case);
        let all = subjects(about, &runs).into_iter();
        let subjects = all.map(|subject| {
            let first = first_statements(&subject, &runs);
            (subject, first)
        });
        let subjects = subjects.collect();
        let shown = Rc::new(Shown {
            runs,
            subjects,
            statements: RefCell::default(),
        });
        if self.0.len() < KEPT {
            self.0.insert(key, Rc::clone(&shown));
        }
        shown
    }
}

impl Shown {
    /// Returns all statements about a subject.
    fn statements(&self, subject: usize) -> Rc<Vec<Statement>> {
        let mut known = self.statements.borrow_mut();
        let all = known
            .entry(subject)
            .or_insert_with(|| Rc::new(statements(&self.subjects[subject].0, &self.runs, true)));
        Rc::clone(all)
    }
}

/// A part of a text that is about one case.
struct Part<'a> {
    glyphs: &'a Glyphs,
    range: Range<usize>,
    depth: u32,
    has_end: bool,
    kind: BlockKind,
    about: About,
}

/// Checks a part of a text that is about one case.
pub(super) fn check_finding(
    glyphs: &Glyphs,
    range: Range<usize>,
    depth: u32,
    has_end: bool,
    (kind, about): (BlockKind, About),
    known: &mut Known,
) -> Checked {
    let part = Part {
        glyphs,
        range,
        depth,
        has_end,
        kind,
        about,
    };
    let cases = match part.cases() {
        Ok(cases) => cases,
        Err(checked) => return checked,
    };
    // If the text can be read as several cases, what it says decides which of them is meant.
    let checked = cases.iter().map(|case| {
        // Hardly anything is said to be wrong of a case with which the models cannot be compared.
        let comes_last = about.incomparable(case).is_some();
        (comes_last, part.check(case, known))
    });
    let best = checked
        .min_by_key(|(last, checked)| (*last, checked.wrong.len(), usize::MAX - checked.holds));
    best.map(|(_, checked)| checked).unwrap_or_default()
}

impl Part<'_> {
    /// Returns the cases that the text can be read as. It is an error if there are none.
    fn cases(&self) -> Result<Vec<Case>, Checked> {
        let mut cases: Vec<Case> = Vec::new();
        let mut refused = None;
        let places = [self.case_range(), self.command_range()];
        for range in places.iter().flatten() {
            for text in self.glyphs.readings(range.clone(), self.depth) {
                match spec::text::parse(&text) {
                    Ok(case) if cases.contains(&case.bare()) => {}
                    Ok(case) => cases.push(case.bare()),
                    Err(error) => refused = refused.or(Some((text, error.to_string()))),
                }
            }
        }
        if !cases.is_empty() {
            return Ok(cases);
        }
        let mut checked = Checked::default();
        if let Some((text, why)) = refused {
            checked.wrong.push(Wrong {
                what: "the case".to_owned(),
                claimed: shown(text, 600),
                happens: format!("it is no case: {}", shown(why, 600)),
            });
            return Err(checked);
        }
        if let Some(case) = self.known_case() {
            return Ok(vec![case]);
        }
        if !self.range.is_empty() {
            let what = "the report: it does not say of which case it is";
            checked.not_checked.push(what.to_owned());
        }
        Err(checked)
    }

    /// Returns the case of the ledger that has the id in the text.
    fn known_case(&self) -> Option<Case> {
        let at = self.find("Id:", self.range.start)?;
        let known = Ledger::shipped().entries.iter();
        let mut known = known.map(|entry| entry.counterexample.case.bare());
        known.find(|case| {
            let id = Glyphs::of(&format!("Id: {}", id(case)));
            self.glyphs.reads(at, &id, self.depth).is_some()
        })
    }

    /// Returns where a case in lines stands.
    fn case_range(&self) -> Option<Range<usize>> {
        let label = "The case:";
        let start = self.find(label, self.range.start)? + Glyphs::of(label).len();
        Some(start..self.end_of_case(start))
    }

    /// Returns the place where something other than a case begins.
    fn end_of_case(&self, start: usize) -> usize {
        let labels = Label::of_case(self.about).into_iter();
        let range = start..self.range.end;
        let ends = labels.filter_map(|label| label.find(self.glyphs, range.clone(), self.depth));
        ends.min().unwrap_or(self.range.end)
    }

    /// Returns where the case in a command stands.
    fn command_range(&self) -> Option<Range<usize>> {
        let label = self.find("To reproduce: svadiff", self.range.start)?;
        let quote = |from: usize| {
            let mut glyphs = self.glyphs.0[from..self.range.end].iter();
            glyphs.position(|glyph| glyph.c == '\'').map(|at| from + at)
        };
        let start = quote(label)? + 1;
        Some(start..quote(start)?)
    }

    /// Returns the first place of a label at or after `from`.
    fn find(&self, label: &str, from: usize) -> Option<usize> {
        let range = from..self.range.end;
        self.glyphs.find(range, &Glyphs::of(label))
    }

    /// Checks what the text says about a case.
    fn check(&self, case: &Case, known: &mut Known) -> Checked {
        if let Some(why) = self.about.incomparable(case) {
            let id = id(case);
            let mut checked = Checked::default();
            match self.kind {
                BlockKind::Report => checked.not_checked.push(format!(
                    "the report: its kernels cannot be compared with its case, {id}: {why}"
                )),
                BlockKind::Comparison | BlockKind::Check => checked.wrong.push(Wrong {
                    what: "the findings".to_owned(),
                    claimed: format!("{id} is one of them"),
                    happens: format!("no search finds it, since {why}"),
                }),
            }
            checked.id = Some(id);
            return checked;
        }
        let shows = known.shown(self.about, case);
        let Some(subject) = self.subject(&shows.subjects) else {
            let names: Vec<&str> = self
                .about
                .models()
                .iter()
                .map(|model| AnyModel::name(*model))
                .collect();
            return Checked {
                id: Some(id(case)),
                wrong: vec![Wrong {
                    what: "the report".to_owned(),
                    claimed: shown(self.glyphs.text(self.range.clone()), 600),
                    happens: match names[..] {
                        [from, to] => format!("{from} and {to} do not differ in this case"),
                        _ => format!("{} breaks no rule in this case", names.concat()),
                    },
                }],
                ..Checked::default()
            };
        };
        let all = shows.statements(subject);
        let alignment = Alignment {
            glyphs: self.glyphs,
            range: self.range.clone(),
            depth: self.depth,
            has_end: self.has_end,
            labels: Label::of_case(self.about),
        };
        let Aligned { holds, wrong } = alignment.align(&all);
        Checked {
            id: Some(id(case)),
            cause: Some(shows.subjects[subject].0.difference.cause.clone()),
            holds,
            wrong,
            not_checked: Vec::new(),
        }
    }

    /// Returns what the report is about: what its sentence says, or else what most of its results
    /// are of.
    fn subject(&self, subjects: &[(Subject, [Vec<Statement>; 2])]) -> Option<usize> {
        let stated = |index: &usize| {
            let [sentence, results] = &subjects[*index].1;
            let is_stated = |statement: &Statement| {
                let what = Glyphs::of(&statement.text);
                let mut places = self.range.clone();
                places.any(|at| {
                    self.glyphs.begins_word(at)
                        && self.glyphs.reads(at, &what, self.depth).is_some()
                })
            };
            let count = |all: &[Statement]| all.iter().filter(|this| is_stated(this)).count();
            (count(sentence), count(results))
        };
        // The first of those of which as much is stated.
        (0..subjects.len()).rev().max_by_key(stated)
    }
}
