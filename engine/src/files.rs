// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes files completely or not at all.
//!
//! A file is written under a random name that did not exist before, and then renamed. So two
//! processes never write to the same file, and a link that another user has created is never
//! followed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// Creates a file beside `path`. It is removed unless it is renamed.
pub fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    within(dir.unwrap_or(Path::new(".")))
}

/// Creates a file in a directory. It is removed unless it is renamed.
pub(crate) fn within(dir: &Path) -> io::Result<NamedTempFile> {
    let mut code = None;
    let create = |path: &Path| {
        let file = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path);
        file.inspect_err(|error| code = error.raw_os_error())
    };
    let mut builder = Builder::new();
    builder.prefix(".svadiff-").suffix(".partial");
    let file = builder.make_in(dir, create);
    // Return the error of the system: that of `tempfile` contains the random name of the file.
    file.map_err(|error| code.map_or(error, io::Error::from_raw_os_error))
}

/// Renames a file. Replaces an existing file of that name.
pub(crate) fn rename(file: NamedTempFile, path: &Path) -> io::Result<File> {
    file.persist(path).map_err(|error| error.error)
}

/// Renames a file. Fails if the name exists.
pub(crate) fn rename_new(file: NamedTempFile, path: &Path) -> io::Result<File> {
    file.persist_noclobber(path).map_err(|error| error.error)
}

/// Returns whether a path names something that exists and is no file on a disk: a device, a pipe, or what
/// a process has open, such as `/dev/stdout`. It is written into, since renaming would replace it.
pub fn is_special(path: &Path) -> bool {
    let is_open_file = |path: &Path| path.starts_with("/proc");
    let dir = path.parent().and_then(|dir| fs::canonicalize(dir).ok());
    let link = fs::read_link(path);
    fs::metadata(path).is_ok_and(|meta| {
        !(meta.is_file() || meta.is_dir())
            || dir.is_some_and(|dir| is_open_file(&dir))
            || link.is_ok_and(|link| is_open_file(&link))
    })
}

/// Writes a file. If that fails, an earlier file of that name stays as it was. What is no file on a disk
/// is written into.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return File::options().write(true).open(path)?.write_all(bytes);
    }
    let mut file = beside(path)?;
    file.as_file_mut().write_all(bytes)?;
    rename(file, path).map(drop)
}

/// Tries to write a file of 64 KiB into a directory, and removes it.
pub fn probe(dir: &Path) -> io::Result<()> {
    const LITTLE: usize = 1 << 16;
    let mut file = within(dir)?;
    file.as_file_mut().write_all(&[0; LITTLE])
}
