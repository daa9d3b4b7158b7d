// SPDX-License-Identifier: GPL-2.0-or-later
//! What depends on the terminal: the width of text, and colour.
//!
//! Colour only repeats what the text says: a line that is marked by a sign is easier to find.

use crate::report::WIDTH;
use anstream::adapter::strip_str;
use anstream::stream::{AsLockedWrite, RawStream};
use anstream::{AutoStream, ColorChoice};
use std::env;
use std::io::{self, Write};

/// The fewest columns that text is wrapped to.
const NARROWEST: usize = 40;

/// Returns the width for text on standard output of this process: that of `COLUMNS` or of the
/// terminal, at most [`WIDTH`], and [`WIDTH`] where neither is known.
pub(super) fn width() -> usize {
    let given = env::var("COLUMNS").ok();
    let given = given.and_then(|columns| columns.trim().parse().ok());
    let known = given.or_else(|| {
        let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(columns))
    });
    known.map_or(WIDTH, |columns| columns.clamp(NARROWEST, WIDTH))
}

/// Returns whether standard output of this process gets colour: it is a terminal, and neither
/// `NO_COLOR` nor `CLICOLOR=0` says otherwise; `CLICOLOR_FORCE` asks for it everywhere, unless it
/// is 0.
pub(super) fn has_colour() -> bool {
    choice(&io::stdout()) != ColorChoice::Never
}

/// Returns whether a stream of this process gets colour.
fn choice(stream: &impl RawStream) -> ColorChoice {
    let choice = AutoStream::choice(stream);
    let is = |name: &str, value: &str| env::var_os(name).is_some_and(|given| given == value);
    let plain = !stream.is_terminal() || is("CLICOLOR", "0") || is("TERM", "dumb");
    match is("CLICOLOR_FORCE", "0") && plain {
        true => ColorChoice::Never,
        false => choice,
    }
}

/// Prints help to a stream of this process, with colour if it gets that.
pub(super) fn print_help(help: &str, stream: impl RawStream + AsLockedWrite) -> io::Result<()> {
    let choice = choice(&stream);
    AutoStream::new(stream, choice).write_all(help.as_bytes())
}

/// Breaks the line of help that tells the usage at blanks, if it is wider than a terminal. The text
/// can have colours.
pub(super) fn broken_usage(help: &str, width: usize) -> String {
    const LABEL: &str = "Usage: ";
    let length = |text: &str| strip_str(text).to_string().chars().count();
    let mut out = String::with_capacity(help.len());
    for line in help.split_inclusive('\n') {
        let is_usage = strip_str(line).to_string().starts_with(LABEL);
        if !is_usage || length(line.trim_end()) <= width {
            out += line;
            continue;
        }
        let mut used = 0;
        for (at, word) in line.split(' ').enumerate() {
            let room = length(word.trim_end());
            if at > 0 && used + 1 + room > width && used > LABEL.len() {
                out.push('\n');
                out += &" ".repeat(LABEL.len());
                used = LABEL.len();
            } else if at > 0 {
                out.push(' ');
                used += 1;
            }
            out += word;
            used += room;
        }
    }
    out
}

/// Breaks the lines of a text that are wider than a terminal at blanks. What is JSON stays as it is,
/// and so does a tag of a commit message, which is never wrapped.
pub(super) fn narrow(text: &str, width: usize) -> String {
    if width >= WIDTH || text.starts_with(['{', '[']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        match line.trim_start().starts_with("Fixes: ") {
            true => out += line,
            false => broken(line, width, &mut out),
        }
        out.push('\n');
    }
    out
}

/// Breaks a line at blanks. What follows is indented a little further than the line.
fn broken(line: &str, width: usize, out: &mut String) {
    let indent = line.chars().take_while(|c| *c == ' ').count();
    let further = (indent + 2).min(width / 2);
    let mut rest = line;
    let mut used = 0;
    if indent > width / 2 && line.chars().count() > width {
        // A column that begins beyond the middle begins there.
        rest = line.trim_start();
        let word = rest
            .split(' ')
            .next()
            .map_or(0, |word| word.chars().count());
        used = (width / 2).min(width.saturating_sub(word));
        out.extend(std::iter::repeat_n(' ', used));
    }
    while used + rest.chars().count() > width {
        let room = width - used;
        // A blank can stand just behind the last column.
        let mut ends = rest.char_indices().skip(room + 1);
        let end = ends.next().map_or(rest.len(), |(at, _)| at);
        let start = rest.len() - rest.trim_start().len();
        // A word that is wider than the line stays whole.
        let cut = match rest[..end].rfind(' ') {
            Some(at) if at > start => at,
            _ => match rest[start..].find(' ') {
                Some(at) => start + at,
                None => break,
            },
        };
        *out += rest[..cut].trim_end();
        rest = rest[cut..].trim_start();
        if rest.is_empty() {
            return;
        }
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', further));
        used = further;
    }
    *out += rest;
}

