// SPDX-License-Identifier: GPL-2.0-or-later
//! Kernel history: commits, revisions, and the graph of revisions.
//!
//! * A [`Commit`] is declared once, in the crate with the code that it changes
//!   ([`commits!`](crate::commits)).
//! * An [`At`] is an anchor: a decision or a complaint of the kernel, under the same name in every
//!   revision. A [`Blob`] has the line of each anchor in one version of a file.
//! * A [`Revision`] is a row of data: a name, its parents, the commits that its parents do not have,
//!   and its two blobs.
//! * The [`Graph`] of all revisions is validated when it is built. The rest is derived from it: the
//!   [`Tree`] of a revision, which a model runs as, the order of the revisions, ancestors and
//!   paths, and the tree of a revision [without a commit](Graph::without) or [with others on
//!   top](Graph::with).
//! * A [`Release`] is what people run; a revision stands for some [`Releases`].

mod anchor;
mod blob;
mod commit;
mod graph;
mod made;
mod release;
mod stands_for;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::fixture;

pub use anchor::{At, File};
pub use blob::{Blob, Citation};
pub use commit::{Commit, Commits, Effect};
pub use graph::{Cited, Era, Graph, GraphError, Step};
pub use made::{ChangeError, Changes};
pub use release::{Release, Releases};

/// The kind of a revision's branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Linus's tree: each mainline revision descends from the previous one.
    Mainline,
    /// A stable branch: it forks from mainline and receives backports.
    Stable,
    /// A patch that was not merged. History after it does not contain it.
    Proposal,
}

/// A revision of `iommu-sva.c` and `iommu.c`, as a row of data.
#[derive(Clone, Copy, Debug)]
pub struct Revision {
    /// The name, as used in commands, files and reports.
    pub name: &'static str,
    /// What the revision is, in one line.
    pub what: &'static str,
    /// The names of its parents; empty for the first revision.
    pub parents: &'static [&'static str],
    /// The kind of branch it is on.
    pub branch: Branch,
    /// The commits that it adds to those of its parents. The first one has the most visible effect
    /// for callers on one CPU.
    pub commits: &'static [Commit],
    /// Its `drivers/iommu/iommu-sva.c`.
    pub iommu_sva: &'static Blob,
    /// Its `drivers/iommu/iommu.c`.
    pub iommu: &'static Blob,
    /// The releases that it stands for; empty if there is none, as for a proposal. No two revisions
    /// stand for the same release in the same configuration.
    pub stands_for: &'static [Releases],
    /// Whether it is derived from its commits alone: no run of its code is recorded.
    pub derived: bool,
}

impl Revision {
    /// Returns the file that an anchor is in.
    pub fn blob(&self, at: At) -> &'static Blob {
        match at.file() {
            File::IommuSva => self.iommu_sva,
            File::Iommu => self.iommu,
        }
    }
}

/// A revision with the set of all its commits; a model runs as one.
#[derive(Clone, Copy, Debug)]
pub struct Tree {
    /// The revision.
    pub revision: &'static Revision,
    /// The commits of the revision and its ancestors.
    pub commits: Commits,
    /// The graph that the revision is part of.
    pub graph: &'static Graph,
}

impl PartialEq for Tree {
    fn eq(&self, other: &Tree) -> bool {
        self.name() == other.name() && self.commits == other.commits
    }
}

impl Eq for Tree {}

impl Tree {
    /// Returns the name of the revision.
    pub fn name(&self) -> &'static str {
        self.revision.name
    }

    /// Returns what the revision is, in one line.
    pub fn what(&self) -> &'static str {
        self.revision.what
    }

    /// Returns the name of its first parent, or `None` for the first revision.
    pub fn parent(&self) -> Option<&'static str> {
        self.revision.parents.first().copied()
    }

    /// Returns whether it is a patch that was not merged.
    pub fn is_proposal(&self) -> bool {
        self.revision.branch == Branch::Proposal
    }

    /// Returns whether it has a commit.
    #[inline(always)]
    pub fn has(&self, commit: Commit) -> bool {
        self.commits.has(commit)
    }

    /// Returns the file that an anchor is in.
    pub fn blob(&self, at: At) -> &'static Blob {
        self.revision.blob(at)
    }

    /// Returns the line of an anchor, from 1, or `None` if the revision does not have it.
    pub fn line(&self, at: At) -> Option<u16> {
        self.blob(at).line(at)
    }

    /// Returns an anchor as a file, a line and a revision.
    pub fn cite(&self, at: At) -> Citation {
        let blob = self.blob(at);
        let line = blob.line(at).unwrap_or(0);
        if line == 0
            && let Some(original) = self.original_of(at)
        {
            return original.cite(at);
        }
        Citation {
            at,
            line,
            revision: blob.revision.unwrap_or(self.name()),
        }
    }

    /// Returns the first revision with a commit that was put on top of this one and with a line for
    /// an anchor.
    fn original_of(&self, at: At) -> Option<&'static Tree> {
        let commits = self.revision.commits;
        let mut trees = self.graph.trees().iter();
        trees.find(|tree| tree.line(at).is_some() && commits.iter().any(|this| tree.has(*this)))
    }

    /// Returns the anchors that the revision has, in the order of [`At::ALL`].
    pub fn anchors(&self) -> impl Iterator<Item = At> + '_ {
        let all = At::ALL.iter().copied();
        all.filter(|&at| self.line(at).is_some())
    }
}
