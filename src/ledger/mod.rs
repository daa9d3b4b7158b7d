// SPDX-License-Identifier: GPL-2.0-or-later
//! The ledger of known differences. It makes new differences stand out.
//!
//! An entry is about two neighbours in history. If two models are not neighbours, their difference
//! is known if all differences between the models on the path between them are known.

mod check;
mod entry;
mod programs;
mod scopes;
mod verdict;

pub use check::{Checked, Trouble, neighbours};
pub use entry::{Entry, FORMAT, Kind};
pub use scopes::scopes;
pub use verdict::{Shown, Trial, Verdict};

use crate::models::AnyModel;
use serde_json::Value;
use spec::read::{MAX_BYTES, Refused, shown, too_large};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

/// Maximum number of bytes of all entries of a ledger together.
pub const MOST_BYTES: usize = 4 * MAX_BYTES;

/// Known differences, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// The files of the ledger that is built into this program.
const SHIPPED: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/known.rs"));

impl Ledger {
    /// Returns the ledger that is built into this program.
    ///
    /// # Panics
    ///
    /// If one of the files is not a valid entry. A test reads them all.
    pub fn shipped() -> &'static Ledger {
        static LEDGER: OnceLock<Ledger> = OnceLock::new();
        LEDGER.get_or_init(|| {
            let files = SHIPPED.iter().map(|&(name, bytes)| (name, bytes));
            Ledger::of(files).expect("the ledger that is shipped can be read")
        })
    }

    /// Reads the entries of a folder: all files whose names end in `.json`, sorted by name.
    ///
    /// # Errors
    ///
    /// If the folder or a file cannot be read, if a file has more than [`MAX_BYTES`] or all have more
    /// than [`MOST_BYTES`], or if a file is not a valid entry. The error names the file.
    pub fn read(folder: &Path) -> Result<Ledger, Refused> {
        let refuse = |path: &Path, what: &str| {
            let name = shown(path.display(), 300);
            Refused::new(format_args!("{name}: {what}"))
        };
        let cannot =
            |path: &Path, error: io::Error| refuse(path, &format!("cannot be read: {error}"));
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        let mut total = 0;
        for file in fs::read_dir(folder).map_err(|error| cannot(folder, error))? {
            let path = file.map_err(|error| cannot(folder, error))?.path();
            if path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            if !path.is_file() {
                return Err(refuse(&path, "is not a file"));
            }
            let file = File::open(&path).map_err(|error| cannot(&path, error))?;
            let mut bytes = Vec::new();
            // Reading one byte more than the limit is enough to detect that.
            let mut limited = file.take(MAX_BYTES as u64 + 1);
            let read = limited.read_to_end(&mut bytes);
            read.map_err(|error| cannot(&path, error))?;
            if bytes.len() > MAX_BYTES {
                return Err(refuse(&path, &too_large("the file")));
            }
            total += bytes.len();
            if total > MOST_BYTES {
                let limit = MOST_BYTES >> 20;
                let what = format!("has entries of more than {limit} MiB, which no ledger needs");
                return Err(refuse(folder, &what));
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((name.into_owned(), bytes));
        }
        files.sort();
        Ledger::of({ files.iter() }.map(|(name, bytes)| (name.as_str(), &bytes[..])))
    }

    fn of<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Ledger, Refused> {
        let entry = |(file, bytes): (&str, &[u8])| {
            // Escaped here, so that every report shows the same name.
            let name = shown(file.trim_end_matches(".json"), 200);
            let read = Entry::from_json(&name, bytes);
            read.map_err(|refused| {
                let file = shown(file, 300);
                Refused::new(format_args!("{file}: {refused}"))
            })
        };
        let entries = files.map(entry).collect::<Result<_, _>>()?;
        Ok(Ledger { entries })
    }

    /// Returns the entries that apply to these two neighbours.
    pub fn of_models(&self, models: [AnyModel; 2]) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.is_about(models))
    }

    /// Returns the entry that covers this signature of a difference between two neighbours.
    pub fn entry(&self, models: [AnyModel; 2], signature: &Value) -> Option<&Entry> {
        let mut all = self.of_models(models);
        all.find(|entry| entry.covers(signature))
    }
}
