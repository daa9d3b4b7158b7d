// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes what svadiff has beside its program: JSON Schemas, man pages and completions for shells.
//!
//! All of it is committed, so that nothing here is built to run svadiff. `cargo run -p
//! svadiff-generate` writes it again, and tests compare what is committed with what is made.

mod completions;
mod man;
pub mod schema;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// A file that is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its path below the root of the repository.
    pub path: PathBuf,
    /// Its contents.
    pub text: String,
}

/// The folders below the root that have made files only.
pub const FOLDERS: [&str; 3] = ["schemas", "man", "completions"];

/// Returns all files, in the order of their paths.
pub fn all() -> Vec<Made> {
    let mut all: Vec<Made> = schema::files();
    all.extend(man::files());
    all.extend(completions::files());
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

/// Returns what has to be done so that a folder has the files of [`all`] and no others, as one line
/// for each file. Empty if there is nothing to do.
///
/// # Errors
///
/// If the folder cannot be read.
pub fn stale(root: &Path) -> io::Result<Vec<String>> {
    let mut stale = Vec::new();
    let mut there: BTreeSet<PathBuf> = committed(root)?;
    for Made { path, text } in all() {
        match there.remove(&path) {
            false => stale.push(format!("{} is missing", path.display())),
            true if std::fs::read_to_string(root.join(&path))? != text => {
                stale.push(format!("{} is out of date", path.display()));
            }
            true => {}
        }
    }
    stale.extend(
        there
            .iter()
            .map(|path| format!("{} is made by nothing", path.display())),
    );
    Ok(stale)
}

/// Writes the files that are missing or out of date, and removes those that nothing makes.
///
/// # Errors
///
/// If a file cannot be read, written or removed.
pub fn write(root: &Path) -> io::Result<()> {
    let mut there = committed(root)?;
    for Made { path, text } in all() {
        there.remove(&path);
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // A file that is written again makes cargo build the program again.
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        std::fs::write(path, text)?;
    }
    there
        .iter()
        .try_for_each(|path| std::fs::remove_file(root.join(path)))
}

/// Returns the files in [`FOLDERS`].
fn committed(root: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut all = BTreeSet::new();
    for folder in FOLDERS {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            all.insert(Path::new(folder).join(entry?.file_name()));
        }
    }
    Ok(all)
}
