// SPDX-License-Identifier: GPL-2.0-or-later
//! Commits, and sets of them.

use serde::Serialize;

/// Whether a commit has an effect that a run can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Some case runs differently without it.
    Visible,
    /// It changes nothing that the models include.
    NotSeenHere,
}

/// A change to the kernel: a commit, or the patch of a proposal. Declared by
/// [`commits!`](crate::commits).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Commit {
    /// The abbreviated commit, or the Message-ID of a proposal.
    pub id: &'static str,
    /// The subject of the commit, or a summary of the proposal.
    pub subject: &'static str,
    /// The first mainline release with the commit; `None` for a proposal.
    #[serde(skip)]
    pub release: Option<&'static str>,
    /// The Message-ID or URL of a proposal.
    #[serde(skip)]
    pub link: Option<&'static str>,
    /// The ids of the commits that its code depends on. Two commits that depend on each other are
    /// always removed together.
    #[serde(skip)]
    pub needs: &'static [&'static str],
    /// Whether a run can show its effect.
    #[serde(skip)]
    pub effect: Effect,
    /// Its bit in [`Commits`], below [`Commits::CAPACITY`].
    #[serde(skip)]
    pub bit: u8,
}

impl Commit {
    /// Creates a commit with a visible effect that needs no other.
    pub const fn new(id: &'static str, subject: &'static str, bit: u8) -> Commit {
        assert!(bit < Commits::CAPACITY, "there are too many commits");
        Commit {
            id,
            subject,
            release: None,
            link: None,
            needs: &[],
            effect: Effect::Visible,
            bit,
        }
    }
}

impl PartialEq for Commit {
    fn eq(&self, other: &Commit) -> bool {
        self.id == other.id
    }
}

impl Eq for Commit {}

/// A set of commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Commits(u128);

impl Commits {
    /// The empty set.
    pub const EMPTY: Commits = Commits(0);
    /// Maximum number of declared commits.
    pub const CAPACITY: u8 = 128;

    /// Returns the set of these commits.
    pub const fn of(commits: &[Commit]) -> Commits {
        let mut set = Commits::EMPTY;
        let mut next = 0;
        while next < commits.len() {
            set = set.with(commits[next]);
            next += 1;
        }
        set
    }

    /// Returns whether a commit is in the set.
    #[inline(always)]
    pub const fn has(self, commit: Commit) -> bool {
        self.0 & (1 << commit.bit) != 0
    }

    /// Returns the set with this commit added.
    #[must_use]
    pub const fn with(self, commit: Commit) -> Commits {
        Commits(self.0 | 1 << commit.bit)
    }

    /// Returns the set without this commit.
    #[must_use]
    pub const fn without(self, commit: Commit) -> Commits {
        Commits(self.0 & !(1 << commit.bit))
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn union(self, other: Commits) -> Commits {
        Commits(self.0 | other.0)
    }

    /// Returns the commits of this set that are not in the other.
    #[must_use]
    pub const fn difference(self, other: Commits) -> Commits {
        Commits(self.0 & !other.0)
    }

    pub(super) const fn bits(self) -> u128 {
        self.0
    }

    /// Returns whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Declares commits: a constant for each, and `COMMITS`, an array of all of them.
///
/// `bits from N` is the bit of the first one in [`Commits`](crate::revision::Commits). The bits of
/// different crates must not overlap; [`Graph::new`](crate::revision::Graph::new) refuses those
/// that do. `and PATH, …;` adds commits to `COMMITS` that are declared elsewhere.
///
/// ```
/// spec::commits! {
///     bits from 0;
///     /// A second bind of a device returns its handle.
///     SHARE_HANDLES = "65d4418c5002", "iommu/sva: Restore SVA handle sharing",
///         { release: Some("v6.8"), needs: &["092edaddb660"] };
/// }
/// assert_eq!(COMMITS[0].id, SHARE_HANDLES.id);
/// ```
#[macro_export]
macro_rules! commits {
    (
        bits from $first:literal;
        $(and $($also:path),+;)?
        $($(#[$doc:meta])+ $name:ident = $id:literal, $subject:literal
            $(, { $($field:ident: $value:expr),* $(,)? })?;)*
    ) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u8)]
        enum Bit { $($name),* }

        $(
            $(#[$doc])+
            #[allow(clippy::needless_update)]
            pub const $name: $crate::revision::Commit = $crate::revision::Commit {
                $($($field: $value,)*)?
                ..$crate::revision::Commit::new($id, $subject, $first + Bit::$name as u8)
            };
        )*

        /// All commits that are declared here.
        pub const COMMITS: &[$crate::revision::Commit] = &[$($($also,)+)? $($name),*];
    };
}
