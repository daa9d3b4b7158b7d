// SPDX-License-Identifier: GPL-2.0-or-later
//! Why text is refused, and where.

use crate::read::{is_hidden, shown};
use std::fmt::{self, Write};
use std::ops::Range;

/// Maximum length of a sentence, in characters.
const MOST: usize = 600;

/// The columns of a line that are shown before the place of an error, and after its beginning.
const BEFORE: usize = 30;
const AFTER: usize = 36;

/// Why a text is not a case: a sentence, and the place in the text that it is about.
///
/// Quoted text is escaped and shortened, so an error is safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    line: usize,
    column: usize,
    sentence: String,
    excerpt: String,
    caret: String,
}

impl TextError {
    /// Creates an error about a range of bytes of the text, which begins and ends at characters.
    pub(super) fn new(text: &str, at: Range<usize>, sentence: impl fmt::Display) -> TextError {
        let start = at.start.min(text.len());
        let (before, after) = text.split_at(start);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let before = &before[begin..];
        let after = after.split('\n').next().unwrap_or_default();
        let length = at.end.saturating_sub(start).min(after.len());

        let mut excerpt = String::new();
        let hidden = before.chars().count().saturating_sub(BEFORE);
        if hidden > 0 {
            excerpt += "...";
        }
        excerpt.extend(before.chars().skip(hidden).map(visible));
        let indent = excerpt.len();
        let marked: String = after[..length].chars().map(visible).collect();
        excerpt.extend(after.chars().take(AFTER).map(visible));
        if after.chars().nth(AFTER).is_some() {
            excerpt += "...";
        }
        TextError {
            line,
            column: before.chars().count() + 1,
            sentence: shown(sentence, MOST),
            excerpt: excerpt.trim_end().to_owned(),
            caret: " ".repeat(indent) + &"^".repeat(marked.len().clamp(1, AFTER)),
        }
    }

    /// Returns the line of the place, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the place in its line, in characters from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns what is wrong, what was expected, and the nearest word, without the place.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// Returns the line of the place, in ASCII and shortened to 75 columns.
    pub fn excerpt(&self) -> &str {
        &self.excerpt
    }

    /// Returns carets that stand below the place if printed under the [excerpt](TextError::excerpt).
    pub fn caret(&self) -> &str {
        &self.caret
    }

    /// Returns the excerpt and the carets, each as an indented line.
    pub fn picture(&self) -> String {
        let mut lines = String::new();
        for line in [&self.excerpt, &self.caret] {
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "{}", format!("  {line}").trim_end());
        }
        lines
    }
}

/// Returns the character that stands for one of the text: one column wide, so that carets are at the
/// right column.
fn visible(c: char) -> char {
    match c {
        _ if c.is_whitespace() => ' ',
        _ if is_hidden(c) || !c.is_ascii() => '?',
        _ => c,
    }
}

/// `line 1 column 19: unknown operation …`.
impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TextError {
            line,
            column,
            sentence,
            ..
        } = self;
        write!(f, "line {line} column {column}: {sentence}")
    }
}

impl std::error::Error for TextError {}
