// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares the text of a report with the statements that are so.

use super::glyphs::Glyphs;
use super::label::Label;
use crate::counterexample::Wrong;
use crate::report::mail::{Kind, Statement};
use spec::read::shown;
use std::ops::Range;

/// The most characters of a statement in a message.
const MOST: usize = 600;

/// The statements that are so, and the text to compare with them.
pub(super) struct Alignment<'a> {
    /// The text.
    pub glyphs: &'a Glyphs,
    /// The part of it that has to consist of statements.
    pub range: Range<usize>,
    /// How many marks of quotes the report has. Lines with fewer are of others.
    pub depth: u32,
    /// Whether the part ends with a mark or another part. If not, text of others can follow.
    pub has_end: bool,
    /// What a line of others does not begin with.
    pub labels: Vec<Label>,
}

/// The result of the comparison.
#[derive(Clone, Debug, Default)]
pub(super) struct Aligned {
    /// How many statements are so.
    pub holds: usize,
    /// What is not so.
    pub wrong: Vec<Wrong>,
}

/// A statement with its glyphs, and the result that it is more about.
struct Wanted<'a> {
    statement: &'a Statement,
    glyphs: Glyphs,
    head: Option<usize>,
}

impl Alignment<'_> {
    /// Compares the text with statements. Each can be left out.
    pub(super) fn align(&self, statements: &[Statement]) -> Aligned {
        let mut last_result = None;
        let wanted = statements.iter().enumerate().map(|(at, statement)| {
            if statement.kind == Kind::Result {
                last_result = Some(at);
            }
            Wanted {
                statement,
                glyphs: Glyphs::of(&statement.text),
                head: last_result.filter(|_| statement.kind == Kind::Detail),
            }
        });
        let wanted: Vec<Wanted<'_>> = wanted.collect();
        let mut aligned = Aligned::default();
        let (mut at, mut next, mut result) = (self.range.start, 0, None);
        let mut is_after_others = false;
        while at < self.range.end {
            if let Some((index, end)) = self.statement_at(at, &wanted, next, result) {
                let kind = wanted[index].statement.kind;
                if kind != Kind::Detail {
                    result = (kind == Kind::Result).then_some(index);
                }
                is_after_others = false;
                aligned.holds += usize::from(kind != Kind::Heading);
                (at, next) = (end, index + 1);
                continue;
            }
            if self.is_of_others(at, &wanted, is_after_others) {
                is_after_others = true;
                at = self.glyphs.line(at).end;
                continue;
            }
            let end = self.resumes(at, &wanted);
            if end.is_none() && self.is_after_the_report(at) {
                break;
            }
            let end = end.unwrap_or(self.range.end);
            aligned.wrong.push(self.wrong(at..end, &wanted, next));
            is_after_others = false;
            at = end;
        }
        aligned
    }

    /// Returns the statement at a place, and its end. Prefers those from `next` on.
    fn statement_at(
        &self,
        at: usize,
        wanted: &[Wanted<'_>],
        next: usize,
        result: Option<usize>,
    ) -> Option<(usize, usize)> {
        let order = (next..wanted.len()).chain(0..next);
        let mut order = order.filter(|&index| {
            // What a line says more about a result, it says about the one before it.
            wanted[index].head.is_none() || wanted[index].head == result
        });
        order.find_map(|index| {
            let end = self.ends(at, &wanted[index])?;
            Some((index, end))
        })
    }

    /// Returns the end of a statement if it stands at a place.
    fn ends(&self, at: usize, wanted: &Wanted<'_>) -> Option<usize> {
        let end = self.glyphs.reads(at, &wanted.glyphs, self.depth)?;
        (end <= self.range.end && self.glyphs.begins_word(end)).then_some(end)
    }

    /// Returns whether the line at a place is of others: it has fewer marks of quotes, and does not
    /// begin like a statement. If it does not belong to a paragraph of others, nothing in it may look
    /// like a statement.
    fn is_of_others(&self, at: usize, wanted: &[Wanted<'_>], is_after_others: bool) -> bool {
        if !self.glyphs.is_of_others(at, self.depth) {
            return false;
        }
        let line = self.glyphs.line(at);
        let line = line.start..line.end.min(self.range.end);
        // People answer a report with this line.
        let is_tag = self.glyphs.reads(at, &Glyphs::of("Fixes:"), 0).is_some();
        let mut labels = self.labels.iter();
        if !is_tag && labels.any(|label| label.begins(self.glyphs, at)) {
            return false;
        }
        self.glyphs.0[at].is_apart
            || is_after_others
            || !line.clone().any(|at| {
                self.glyphs.begins_word(at)
                    && (self.has_label(at) && !(is_tag && at == line.start)
                        || at > line.start && self.is_any(at, wanted))
            })
    }

    fn has_label(&self, at: usize) -> bool {
        let mut labels = self.labels.iter();
        labels.any(|label| label.is_at(self.glyphs, at))
    }

    fn is_any(&self, at: usize, wanted: &[Wanted<'_>]) -> bool {
        wanted.iter().any(|this| self.ends(at, this).is_some())
    }

    /// Returns the next place after `at` where a statement stands or seems to stand.
    fn resumes(&self, at: usize, wanted: &[Wanted<'_>]) -> Option<usize> {
        let mut places = at + 1..self.range.end;
        places.find(|&at| {
            self.glyphs.begins_word(at) && (self.has_label(at) || self.is_any(at, wanted))
        })
    }

    /// Returns whether the report seems to have ended before a place: a paragraph begins there, or the
    /// line before a signature.
    fn is_after_the_report(&self, at: usize) -> bool {
        let glyph = self.glyphs.0[at];
        let line = self.glyphs.line(at);
        let is_signature = glyph.is_first && self.glyphs.text(line) == "--";
        let is_paragraph = glyph.is_first && glyph.is_apart;
        !self.has_end && (is_signature || is_paragraph && !self.has_label(at))
    }

    /// Says what is wrong with a part of the text.
    fn wrong(&self, range: Range<usize>, wanted: &[Wanted<'_>], next: usize) -> Wrong {
        let common = |this: &Wanted<'_>| self.glyphs.in_common(range.clone(), &this.glyphs);
        let nearest = { wanted.iter().enumerate() }
            .map(|(at, this)| (common(this), at >= next, this))
            // The first of those that are equally near.
            .rev()
            .max_by_key(|(common, is_later, _)| (*common, *is_later));
        let claimed = shown(self.glyphs.text(range.clone()), MOST);
        match nearest {
            Some((common, _, this)) if common >= 4 => {
                let words: Vec<&str> = this.statement.text.split_whitespace().collect();
                Wrong {
                    what: this.statement.kind.name().to_owned(),
                    claimed,
                    happens: words.join(" "),
                }
            }
            _ => Wrong {
                what: "words".to_owned(),
                claimed,
                happens: "no statement of this report; its other lines say what is so".to_owned(),
            },
        }
    }
}
