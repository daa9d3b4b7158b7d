// SPDX-License-Identifier: GPL-2.0-or-later
//! Which revision stands for a release.

use super::{Commit, Graph, GraphError, Release, Releases, Revision, Tree};
use std::fmt::Write;

impl Graph {
    /// Returns all ranges of releases with the tree that stands for them, in the order of their
    /// first releases; of two that begin with the same release, the one for x86 is the second.
    pub fn ranges(&'static self) -> Vec<(Releases, &'static Tree)> {
        let trees = self.trees().iter();
        let mut all: Vec<(Releases, &'static Tree)> = trees
            .flat_map(|tree| {
                tree.revision
                    .stands_for
                    .iter()
                    .map(move |&range| (range, tree))
            })
            .collect();
        all.sort_by_key(|(range, _)| (range.first(), range.is_x86()));
        all
    }

    /// Returns the tree that stands for a release, configured for x86 or not; `None` if none does.
    /// A release candidate is only found where a revision has it by itself.
    pub fn standing_for(&'static self, release: Release, x86: bool) -> Option<&'static Tree> {
        let of = |x86: bool| {
            let is_it = |range: &&Releases| range.is_x86() == x86 && range.has(release);
            let mut trees = self.trees().iter();
            trees.find(|tree| tree.revision.stands_for.iter().find(is_it).is_some())
        };
        match x86 {
            true => of(true).or_else(|| of(false)),
            false => of(false),
        }
    }

    /// Returns the first releases with a commit: that of mainline, then those of the stable branches
    /// that got it, the newest first. Empty for a proposal.
    ///
    /// A release of a stable branch is one if the release before it is known not to have the commit.
    pub fn first_releases(&'static self, commit: Commit) -> Vec<String> {
        let Some(mainline) = commit.release else {
            return Vec::new();
        };
        let mut stable: Vec<Release> = { self.ranges().into_iter() }
            .filter(|(_, tree)| tree.has(commit))
            .filter_map(|(range, _)| {
                let first = range.first();
                let before = Release::new(first.major, first.minor, first.patch.checked_sub(1)?);
                let before = self.standing_for(before, range.is_x86())?;
                (!before.has(commit)).then_some(first)
            })
            .collect();
        stable.sort();
        stable.dedup();
        let mainline = mainline.trim_start_matches('v').to_owned();
        let stable = stable.iter().rev().map(Release::to_string);
        let stable = stable.filter(|release| *release != mainline);
        [mainline.clone()].into_iter().chain(stable).collect()
    }

    /// Checks that no two revisions stand for the same release in the same configuration.
    ///
    /// # Errors
    ///
    /// [`GraphError::SameRelease`] names the first release with two revisions.
    pub fn check_releases(&'static self) -> Result<(), GraphError> {
        let all = self.ranges();
        for (at, (range, tree)) in all.iter().enumerate() {
            let mut others = all[..at].iter();
            let shared = others.find_map(|(other, of)| Some((range.in_both(*other)?, of)));
            if let Some((release, of)) = shared {
                return Err(GraphError::SameRelease {
                    release,
                    first: of.name(),
                    second: tree.name(),
                });
            }
        }
        Ok(())
    }
}

impl Revision {
    /// Returns the releases that it stands for, as in "6.11, 6.12.0 to 6.12.92 and 6.13", or `None`
    /// if there is none.
    pub fn releases(&self) -> Option<String> {
        let (last, first) = self.stands_for.split_last()?;
        let mut text = String::new();
        for (at, range) in first.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            let _ = write!(text, "{comma}{range}");
        }
        let and = if text.is_empty() { "" } else { " and " };
        let _ = write!(text, "{and}{last}");
        if self.is_for_x86() {
            text += ", configured for x86";
        }
        Some(text)
    }

    /// Returns whether it stands for nothing but kernels that are configured for x86.
    pub fn is_for_x86(&self) -> bool {
        !self.stands_for.is_empty() && self.stands_for.iter().all(|range| range.is_x86())
    }
}
