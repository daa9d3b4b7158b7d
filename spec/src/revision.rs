// SPDX-License-Identifier: GPL-2.0-or-later
//! History: commits, the revisions that have them, and the graph that they form.
//!
//! * A [`Commit`] is declared once, in the crate whose code it changes ([`commits!`](crate::commits)).
//! * An [`At`] is an anchor: a decision or a complaint of the kernel, under the same name in every
//!   revision. A [`Blob`] has the line of each anchor in one version of a file.
//! * A [`Revision`] is a row of data: a name, its parents, the commits that its parents do not have,
//!   and its two blobs.
//! * The [`Graph`] of all revisions is validated when it is built. All else is derived from it: the
//!   [`Tree`] of a revision, which is what a model runs as, the order of the revisions, ancestors and
//!   paths, and what a revision would be [without a commit](Graph::without).

mod anchor;
mod blob;
mod commit;
mod graph;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::fixture;

pub use anchor::{At, File};
pub use blob::{Blob, Citation};
pub use commit::{Commit, Commits, Effect};
pub use graph::{Era, Graph, GraphError, Step};

/// The kind of a revision's branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Linus's tree: each mainline revision follows from the one before it.
    Mainline,
    /// A stable branch: it leaves mainline, and gets backports.
    Stable,
    /// A patch that was not merged. History after it does not contain it.
    Proposal,
}

/// A revision of the two files, as a row of data.
#[derive(Clone, Copy, Debug)]
pub struct Revision {
    /// The name, in every command, file and report.
    pub name: &'static str,
    /// What it stands for, in one line.
    pub what: &'static str,
    /// The revisions that it is made from, by name; none for the first one.
    pub parents: &'static [&'static str],
    /// The kind of branch that it is on.
    pub branch: Branch,
    /// The commits that it has and its parents do not have. The first one is the one that callers on
    /// one CPU notice most of.
    pub commits: &'static [Commit],
    /// Its `drivers/iommu/iommu-sva.c`.
    pub iommu_sva: &'static Blob,
    /// Its `drivers/iommu/iommu.c`.
    pub iommu: &'static Blob,
}

/// What a model runs as: a revision, and the set of all commits that it has.
#[derive(Clone, Copy, Debug)]
pub struct Tree {
    /// The revision.
    pub revision: &'static Revision,
    /// The commits that it has, those of its ancestors included.
    pub commits: Commits,
    /// The graph that it is part of.
    pub graph: &'static Graph,
}

impl PartialEq for Tree {
    fn eq(&self, other: &Tree) -> bool {
        self.name() == other.name() && self.commits == other.commits
    }
}

impl Eq for Tree {}

impl Tree {
    /// The name of the revision.
    pub fn name(&self) -> &'static str {
        self.revision.name
    }

    /// What the revision stands for, in one line.
    pub fn what(&self) -> &'static str {
        self.revision.what
    }

    /// The name of its first parent; `None` for the first revision.
    pub fn parent(&self) -> Option<&'static str> {
        self.revision.parents.first().copied()
    }

    /// Whether it is a patch that was not merged.
    pub fn is_proposal(&self) -> bool {
        self.revision.branch == Branch::Proposal
    }

    /// Whether it has a commit.
    #[inline(always)]
    pub fn has(&self, commit: Commit) -> bool {
        self.commits.has(commit)
    }

    /// The file that an anchor is in.
    pub fn blob(&self, at: At) -> &'static Blob {
        match at.file() {
            File::IommuSva => self.revision.iommu_sva,
            File::Iommu => self.revision.iommu,
        }
    }

    /// The line of an anchor, from 1; `None` where the revision does not have it.
    pub fn line(&self, at: At) -> Option<u16> {
        self.blob(at).line(at)
    }

    /// An anchor as a file, a line and a revision.
    pub fn cite(&self, at: At) -> Citation {
        let blob = self.blob(at);
        Citation {
            at,
            line: blob.line(at).unwrap_or(0),
            revision: blob.revision.unwrap_or(self.name()),
        }
    }

    /// The anchors that the revision has, in the order of [`At::ALL`].
    pub fn anchors(&self) -> impl Iterator<Item = At> + '_ {
        let all = At::ALL.iter().copied();
        all.filter(|&at| self.line(at).is_some())
    }
}
