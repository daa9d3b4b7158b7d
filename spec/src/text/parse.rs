// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads cases as text. One loop over the tokens, without recursion.

mod fault;
mod item;
mod string;
mod topology;
mod whole;

use super::lexer::{Lexer, Token};
use super::{TextError, did_you_mean};
use crate::case::{Case, Op, Topology};
use crate::op::OP_NAMES;
use crate::read::{MAX_BYTES, shortened, too_large};
use std::fmt;
use std::ops::Range;

/// The words that begin something other than an operation.
const OTHER: [&str; 7] = ["on", "schedule", "title", "origin", "note", "cpu", "end"];

/// Parses a case as text.
///
/// # Errors
///
/// If the text is not of the grammar in `docs/formats.md`, is empty, is larger than
/// [`MAX_BYTES`], or exceeds a limit of cases. The error has the place.
pub fn parse(text: &str) -> Result<Case, TextError> {
    if text.len() > MAX_BYTES {
        return Err(TextError::new(text, 0..0, too_large("the text")));
    }
    let mut lexer = Lexer::new(text);
    let (token, at) = lexer.next()?;
    let parser = Parser {
        lexer,
        token,
        at,
        after: After::Separator,
        strings: [None, None, None],
        topology: None,
        ops: Vec::new(),
        places: Vec::new(),
        schedule: None,
        has_end: false,
    };
    parser.text()
}

/// Parses a case as text in UTF-8, see [`parse`].
///
/// # Errors
///
/// Also if the bytes are not UTF-8. The error has the place of the first byte that is not.
pub fn parse_bytes(bytes: &[u8]) -> Result<Case, TextError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let text = String::from_utf8_lossy(bytes);
            let at = error.valid_up_to();
            let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
            Err(TextError::new(
                &text,
                at..end,
                "not UTF-8, which a case as text has to be",
            ))
        }
    }
}

/// What stands before the next item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// The beginning, or a `;`.
    Separator,
    /// An operation.
    Op,
    /// A schedule, whose numbers go on until a `;`.
    Schedule,
    /// Anything else.
    Other,
}

/// The state of the parser.
struct Parser<'t> {
    lexer: Lexer<'t>,
    /// The next token.
    token: Token<'t>,
    /// Its place.
    at: Range<usize>,
    after: After,
    /// Title, origin and note.
    strings: [Option<String>; 3],
    topology: Option<Topology>,
    ops: Vec<Op>,
    /// The place of each operation.
    places: Vec<Range<usize>>,
    schedule: Option<(Vec<u8>, Range<usize>)>,
    has_end: bool,
}

impl<'t> Parser<'t> {
    fn text(mut self) -> Result<Case, TextError> {
        loop {
            match self.token {
                Token::End => break,
                Token::Sign(';') => {
                    self.step()?;
                    self.after = After::Separator;
                }
                _ => self.item()?,
            }
        }
        self.whole()
    }

    /// Goes to the next token.
    fn step(&mut self) -> Result<(), TextError> {
        (self.token, self.at) = self.lexer.next()?;
        Ok(())
    }

    /// Goes past a token if it is next. Returns whether it was.
    fn skip(&mut self, token: Token<'_>) -> Result<bool, TextError> {
        let is_next = self.token == token;
        if is_next {
            self.step()?;
        }
        Ok(is_next)
    }

    /// Goes past a word or a sign that has to be next.
    fn take(&mut self, token: Token<'static>, what: &str) -> Result<(), TextError> {
        if self.skip(token)? {
            return Ok(());
        }
        let word = match token {
            Token::Word(word) => word,
            _ => "",
        };
        Err(self.expected(what, [word]))
    }

    /// Goes past a whole number of at most `most`, and returns it.
    fn number(&mut self, most: u32, what: &str) -> Result<u32, TextError> {
        let Token::Number(digits) = self.token else {
            return Err(self.expected(format_args!("{what}, a number"), []));
        };
        let value = self.value(digits, most, what)?;
        self.step()?;
        Ok(value)
    }

    /// Returns the value of digits at the place of the next token.
    fn value(&self, digits: &str, most: u32, what: &str) -> Result<u32, TextError> {
        match digits.parse::<u32>() {
            Ok(value) if value <= most => Ok(value),
            _ => {
                let shown = shortened(digits, 20);
                let why = format!("{what} {shown} is beyond the limit: at most {most}");
                Err(self.error(why))
            }
        }
    }

    /// Returns an error about the next token.
    fn error(&self, sentence: impl fmt::Display) -> TextError {
        TextError::new(self.lexer.text(), self.at.clone(), sentence)
    }

    /// Returns the error that something else was expected than the next token. `words` are those that
    /// could be meant.
    fn expected<'w>(
        &self,
        what: impl fmt::Display,
        words: impl IntoIterator<Item = &'w str>,
    ) -> TextError {
        let found = shortened(self.token, 60);
        let mean = match self.token {
            Token::Word(word) => did_you_mean(word, words),
            _ => String::new(),
        };
        self.error(format_args!("expected {what}, but found {found}{mean}"))
    }

    /// Returns the error for a token with which no item begins.
    fn no_item(&self) -> TextError {
        let words = || OP_NAMES.into_iter().chain(OTHER);
        let Token::Word(word) = self.token else {
            return self.expected("an operation, like `bind 0 0`", []);
        };
        if word == "again" && self.after == After::Op && self.ops.last().is_some_and(|op| op.again)
        {
            return self.error("a second `again`; an operation has at most one");
        }
        let mean = match self.after {
            After::Op => did_you_mean(word, words().chain(["again"])),
            _ => did_you_mean(word, words()),
        };
        let (word, names) = (shortened(word, 60), OP_NAMES.join(", "));
        self.error(format_args!(
            "unknown operation `{word}`, expected one of {names}, or on, cpu, schedule, title, \
             origin, note{mean}"
        ))
    }
}
