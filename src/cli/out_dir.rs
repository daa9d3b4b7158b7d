// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes findings: each to a file of its own in a directory, or one finding to one file.

use super::writable::{Named, cannot_write, prepare_directory, prepare_file};
use super::{Failure, Io};
use crate::files;
use crate::finding::Finding;
use crate::report::json as json_text;
use serde_json::Value;
use spec::read::Refused;
use std::path::{Path, PathBuf};

/// What to do if a file cannot be written.
const HINT: &str = "; try another --out";

/// What `--out` names.
const OUT: Named = Named {
    option: "--out",
    what: "findings",
    printing: "; to print them, use --json",
};

/// A directory for findings.
pub(super) struct OutDir(PathBuf);

impl OutDir {
    /// Creates the directory of `--out`, if the option is given, and tries to write into it, so that an
    /// error comes before the search.
    ///
    /// # Errors
    ///
    /// If it is `-` or a file, or if nothing can be written into it.
    pub(super) fn new(dir: Option<&Path>) -> Result<Option<OutDir>, Failure> {
        let Some(dir) = dir else { return Ok(None) };
        prepare_directory(dir, OUT)?;
        Ok(Some(OutDir(dir.to_owned())))
    }

    /// Writes a file for each finding. Its name begins with `of`, the names of the models. If a file
    /// cannot be written, writes the others and returns the first error.
    pub(super) fn write_all(
        &self,
        of: &str,
        findings: &[Finding],
        to_json: impl Fn(&Finding) -> Value,
    ) -> Result<(), Failure> {
        let mut result = Ok(());
        for (number, finding) in (1..).zip(findings) {
            let written = self.write(of, number, finding, &to_json(finding));
            result = result.and(written);
        }
        result
    }

    /// Writes a finding to its file. If that fails, no partial file remains.
    pub(super) fn write(
        &self,
        of: &str,
        number: usize,
        finding: &Finding,
        value: &Value,
    ) -> Result<(), Failure> {
        let view = finding.difference.view.name();
        let id = finding.id();
        let path = self.0.join(format!("{of}-{number}-{view}-{id}.json"));
        write(&path, value)
    }
}

/// A file for one finding.
pub(super) struct OutFile<'a>(&'a Path);

impl<'a> OutFile<'a> {
    /// Returns the file of `--out`, if the option is given, and tries to create a file beside it, so
    /// that an error comes before the work.
    ///
    /// # Errors
    ///
    /// If it is `-` or a directory, or if no file can be created there.
    pub(super) fn new(path: Option<&'a Path>) -> Result<Option<OutFile<'a>>, Failure> {
        let Some(path) = path else { return Ok(None) };
        if path == Path::new("-") {
            let what = "--out -: leave out --out to print the counterexample";
            return Err(Refused::new(what).into());
        }
        prepare_file(path, HINT)?;
        Ok(Some(OutFile(path)))
    }

    /// Writes the file. If that fails, no partial file remains.
    pub(super) fn write(&self, value: &Value) -> Result<(), Failure> {
        write(self.0, value)
    }
}

fn write(path: &Path, value: &Value) -> Result<(), Failure> {
    let written = files::write(path, json_text(value).as_bytes());
    written.map_err(|error| cannot_write(path, format_args!("{error}{HINT}")))
}

/// Prints and flushes, then writes files, even if printing fails. Returns the first error.
pub(super) fn both(
    io: &mut Io<'_>,
    print: impl FnOnce(&mut Io<'_>) -> Result<(), Failure>,
    write: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let printed = print(io).and_then(|()| io.out.flush().map_err(Failure::from));
    let written = write();
    printed.and(written)
}
