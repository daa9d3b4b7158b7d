// SPDX-License-Identifier: GPL-2.0-or-later
//! Converts bytes to a [`Case`], and back.
//!
//! Input is hostile until it is parsed: every size is bounded, and a refusal is one sentence with
//! the place of the error. Input text quoted in a refusal is escaped and shortened.

mod case;
mod op;
pub mod shape;
mod text;
mod write;

pub use text::{Refused, is_hidden, printable, shortened, shown};

use crate::case::Case;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::marker::PhantomData;

/// Maximum size of a file, and of a line of a JSON-lines file, in bytes. A case at all its limits
/// takes some ten thousand bytes; a recorded row of it takes a few million.
pub const MAX_BYTES: usize = 16 << 20;

/// Parses one JSON value, and refuses trailing data.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    json_from_line(bytes, 1)
}

/// Parses like [`json`]. `bytes` start at line `first` of a file.
pub fn json_from_line<T: DeserializeOwned>(bytes: &[u8], first: usize) -> Result<T, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(at((first, 1), too_large("this")));
    }
    // If a whole value is refused, the parser reports line 0.
    let place = |(line, column): (usize, usize)| (first + line.max(1) - 1, column);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (read, _) = bytes.split_at(error.valid_up_to());
        at(place(position(read)), "not UTF-8, which JSON has to be")
    })?;
    if text.starts_with('\u{feff}') {
        let what = "a byte order mark, which JSON has not; save it as UTF-8 without one";
        return Err(at((first, 1), what));
    }
    if text.trim_ascii().is_empty() {
        return Err(at((first, 1), "empty, but an object was expected"));
    }
    let mut from = serde_json::Deserializer::from_str(text);
    let refuse = |error: &serde_json::Error, path: Option<String>| {
        let end = place((error.line(), error.column()));
        let what = what_is_wrong(error);
        match path {
            Some(path) => at(end, format_args!("at {path}: {what}")),
            None => at(end, what),
        }
    };
    let value = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let path = shortened(error.path(), 200);
        let error = error.into_inner();
        let is_whole = path == "." || error.is_syntax() || error.is_eof();
        refuse(&error, (!is_whole).then_some(path))
    })?;
    from.end().map_err(|error| refuse(&error, None))?;
    Ok(value)
}

/// Returns the message for input of more than [`MAX_BYTES`].
pub fn too_large(what: &str) -> String {
    let limit = MAX_BYTES >> 20;
    format!("{what} is larger than {limit} MiB, which no case and no recorded row needs to be")
}

/// Returns a refusal of `what` at a line and a column, both from 1.
pub fn at((line, column): (usize, usize), what: impl fmt::Display) -> Refused {
    // If a whole list or object is refused, the parser has not read anything yet.
    let column = column.max(1);
    Refused::new(format_args!("line {line} column {column}: {what}"))
}

/// Returns the line and the column after these bytes, both from 1.
pub fn position(before: &[u8]) -> (usize, usize) {
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
    (line, column)
}

/// Returns the parser's message without the place, with keys of the file instead of field names.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let text = shortened(error, 600);
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    if text == "recursion limit exceeded" {
        return "nested deeper than any case is".to_owned();
    }
    for (theirs, ours) in [
        ("missing field", "missing key"),
        ("unknown field", "unknown key"),
        ("duplicate field", "repeated key"),
    ] {
        if let Some(rest) = text.strip_prefix(theirs) {
            return format!("{ours}{rest}");
        }
    }
    match error.is_eof() {
        true => format!("{text}: it ends too early, as if it were cut short"),
        false => text.to_owned(),
    }
}

impl Case {
    /// Reads a case file.
    pub fn from_json(bytes: &[u8]) -> Result<Case, Refused> {
        json(bytes)
    }

    /// Returns the case as a JSON value, with the keys in their customary order.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("a case has nothing that JSON has not")
    }
}

/// The values of `format` that a reader accepts.
pub trait Formats {
    /// All accepted values.
    const KNOWN: &'static [&'static str];
}

/// Returns the `format` at the top level of a file, or `None` if there is none. Refuses a format
/// that `F` does not accept, with a message that lists the accepted ones. The rest of the file is
/// not validated.
pub fn format_of<F: Formats>(bytes: &[u8]) -> Result<Option<&'static str>, Refused> {
    struct Known<F>(&'static str, PhantomData<F>);
    impl<'de, F: Formats> Deserialize<'de> for Known<F> {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let words = F::KNOWN.iter().map(|name| (*name, *name));
            shape::word(from, "format", words).map(|name| Known(name, PhantomData))
        }
    }
    struct Probe<F>(Option<Known<F>>);
    impl<'de, F: Formats> Deserialize<'de> for Probe<F> {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            #[derive(Deserialize)]
            #[serde(bound = "F: Formats")]
            struct Raw<F> {
                #[serde(default, deserialize_with = "shape::given")]
                format: Option<Known<F>>,
            }
            let Raw { format } = shape::object(from, "a case or a counterexample")?;
            Ok(Probe(format))
        }
    }
    json::<Probe<F>>(bytes).map(|Probe(format)| format.map(|Known(name, _)| name))
}
