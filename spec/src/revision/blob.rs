// SPDX-License-Identifier: GPL-2.0-or-later
//! Versions of the two files, and the lines of the anchors in them.

use super::{At, File};
use std::fmt;

/// A version of one of the two files, with the line of each anchor in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The file.
    pub file: File,
    /// The git blob, abbreviated; `None` where it is not known, or the file never was in a tree.
    pub id: Option<&'static str>,
    /// The name by which its lines are cited; `None` for the name of the revision that has it.
    pub revision: Option<&'static str>,
    /// By anchor; 0 where the file does not have it.
    lines: [u16; At::COUNT],
}

impl Blob {
    /// A version of `iommu-sva.c` without anchors. Its lines are cited by the name of each revision
    /// that has it.
    pub const fn iommu_sva(id: Option<&'static str>) -> Blob {
        Blob {
            file: File::IommuSva,
            id,
            revision: None,
            lines: [0; At::COUNT],
        }
    }

    /// A version of `iommu.c` without anchors, whose lines are cited by the name of `revision`.
    pub const fn iommu(id: Option<&'static str>, revision: &'static str) -> Blob {
        Blob {
            file: File::Iommu,
            id,
            revision: Some(revision),
            lines: [0; At::COUNT],
        }
    }

    /// The same lines in a version with this git blob.
    pub const fn with_id(self, id: Option<&'static str>) -> Blob {
        Blob { id, ..self }
    }

    /// The same lines in a version that the revision has alone, and under whose name they are cited.
    pub const fn of_revision(self) -> Blob {
        Blob {
            id: None,
            revision: None,
            ..self
        }
    }

    /// The same but for these lines.
    ///
    /// # Panics
    ///
    /// If an anchor is in the other file or named twice: as a constant, it then does not compile.
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

    /// The line of an anchor, from 1; `None` where the file does not have it.
    pub const fn line(&self, at: At) -> Option<u16> {
        match self.lines[at as usize] {
            0 => None,
            line => Some(line),
        }
    }
}

/// An anchor in one revision, for people: prints as `drivers/iommu/iommu.c:3546`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Citation {
    /// The anchor.
    pub at: At,
    /// The line, from 1; 0 where the revision does not have the anchor.
    pub line: u16,
    /// The revision that the line is counted in.
    pub revision: &'static str,
}

impl Citation {
    /// The file.
    pub fn file(&self) -> File {
        self.at.file()
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file().path(), self.line)
    }
}
