// SPDX-License-Identifier: GPL-2.0-or-later
//! The `pasid_array` of every `iommu_group`: maps a PASID to a domain or, from 6.12 on, to an
//! attach handle.

use super::{DeviceId, DomainId, HandleId, Kernel, Splat, Stop, copy};
use crate::case::MAX_OPS;
use crate::record::Watch;
use crate::revision::At;

/// An entry that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    /// The group that owns the array.
    pub group: u8,
    /// The index in the array.
    pub pasid: u16,
    /// The domain that it leads to, possibly freed. Null for an entry that is only reserved.
    pub domain: DomainId,
    /// The attach handle that it points at, possibly freed. Null if it points at the domain itself,
    /// as all entries do up to 6.8.
    pub handle: HandleId,
}

const EMPTY: Entry = Entry {
    group: 0,
    pasid: 0,
    domain: DomainId::new(0),
    handle: HandleId::NULL,
};

/// Sort key: group, then PASID, in one number.
fn key(group: u8, pasid: u16) -> u32 {
    (u32::from(group) << 16) + u32::from(pasid)
}

/// The arrays of all groups: the entries that are not empty, sorted by group and PASID. An
/// operation of a correct kernel stores at most one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PasidArrays {
    entries: [Entry; MAX_OPS],
    len: u8,
}

impl PasidArrays {
    /// Overwrites `self` with `from`. Copies only the entries that are in use in either.
    #[inline]
    pub fn copy_from(&mut self, from: &Self) {
        let most = self.len.max(from.len) as usize;
        copy(&mut self.entries, &from.entries, most);
        self.len = from.len;
    }
}

impl Default for PasidArrays {
    fn default() -> Self {
        PasidArrays {
            entries: [EMPTY; MAX_OPS],
            len: 0,
        }
    }
}

impl PasidArrays {
    /// Returns the entries that are not empty, sorted by group and PASID.
    pub fn entries(&self) -> &[Entry] {
        &self.entries[..self.len as usize]
    }

    /// Returns the first entries and the number of all, or `None` if there are more than `N`.
    #[inline]
    pub(crate) fn few<const N: usize>(&self) -> Option<([Entry; N], u8)> {
        let entries = self.entries.first_chunk().copied()?;
        (self.len as usize <= N).then_some((entries, self.len))
    }

    /// Replaces all entries, which are at most `N`, by those that [`PasidArrays::few`] returned.
    #[inline]
    pub(crate) fn replace<const N: usize>(&mut self, entries: &[Entry; N], len: u8) {
        self.entries[..N].copy_from_slice(entries);
        self.len = len;
    }

    /// Returns whether both machines have entries at the same groups and PASIDs, regardless of
    /// their targets.
    pub fn same_entries(&self, other: &Self) -> bool {
        self.len == other.len
            && self
                .entries()
                .iter()
                .zip(other.entries())
                .all(|(a, b)| (a.group, a.pasid) == (b.group, b.pasid))
    }

    /// Replaces the target of every entry by a digest of it.
    pub(super) fn digest(&mut self, mut to: impl FnMut(&Entry) -> u8) {
        for entry in &mut self.entries[..self.len as usize] {
            entry.domain = DomainId::new(to(entry));
            entry.handle = HandleId::NULL;
        }
    }

    fn find(&self, group: u8, pasid: u16) -> Result<usize, usize> {
        self.entries()
            .binary_search_by_key(&key(group, pasid), |entry| key(entry.group, entry.pasid))
    }

    /// `xa_load()`. Returns the entry at an index, or `None` if it is empty.
    pub fn load(&self, group: u8, pasid: u16) -> Option<Entry> {
        let at = self.find(group, pasid).ok()?;
        Some(self.entries[at])
    }

    /// `xa_find_after()`. Returns the first entry of a group behind an index.
    pub fn next(&self, group: u8, pasid: u16) -> Option<Entry> {
        let behind = match self.find(group, pasid) {
            Ok(at) => at + 1,
            Err(at) => at,
        };
        let next = self.entries().get(behind).copied();
        next.filter(|entry| entry.group == group)
    }

    /// `xa_store()`. Overwrites an existing entry. Returns whether there was room for the entry.
    pub fn store(&mut self, entry: Entry) -> bool {
        match self.find(entry.group, entry.pasid) {
            Ok(at) => self.entries[at] = entry,
            Err(_) if self.len as usize == MAX_OPS => return false,
            Err(at) => {
                let len = self.len as usize;
                self.entries.copy_within(at..len, at + 1);
                self.entries[at] = entry;
                self.len += 1;
            }
        }
        true
    }

