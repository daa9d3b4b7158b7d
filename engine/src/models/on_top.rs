// SPDX-License-Identifier: GPL-2.0-or-later
//! Commits on top of a model: `v6.12+530f8f9c3546` is that kernel with a commit, and
//! `v7.3-06e14c36e20b` that kernel without one. Several can follow each other.

use super::{AnyModel, graph};
use spec::revision::Changes;
use spec::{Commit, Model};

/// Minimum number of hex digits in the id of a commit; git abbreviates to no fewer.
pub const FEWEST: usize = 7;

/// Maximum number of hex digits in the id of a commit.
pub const MOST: usize = 40;

/// A name, divided into the name of a model or a release and the commits on top of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// The name of the model or the release.
    pub base: &'a str,
    /// What follows it, such as `+530f8f9c3546`.
    pub text: &'a str,
    /// Each change: whether the commit is added, and its id.
    pub changes: Vec<(bool, &'a str)>,
}

/// Returns whether a text can be the id of a commit.
pub fn is_id(text: &str) -> bool {
    let length = FEWEST..=MOST;
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl<'a> Named<'a> {
    /// Divides a name. Everything at its end that looks like the id of a commit is a change.
    pub fn new(name: &'a str) -> Named<'a> {
        let mut base = name;
        let mut changes = Vec::new();
        while let Some(at) = base.rfind(['+', '-']) {
            let id = &base[at + 1..];
            if !is_id(id) {
                break;
            }
            changes.push((base.as_bytes()[at] == b'+', id));
            base = &base[..at];
        }
        changes.reverse();
        Named {
            base,
            text: &name[base.len()..],
            changes,
        }
    }
}

/// Returns the commit whose id begins with this text, or is the beginning of it.
///
/// # Errors
///
/// Returns a sentence if there is none, or more than one.
pub fn commit(id: &str) -> Result<Commit, String> {
    let id = id.to_ascii_lowercase();
    let mut found = commits(&id);
    match (found.next(), found.next()) {
        (Some(commit), None) => Ok(commit),
        (Some(first), Some(second)) => Err(format!(
            "{id} is the beginning of {} and of {}; write more of it",
            first.id, second.id
        )),
        (None, _) => Err(format!(
            "{id} is none of the commits that the models know; svadiff models lists them"
        )),
    }
}

/// Returns all merged commits with an id, in lower case, or the beginning of one.
pub fn commits(id: &str) -> impl Iterator<Item = Commit> {
    let all = graph().commits().iter().copied();
    // The id of a proposal is a Message-ID, which may begin with digits.
    let merged = all.filter(|commit| commit.release.is_some());
    merged.filter(move |commit| commit.id.starts_with(id) || id.starts_with(commit.id))
}

/// Returns a model with commits on top of it. The name of the new model is `name`.
///
/// # Errors
///
/// Returns a sentence that names the first commit that cannot be had.
pub fn on_top(base: AnyModel, name: &str, changes: &[(bool, &str)]) -> Result<AnyModel, String> {
    let mut add = Vec::new();
    let mut remove = Vec::new();
    for &(is_added, id) in changes {
        let commit = commit(id)?;
        let has = base.tree().has(commit);
        if is_added != has && !can_change(base, commit) {
            return Err(not_known(base, commit));
        }
        if is_added {
            add.push(commit);
        } else {
            remove.push(commit);
            remove.extend(variants(base, commit));
        }
    }
    let changes = Changes {
        add: &add,
        remove: &remove,
    };
    let tree = graph().with(base.tree(), name, changes);
    tree.map(AnyModel::of).map_err(|error| error.to_string())
}

/// Returns the commits of a model that are another form of a commit, as a stable branch got it.
/// Such a form has the id of the commit behind a colon, and is not there without it.
fn variants(base: AnyModel, commit: Commit) -> impl Iterator<Item = Commit> {
    let all = graph().commits().iter().copied();
    all.filter(move |this| {
        let original = this.id.split_once(':').map(|(_, id)| id);
        base.tree().has(*this) && original == Some(commit.id)
    })
}

/// Returns whether the code of a model looks at a commit that the model does not have, or can do
/// without one that it has.
pub fn can_change(base: AnyModel, commit: Commit) -> bool {
    let is_of_era = |of: AnyModel| std::mem::discriminant(&of) == std::mem::discriminant(&base);
    base.knows(commit) && base.without(commit).is_none_or(is_of_era)
}

/// Returns the sentence for a commit that the code of a model does not know.
pub fn not_known(base: AnyModel, commit: Commit) -> String {
    let (name, id) = (AnyModel::name(base), commit.id);
    let release = commit.release.unwrap_or_default();
    match base.tree().has(commit) {
        true => format!("the code of {name} is written for kernels with {id} (of {release})"),
        false => format!("the code of {name} does not know {id}, which is of {release}"),
    }
}

/// Returns the model of a name with commits on top; `None` if it names none.
pub fn by_name(name: &str) -> Option<AnyModel> {
    let named = Named::new(name);
    if named.changes.is_empty() {
        return None;
    }
    let base = graph().tree(named.base).map(AnyModel::of)?;
    on_top(base, name, &named.changes).ok()
}
