// SPDX-License-Identifier: GPL-2.0-or-later
//! The existing objects, either in a live machine or in a trace.

use spec::Machine;
use spec::kernel::MmId;
use spec::trace::Live;

/// The objects that exist at one moment, without the numbers of domains, which are labels, and
/// without `mm_data`, which 6.7 does not have.
pub trait Exists {
    /// Returns the number of handles.
    fn handles(&self) -> u32;
    /// Returns the number of domains.
    fn domains(&self) -> u32;
    /// Returns the global PASIDs in use, in ascending order.
    fn pasids(&self) -> impl Iterator<Item = u16> + '_;
    /// Returns the number of global PASIDs in use.
    fn nr_pasids(&self) -> usize;
    /// Returns the `mm_count` of each mm that has ever existed.
    fn mm_counts(&self) -> impl Iterator<Item = u32> + '_;
    /// Returns the group and the PASID of each entry of a `pasid_array`, in order.
    fn keys(&self) -> impl ExactSizeIterator<Item = (u8, u16)> + '_;
    /// Returns the entries of all `pasid_array`s, by group and PASID.
    fn entries(&self) -> impl Iterator<Item = Entry> + '_;
}

/// An entry of a group's `pasid_array`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The group, and the PASID.
    pub key: (u8, u16),
    /// Whether the entry is reserved and points at nothing yet.
    pub reserved: bool,
    /// Whether it points at freed memory.
    pub dangling: bool,
}

impl Exists for Live {
    fn handles(&self) -> u32 {
        self.handles
    }
    fn domains(&self) -> u32 {
        self.domains
    }
    fn pasids(&self) -> impl Iterator<Item = u16> + '_ {
        self.pasids.iter().copied()
    }
    fn nr_pasids(&self) -> usize {
        self.pasids.len()
    }
    fn mm_counts(&self) -> impl Iterator<Item = u32> + '_ {
        self.mm_count.iter().copied()
    }
    fn keys(&self) -> impl ExactSizeIterator<Item = (u8, u16)> + '_ {
        { self.attached.iter() }.map(|entry| (entry.group, entry.pasid))
    }
    fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.attached.iter().map(|entry| Entry {
            key: (entry.group, entry.pasid),
            reserved: entry.domain.is_none(),
            dangling: entry.freed,
        })
    }
}

impl Exists for Machine {
    #[inline]
    fn handles(&self) -> u32 {
        Machine::handles(self).iter().filter(|h| !h.freed).count() as u32
    }
    #[inline]
    fn domains(&self) -> u32 {
        Machine::domains(self).iter().filter(|d| !d.freed).count() as u32
    }
    #[inline]
    fn pasids(&self) -> impl Iterator<Item = u16> + '_ {
        self.global_pasids().iter()
    }
    #[inline]
    fn nr_pasids(&self) -> usize {
        self.global_pasids().len()
    }
    #[inline]
    fn mm_counts(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.nr_mms()).map(|mm| self.mm(MmId::new(mm as u8)).mm_count.into())
    }
    #[inline(always)]
    fn keys(&self) -> impl ExactSizeIterator<Item = (u8, u16)> + '_ {
        let entries = self.pasid_arrays().entries().iter();
        entries.map(|entry| (entry.group, entry.pasid))
    }
    #[inline(always)]
    fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.pasid_arrays().entries().iter().map(|entry| Entry {
            key: (entry.group, entry.pasid),
            reserved: entry.domain.is_null(),
            dangling: self.is_dangling(entry),
        })
    }
}

/// Returns whether the same groups have entries for the same PASIDs, regardless of the objects that
/// the entries point at.
#[inline]
pub(crate) fn same_entries<E: Exists>(a: &E, b: &E) -> bool {
    let (a, b) = (a.keys(), b.keys());
    a.len() == b.len() && a.zip(b).all(|(a, b)| a == b)
}

/// Returns whether the same objects exist on both sides.
pub(crate) fn same_exists<E: Exists>(a: &E, b: &E) -> bool {
    a.handles() == b.handles()
        && a.domains() == b.domains()
        && a.pasids().eq(b.pasids())
        && a.mm_counts().eq(b.mm_counts())
        && a.entries().eq(b.entries())
}

/// Returns the number of entries that point at freed memory.
pub(crate) fn dangling<E: Exists>(exists: &E) -> u64 {
    exists.entries().filter(|entry| entry.dangling).count() as u64
}
