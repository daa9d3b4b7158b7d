// SPDX-License-Identifier: GPL-2.0-or-later
//! What `models` prints.

use crate::schema::names::{CommitId, ModelName, Text};
use schemars::JsonSchema;

/// A commit.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "commit", deny_unknown_fields)]
pub struct Commit {
    /// The abbreviated commit, or the Message-ID of a proposal.
    pub id: CommitId,
    /// Its subject.
    pub subject: Text,
}

/// A range of releases.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "releases", deny_unknown_fields)]
pub struct Releases {
    /// The first release.
    pub first: Text,
    /// The last one; null if the range ends with its series.
    pub last: Option<Text>,
    /// Whether only kernels configured for x86 are meant.
    pub x86: bool,
}

/// A branch of the history.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "branch", rename_all = "snake_case")]
pub enum Branch {
    /// Mainline.
    Mainline,
    /// A stable branch.
    Stable,
    /// A stable branch, configured for x86.
    X86,
    /// A patch that was never merged.
    Proposal,
}

/// A model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "model", deny_unknown_fields)]
pub struct Model {
    /// Its name.
    pub name: ModelName,
    /// What it is.
    pub what: Text,
    /// Its first parent; null for the first model.
    pub base: Option<ModelName>,
    /// The commits that it adds.
    pub commits: Vec<Commit>,
    /// Whether it is a proposal.
    pub proposal: bool,
    /// The abbreviated git blob of its `iommu-sva.c`, or null.
    #[schemars(regex(pattern = "^[0-9a-f]+$"))]
    pub blob: Option<String>,
    /// Its branch.
    pub branch: Branch,
    /// The releases that it stands for.
    pub stands_for: Vec<Releases>,
    /// Whether it is derived from its commits, without a recorded run.
    pub derived: bool,
}

/// The model of a release.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "of_release", deny_unknown_fields)]
pub struct OfRelease {
    /// The name that was given.
    pub asked: String,
    /// The upstream release; null if the name is that of a model.
    pub release: Option<Text>,
    /// Whether the kernel is configured for x86.
    pub x86: bool,
    /// The model, with the commits on top of it.
    pub model: ModelName,
    /// The model without these commits.
    pub base: ModelName,
    /// The releases of `base`.
    pub stands_for: Vec<Releases>,
    /// The model of the same release configured for x86, if that is another one.
    pub on_x86: Option<ModelName>,
    /// The sentences that the text form prints.
    pub says: Vec<Text>,
    /// What a log has on top of the release.
    #[schemars(skip_serializing_if = "absent")]
    pub log: Log,
}

/// What a log has on top of a release.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "log", deny_unknown_fields)]
pub struct Log {
    /// The commits that are added to the model.
    pub added: Vec<Commit>,
    /// The commits that are removed from it.
    pub removed: Vec<Commit>,
    /// The commits that are left out.
    pub left_out: Vec<LeftOut>,
}

/// A commit that is left out.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "left_out", deny_unknown_fields)]
pub struct LeftOut {
    /// The commit.
    pub id: CommitId,
    /// Its subject.
    pub subject: Text,
    /// The reason.
    pub why: Text,
}
