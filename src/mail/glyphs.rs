// SPDX-License-Identifier: GPL-2.0-or-later
//! Text as it is compared: without the marks of quotes, and with blanks and line breaks alike.

use super::visible::UNCLEAR;
use crate::report::mail::MARK;
use spec::read::is_hidden;
use std::ops::Range;

/// A character that is not blank and no mark of a quote.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// The character. Quotes and dashes of word processors are those of ASCII.
    pub c: char,
    /// Whether a blank or a line break is before it.
    pub gap: bool,
    /// Whether an empty line is before it.
    pub is_apart: bool,
    /// Whether an empty line is before its line.
    pub is_in_first_line: bool,
    /// Whether it is the first one of its line.
    pub is_first: bool,
    /// How many marks of quotes its line begins with.
    pub depth: u32,
    /// Whether a mark stands before it within its line: a program has filled lines that were quoted.
    pub is_filled: bool,
    /// Whether its line looks like the end of the line before it, which a program has broken without
    /// repeating the marks of quotes.
    pub is_rest: bool,
    /// Whether it is not clear that a reader sees it.
    pub is_unclear: bool,
}

/// A text as glyphs.
#[derive(Clone, Debug, Default)]
pub(super) struct Glyphs(pub Vec<Glyph>);

impl Glyphs {
    /// Makes the glyphs of a text.
    pub(super) fn of(text: &str) -> Glyphs {
        let mut all = Vec::new();
        let (mut is_apart, mut is_unclear) = (false, false);
        let lines: Vec<&str> = text.lines().collect();
        let has_bars = has_bars(&lines);
        for (number, line) in lines.iter().enumerate() {
            let is_rest = is_rest(&lines, number);
            let is_in_first_line = is_apart;
            let depth = line
                .chars()
                .take_while(|&c| is_mark(c) || c.is_whitespace());
            let depth = depth.filter(|&c| is_mark(c)).count() as u32;
            let (mut gap, mut is_first, mut is_filled) = (true, true, false);
            let mut chars = line.chars().peekable();
            while let Some(c) = chars.next() {
                if UNCLEAR.contains(&c) {
                    is_unclear = c == UNCLEAR[0];
                    continue;
                }
                let c = plain(c);
                let is_alone = chars.peek().is_none_or(|next| next.is_whitespace());
                if c.is_whitespace() {
                    gap = true;
                } else if (c == '>' || c == '|' && has_bars && is_alone) && gap && !is_first {
                    is_filled = true;
                } else if is_override(c) || !(is_hidden(c) || is_first && is_mark(c)) {
                    all.push(Glyph {
                        c,
                        gap,
                        is_apart,
                        is_in_first_line,
                        is_first,
                        depth,
                        is_filled: is_filled && gap,
                        is_rest,
                        is_unclear,
                    });
                    (gap, is_first, is_apart, is_filled) = (false, false, false, false);
                }
            }
            is_apart |= is_first;
        }
        Glyphs(all)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the text of a range, with a blank for each gap, but for those after a hyphen.
    pub(super) fn text(&self, range: Range<usize>) -> String {
        let mut text = String::new();
        for glyph in &self.0[range] {
            if glyph.gap && !text.is_empty() && !text.ends_with('-') {
                text.push(' ');
            }
            text.push(glyph.c);
        }
        text
    }

    /// Returns how many marks of quotes the lines of a report begin with that begins at a place and
    /// whose other text is `range`. It is 0 if a program has filled its lines, which nobody has written
    /// anything between then.
    pub(super) fn depth_of(&self, at: usize, range: Range<usize>) -> u32 {
        let depth = self.0[at].depth;
        let mut lower = self.0[range].iter().filter(|glyph| glyph.depth < depth);
        match lower.any(|glyph| glyph.is_filled) {
            true => 0,
            false => depth,
        }
    }

    /// Returns the text of a range in two readings: without the lines that have fewer marks than `depth`,
    /// and with them, as the ends of broken lines.
    pub(super) fn readings(&self, range: Range<usize>, depth: u32) -> [String; 2] {
        let whole = self.text(range.clone());
        let own = self.0[range].iter().filter(|glyph| glyph.depth >= depth);
        let own = Glyphs(own.copied().collect());
        [own.text(0..own.len()), whole]
    }

    /// Returns the first place in a range where these glyphs stand.
    pub(super) fn find(&self, range: Range<usize>, what: &Glyphs) -> Option<usize> {
        self.places(range, what).next()
    }

    /// Returns the places in a range where these glyphs stand.
    pub(super) fn places(
        &self,
        mut range: Range<usize>,
        what: &Glyphs,
    ) -> impl Iterator<Item = usize> {
        range.end = range.end.min(self.len());
        let first = what.0.first().map(|glyph| glyph.c);
        range.filter(move |&at| {
            first == Some(self.0[at].c) && self.begins_word(at) && self.reads(at, what, 0).is_some()
        })
    }

    /// Returns whether a word can begin at a place.
    pub(super) fn begins_word(&self, at: usize) -> bool {
        self.0.get(at).is_none_or(|glyph| glyph.gap) || at == 0 || self.0[at - 1].c == '-'
    }

    /// Returns the end of these glyphs if they stand at a place. Passes over lines of others between
    /// them: lines with fewer marks than `depth` that do not go on with these glyphs.
    pub(super) fn reads(&self, at: usize, what: &Glyphs, depth: u32) -> Option<usize> {
        let mut at = at;
        for (index, wanted) in what.0.iter().enumerate() {
            if self.is_lower(at, depth) && !self.goes_on(at, what, index) {
                if index == 0 || !self.is_of_others(at, depth) {
                    return None;
                }
                at = self.after_lower(at, depth);
            }
            let found = self.0.get(at)?;
            // At the beginning of a line these characters are taken for marks of quotes.
            if is_mark(wanted.c) && (found.is_first || found.is_filled) && found.c != wanted.c {
                continue;
            }
            let before = index.checked_sub(1).map(|before| what.0[before].c);
            let is_alike = match before {
                // It was taken for a mark.
                Some(mark) if is_mark(mark) && (found.is_first || found.is_filled) => true,
                None => true,
                Some(_) if found.gap == wanted.gap => true,
                Some('-') => true,
                // A program that fills lines breaks a word only if it is wider than a line.
                Some(_) if found.is_first => what.word_length(index) > LONG,
                Some(_) => false,
            };
            if found.c != wanted.c || !is_alike {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// Returns whether a line with fewer marks begins at a place.
    fn is_lower(&self, at: usize, depth: u32) -> bool {
        { self.0.get(at) }.is_some_and(|glyph| glyph.is_first && glyph.depth < depth)
    }

    /// Returns whether the whole line at a place is the rest of `what` from `index`, or a part of it.
    fn goes_on(&self, at: usize, what: &Glyphs, index: usize) -> bool {
        let line = self.line(at);
        let wanted = what.0[index..].iter().map(|glyph| glyph.c);
        self.0[line]
            .iter()
            .map(|glyph| glyph.c)
            .zip(wanted)
            .all(|(a, b)| a == b)
    }

    /// Returns the rest of the line from a place on.
    pub(super) fn line(&self, at: usize) -> Range<usize> {
        let more = self.0[at..]
            .iter()
            .skip(1)
            .take_while(|glyph| !glyph.is_first);
        at..at + 1 + more.count()
    }

    /// Returns the place after the lines at `at` that have fewer marks.
    fn after_lower(&self, mut at: usize, depth: u32) -> usize {
        while self.is_of_others(at, depth) {
            at = self.line(at).end;
        }
        at
    }

    /// Returns whether a line of others begins at a place.
    pub(super) fn is_of_others(&self, at: usize, depth: u32) -> bool {
        self.is_lower(at, depth) && !self.0[at].is_rest
    }

    /// Returns the number of glyphs in which two texts agree at their beginning.
    pub(super) fn in_common(&self, range: Range<usize>, other: &Glyphs) -> usize {
        let these = self.0[range].iter();
        let same = these.zip(&other.0).take_while(|(a, b)| a.c == b.c);
        same.count()
    }

    /// Returns the length of the word around a place.
    fn word_length(&self, at: usize) -> usize {
        let before = self.0[..at]
            .iter()
            .rev()
            .take_while(|glyph| !glyph.gap)
            .count();
        let after = self.0[at..].iter().take_while(|glyph| !glyph.gap).count();
        before + after
    }
}

/// Returns whether a line looks like the end of the line before it: it has a word or two, and the first
/// of them would have made that line wider than all lines around.
fn is_rest(lines: &[&str], number: usize) -> bool {
    /// How many lines before and after it count.
    const AROUND: usize = 40;
    let words: Vec<&str> = lines[number].split_whitespace().take(3).collect();
    let (Some(before), [first] | [first, _]) = (number.checked_sub(1), &words[..]) else {
        return false;
    };
    let before = lines[before].trim_end();
    if before.is_empty() {
        return false;
    }
    let around = number.saturating_sub(AROUND)..lines.len().min(number + AROUND);
    let widths = lines[around].iter().map(|line| line.chars().count());
    before.chars().count() + 1 + first.chars().count() > widths.max().unwrap_or(0)
}

/// Returns whether the lines of a report were quoted with bars. A program that fills such lines leaves
/// the bars within them.
fn has_bars(lines: &[&str]) -> bool {
    let mut lines = lines.iter();
    lines.any(|line| {
        let text = line.trim_start_matches(|c: char| is_mark(c) || c.is_whitespace());
        text.starts_with(MARK.trim_end()) && line[..line.len() - text.len()].contains('|')
    })
}

/// Returns whether a character changes the order in which a reader sees others. Text with it is not what
/// it looks like, so it is compared as a character of its own.
pub(super) fn is_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How long a word is that may be broken anywhere.
const LONG: usize = 40;

/// Returns whether a character is put before quoted lines.
fn is_mark(c: char) -> bool {
    matches!(c, '>' | '|')
}

/// Returns the character of ASCII for which programs write another one.
fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{2032}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::Glyphs;

    fn reads(text: &str, what: &str, depth: u32) -> bool {
        Glyphs::of(text)
            .reads(0, &Glyphs::of(what), depth)
            .is_some()
    }

    #[test]
    fn blanks_line_breaks_quotes_and_breaks_after_hyphens_mean_nothing() {
        let what = "v6.8-rc1, op 1: -EBUSY";
        for text in [
            "v6.8-rc1, op 1: -EBUSY",
            "> v6.8-rc1,\n> op  1:\n> -EBUSY",
            ">>v6.8-\n>> rc1, op 1: -\n>> EBUSY",
            "| > v6.8- > rc1, op 1: -EBUSY and more",
            "v6.8\u{2011}rc1,\u{a0}op 1: -EBUSY",
        ] {
            assert!(reads(text, what, 0), "{text}");
        }
        for text in [
            "v6.8-rc2, op 1: -EBUSY",
            "v6.8 -rc1, op 1: -EBUSY",
            "v6.8-rc1, op1: -EBUSY",
            "v6.8-rc1, op 1: -EBU SY",
            "v6.8-rc1, op 1: -EBU\nSY",
            "v6.8-rc1, op 1: -EBUS",
        ] {
            assert!(!reads(text, what, 0), "{text}");
        }
    }

    #[test]
    fn lines_of_others_are_passed_over_and_broken_lines_are_not() {
        let what = "one two three four";
        assert!(reads("> one two\nNo!\n> three four and more", what, 1));
        assert!(reads("> one two\nthree\n> four", what, 1));
        assert!(!reads("> one two\n> No!\n> three four", what, 1));
        assert!(!reads("> one two\nthree\n> three four", what, 1));
    }
}
