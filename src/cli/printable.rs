// SPDX-License-Identifier: GPL-2.0-or-later
//! Escapes everything in the output that a terminal would interpret.

use spec::read::{is_hidden, printable};
use std::io::{self, Write};

/// Writes text with all control and invisible characters escaped, except line breaks.
///
/// Reports escape the text that they quote, line breaks included. This writer also escapes what a
/// report has missed.
pub(super) struct Printable<W>(pub W);

impl<W: Write> Write for Printable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
        if bytes.iter().all(is_plain) {
            return self.0.write_all(bytes);
        }
        // Every call writes whole characters.
        let text = String::from_utf8_lossy(bytes);
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.0.write_all(b"\n")?;
            }
            match line.contains(is_hidden) {
                true => self.0.write_all(printable(line).as_bytes())?,
                false => self.0.write_all(line.as_bytes())?,
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::Printable;
    use std::io::Write;

    #[test]
    fn what_a_terminal_would_obey_does_not_pass() {
        let mut out = Vec::new();
        let text = "a\u{1b}[31m\r\nä\u{9b}\u{202e}\tb\u{7f}\n";
        Printable(&mut out).write_all(text.as_bytes()).unwrap();
        let text = String::from_utf8(out).unwrap();
        let escaped = "a\\u{1b}[31m\\u{d}\nä\\u{9b}\\u{202e}\\u{9}b\\u{7f}\n";
        assert_eq!(text, escaped);
    }
}
