// SPDX-License-Identifier: GPL-2.0-or-later
//! The commits that the history of a vendor's tree has on top of a release, read from what `git
//! log` prints.

use super::{Answer, named};
use crate::models::on_top::{can_change, commits, is_id, not_known};
use crate::models::{AnyModel, graph};
use impl_v67::revisions::REFUSE_X86;
use spec::{Commit, Model};

/// Reads the output of `git log`, whole or with `--oneline`, line by line.
///
/// A commit is recognized by its id, by that of the upstream commit that the message of a backport
/// names, and by its subject. Of several mentions of one commit the first counts, which is the
/// newest: a commit that was reverted is not there. All other lines are passed over.
#[derive(Clone, Debug)]
pub struct Log {
    base: Answer,
    /// The commits that the log has (`true`) or has reverted, in the order of their mention.
    mentioned: Vec<(Commit, bool)>,
}

/// The commits that a log has on top of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backports {
    /// The model with these commits.
    pub answer: Answer,
    /// The commits that the model did not have.
    pub added: Vec<Commit>,
    /// The commits that the model had, and that are reverted.
    pub removed: Vec<Commit>,
    /// The commits that the model can be had neither with nor without, and the reason, a sentence.
    pub left_out: Vec<(Commit, String)>,
}

/// A mention of a commit: whether the tree has it from there on.
type Mention = (Commit, bool);

impl Log {
    /// Begins a log of a tree that is based on the model of an answer.
    pub fn new(base: Answer) -> Log {
        Log {
            base,
            mentioned: Vec::new(),
        }
    }

    /// Reads a line.
    pub fn line(&mut self, line: &str) {
        if let Some((commit, is_there)) = mention(line)
            && !self.mentioned.iter().any(|(this, _)| *this == commit)
        {
            self.mentioned.push((commit, is_there));
        }
    }

    /// Returns the model with the commits of the log.
    pub fn finish(self) -> Backports {
        let base = self.base.model;
        let mut left_out = Vec::new();
        let mut changes: Vec<Mention> = { graph().commits().iter() }
            .filter_map(|commit| self.mentioned.iter().find(|(this, _)| this == commit))
            .filter(|(commit, is_there)| *is_there != base.tree().has(*commit))
            .copied()
            .collect();
        let x86 = self.base.x86;
        changes.retain(|&(commit, is_there)| {
            // The tree has this commit, and it changes nothing in the kernel that is built.
            let is_compiled = x86 || !is_there || commit != REFUSE_X86;
            let why = match can_change(base, commit) {
                false => not_known(base, commit),
                true if is_compiled => return true,
                true => format!(
                    "{} changes kernels configured for x86; say --x86",
                    commit.id
                ),
            };
            left_out.push((commit, why));
            false
        });
        while let Some((at, why)) = inconsistent(base, &changes) {
            left_out.push((changes.remove(at).0, why));
        }
        let text = |&(commit, is_there): &Mention| {
            let sign = if is_there { '+' } else { '-' };
            format!("{sign}{}", commit.id)
        };
        let name: String = changes.iter().map(text).collect();
        let made = named(&format!("{}{name}", base.name()), false);
        let answer = made.unwrap_or_else(|_| self.base.clone());
        let of = |is_there: bool| {
            let these = changes.iter().filter(|(_, this)| *this == is_there);
            these.map(|(commit, _)| *commit).collect()
        };
        Backports {
            added: of(true),
            removed: of(false),
            left_out,
            answer: Answer {
                model: answer.model,
                ..self.base
            },
        }
    }
}

/// Returns the first change that cannot be made because of a commit that another one needs, and the
/// reason.
fn inconsistent(base: AnyModel, changes: &[Mention]) -> Option<(usize, String)> {
    let name = base.name();
    let has = |commit: Commit| match changes.iter().find(|(this, _)| *this == commit) {
        Some((_, is_there)) => *is_there,
        None => base.tree().has(commit),
    };
    let mut all = changes.iter().enumerate();
    all.find_map(|(at, &(commit, is_there))| {
        let id = commit.id;
        if is_there {
            let is_missing = |id: &&&str| !graph().commit(id).is_some_and(has);
            let needs = commit.needs.iter().find(is_missing)?;
            let why = format!("{id} needs {needs}, which neither {name} nor the log has");
            return Some((at, why));
        }
        let mut others = graph().commits().iter();
        let by = others.find(|other| has(**other) && other.needs.contains(&id))?;
        let why = format!("{id} is reverted, but {}, which needs it, is there", by.id);
        Some((at, why))
    })
}

