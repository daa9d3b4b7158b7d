// SPDX-License-Identifier: GPL-2.0-or-later
//! Versions of the two files, with the lines of their anchors.

use super::{At, File};
use std::fmt;

/// A version of one of the two files, with the line of each anchor in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The file.
    pub file: File,
    /// The abbreviated git blob id; `None` if it is unknown or the file was never in a tree.
    pub id: Option<&'static str>,
    /// The revision by which its lines are cited; `None` for the revision that has the blob.
    pub revision: Option<&'static str>,
    /// Line of each anchor; 0 if the file does not have it.
    lines: [u16; At::COUNT],
}

impl Blob {
    /// Creates a version of `iommu-sva.c` without anchors. Its lines are cited by the name of each
    /// revision that has it.
    pub const fn iommu_sva(id: Option<&'static str>) -> Blob {
        Blob {
            file: File::IommuSva,
            id,
            revision: None,
            lines: [0; At::COUNT],
        }
    }

    /// Creates a version of `iommu.c` without anchors, whose lines are cited by the name of
    /// `revision`.
    pub const fn iommu(id: Option<&'static str>, revision: &'static str) -> Blob {
        Blob {
            file: File::Iommu,
            id,
            revision: Some(revision),
            lines: [0; At::COUNT],
        }
    }

    /// Returns the same lines under another git blob id.
    pub const fn with_id(self, id: Option<&'static str>) -> Blob {
        Blob { id, ..self }
    }

    /// Returns the same lines in a version that only one revision has; they are cited by its name.
    pub const fn of_revision(self) -> Blob {
        Blob {
            id: None,
            revision: None,
            ..self
        }
    }

    /// Returns the same file, whose lines are cited by the name of `revision`.
    pub(super) const fn cited_as(self, revision: &'static str) -> Blob {
        Blob {
            revision: Some(revision),
            ..self
        }
    }

    /// Returns a copy in which these anchors have these lines.
    ///
    /// # Panics
    ///
    /// If an anchor is in the other file or named twice; in a constant, that is a compile error.
    pub const fn at(mut self, lines: &[(At, u16)]) -> Blob {
        let mut named = [false; At::COUNT];
        let mut next = 0;
        while next < lines.len() {
            let (at, line) = lines[next];
            assert!(
                at.file() as u8 == self.file as u8,
                "the anchor is in the other file"
            );
            assert!(!named[at as usize], "the anchor is named twice");
            named[at as usize] = true;
            self.lines[at as usize] = line;
            next += 1;
        }
        self
    }

    /// Returns the line of an anchor, from 1, or `None` if the file does not have it.
    pub const fn line(&self, at: At) -> Option<u16> {
        match self.lines[at as usize] {
            0 => None,
            line => Some(line),
        }
    }
}

/// An anchor in one revision, for display: prints as `drivers/iommu/iommu.c:3546`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Citation {
    /// The anchor.
    pub at: At,
    /// The line, from 1; 0 if the revision does not have the anchor.
    pub line: u16,
    /// The revision whose lines are counted.
    pub revision: &'static str,
}

impl Citation {
    /// Returns the file.
    pub fn file(&self) -> File {
        self.at.file()
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file().path())?;
        match self.line {
            0 => Ok(()),
            line => write!(f, ":{line}"),
        }
    }
}