/// A writer to a terminal that colours whole lines by the signs that they have.
pub(super) struct Paint<W> {
    to: W,
    line: Vec<u8>,
    /// Whether the output is text; `None` before anything is written.
    is_text: Option<bool>,
}

impl<W: Write> Paint<W> {
    pub(super) fn new(to: W, has_colour: bool) -> Self {
        Paint {
            to,
            line: Vec::new(),
            is_text: (!has_colour).then_some(false),
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&self.line);
        match style(&text) {
            Some(style) => {
                let text = text.trim_end_matches('\n');
                writeln!(self.to, "{style}{text}{style:#}")?;
            }
            None => self.to.write_all(&self.line)?,
        }
        self.line.clear();
        Ok(())
    }
}

/// Returns the style of a line; `None` for a plain one.
fn style(line: &str) -> Option<anstyle::Style> {
    use anstyle::AnsiColor::{Green, Red, Yellow};
    let trimmed = line.trim_start();
    let (number, effect) = trimmed.split_once(". ").unwrap_or(("", ""));
    let is_numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let bold = anstyle::Style::new().bold();
    let coloured = |colour: anstyle::AnsiColor| Some(bold.fg_color(Some(colour.into())));
    match trimmed {
        _ if trimmed.starts_with("-> ") || trimmed.contains("!! ") => coloured(Red),
        _ if is_numbered && effect.starts_with("breaks: ") => coloured(Red),
        _ if is_numbered && effect.starts_with("fixes: ") => coloured(Green),
        _ if trimmed.starts_with("NOT COMPLETE") => coloured(Yellow),
        _ => None,
    }
}

impl<W: Write> Write for Paint<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let is_json = matches!(bytes[0], b'{' | b'[' | b'"');
        if !*self.is_text.get_or_insert(!is_json) {
            return self.to.write(bytes);
        }
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        self.to.write_all(&line)?;
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Paint, broken_usage, narrow};
    use std::io::Write;

    #[test]
    fn long_lines_are_broken_at_blanks_and_keep_every_word() {
        let text = format!(
            "  label   {}\nFixes: {}\n{}\n",
            "word ".repeat(20),
            "x ".repeat(40),
            "y".repeat(60)
        );
        let narrowed = narrow(&text, 40);
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&narrowed), words(&text));
        let wide = narrowed.lines().filter(|line| line.chars().count() > 40);
        assert!(
            wide.clone()
                .all(|line| line.starts_with("Fixes: ") || !line.contains(' '))
        );
        assert_eq!(wide.count(), 2);
        assert_eq!(narrow("{\"a\": \"b c\"}\n", 40), "{\"a\": \"b c\"}\n");
        assert_eq!(narrow(&text, 75), text);
        assert_eq!(narrow("ä ö\n", 40), "ä ö\n");
    }

    #[test]
    fn a_wide_usage_is_broken_at_blanks_and_nothing_else_is() {
        let help =
            "A long line of help, which stays\n\nUsage: svadiff some command [A] [B]\nmore\n";
        let broken = broken_usage(help, 24);
        let usage = "Usage: svadiff some\n       command [A] [B]\nmore\n";
        assert_eq!(
            broken,
            format!("A long line of help, which stays\n\n{usage}")
        );
        assert_eq!(broken_usage(help, 75), help);
        let coloured = help.replace("Usage:", "\u{1b}[1mUsage:\u{1b}[0m");
        let stripped = anstream::adapter::strip_str(&broken_usage(&coloured, 24)).to_string();
        assert_eq!(stripped, broken);
    }

    fn painted(text: &str, has_colour: bool) -> String {
        let mut out = Vec::new();
        let mut paint = Paint::new(&mut out, has_colour);
        for byte in text.as_bytes() {
            paint.write_all(&[*byte]).expect("memory");
        }
        paint.flush().expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn colour_only_repeats_a_sign_and_json_has_none() {
        let text = "case\n  ->  1  bind\n2. breaks: x\nno line break";
        assert_eq!(painted(text, false), text);
        let coloured = painted(text, true);
        assert_eq!(coloured.matches("\u{1b}[").count(), 6, "{coloured:?}");
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text);
        assert_eq!(painted("{\n-> 1\n}\n", true), "{\n-> 1\n}\n");
    }
}