    /// `xa_erase()`. Returns the erased entry.
    pub fn erase(&mut self, group: u8, pasid: u16) -> Option<Entry> {
        let at = self.find(group, pasid).ok()?;
        let erased = self.entries[at];
        let len = self.len as usize;
        self.entries.copy_within(at + 1..len, at);
        // Arrays with equal contents must be equal values.
        self.entries[len - 1] = EMPTY;
        self.len -= 1;
        Some(erased)
    }
}

impl<W: Watch> Kernel<'_, W> {
    /// Returns `group->devices`, in order.
    pub fn group_devices(&self, group: u8) -> impl Iterator<Item = DeviceId> + use<W> {
        self.m.group_devices(group)
    }

    /// `xa_load()` from the `pasid_array` of a group. Returns `None` if the entry is empty.
    pub fn xa_load(&mut self, group: u8, pasid: u16, at: At) -> Result<Option<Entry>, Stop> {
        self.access(at)?;
        Ok(self.m.pasid_arrays.load(group, pasid))
    }

    /// `xa_find_after()` in the `pasid_array` of a group. Returns the first entry behind a PASID.
    pub fn xa_find_after(&mut self, group: u8, pasid: u16, at: At) -> Result<Option<Entry>, Stop> {
        self.access(at)?;
        Ok(self.m.pasid_arrays.next(group, pasid))
    }

    /// `xa_store()` to the `pasid_array` of a group. Overwrites an existing entry.
    pub fn xa_store(&mut self, entry: Entry, at: At) -> Result<(), Stop> {
        self.access(at)?;
        if self.m.group_devices(entry.group).next().is_none() {
            // No device leads to this group.
            return Err(self.die(Splat::UseAfterFree, at));
        }
        match self.m.pasid_arrays.store(entry) {
            true => Ok(()),
            false => Err(self.die(Splat::OutOfMemory, at)),
        }
    }

    /// `xa_erase()` from the `pasid_array` of a group. Returns the erased entry.
    pub fn xa_erase(&mut self, group: u8, pasid: u16, at: At) -> Result<Option<Entry>, Stop> {
        self.access(at)?;
        Ok(self.m.pasid_arrays.erase(group, pasid))
    }
}

#[cfg(test)]
mod tests {
    use super::{DomainId, Entry, HandleId, PasidArrays};

    fn entry(group: u8, pasid: u16, domain: u8) -> Entry {
        Entry {
            group,
            pasid,
            domain: DomainId::new(domain),
            handle: HandleId::NULL,
        }
    }

    #[test]
    fn few_entries_can_be_taken_and_put_back() {
        let mut arrays = PasidArrays::default();
        arrays.store(entry(0, 9, 1));
        arrays.store(entry(1, 2, 2));
        let (entries, len) = arrays.few::<3>().expect("there is room for three");
        assert_eq!((&entries[..2], len), (arrays.entries(), 2));
        assert_eq!(arrays.few::<2>().map(|(_, len)| len), Some(2));
        assert_eq!(arrays.few::<1>(), None);
        let mut others = PasidArrays::default();
        others.store(entry(3, 1, 0));
        others.store(entry(3, 2, 0));
        others.store(entry(3, 3, 0));
        others.replace(&entries, len);
        assert_eq!(others, arrays);
    }

    #[test]
    fn entries_stand_by_group_and_pasid_however_they_were_stored() {
        let mut arrays = PasidArrays::default();
        arrays.store(entry(1, 5, 0));
        arrays.store(entry(0, 9, 1));
        arrays.store(entry(1, 2, 2));
        let order: Vec<_> = arrays
            .entries()
            .iter()
            .map(|e| (e.group, e.pasid))
            .collect();
        assert_eq!(order, [(0, 9), (1, 2), (1, 5)]);
        assert_eq!(arrays.load(1, 2), Some(entry(1, 2, 2)));
        assert_eq!(arrays.load(0, 2), None);
    }

    #[test]
    fn an_array_whose_entries_were_erased_equals_an_empty_one() {
        let mut arrays = PasidArrays::default();
        arrays.store(entry(3, 7, 4));
        arrays.store(entry(3, 8, 5));
        assert_eq!(arrays.erase(3, 7), Some(entry(3, 7, 4)));
        assert_eq!(arrays.erase(3, 7), None);
        assert_eq!(arrays.erase(3, 8), Some(entry(3, 8, 5)));
        assert_eq!(arrays, PasidArrays::default());
    }
}
