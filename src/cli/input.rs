// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads files. Their size is limited, they may be packed by gzip, and every error names the file.

use super::Failure;
use crate::counterexample::{self, About, Received, ReplayReport};
use crate::ledger::{self, Entry};
use crate::mail::Mail;
use crate::universe::Universe;
use flate2::bufread::MultiGzDecoder;
use spec::read::{
    Formats, MAX_BYTES, Refused, at, format_of, position, shortened, shown, too_large,
};
use spec::text::{self as case_text, TextError};
use spec::{Case, case};
use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

/// The reader for the file name `-`.
pub(super) type Stdin<'a> = &'a mut dyn Read;

/// Returns the name of a file for use in a sentence.
pub(super) fn name_of(path: &Path) -> String {
    match path.as_os_str() == OsStr::new("-") {
        true => "standard input".to_owned(),
        false => shortened(path.display(), 300),
    }
}

/// Returns the error for something wrong in a file.
pub(super) fn in_file(path: &Path, what: impl Display) -> Failure {
    Refused::new(format_args!("{}: {what}", name_of(path))).into()
}

/// Returns the error for something wrong in a text.
pub(super) fn in_text(path: &Path, error: TextError) -> Failure {
    Failure::Text {
        name: name_of(path),
        error: Box::new(error),
    }
}

/// The bytes of a file, or of standard input, decompressed if they are gzip.
struct Source<'a> {
    from: Box<dyn BufRead + 'a>,
    is_gzip: bool,
}

impl<'a> Source<'a> {
    fn open(path: &Path, stdin: Stdin<'a>) -> Result<Self, Failure> {
        Source::open_as(path, stdin, true)
    }

    fn open_as(path: &Path, stdin: Stdin<'a>, may_be_gzip: bool) -> Result<Self, Failure> {
        let cannot = |error: io::Error| in_file(path, format_args!("cannot be read: {error}"));
        let mut raw: Box<dyn Read + 'a> = if path.as_os_str() == OsStr::new("-") {
            Box::new(stdin)
        } else {
            let file = File::open(path).map_err(cannot)?;
            if file.metadata().map_err(cannot)?.is_dir() {
                return Err(in_file(path, "is a directory; try a file in it"));
            }
            Box::new(file)
        };
        // A pipe may return one byte at a time.
        let mut magic = Vec::new();
        raw.by_ref()
            .take(2)
            .read_to_end(&mut magic)
            .map_err(cannot)?;
        let is_gzip = may_be_gzip && magic == [0x1f, 0x8b];
        let raw = BufReader::new(Cursor::new(magic).chain(raw));
        Ok(Source {
            from: match is_gzip {
                true => Box::new(BufReader::new(MultiGzDecoder::new(raw))),
                false => Box::new(raw),
            },
            is_gzip,
        })
    }

    /// Reads everything. Refuses files that are too large.
    fn all(mut self, path: &Path) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        // Reading one byte more than the limit is enough to detect that.
        let mut limited = self.from.by_ref().take(MAX_BYTES as u64 + 1);
        if let Err(error) = limited.read_to_end(&mut bytes) {
            return Err(in_file(path, at(position(&bytes), self.broken(&error))));
        }
        if bytes.len() > MAX_BYTES {
            return Err(in_file(path, at(position(&bytes), too_large("the file"))));
        }
        Ok(bytes)
    }

    fn broken(&self, error: &io::Error) -> String {
        match self.is_gzip {
            true => format!("cannot be unpacked from here on: {error}; try gzip -t"),
            false => format!("cannot be read from here on: {error}"),
        }
    }
}

/// Reads a file that contains a case or a counterexample.
fn read(path: &Path, stdin: Stdin<'_>) -> Result<Vec<u8>, Failure> {
    Source::open(path, stdin)?.all(path)
}

/// Reads a file that need not be text and is never decompressed.
pub(super) fn bytes(path: &Path, stdin: Stdin<'_>) -> Result<Vec<u8>, Failure> {
    Source::open_as(path, stdin, false)?.all(path)
}

/// Reads a universe file.
pub(super) fn universe(path: &Path, stdin: Stdin<'_>) -> Result<Universe, Failure> {
    Universe::from_json(&read(path, stdin)?).map_err(|refused| in_file(path, refused))
}

/// The formats that a `FILE` can have.
struct Files;

impl Formats for Files {
    const KNOWN: &'static [&'static str] = &[case::FORMAT, counterexample::FORMAT, ledger::FORMAT];
}

/// The contents of a file.
pub(super) enum Input {
    /// A case.
    Case(Case),
    /// A counterexample. It may come from an entry about models that this program does not have.
    Counterexample(Box<Received>),
    /// An entry of the ledger.
    Entry(Box<Entry>),
}

/// Reads a case, a counterexample or an entry of the ledger. Its `format` decides which of them it
/// is. A file that is not JSON is a case as text.
pub(super) fn either(path: &Path, stdin: Stdin<'_>) -> Result<Input, Failure> {
    let bytes = read(path, stdin)?;
    of_bytes(path, &bytes)
}

/// Reads a mail that has something to check in it, or what [`either`] reads.
pub(super) fn mail_or_either(
    path: &Path,
    stdin: Stdin<'_>,
) -> Result<Result<Mail, Input>, Failure> {
    let bytes = read(path, stdin)?;
    match Mail::open(&bytes) {
        Some(mail) => Ok(Ok(mail)),
        None => of_bytes(path, &bytes).map(Err),
    }
}

