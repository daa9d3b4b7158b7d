// SPDX-License-Identifier: GPL-2.0-or-later
//! Lines of text in a picture, which does not break them itself.

use spec::read::printable;

/// Breaks text into lines of at most `most` characters, at blanks where possible. The text is made
/// printable first, so that its width is known. There is always a line.
pub(super) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let most = most.max(4);
    let text = printable(text);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().collect();
        loop {
            let used = lines.last().map_or(0, |line| width(line));
            let blank = usize::from(used > 0);
            let wide: usize = letters.iter().map(|&c| columns(c)).sum();
            if used + blank + wide <= most {
                push(&mut lines, blank, &letters);
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            // The word is wider than a line.
            let mut fits = 0;
            let mut sum = 0;
            while sum + columns(letters[fits]) <= most {
                sum += columns(letters[fits]);
                fits += 1;
            }
            let rest = letters.split_off(fits.max(1));
            push(&mut lines, 0, &letters);
            lines.push(String::new());
            letters = rest;
        }
    }
    lines
}

fn push(lines: &mut [String], blank: usize, letters: &[char]) {
    if let Some(line) = lines.last_mut() {
        line.extend(std::iter::repeat_n(' ', blank));
        line.extend(letters);
    }
}

fn width(line: &str) -> usize {
    line.chars().map(columns).sum()
}

/// Returns how many columns a character takes at most. Those of other scripts may come from another
/// font and be wider.
fn columns(c: char) -> usize {
    match c {
        ' '..='~' | '×' | '∞' | '…' => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        assert_eq!(wrapped("", 10), [""]);
        assert_eq!(wrapped("bind dev 0, mm 0", 10), ["bind dev", "0, mm 0"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("a bcdefghij", 4), ["a", "bcde", "fghi", "j"]);
        assert_eq!(wrapped("中中中", 4), ["中中", "中"]);
    }
}
