// SPDX-License-Identifier: GPL-2.0-or-later
//! The registry of models, by name and in the order of history.

pub mod on_top;

pub use {impl_v67, impl_v68, impl_v612};

use impl_v67::V67;
use impl_v68::V68;
use impl_v68::revisions::SHARE_DOMAINS;
use impl_v612::V612;
use impl_v612::revisions::ATTACH_HANDLES;
use spec::revision::{Era, Graph, GraphError};
use spec::{Commit, Model, Tree};
use std::sync::LazyLock;

/// The eras, which the crates of the models declare.
pub const ERAS: [Era; 3] = [impl_v67::ERA, impl_v68::ERA, impl_v612::ERA];

/// The history of all registered models, or the error if they form no history.
static GRAPH: LazyLock<Result<&'static Graph, GraphError>> = LazyLock::new(|| Graph::new(&ERAS));

/// A registered model of any era.
#[derive(Clone, Copy, Debug)]
pub enum AnyModel {
    /// The design up to 6.7.
    V67(V67),
    /// The design from 6.8 to 6.10.
    V68(V68),
    /// The design from 6.11 on.
    V612(V612),
}

/// Returns an error if the registered revisions form no graph. If so, all other functions of this
/// module panic, so programs call this function first.
pub fn registered() -> Result<(), GraphError> {
    GRAPH.clone()?.check_releases()
}

/// Returns the history of all registered models.
///
/// # Panics
///
/// If [`registered`] returns an error.
pub fn graph() -> &'static Graph {
    match &*GRAPH {
        Ok(graph) => graph,
        Err(error) => panic!("{error}"),
    }
}

/// Returns all models, in the order of [`Graph::trees`].
pub fn all() -> Vec<AnyModel> {
    graph().trees().iter().map(AnyModel::of).collect()
}

/// Returns the model of this name; `None` if there is none. `v6.12+530f8f9c3546` and
/// `v7.3-06e14c36e20b` are models with or without a commit, see [`on_top`].
pub fn by_name(name: &str) -> Option<AnyModel> {
    let registered = graph().tree(name).map(AnyModel::of);
    registered.or_else(|| on_top::by_name(name))
}

impl AnyModel {
    /// Returns the model of a tree. The commits of the tree determine the design.
    pub fn of(tree: &'static Tree) -> AnyModel {
        if tree.has(ATTACH_HANDLES) {
            AnyModel::V612(V612(tree))
        } else if tree.has(SHARE_DOMAINS) {
            AnyModel::V68(V68(tree))
        } else {
            AnyModel::V67(V67(tree))
        }
    }

    /// Returns the name that the command line, JSON and reports use.
    pub fn name(self) -> &'static str {
        self.tree().name()
    }

    /// Returns the index of this model in [`Graph::trees`].
    pub fn place(self) -> usize {
        let mut all = self.tree().graph.trees().iter();
        let at = all.position(|tree| tree.name() == self.name());
        at.unwrap_or(usize::MAX)
    }

    /// Returns this model, under the same name, without a commit and without the commits that need
    /// it; `None` if it does not have the commit.
    pub fn without(self, commit: Commit) -> Option<AnyModel> {
        let tree = self.tree();
        tree.graph.without(tree, commit).map(AnyModel::of)
    }

    /// Returns whether the code of this model's era looks at a commit, or the commit changes nothing
    /// that it includes.
    pub fn knows(self, commit: Commit) -> bool {
        let (era, others) = match self {
            AnyModel::V67(_) => (impl_v67::ERA, impl_v67::revisions::FROM_OTHERS),
            AnyModel::V68(_) => (impl_v68::ERA, impl_v68::revisions::FROM_OTHERS),
            AnyModel::V612(_) => (impl_v612::ERA, impl_v612::revisions::FROM_OTHERS),
        };
        era.commits.contains(&commit) || others.contains(&commit)
    }

    /// Returns the model that this one is built on: its first parent.
    pub fn base(self) -> Option<AnyModel> {
        let tree = self.tree();
        tree.graph.parents(tree).next().map(AnyModel::of)
    }
}

impl PartialEq for AnyModel {
    fn eq(&self, other: &AnyModel) -> bool {
        self.tree() == other.tree()
    }
}

impl Eq for AnyModel {}

/// Calls a method of the model that `self` contains.
macro_rules! forward {
    ($self:ident, $call:ident $(, $arg:ident)*) => {
        match $self {
            AnyModel::V67(model) => model.$call($($arg),*),
            AnyModel::V68(model) => model.$call($($arg),*),
            AnyModel::V612(model) => model.$call($($arg),*),
        }
    };
}

spec::forward_model!(AnyModel, forward);
