// SPDX-License-Identifier: GPL-2.0-or-later
//! The graph of all revisions, and data derived from it.

use super::{At, Branch, Commit, Commits, Release, Revision, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, OnceLock};

/// The declarations of one crate: its commits and its revisions.
#[derive(Clone, Copy, Debug)]
pub struct Era {
    /// All commits that are declared in the crate.
    pub commits: &'static [Commit],
    /// All revisions that are declared in the crate.
    pub revisions: &'static [Revision],
    /// The anchors that the code of the crate cites.
    pub cited: &'static [Cited],
}

impl Era {
    /// An era without declarations, to add revisions to.
    pub const EMPTY: Era = Era {
        commits: &[],
        revisions: &[],
        cited: &[],
    };
}

/// Anchors that code cites, so that the files of a revision need a line for each.
#[derive(Clone, Copy, Debug)]
pub struct Cited {
    /// The commit without which the code does not cite them; `None` for what every revision cites.
    pub with: Option<Commit>,
    /// The commit with which the code no longer cites them; `None` if there is none.
    pub until: Option<Commit>,
    /// The anchors.
    pub at: &'static [At],
}

impl Cited {
    /// No anchors, in every revision: the fields that most declarations share.
    pub const ALWAYS: Cited = Cited {
        with: None,
        until: None,
        at: &[],
    };
}

