// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes untrusted text safe for a message: printable, and bounded in length.

use std::collections::VecDeque;
use std::fmt::{self, Write};

/// Why an input is refused: one sentence, safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(String);

impl Refused {
    /// Creates a refusal, and makes quoted input printable.
    pub fn new(sentence: impl fmt::Display) -> Self {
        const MOST: usize = 1000;
        Refused(printable(&shortened(sentence, MOST)))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Returns whether a character could move a cursor, change a colour, reorder text, or be invisible:
/// control characters and the characters that Unicode classifies as ignorable, as line separators,
/// or as direction marks.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns the text with all hidden characters escaped.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns `text`, or its head and tail if it is longer than `most`. Memory use is bounded
/// regardless of the length of the text.
pub fn shortened(text: impl fmt::Display, most: usize) -> String {
    let mut kept = Kept {
        half: most / 2,
        head: String::new(),
        in_head: 0,
        tail: VecDeque::new(),
        dropped: false,
    };
    // Only the formatting of `text` itself can fail; then the output so far is used.
    let _ = write!(kept, "{text}");
    let mut out = kept.head;
    if kept.dropped {
        out.push_str(" … ");
    }
    out.extend(kept.tail);
    out
}

/// Returns untrusted text in a form that is safe in a message: [shortened] to `most` characters,
/// then made [printable].
pub fn shown(text: impl fmt::Display, most: usize) -> String {
    printable(&shortened(text, most))
}

struct Kept {
    half: usize,
    head: String,
    in_head: usize,
    tail: VecDeque<char>,
    dropped: bool,
}

impl Write for Kept {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.in_head < self.half {
                self.in_head += 1;
                self.head.push(c);
                continue;
            }
            self.tail.push_back(c);
            if self.tail.len() > self.half {
                self.tail.pop_front();
                self.dropped = true;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{printable, shortened};

    #[test]
    fn escapes_and_marks_of_direction_are_spelled_out_and_the_rest_is_left() {
        let given = "a\u{1b}[31m\u{202e}b\nä\u{9b}\u{200b}中\\";
        let shown = r"a\u{1b}[31m\u{202e}b\u{a}ä\u{9b}\u{200b}中\";
        assert_eq!(printable(given), shown);
    }

    #[test]
    fn what_is_too_long_loses_its_middle() {
        assert_eq!(shortened("abcdefgh", 8), "abcdefgh");
        assert_eq!(shortened("abcdefghi", 8), "abcd … fghi");
        assert_eq!(shortened("ä".repeat(1000), 4), "ää … ää");
    }
}
