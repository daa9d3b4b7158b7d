// SPDX-License-Identifier: GPL-2.0-or-later
//! Wraps text into lines.

use crate::report::width;

/// Wraps words at the [`width`] of text, indenting the first line by `first` and the others by `further`. A
/// word that does not fit after the indentation gets a line of its own with as much indentation as
/// fits. A word that is wider than a line is broken.
pub fn wrap(first: &str, further: &str, text: &str) -> String {
    let width = width();
    let mut out = String::new();
    let mut line = String::from(first);
    let mut fresh = true;
    for word in text.split_whitespace().flat_map(pieces) {
        let length = word.chars().count();
        let column = line.chars().count();
        if column + usize::from(!fresh) + length > width {
            // Do not emit a line that contains only indentation.
            if !line.trim().is_empty() {
                out += line.trim_end();
                out.push('\n');
            }
            line.clear();
            line.extend(further.chars().take(width.saturating_sub(length)));
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line += word;
        fresh = false;
    }
    out += &line;
    out.push('\n');
    out
}

/// Splits a word into pieces that fit on a line.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let end = rest
            .char_indices()
            .nth(width())
            .map_or(rest.len(), |(at, _)| at);
        let (piece, more) = rest.split_at(end);
        rest = more;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::wrap;
    use crate::report::WIDTH;

    #[test]
    fn a_word_that_fits_no_indent_is_indented_less() {
        let long = "x".repeat(70);
        let indented = format!("     {long}");
        let expected = format!("label\n{indented}\n          more\n");
        let further = " ".repeat(10);
        assert_eq!(wrap("label  ", &further, &format!("{long} more")), expected);
        assert_eq!(wrap(&further, &further, &long), format!("{indented}\n"));
        let too_long = "ä".repeat(80);
        let (line, rest) = ("ä".repeat(75), "ä".repeat(5));
        assert_eq!(wrap("", "  ", &too_long), format!("{line}\n  {rest}\n"));
    }

    #[test]
    fn no_line_is_wider_than_a_mail_and_no_word_is_lost() {
        let text = "word ".repeat(60);
        let wrapped = wrap("1. ", "   ", &text);
        assert!(wrapped.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(wrapped.matches("word").count(), 60);
        assert!(
            wrapped
                .lines()
                .skip(1)
                .all(|line| line.starts_with("   word"))
        );
    }
}
