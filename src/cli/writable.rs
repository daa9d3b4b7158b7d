// SPDX-License-Identifier: GPL-2.0-or-later
//! Files and directories that a command will write into, tried before the work, so that an error comes
//! at once.

use super::Failure;
use crate::files;
use spec::read::{Refused, shown};
use std::fmt::Display;
use std::fs;
use std::path::Path;

/// An option that names what is written.
#[derive(Clone, Copy)]
pub(super) struct Named {
    /// The option, such as `--out`.
    pub option: &'static str,
    /// What is written, in the plural.
    pub what: &'static str,
    /// What to do instead of `-`, as a clause; empty if there is nothing.
    pub printing: &'static str,
}

/// Returns the error for a file or a directory that cannot be written.
pub(super) fn cannot_write(path: &Path, why: impl Display) -> Failure {
    let name = shown(path.display(), 300);
    Refused::new(format_args!("{name}: cannot be written: {why}")).into()
}

/// Creates a directory, and tries to write into it.
///
/// # Errors
///
/// If it is `-` or a file, or if nothing can be written into it.
pub(super) fn prepare_directory(dir: &Path, named: Named) -> Result<(), Failure> {
    let Named {
        option,
        what,
        printing,
    } = named;
    if dir == Path::new("-") {
        let why = format!("{option} -: {what} are written into a directory, one file each");
        return Err(Refused::new(why + printing).into());
    }
    if dir.exists() && !dir.is_dir() {
        let why = format!("it is a file, and {what} are written into a directory");
        return Err(cannot_write(
            dir,
            format_args!("{why}; try another {option}"),
        ));
    }
    fs::create_dir_all(dir)
        .and_then(|()| files::probe(dir))
        .map_err(|error| cannot_write(dir, format_args!("{error}; try another {option}")))
}

/// Tries to create a file beside another one, unless that is a device or a pipe. `hint` is what to do if that fails, such as `; try another
/// --out`, or empty.
///
/// # Errors
///
/// If it is a directory, or if no file can be created there.
pub(super) fn prepare_file(path: &Path, hint: &str) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(cannot_write(path, "it is a directory; try a file in it"));
    }
    if files::is_special(path) {
        return Ok(());
    }
    let file = files::beside(path).map(drop);
    file.map_err(|error| cannot_write(path, format_args!("{error}{hint}")))
}
