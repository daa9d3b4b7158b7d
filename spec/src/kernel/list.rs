// SPDX-License-Identifier: GPL-2.0-or-later
//! The two lists of `iommu_mm`: `sva_domains` and `sva_handles`.
//!
//! Adding and deleting an entry access its neighbours, so a freed neighbour is an error. No entry
//! can be added twice, so no list has a cycle.

use super::{DomainId, HandleId, Kernel, Machine, MmId, Splat, Stop};
use crate::record::Watch;
use crate::revision::At;

/// Whether a `struct list_head` is on a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Link {
    /// It was never on a list: its pointers are null.
    #[default]
    Never,
    /// It is on a list.
    On,
    /// It was deleted: its pointers are poison.
    Deleted,
    /// It was on a list whose head is freed: its pointers are stale.
    Stale,
}

impl Link {
    /// All values, by number.
    pub(crate) const ALL: [Link; 4] = [Link::Never, Link::On, Link::Deleted, Link::Stale];

    /// Returns whether it is on a list.
    #[inline(always)]
    pub(crate) fn is_on(self) -> bool {
        self == Link::On
    }

    /// Returns the splat of adding the entry, or `None` if it can be added.
    fn refuses_add(self) -> Option<Splat> {
        match self {
            Link::Never | Link::Deleted => None,
            Link::On | Link::Stale => Some(Splat::ListAddAgain),
        }
    }

    /// Returns the splat of deleting the entry, or `None` if it can be deleted.
    fn refuses_del(self) -> Option<Splat> {
        match self {
            Link::Never => Some(Splat::ListDel),
            Link::On => None,
            Link::Deleted => Some(Splat::ListDelAgain),
            Link::Stale => Some(Splat::UseAfterFree),
        }
    }
}

/// Declares `list_add()` and `list_del()` for one of the lists.
macro_rules! list {
    ($list:literal: $head:ident of $items:ident, $get:ident($id:ident), $add:ident, $add_tail:ident,
     $del:ident, $free:ident) => {
        impl<W: Watch> Kernel<'_, W> {
            #[doc = concat!("`list_add()` to `iommu_mm->", $list, "`.")]
            pub fn $add(&mut self, mm: MmId, item: $id, at: At) -> Result<(), Stop> {
                let this = self.mm(mm, at)?;
                let (head, has_list) = (this.$head, this.iommu_mm);
                if !has_list {
                    return Err(self.die(Splat::NullDeref, at));
                }
                if let Some(splat) = self.$get(item, at)?.link.refuses_add() {
                    return Err(self.die(splat, at));
                }
                if !head.is_null() {
                    self.$get(head, at)?;
                }
                let this = &mut self.m.$items[item.index()];
                (this.next, this.link) = (head, Link::On);
                self.m.mms[mm.index()].$head = item;
                Ok(())
            }

            #[doc = concat!("`list_add_tail()` to `iommu_mm->", $list, "`.")]
            pub fn $add_tail(&mut self, mm: MmId, item: $id, at: At) -> Result<(), Stop> {
                let head = self.mm(mm, at)?.$head;
                self.$add(mm, item, at)?;
                if !head.is_null() {
                    let mut last = head;
                    while !self.m.$items[last.index()].next.is_null() {
                        last = self.m.$items[last.index()].next;
                    }
                    self.$get(last, at)?.next = item;
                    self.m.$items[item.index()].next = $id::NULL;
                    self.m.mms[mm.index()].$head = head;
                }
                Ok(())
            }

            #[doc = concat!("`list_del()` from `iommu_mm->", $list, "` of any mm.")]
            pub fn $del(&mut self, item: $id, at: At) -> Result<(), Stop> {
                let this = self.$get(item, at)?;
                let (link, next) = (this.link, this.next);
                if let Some(splat) = link.refuses_del() {
                    return Err(self.die(splat, at));
                }
                if !next.is_null() {
                    self.$get(next, at)?;
                }
                let mms = &mut self.m.mms[..self.m.nr_mms as usize];
                if let Some(head) = mms.iter_mut().find(|mm| mm.$head == item) {
                    head.$head = next;
                } else {
                    let is_before = |this: &u8| {
                        let this = &self.m.$items[*this as usize];
                        this.link.is_on() && this.next == item
                    };
                    let before = (0..self.m.$items.len() as u8).find(is_before);
                    let before = before.map_or($id::NULL, $id::new);
                    self.$get(before, at)?.next = next;
                }
                let this = &mut self.m.$items[item.index()];
                (this.next, this.link) = ($id::NULL, Link::Deleted);
                Ok(())
            }
        }

        impl Machine {
            #[doc = concat!("Frees the head of `iommu_mm->", $list, "`.")]
            pub(super) fn $free(&mut self, mm: MmId) {
                let mut item = std::mem::replace(&mut self.mms[mm.index()].$head, $id::NULL);
                while !item.is_null() {
                    let this = &mut self.$items[item.index()];
                    this.link = Link::Stale;
                    item = std::mem::replace(&mut this.next, $id::NULL);
                }
            }
        }
    };
}

list!("sva_domains": sva_domains of domains, domain(DomainId), sva_domains_add,
      sva_domains_add_tail, sva_domains_del, sva_domains_free);
list!("sva_handles": sva_handles of handles, handle(HandleId), sva_handles_add,
      sva_handles_add_tail, sva_handles_del, sva_handles_free);
