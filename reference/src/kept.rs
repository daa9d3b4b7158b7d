// SPDX-License-Identifier: GPL-2.0-or-later
//! How a state is kept: as what it is, or as few bytes.

use crate::Past;
use spec::Run;
use spec::canonical::Canon;
use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::Hash;

/// A state of two models, in canonical form.
pub trait Kept: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Keeps the state that these bytes are the canonical form of.
    fn keep(canon: &Canon, packed: &[u8], past: Past) -> Self;

    /// What the machines are, and what their callers hold.
    fn runs(&self, canon: &Canon) -> Cow<'_, [Run; 2]>;

    /// What is remembered of the way to it.
    fn past(&self) -> &Past;
}

/// The machines themselves: the plain way, and what stateright is made for. All of a machine is
/// copied and hashed with it, also what no state of a small universe uses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Machines {
    /// The machines, and what their callers hold.
    pub runs: [Run; 2],
    /// What is remembered of the way.
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

/// Bytes from which the machines are made again whenever they are needed: less to hash and to keep,
/// but the machines are made once more for each operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Packed {
    /// The machines, and what their callers hold.
    pub bytes: Vec<u8>,
    /// What is remembered of the way.
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
