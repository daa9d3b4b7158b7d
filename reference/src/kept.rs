// SPDX-License-Identifier: GPL-2.0-or-later
//! How a state is stored: as machines, or as a few bytes.

use crate::Past;
use spec::Run;
use spec::canonical::Canon;
use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::Hash;

/// A state of two models, in canonical form.
pub trait Kept: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Stores the state whose canonical form is `packed`.
    fn keep(canon: &Canon, packed: &[u8], past: Past) -> Self;

    /// Returns the machines, and the resources that their callers hold.
    fn runs(&self, canon: &Canon) -> Cow<'_, [Run; 2]>;

    /// Returns what is remembered of the path to the state.
    fn past(&self) -> &Past;
}

/// The machines themselves: the simple form, which stateright is designed for. The whole machine is
/// copied and hashed, including the parts that no state of a small universe uses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Machines {
    /// The machines, and the resources that their callers hold.
    pub runs: [Run; 2],
    /// What is remembered of the path.
    pub past: Past,
}

impl Kept for Machines {
    fn keep(canon: &Canon, packed: &[u8], past: Past) -> Self {
        let runs = canon.unpack(packed);
        Machines { runs, past }
    }

    fn runs(&self, _: &Canon) -> Cow<'_, [Run; 2]> {
        Cow::Borrowed(&self.runs)
    }

    fn past(&self) -> &Past {
        &self.past
    }
}

/// Bytes from which the machines are restored for each operation: less to hash and to store, at the
/// cost of restoring.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Packed {
    /// The machines, and the resources that their callers hold.
    pub bytes: Vec<u8>,
    /// What is remembered of the path.
    pub past: Past,
}

impl Kept for Packed {
    fn keep(_: &Canon, packed: &[u8], past: Past) -> Self {
        let bytes = packed.to_vec();
        Packed { bytes, past }
    }

    fn runs(&self, canon: &Canon) -> Cow<'_, [Run; 2]> {
        Cow::Owned(canon.unpack(&self.bytes))
    }

    fn past(&self) -> &Past {
        &self.past
    }
}