/// An error in the declarations of commits and revisions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// A name is used twice.
    #[error("two revisions have the name {0}")]
    SameName(&'static str),
    /// A parent is not among the revisions.
    #[error("revision {revision} has the parent {parent}, which is not a revision")]
    UnknownParent {
        /// The revision.
        revision: &'static str,
        /// The name of the parent.
        parent: &'static str,
    },
    /// A revision is its own ancestor.
    #[error("revision {0} is its own ancestor")]
    Cycle(&'static str),
    /// There are several revisions to begin with.
    #[error("revisions {first} and {second} have no parent, and only the first one has none")]
    NoParent {
        /// The revision that is declared first.
        first: &'static str,
        /// The other revision.
        second: &'static str,
    },
    /// The file of a revision has no line for an anchor that the code of the revision cites.
    #[error("revision {revision} cites {at}, and has no line for it in {}", at.file().path())]
    NoLine {
        /// The revision.
        revision: &'static str,
        /// The anchor.
        at: At,
    },
    /// A commit is declared more than once.
    #[error("commit {0} is declared twice")]
    DeclaredTwice(&'static str),
    /// Two commits have the same bit.
    #[error("commits {first} and {second} have the same bit, {bit}")]
    SameBit {
        /// The commit that is declared first.
        first: &'static str,
        /// The other commit.
        second: &'static str,
        /// The bit.
        bit: u8,
    },
    /// A revision lists a commit that is not declared.
    #[error("revision {revision} has commit {commit}, which is not declared")]
    UnknownCommit {
        /// The revision.
        revision: &'static str,
        /// The id of the commit.
        commit: &'static str,
    },
    /// A revision has a commit, but not one that the commit needs.
    #[error("revision {revision} has commit {commit} without commit {needs}, which that one needs")]
    MissingNeed {
        /// The revision.
        revision: &'static str,
        /// The commit.
        commit: &'static str,
        /// The id of the missing commit.
        needs: &'static str,
    },
    /// Two revisions stand for the same release in the same configuration.
    #[error("revisions {first} and {second} both stand for {release}")]
    SameRelease {
        /// The release.
        release: Release,
        /// The revision that comes first.
        first: &'static str,
        /// The other revision.
        second: &'static str,
    },
    /// A revision lists a commit that it inherits from a parent.
    #[error("revision {revision} lists commit {commit}, which a parent of it has")]
    ListedAgain {
        /// The revision.
        revision: &'static str,
        /// The commit.
        commit: &'static str,
    },
}

/// All revisions, validated. The graph and its trees live as long as the program.
pub struct Graph {
    /// In the order of models.
    revisions: Vec<&'static Revision>,
    /// The commits of each revision, in the same order.
    commits: Vec<Commits>,
    declared: Vec<Commit>,
    trees: OnceLock<Vec<Tree>>,
    /// Trees from which a commit was removed: at most one for each revision and set of commits.
    without: Mutex<BTreeMap<(&'static str, u128), &'static Tree>>,
    /// Trees with commits on top of a revision: one for each name.
    pub(super) made: Mutex<Vec<&'static Tree>>,
}

/// A step from a revision to one of its children, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The parent.
    pub parent: &'static Tree,
    /// The child.
    pub child: &'static Tree,
    /// Whether the step goes from the child to the parent.
    pub backwards: bool,
}

impl Graph {
    /// Builds the graph of all revisions of these eras, or returns the first error in them.
    pub fn new(eras: &[Era]) -> Result<&'static Graph, GraphError> {
        let declared = declared(eras)?;
        let revisions = in_order(eras)?;
        let mut commits: Vec<Commits> = Vec::with_capacity(revisions.len());
        for (index, revision) in revisions.iter().enumerate() {
            let is_parent = |this: &&&Revision| revision.parents.contains(&this.name);
            let parents = revisions[..index].iter().zip(&commits);
            let inherited = { parents.filter(|(this, _)| is_parent(this)) }
                .fold(Commits::EMPTY, |all, (_, &these)| all.union(these));
            commits.push(all_commits(revision, inherited, &declared)?);
        }
        for era in eras {
            let rows = revisions.iter().zip(&commits);
            let of_era = |row: &Revision| era.revisions.iter().any(|this| this.name == row.name);
            for (row, &commits) in rows.filter(|(row, _)| of_era(row)) {
                cited_lines(row, commits, era.cited)?;
            }
        }
        Ok(Box::leak(Box::new(Graph {
            revisions,
            commits,
            declared,
            trees: OnceLock::new(),
            without: Mutex::default(),
            made: Mutex::default(),
        })))
    }

    /// Returns the trees of all revisions, in the order of models: mainline from the first revision
    /// on; after each revision its proposals, then the stable branches that fork from it.
    pub fn trees(&'static self) -> &'static [Tree] {
        self.trees.get_or_init(|| {
            let all = self.revisions.iter().zip(&self.commits);
            all.map(|(&revision, &commits)| Tree {
                revision,
                commits,
                graph: self,
            })
            .collect()
        })
    }

    /// Returns the tree of the revision with this name.
    pub fn tree(&'static self, name: &str) -> Option<&'static Tree> {
        self.trees().iter().find(|tree| tree.name() == name)
    }

    /// Returns all declared commits, in the order of their declaration.
    pub fn commits(&self) -> &[Commit] {
        &self.declared
    }

    /// Returns the declared commit with this id.
    pub fn commit(&self, id: &str) -> Option<Commit> {
        self.declared.iter().copied().find(|commit| commit.id == id)
    }

    /// Returns the parents of a revision, in the order of its row.
    pub fn parents(&'static self, tree: &Tree) -> impl Iterator<Item = &'static Tree> + use<> {
        let parents = tree.revision.parents.iter();
        parents.filter_map(|name| self.tree(name))
    }

    /// Returns the children of a revision, in the order of models.
    pub fn children(&'static self, tree: &Tree) -> impl Iterator<Item = &'static Tree> + use<> {
        let name = tree.name();
        let all = self.trees().iter();
        all.filter(move |child| child.revision.parents.contains(&name))
    }

    /// Returns a revision and all its ancestors, each before its own parents.
    pub fn ancestors(&'static self, tree: &Tree) -> Vec<&'static Tree> {
        let mut names = BTreeSet::from([tree.name()]);
        let made = self.made(tree);
        names.extend(made.iter().flat_map(|made| made.revision.parents));
        let all = self.trees().iter().rev();
        // In the order of models, parents come before their children.
        let all = all.filter(|this| {
            let is_one = names.contains(this.name());
            if is_one {
                names.extend(this.revision.parents);
            }
            is_one
        });
        made.into_iter().chain(all).collect()
    }

    /// Returns all descendants of a revision, each after its parents.
    pub fn descendants(&'static self, tree: &Tree) -> Vec<&'static Tree> {
        let mut names = BTreeSet::from([tree.name()]);
        let all = self.trees().iter();
        all.filter(|this| {
            let is_one = this
                .revision
                .parents
                .iter()
                .any(|name| names.contains(name));
            if is_one {
                names.insert(this.name());
            }
            is_one
        })
        .collect()
    }

    /// Returns the steps from one revision to another: back to a common ancestor, then forward.
    /// Empty if they have no common ancestor or are the same.
    pub fn path(&'static self, from: &Tree, to: &Tree) -> Vec<Step> {
        let ancestors = self.ancestors(to);
        let back = self.line(from, |this| ancestors.contains(&this));
        let Some(&meet) = back.last() else {
            return Vec::new();
        };
        let mut forward = self.line(to, |this| this == meet);
        forward.reverse();
        let step = |parent, child, backwards| Step {
            parent,
            child,
            backwards,
        };
        let back = back.windows(2).map(|pair| step(pair[1], pair[0], true));
        let forward = forward.windows(2).map(|pair| step(pair[0], pair[1], false));
        back.chain(forward).collect()
    }

    /// Returns the shortest line from a revision back to an ancestor that fulfils a condition, both
    /// included; of several with the same length, the one through the parents listed first.
    fn line(
        &'static self,
        from: &Tree,
        is_end: impl Fn(&'static Tree) -> bool,
    ) -> Vec<&'static Tree> {
        let from = self.tree(from.name()).or_else(|| self.made(from));
        let mut lines: Vec<Vec<&'static Tree>> = from.map(|tree| vec![tree]).into_iter().collect();
        while !lines.is_empty() {
            if let Some(line) = lines
                .iter()
                .find(|line| line.last().is_some_and(|t| is_end(t)))
            {
                return line.clone();
            }
            lines = { lines.iter() }
                .flat_map(|line| {
                    let parents = line.last().into_iter().flat_map(|tree| self.parents(tree));
                    parents.map(|parent| [&line[..], &[parent]].concat())
                })
                .collect();
        }
        Vec::new()
    }

    /// Returns a tree without a commit and those that need it, under the same name and with the
    /// same lines, or `None` if the tree does not have the commit.
    pub fn without(&'static self, tree: &'static Tree, commit: Commit) -> Option<&'static Tree> {
        if !tree.has(commit) {
            return None;
        }
        let mut commits = tree.commits.without(commit);
        while let Some(stranded) = self.stranded(commits) {
            commits = commits.without(stranded);
        }
        let mut cache = self.without.lock().expect("no holder of the lock panics");
        let tree = cache
            .entry((tree.name(), commits.bits()))
            .or_insert_with(|| Box::leak(Box::new(Tree { commits, ..*tree })));
        Some(tree)
    }

    /// Returns a commit of the set that needs one outside the set.
    fn stranded(&self, commits: Commits) -> Option<Commit> {
        let has = |id: &&str| self.commit(id).is_some_and(|commit| commits.has(commit));
        let mut all = self.declared.iter();
        all.find(|commit| commits.has(**commit) && !commit.needs.iter().all(has))
            .copied()
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.revisions.iter().map(|revision| revision.name);
        f.debug_list().entries(names).finish()
    }
}

/// Returns all declared commits, or an error if two have the same id or the same bit.
fn declared(eras: &[Era]) -> Result<Vec<Commit>, GraphError> {
    let mut all: Vec<Commit> = Vec::new();
    for commit in eras.iter().flat_map(|era| era.commits).copied() {
        if all.contains(&commit) {
            return Err(GraphError::DeclaredTwice(commit.id));
        }
        if let Some(first) = all.iter().find(|other| other.bit == commit.bit) {
            return Err(GraphError::SameBit {
                first: first.id,
                second: commit.id,
                bit: commit.bit,
            });
        }
        all.push(commit);
    }
    Ok(all)
}

/// Returns all revisions in the order of models.
fn in_order(eras: &[Era]) -> Result<Vec<&'static Revision>, GraphError> {
    let rows: Vec<&'static Revision> = eras.iter().flat_map(|era| era.revisions).collect();
    let mut names = BTreeSet::new();
    for row in &rows {
        if !names.insert(row.name) {
            return Err(GraphError::SameName(row.name));
        }
    }
    for row in &rows {
        if let Some(parent) = row.parents.iter().find(|name| !names.contains(*name)) {
            return Err(GraphError::UnknownParent {
                revision: row.name,
                parent,
            });
        }
    }
    let mut roots = rows.iter().filter(|row| row.parents.is_empty());
    if let (Some(first), Some(second)) = (roots.next(), roots.next()) {
        return Err(GraphError::NoParent {
            first: first.name,
            second: second.name,
        });
    }
    let mut order: Vec<&'static Revision> = Vec::new();
    let mut next: Vec<&'static Revision> = { rows.iter().rev() }
        .copied()
        .filter(|row| row.parents.is_empty())
        .collect();
    while let Some(row) = next.pop() {
        order.push(row);
        // A revision comes after the last of its parents.
        let is_next = |child: &&&'static Revision| {
            let stands = |name| order.iter().any(|this| this.name == name);
            child.parents.contains(&row.name) && child.parents.iter().all(|&name| stands(name))
        };
        for branch in [Branch::Mainline, Branch::Stable, Branch::Proposal] {
            let children = rows.iter().rev().filter(is_next).copied();
            next.extend(children.filter(|child| child.branch == branch));
        }
    }
    let stands = |row: &Revision| order.iter().any(|this| this.name == row.name);
    match rows.iter().find(|row| !stands(row)) {
        Some(row) => Err(GraphError::Cycle(row.name)),
        None => Ok(order),
    }
}

/// Returns an error if a revision has no line for an anchor that its code cites.
fn cited_lines(row: &Revision, commits: Commits, cited: &[Cited]) -> Result<(), GraphError> {
    let is_cited = |cited: &&Cited| {
        cited.with.is_none_or(|commit| commits.has(commit))
            && !cited.until.is_some_and(|commit| commits.has(commit))
    };
    let mut all = { cited.iter() }.filter(is_cited).flat_map(|cited| cited.at);
    let has_no_line = |at: &&At| row.blob(**at).line(**at).is_none();
    all.find(has_no_line).map_or(Ok(()), |&at| {
        Err(GraphError::NoLine {
            revision: row.name,
            at,
        })
    })
}

/// Returns the commits that a revision inherits and those in its row.
fn all_commits(
    revision: &Revision,
    inherited: Commits,
    declared: &[Commit],
) -> Result<Commits, GraphError> {
    let name = revision.name;
    let mut commits = inherited;
    for &commit in revision.commits {
        let id = commit.id;
        if !declared.contains(&commit) {
            let commit = id;
            return Err(GraphError::UnknownCommit {
                revision: name,
                commit,
            });
        }
        if commits.has(commit) {
            return Err(GraphError::ListedAgain {
                revision: name,
                commit: id,
            });
        }
        commits = commits.with(commit);
    }
    for commit in declared.iter().filter(|commit| commits.has(**commit)) {
        let has = |id: &str| {
            declared
                .iter()
                .any(|this| this.id == id && commits.has(*this))
        };
        if let Some(needs) = commit.needs.iter().find(|id| !has(id)) {
            return Err(GraphError::MissingNeed {
                revision: name,
                commit: commit.id,
                needs,
            });
        }
    }
    Ok(commits)
}