/// Returns the commit that a line mentions, and whether the tree has it from there on.
fn mention(line: &str) -> Option<Mention> {
    let is_indented = line.starts_with([' ', '\t']);
    // `--graph` draws lines before each commit; a list of changes has bullets.
    let text = line.trim_start_matches([' ', '\t', '*', '|', '/', '\\', '_', '-']);
    let text = text.trim_end();
    by_id(text, is_indented).or_else(|| by_subject(text))
}

/// Finds a commit by the id in a line.
fn by_id(text: &str, is_indented: bool) -> Option<Mention> {
    let lower = text.to_ascii_lowercase();
    let lower = lower.trim_start_matches(['[', '(', ' ']);
    let after = |words: &str| lower.strip_prefix(words).map(str::trim_start);
    let picked = [
        "cherry picked from",
        "cherry-picked from",
        "backported from",
    ];
    if let Some(rest) = after("this reverts commit") {
        return Some((unique(first_word(rest))?, false));
    }
    let rest = { picked.iter() }
        .find_map(|words| after(words)?.strip_prefix("commit"))
        .or_else(|| after("upstream commit"));
    if let Some(rest) = rest {
        return Some((unique(first_word(rest))?, true));
    }
    if let Some(rest) = after("commit ") {
        let id = first_word(rest);
        let rest = rest.get(id.len()..)?.trim_start();
        let is_header = !is_indented && (rest.is_empty() || rest.starts_with('('));
        // Red Hat puts the whole id of the upstream commit on a line of its own.
        let is_whole = rest.is_empty() && id.len() == 40;
        let is_it = is_header || is_whole || rest.starts_with("upstream");
        return Some((unique(id).filter(|_| is_it)?, true));
    }
    let commit = unique(first_word(lower)).filter(|_| !is_indented)?;
    // A vendor's own commit is a revert if its subject says so.
    let is_there = by_subject(text).is_none_or(|(_, is_there)| is_there);
    Some((commit, is_there))
}

/// Finds a commit by its subject, with the tags that vendors put before it.
fn by_subject(text: &str) -> Option<Mention> {
    let id = first_word(text);
    let text = match is_id(id) {
        true => text[id.len()..].trim_start(),
        false => text,
    };
    // `--decorate` shows the names of a commit.
    let text = match text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => rest.trim_start(),
        None => text,
    };
    let mut is_there = true;
    let mut subject = text;
    loop {
        let quoted = |word| {
            let rest = subject.strip_prefix(word)?;
            rest.strip_suffix('"')
        };
        if let Some(rest) = quoted("Revert \"") {
            (subject, is_there) = (rest, !is_there);
        } else if let Some(rest) = quoted("Reapply \"") {
            subject = rest;
        } else {
            break;
        }
    }
    let is_tag = |word: &str| word.ends_with(':') || word.starts_with('[') && word.ends_with(']');
    let is_it = |commit: &&Commit| {
        let tags = subject.strip_suffix(commit.subject);
        commit.release.is_some() && tags.is_some_and(|tags| tags.split_whitespace().all(is_tag))
    };
    let commit = graph().commits().iter().find(is_it)?;
    Some((*commit, is_there))
}

/// Returns the hex digits or letters at the start of a text.
fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    &text[..end.unwrap_or(text.len())]
}

/// Returns the only commit with this id, or beginning of one.
fn unique(id: &str) -> Option<Commit> {
    if !is_id(id) {
        return None;
    }
    let mut all = commits(id);
    all.next().filter(|_| all.next().is_none())
}

#[cfg(test)]
mod tests;
