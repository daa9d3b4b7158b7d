// SPDX-License-Identifier: GPL-2.0-or-later
//! Lines that come before all other output, once there is any. A command that is refused prints
//! none of them.

use crate::report::wrap;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// The lines that have not been printed yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct First(Rc<RefCell<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    /// For standard output.
    out: Vec<String>,
    /// For standard error.
    err: Vec<String>,
}

impl First {
    /// Adds sentences: to standard output if that is text, else to standard error. Says nothing
    /// twice.
    pub(super) fn say(&self, sentences: &[String], out_is_text: bool) {
        let mut lines = self.0.borrow_mut();
        let Lines { out, err } = &mut *lines;
        let (to, who) = match out_is_text {
            true => (out, ""),
            false => (err, "svadiff: "),
        };
        for sentence in sentences {
            let line = wrap(who, "  ", sentence);
            if !to.contains(&line) {
                to.push(line);
            }
        }
    }

    /// Returns the lines for standard output and for standard error. Later calls return none.
    fn take(&self) -> [String; 2] {
        let Lines { out, err } = std::mem::take(&mut *self.0.borrow_mut());
        [out, err].map(|lines| lines.concat())
    }
}

/// Standard error, which two writers share.
pub(super) struct Shared<W>(Rc<RefCell<W>>);

impl<W> Shared<W> {
    pub(super) fn new(writer: W) -> Shared<W> {
        Shared(Rc::new(RefCell::new(writer)))
    }
}

impl<W> Clone for Shared<W> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<W: Write> Write for Shared<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

/// Standard output, before which the lines are printed.
pub(super) struct After<O, E> {
    /// The lines.
    pub first: First,
    /// Standard output.
    pub out: O,
    /// Standard error.
    pub err: E,
}

impl<O: Write, E: Write> After<O, E> {
    fn lines(&mut self) -> io::Result<()> {
        let [out, err] = self.first.take();
        // A closed standard error must not end a command.
        let _ = self.err.write_all(err.as_bytes());
        self.out.write_all(out.as_bytes())
    }
}

impl<O: Write, E: Write> Write for After<O, E> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines()?;
        self.out.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.lines()?;
        self.out.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
