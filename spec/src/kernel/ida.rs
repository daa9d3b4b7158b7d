// SPDX-License-Identifier: GPL-2.0-or-later
//! The IDA of global PASIDs.

use super::{DeviceId, Kernel, Splat, Stop};
use crate::case::{Errno, Site};
use crate::op::NO_IOASID_SET;
use crate::pasid::FIRST_ERROR;
use crate::record::Watch;
use crate::revision::At;

/// The set of allocated PASIDs. The smallest free PASID is always allocated, and an operation of a
/// correct kernel allocates at most one, so [`crate::case::MAX_OPS`] operations never need a PASID
/// above 64: one word is enough. For a model that allocates more, no PASID above 64 is free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ida(pub(crate) u64);

impl Ida {
    /// Returns the allocated ids, ascending.
    pub fn iter(self) -> impl Iterator<Item = u16> {
        (1..=64).filter(move |&id| self.contains(id))
    }

    /// Returns whether an id is allocated.
    pub fn contains(self, id: u16) -> bool {
        (1..=64).contains(&id) && self.0 >> (id - 1) & 1 == 1
    }

    /// Returns the number of allocated ids.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Returns whether no id is allocated.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn alloc(&mut self, max: u16) -> Option<u16> {
        let id = self.0.trailing_ones() as u16 + 1;
        if id > max.min(64) {
            return None;
        }
        self.0 |= 1 << (id - 1);
        Some(id)
    }

    fn free(&mut self, id: u16) -> bool {
        let had = self.contains(id);
        if had {
            self.0 &= !(1 << (id - 1));
        }
        had
    }
}

impl<W: Watch> Kernel<'_, W> {
    /// `iommu_alloc_global_pasid()`. Returns the smallest free PASID below the device's
    /// `max_pasids`, or `None` for `IOMMU_PASID_INVALID`.
    pub fn iommu_alloc_global_pasid(&mut self, dev: DeviceId) -> Result<Option<u16>, Stop> {
        let max_pasids = self.device(dev, At::AllocPasidUnsupported)?.max_pasids;
        if max_pasids == 0 {
            self.core_decides(At::AllocPasidUnsupported);
            return Ok(None);
        }
        self.core_decides(At::AllocPasid);
        Ok(self.ida_alloc_range(max_pasids - 1)?.ok())
    }

    /// `ida_alloc_range()` from 1 to `max`. Returns the smallest free PASID, the error of a fault,
    /// or `ENOSPC` if no PASID is free.
    pub fn ida_alloc_range(&mut self, max: u16) -> Result<Result<u16, Errno>, Stop> {
        self.access(At::AllocPasid)?;
        if let Some(errno) = self.armed.strikes(Site::PasidAlloc) {
            return Ok(Err(errno));
        }
        Ok(self.m.global_pasids.alloc(max).ok_or(Errno::ENOSPC))
    }

    /// `iommu_free_global_pasid()`, and the functions before it. Does nothing for an error that
    /// Linux 6.4 took for a PASID, as `ida_free()` of a negative number.
    pub fn iommu_free_global_pasid(&mut self, pasid: u16) -> Result<(), Stop> {
        self.access(At::FreePasid)?;
        if pasid < FIRST_ERROR && !self.m.global_pasids.free(pasid) {
            let splat = match self.has(NO_IOASID_SET) {
                true => Splat::IdaFree,
                false => Splat::IoasidFree,
            };
            self.warn(splat, At::FreePasid);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Ida;

    #[test]
    fn the_smallest_free_id_is_taken_and_a_freed_one_is_taken_again() {
        let mut ida = Ida::default();
        assert_eq!(
            [ida.alloc(9), ida.alloc(9), ida.alloc(9)],
            [Some(1), Some(2), Some(3)]
        );
        assert!(ida.free(2));
        assert_eq!(ida.alloc(9), Some(2));
        assert_eq!(ida.iter().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(ida.len(), 3);
    }

    #[test]
    fn nothing_is_allocated_above_the_maximum() {
        let mut ida = Ida::default();
        assert_eq!(ida.alloc(0), None);
        assert_eq!(ida.alloc(1), Some(1));
        assert_eq!(ida.alloc(1), None);
    }

    #[test]
    fn freeing_what_is_not_allocated_is_noticed() {
        let mut ida = Ida::default();
        assert!(!ida.free(1));
        assert!(!ida.free(0));
        assert!(!ida.free(65));
        assert!(!ida.free(4095));
    }

    #[test]
    fn what_is_in_use_is_contained_and_nothing_else() {
        let mut ida = Ida::default();
        assert!(ida.is_empty());
        for _ in 1..=3 {
            ida.alloc(9);
        }
        assert!(!ida.is_empty());
        assert!(ida.free(2));
        let contained = [0, 1, 2, 3, 4, 64, 65].map(|id| ida.contains(id));
        assert_eq!(contained, [false, true, false, true, false, false, false]);
        assert_eq!(ida.len(), 2);
        assert!(ida.free(1) && ida.free(3));
        assert_eq!(ida, Ida::default());
    }

    #[test]
    fn sixty_four_ids_fit() {
        let mut ida = Ida::default();
        for id in 1..=64 {
            assert_eq!(ida.alloc(4095), Some(id));
        }
        assert_eq!(ida.len(), 64);
        assert_eq!(ida.alloc(4095), None);
    }
}
