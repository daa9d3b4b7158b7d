// SPDX-License-Identifier: GPL-2.0-or-later
//! Trees that are not in the graph: a revision with other commits on top of it.

use super::{Blob, Branch, Commit, Commits, Graph, Revision, Tree};

/// Commits to add to a revision and to take away from it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes<'a> {
    /// The commits to add.
    pub add: &'a [Commit],
    /// The commits to take away.
    pub remove: &'a [Commit],
}

/// The reason why a revision cannot be had with some commits on top of it, or without some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// A commit is named twice.
    #[error("{0} is named twice")]
    Twice(&'static str),
    /// A commit to add is in the revision.
    #[error("{revision} has {commit} already")]
    Has {
        /// The revision.
        revision: &'static str,
        /// The id of the commit.
        commit: &'static str,
    },
    /// A commit to take away is not in the revision.
    #[error("{revision} does not have {commit}")]
    HasNot {
        /// The revision.
        revision: &'static str,
        /// The id of the commit.
        commit: &'static str,
    },
    /// A commit to add needs one that is not there.
    #[error("{commit} needs {needs}, which {revision} does not have; add that one too")]
    Needs {
        /// The revision.
        revision: &'static str,
        /// The id of the commit.
        commit: &'static str,
        /// The id of the missing one.
        needs: &'static str,
    },
    /// A commit to take away is needed by one that stays.
    #[error("{revision} has {by}, which needs {commit}; take that one away too")]
    NeededBy {
        /// The revision.
        revision: &'static str,
        /// The id of the commit.
        commit: &'static str,
        /// The id of the one that needs it.
        by: &'static str,
    },
}

impl Graph {
    /// Returns a revision with these changes, under a new name. It is a proposal whose parent is
    /// the revision, and has the lines of the revision. It is not among [`Graph::trees`].
    ///
    /// Trees live as long as the program. There is one for each revision and name, so the changes
    /// must follow from the name.
    ///
    /// # Errors
    ///
    /// If the set of commits would not be consistent. The first change that is wrong is named.
    pub fn with(
        &'static self,
        base: &'static Tree,
        name: &str,
        changes: Changes<'_>,
    ) -> Result<&'static Tree, ChangeError> {
        let commits = self.changed(base, changes)?;
        let mut made = self.made.lock().expect("no holder of the lock panics");
        let known = made.iter().find(|tree| tree.name() == name);
        if let Some(tree) = known.filter(|tree| tree.commits == commits) {
            return Ok(tree);
        }
        let tree = Tree {
            revision: Box::leak(Box::new(row(base, name, changes))),
            commits,
            graph: self,
        };
        let tree: &'static Tree = Box::leak(Box::new(tree));
        made.push(tree);
        Ok(tree)
    }

    /// Returns the commits of a revision with these changes.
    fn changed(&self, base: &Tree, changes: Changes<'_>) -> Result<Commits, ChangeError> {
        let revision = base.name();
        let mut named = Commits::EMPTY;
        let mut commits = base.commits;
        let add = changes.add.iter().map(|&commit| (commit, true));
        let remove = changes.remove.iter().map(|&commit| (commit, false));
        for (commit, is_added) in add.chain(remove) {
            let id = commit.id;
            if named.has(commit) {
                return Err(ChangeError::Twice(id));
            }
            named = named.with(commit);
            commits = match (is_added, base.has(commit)) {
                (true, false) => commits.with(commit),
                (false, true) => commits.without(commit),
                (true, true) => {
                    return Err(ChangeError::Has {
                        revision,
                        commit: id,
                    });
                }
                (false, false) => {
                    return Err(ChangeError::HasNot {
                        revision,
                        commit: id,
                    });
                }
            };
        }
        for &commit in self.commits().iter().filter(|this| commits.has(**this)) {
            let is_there = |id: &str| self.commit(id).is_some_and(|this| commits.has(this));
            let Some(&needs) = commit.needs.iter().find(|id| !is_there(id)) else {
                continue;
            };
            return Err(match self.commit(needs).filter(|this| named.has(*this)) {
                Some(removed) => ChangeError::NeededBy {
                    revision,
                    commit: removed.id,
                    by: commit.id,
                },
                None => ChangeError::Needs {
                    revision,
                    commit: commit.id,
                    needs,
                },
            });
        }
        Ok(commits)
    }

    /// Returns the tree of this name that was made with [`Graph::with`].
    pub(super) fn made(&'static self, tree: &Tree) -> Option<&'static Tree> {
        let made = self.made.lock().expect("no holder of the lock panics");
        made.iter().find(|this| **this == tree).copied()
    }
}

/// Returns the row of a revision with changes.
fn row(base: &'static Tree, name: &str, changes: Changes<'_>) -> Revision {
    let said = |word: &str, commits: &[Commit]| {
        let all: Vec<String> = { commits.iter() }
            .map(|commit| format!("{} {}", commit.id, commit.subject))
            .collect();
        match all.is_empty() {
            true => None,
            false => Some(format!("{word} {}", all.join("; "))),
        }
    };
    let what = [said("with", changes.add), said("without", changes.remove)];
    let what: Vec<String> = what.into_iter().flatten().collect();
    let what = format!("{} {}", base.name(), what.join(", and "));
    let cited_by_base = |blob: &'static Blob| -> &'static Blob {
        let revision = blob.revision.unwrap_or(base.name());
        Box::leak(Box::new(blob.cited_as(revision)))
    };
    Revision {
        name: name.to_owned().leak(),
        what: what.leak(),
        parents: vec![base.name()].leak(),
        branch: Branch::Proposal,
        commits: changes.add.to_vec().leak(),
        iommu_sva: cited_by_base(base.revision.iommu_sva),
        iommu: cited_by_base(base.revision.iommu),
        stands_for: &[],
        derived: true,
    }
}
