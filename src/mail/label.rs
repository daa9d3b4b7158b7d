// SPDX-License-Identifier: GPL-2.0-or-later
//! The words that statements begin with.

use super::glyphs::Glyphs;
use crate::counterexample::About;
use crate::judge::View;
use crate::models::by_name;
use crate::report::mail::labels;
use std::ops::Range;

/// What a statement begins with.
#[derive(Clone, Debug)]
pub(super) struct Label {
    words: String,
    glyphs: Glyphs,
}

impl Label {
    /// Makes a label of words.
    pub(super) fn new(words: &str) -> Label {
        Label {
            words: words.to_owned(),
            glyphs: Glyphs::of(words),
        }
    }

    /// Returns the labels of the statements about one case.
    pub(super) fn of_case(about: About) -> Vec<Label> {
        let all = labels(about).into_iter();
        all.map(|label| Label::new(&label)).collect()
    }

    /// Returns its number of glyphs.
    pub(super) fn len(&self) -> usize {
        self.glyphs.len()
    }

    /// Returns whether it stands at a place.
    pub(super) fn is_at(&self, glyphs: &Glyphs, at: usize) -> bool {
        glyphs.reads(at, &self.glyphs, 0).is_some()
    }

    /// Returns whether a statement with this label seems to begin at a place, written in upper or lower
    /// case. Some labels are also words of people, who go on in another way.
    pub(super) fn begins(&self, glyphs: &Glyphs, at: usize) -> bool {
        /// The most glyphs after a label that count.
        const MOST: usize = 80;
        let end = at + self.len();
        let Some(these) = glyphs.0.get(at..end) else {
            return false;
        };
        let is_same = these
            .iter()
            .zip(&self.glyphs.0)
            .skip(1)
            .all(|(a, b)| a.c.eq_ignore_ascii_case(&b.c) && a.gap == b.gap);
        let is_first = these[0].c.eq_ignore_ascii_case(&self.glyphs.0[0].c);
        if !is_first || !is_same {
            return false;
        }
        let rest = glyphs.text(end..glyphs.len().min(end + MOST));
        let is_apart =
            self.words.ends_with(':') || rest.starts_with(':') || glyphs.begins_word(end);
        is_apart && self.goes_on(&rest)
    }

    /// Returns whether text goes on after the label like a statement.
    fn goes_on(&self, rest: &str) -> bool {
        let word = rest.split_whitespace().next().unwrap_or_default();
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        match self.words.as_str() {
            op if op.ends_with(", op") => digits > 0 && word[digits..].starts_with(':'),
            end if end.ends_with(", end") => rest.starts_with(':'),
            "decided at" | "propagated from" => word.contains(['/', ':']),
            "so since" | "so until" => word.bytes().any(|byte| byte.is_ascii_digit()),
            "so in every" => word == "model",
            "To reproduce:" => word == "svadiff",
            "Models" | "Model" | "Effect" => by_name(word).is_some(),
            "Views" => {
                let word = word.trim_end_matches(',');
                View::ALL.iter().any(|view| view.name() == word)
            }
            "Universe" | "Programs" | "States" | "Findings" => digits > 0,
            "Digest" => word.len() > 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit()),
            _ => true,
        }
    }

    /// Returns the first place in a range where a statement with this label seems to begin.
    pub(super) fn first(&self, glyphs: &Glyphs, range: Range<usize>) -> Option<usize> {
        let mut places = glyphs.places(range, &self.glyphs);
        places.find(|&at| self.begins(glyphs, at))
    }

    /// Returns the first place in a range where it stands as a label of a report: not within what
    /// others have written.
    pub(super) fn find(&self, glyphs: &Glyphs, range: Range<usize>, depth: u32) -> Option<usize> {
        let mut places = glyphs.places(range, &self.glyphs);
        places.find(|&at| {
            glyphs.0[at].depth >= depth || !glyphs.0[at].is_in_first_line && self.begins(glyphs, at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Glyphs, Label};

    #[test]
    fn people_use_the_words_of_labels_in_another_way() {
        for (label, text, is_label) in [
            ("v6.7, op", "v6.7, op 1: ok", true),
            ("v6.7, op", "V6.7, op 12: ok", true),
            ("v6.7, op", "v6.7, op 1 is the one", false),
            ("both, end", "Both, end: ok", true),
            ("Id:", "ID: cee888eed552", true),
            ("decided at", "decided at compile time", false),
            ("decided at", "Decided at drivers/iommu/iommu.c:1", true),
            ("so until", "so until someone comes", false),
            ("To reproduce:", "To reproduce: I ran it", false),
            ("Models", "Models do differ", false),
            ("Findings", "Findings 3", true),
            ("Findings", "Findings like this", false),
        ] {
            let begins = Label::new(label).begins(&Glyphs::of(text), 0);
            assert_eq!(begins, is_label, "{text}");
        }
    }
}
