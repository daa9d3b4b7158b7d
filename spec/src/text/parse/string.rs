// SPDX-License-Identifier: GPL-2.0-or-later
//! Texts for people: `title "…"`, `origin "…"`, `note "…"`.

use super::super::TextError;
use super::super::lexer::Token;
use super::{After, Parser};
use std::iter::Peekable;
use std::str::CharIndices;

const LABELS: [&str; 3] = ["title", "origin", "note"];

impl Parser<'_> {
    /// Reads a string with its label.
    pub(super) fn string(&mut self, which: usize) -> Result<(), TextError> {
        let label = LABELS[which];
        self.once(self.strings[which].is_some(), label)?;
        self.step()?;
        let Token::Quoted(raw) = self.token else {
            return Err(self.expected(format_args!("the {label} in quotes"), []));
        };
        let string = unquoted(raw).map_err(|(at, what)| {
            let start = self.at.start + 1 + at;
            TextError::new(self.lexer.text(), start..start + 1, what)
        })?;
        self.step()?;
        self.strings[which] = Some(string);
        self.after = After::Other;
        Ok(())
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Returns the string that is written, or the place of a character that is wrong and why. A run of
/// blanks and line breaks is one blank, since mail programs make a line break of a blank.
fn unquoted(raw: &str) -> Result<String, (usize, &'static str)> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.extend(escape(&mut chars).map_err(|what| (at, what))?),
            _ if is_blank(c) => {
                skip_blanks(&mut chars);
                out.push(' ');
            }
            _ if c.is_control() => {
                return Err((
                    at,
                    "a control character in quotes; expected an escape like `\\u{7f}`",
                ));
            }
            _ => out.push(c),
        }
    }
    Ok(out)
}

fn skip_blanks(chars: &mut Peekable<CharIndices<'_>>) {
    while chars.next_if(|(_, c)| is_blank(*c)).is_some() {}
}

/// Reads an escape after its `\`. Returns the character, or none if it is a line break, which means
/// nothing.
fn escape(chars: &mut Peekable<CharIndices<'_>>) -> Result<Option<char>, &'static str> {
    const ESCAPES: &str = "expected `\\\"`, `\\\\`, `\\n`, `\\t` or `\\u{7f}` after a `\\`";
    match chars.next().map(|(_, c)| c) {
        Some('"') => Ok(Some('"')),
        Some('\\') => Ok(Some('\\')),
        Some('n') => Ok(Some('\n')),
        Some('t') => Ok(Some('\t')),
        Some('u') => unicode(chars).map(Some).ok_or(ESCAPES),
        Some(c) if is_blank(c) => {
            skip_blanks(chars);
            Ok(None)
        }
        _ => Err(ESCAPES),
    }
}

/// Reads `{7f}`.
fn unicode(chars: &mut Peekable<CharIndices<'_>>) -> Option<char> {
    chars.next_if(|(_, c)| *c == '{')?;
    let mut value = 0;
    let mut digits = 0;
    while let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(16)) {
        chars.next();
        digits += 1;
        // No character has more digits.
        if digits > 6 {
            return None;
        }
        value = value * 16 + digit;
    }
    chars.next_if(|(_, c)| *c == '}')?;
    char::from_u32(value).filter(|_| digits > 0)
}
