// SPDX-License-Identifier: GPL-2.0-or-later
//! What `ledger` prints.

use crate::schema::counterexample::{Counterexample, Kind};
use crate::schema::names::{CommitId, Count, Id, ModelName, Text};
use crate::schema::signature::{Pattern, Signature};
use schemars::JsonSchema;

/// The ledger.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "ledger", deny_unknown_fields)]
pub struct LedgerList {
    /// The entries.
    pub known: Vec<Listed>,
}

/// An entry of the ledger, with the id of its case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "listed", deny_unknown_fields)]
pub struct Listed {
    /// The name of its file.
    pub name: Text,
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The difference, in one sentence.
    pub what: Text,
    /// Whether it was intended.
    pub kind: Kind,
    /// The commit that introduced it.
    pub introduced: CommitId,
    /// The commit that ended it, or null.
    pub fixed: Option<CommitId>,
    /// A Message-ID or a commit that documents it.
    pub reference: Text,
    /// The differences that it covers.
    pub signature: Pattern,
    /// The id of its case.
    pub id: Id,
}

/// The result of checking the ledger.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "ledger_check", deny_unknown_fields)]
pub struct LedgerCheck {
    /// The number of entries.
    pub entries: Count,
    /// The number of searches.
    pub searches: Count,
    /// The universes that were searched.
    pub scopes: Vec<Text>,
    /// The number of differences between all neighbours.
    pub differences: Count,
    /// What is wrong with the ledger.
    pub troubles: Vec<Trouble>,
    /// False if a limit or a signal ended the check.
    #[schemars(skip_serializing_if = "absent", extend("const" = false))]
    pub complete: bool,
    /// Why it ended.
    #[schemars(skip_serializing_if = "absent")]
    pub stopped: Text,
}

/// What is wrong with the ledger.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "trouble", tag = "is", deny_unknown_fields)]
pub enum Trouble {
    /// An entry does not hold.
    #[schemars(rename = "stale")]
    Stale {
        /// The entry.
        entry: Text,
        /// The reason.
        why: Text,
    },
    /// An entry covers several causes.
    #[schemars(rename = "too broad")]
    Broad {
        /// The entry.
        entry: Text,
        /// What it covers.
        signatures: Vec<Signature>,
    },
    /// Several entries cover one cause.
    #[schemars(rename = "twice")]
    Twice {
        /// The entries.
        entries: Vec<Text>,
        /// The cause.
        signature: Box<Signature>,
    },
    /// A difference has no entry.
    #[schemars(rename = "missing")]
    Missing {
        /// A case that shows it.
        counterexample: Box<Counterexample>,
    },
}