/// Reads the bytes of a file.
fn of_bytes(path: &Path, bytes: &[u8]) -> Result<Input, Failure> {
    if !case_text::is_json(bytes) {
        let case = case_text::parse_bytes(bytes);
        return Ok(Input::Case(case.map_err(|error| in_text(path, error))?));
    }
    let refuse = |refused| in_file(path, refused);
    let input = match format_of::<Files>(bytes).map_err(refuse)? {
        Some(counterexample::FORMAT) => {
            let received = Received::from_json(bytes).map_err(refuse)?;
            Input::Counterexample(Box::new(received))
        }
        Some(ledger::FORMAT) => {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            match Entry::or_counterexample(&name, bytes).map_err(refuse)? {
                Ok(entry) => Input::Entry(entry),
                Err(received) => Input::Counterexample(received),
            }
        }
        _ => Input::Case(Case::from_json(bytes).map_err(refuse)?),
    };
    Ok(input)
}

impl Input {
    /// Returns the counterexample, or the case as the error if there is none.
    pub(super) fn counterexample(self) -> Result<Box<Received>, Box<Case>> {
        match self {
            Input::Case(case) => Err(Box::new(case)),
            Input::Counterexample(received) => Ok(received),
            Input::Entry(entry) => Ok(Box::new(entry.counterexample)),
        }
    }

    /// Returns the case, or that of the counterexample.
    pub(super) fn case(self) -> Case {
        match self.counterexample() {
            Ok(received) => received.case,
            Err(case) => *case,
        }
    }
}

/// Checks a counterexample or an entry of the ledger that is attached to a mail. Returns `None` for a
/// case, which claims nothing.
pub(super) fn attached(
    name: &str,
    bytes: &[u8],
) -> Result<Option<(Box<Received>, ReplayReport)>, Refused> {
    Ok(match format_of::<Files>(bytes)? {
        Some(counterexample::FORMAT) => {
            let received = Box::new(Received::from_json(bytes)?);
            let replayed = received.replay();
            Some((received, replayed))
        }
        Some(ledger::FORMAT) => Some(match Entry::or_counterexample(name, bytes)? {
            Ok(entry) => {
                let replayed = entry.replay();
                (Box::new(entry.counterexample), replayed)
            }
            Err(received) => {
                let replayed = received.replay();
                (received, replayed)
            }
        }),
        _ => None,
    })
}

/// Returns the models of a counterexample, for a command that runs them.
///
/// # Errors
///
/// If this program does not have one of them. The error says how to get it.
pub(super) fn about(path: &Path, received: &Received) -> Result<About, Failure> {
    received.about().ok_or_else(|| {
        let unknown = received.unknown().map(|(name, description)| {
            let name = shown(name, 80);
            match description {
                Some(this) => format!("{name}: {this}"),
                None => name,
            }
        });
        let unknown: Vec<String> = unknown.collect();
        let what = format!(
            "is about a model that this program does not have ({})",
            unknown.join("; ")
        );
        in_file(path, what)
    })
}

/// Maximum length in bytes of a line of text; the rest of a longer one is passed over.
const MAX_LINE: u64 = 1 << 16;

/// Reads a file of any size as text, and calls `line` with each line. Bytes that are not UTF-8 are
/// replaced. A line that is longer than [`MAX_LINE`] is cut.
pub(super) fn text(
    path: &Path,
    stdin: Stdin<'_>,
    mut line: impl FnMut(&str),
) -> Result<(), Failure> {
    let mut source = Source::open(path, stdin)?;
    let mut bytes = Vec::new();
    let mut is_rest = false;
    loop {
        bytes.clear();
        let mut limited = source.from.by_ref().take(MAX_LINE);
        let read = limited.read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| in_file(path, source.broken(&error)))?;
        if read == 0 {
            return Ok(());
        }
        let is_whole = bytes.last() == Some(&b'\n');
        if !is_rest {
            line(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']));
        }
        is_rest = !is_whole;
    }
}

/// The lines of a file that are not blank, each with its number from 1.
pub(super) struct Lines<'a> {
    path: &'a Path,
    source: Source<'a>,
    line: Vec<u8>,
    number: usize,
    blank: usize,
    any: bool,
}

impl<'a> Lines<'a> {
    /// Opens a file.
    pub(super) fn open(path: &'a Path, stdin: Stdin<'a>) -> Result<Self, Failure> {
        Ok(Lines {
            path,
            source: Source::open(path, stdin)?,
            line: Vec::new(),
            number: 0,
            blank: 0,
            any: false,
        })
    }

    /// Returns the next line that is not blank. Refuses a file that has none.
    pub(super) fn next(&mut self) -> Result<Option<(usize, &[u8])>, Failure> {
        loop {
            self.line.clear();
            self.number += 1;
            let refuse = |what: &dyn Display| {
                let at = format_args!("line {}: {what}", self.number);
                Err(in_file(self.path, at))
            };
            let most = MAX_BYTES as u64 + 2;
            let mut limited = self.source.from.by_ref().take(most);
            match limited.read_until(b'\n', &mut self.line) {
                Err(error) => return refuse(&self.source.broken(&error)),
                Ok(0) if self.any => return Ok(None),
                Ok(0) => {
                    return refuse(&"empty, but a row {\"id\": …, \"case\": {…}} was expected");
                }
                Ok(_) => {}
            }
            if self.line.last() == Some(&b'\n') {
                self.line.pop();
            }
            if self.line.len() > MAX_BYTES {
                return refuse(&too_large("the line"));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
            self.blank += self.line.len() + 1;
            if self.blank > MAX_BYTES {
                return refuse(&too_large("what is blank of the file"));
            }
        }
        self.any = true;
        Ok(Some((self.number, &self.line)))
    }
}
