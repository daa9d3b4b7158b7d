// SPDX-License-Identifier: GPL-2.0-or-later
//! Splits text into words, numbers, strings and signs.

use super::TextError;
use crate::read::printable;
use std::fmt;
use std::ops::Range;

/// A piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// `bind`, `max_pasids`: it begins with a letter or `_`. A `-` within it belongs to it.
    Word(&'t str),
    /// Digits.
    Number(&'t str),
    /// Digits with letters after them, like `1st`.
    Ordinal(&'t str),
    /// What stands between quotes, as it is written.
    Quoted(&'t str),
    /// `->`
    Mark,
    /// Any other character.
    Sign(char),
    /// The end of the text.
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Word(text) | Token::Number(text) | Token::Ordinal(text) => write!(f, "`{text}`"),
            Token::Quoted(_) => f.write_str("text in quotes"),
            Token::Mark => f.write_str("`->`"),
            Token::Sign(c) => write!(f, "`{}`", printable(c.encode_utf8(&mut [0; 4]))),
            Token::End => f.write_str("the end of the text"),
        }
    }
}

/// Reads one token after the other.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Lexer { text, at: 0 }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Returns the next token and the bytes that it takes.
    pub(super) fn next(&mut self) -> Result<(Token<'t>, Range<usize>), TextError> {
        let rest = &self.text[self.at..];
        let token = rest.trim_start();
        let start = self.at + (rest.len() - token.len());
        let Some(first) = token.chars().next() else {
            self.at = self.text.len();
            return Ok((Token::End, self.at..self.at));
        };
        let (kind, length) = match first {
            '0'..='9' => {
                let digits = length(token, |c| c.is_ascii_digit());
                let all = digits + length(&token[digits..], is_of_word);
                match all == digits {
                    true => (Token::Number(&token[..all]), all),
                    false => (Token::Ordinal(&token[..all]), all),
                }
            }
            _ if first.is_alphabetic() || first == '_' => {
                let length = word(token);
                (Token::Word(&token[..length]), length)
            }
            '"' => {
                let Some(inner) = quoted(&token[1..]) else {
                    let what = "text in quotes begins here and does not end; expected another `\"`";
                    return Err(TextError::new(self.text, start..start + 1, what));
                };
                (Token::Quoted(&token[1..=inner]), inner + 2)
            }
            '-' if token.starts_with("->") => (Token::Mark, 2),
            _ => (Token::Sign(first), first.len_utf8()),
        };
        self.at = start + length;
        Ok((kind, start..self.at))
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns how many bytes at the beginning of a text satisfy a condition.
fn length(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

/// Returns the length of the word at the beginning of a text. No word has a `-`, but people write
/// one for `_`, and a refusal is about all that they wrote.
fn word(text: &str) -> usize {
    let mut end = length(text, is_of_word);
    while let Some(part) = text[end..].strip_prefix('-') {
        match length(part, is_of_word) {
            0 => break,
            more => end += 1 + more,
        }
    }
    end
}

/// Returns the length of what stands before the quote that ends a string, or `None` if none does.
fn quoted(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })
}
