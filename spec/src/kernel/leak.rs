// SPDX-License-Identifier: GPL-2.0-or-later
//! A digest of the objects that remain after a teardown. It is cheap to compare.

use super::{Ida, PasidArrays};
use crate::case::MAX_MMS;

/// A digest of the objects that remain after a teardown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LeakDigest {
    pub(super) handles: u8,
    pub(super) domains: u8,
    pub(super) pasids: Ida,
    pub(super) mm_count: [u8; MAX_MMS],
    /// The entries, with 1 for a freed domain and 0 for one that is not freed.
    pub(super) attached: PasidArrays,
}

impl LeakDigest {
    /// Returns whether nothing remains.
    pub fn is_nothing(&self) -> bool {
        *self == LeakDigest::default()
    }

    /// Returns bytes that describe how two digests differ.
    pub fn compare(&self, other: &LeakDigest) -> [u8; 5] {
        [
            self.handles.cmp(&other.handles),
            self.domains.cmp(&other.domains),
            self.pasids.len().cmp(&other.pasids.len()),
            self.mm_count.cmp(&other.mm_count),
            self.attached.entries().cmp(other.attached.entries()),
        ]
        .map(|order| order as i8 as u8)
    }
}
