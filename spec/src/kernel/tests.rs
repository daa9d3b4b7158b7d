// SPDX-License-Identifier: GPL-2.0-or-later
//! The machine as a value: copied, counted, compared.

use super::{Armed, DeviceId, DomainId, DomainType, Entry, HandleId, Kernel, LeakDigest};
use super::{Machine, MmId, NONE, Splat, copy};
use crate::case::{Device, Mm, Topology};
use crate::op::NO_IOASID_SET;
use crate::pasid::FIRST_ERROR;
use crate::record::Recorder;
use crate::revision::{At, Commits};

const DEV: DeviceId = DeviceId::new(0);
const MM: MmId = MmId::new(0);
const AT: At = At::Create;

fn boot(devices: usize, mms: usize) -> Machine {
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    Machine::new(&Topology {
        devices: vec![device; devices],
        mms: vec![Mm { dma_compat: true }; mms],
    })
}

fn with_kernel<T>(m: &mut Machine, act: impl FnOnce(&mut Kernel<'_, Recorder>) -> T) -> T {
    let mut armed = Armed::default();
    let mut watch = Recorder::default();
    act(&mut Kernel::new(m, &mut armed, &mut watch, Commits::EMPTY))
}

/// Like [`with_kernel`], in a kernel whose PASIDs come from an IDA.
fn with_ida<T>(m: &mut Machine, act: impl FnOnce(&mut Kernel<'_, Recorder>) -> T) -> T {
    let mut armed = Armed::default();
    let mut watch = Recorder::default();
    let commits = Commits::of(&[NO_IOASID_SET]);
    act(&mut Kernel::new(m, &mut armed, &mut watch, commits))
}

fn entry(pasid: u16, domain: u8, handle: u8) -> Entry {
    Entry {
        group: 0,
        pasid,
        domain: DomainId::new(domain),
        handle: HandleId::new(handle),
    }
}

/// A machine with this many objects of each kind.
fn with(items: u8) -> Machine {
    let mut m = boot(2, 1);
    with_kernel(&mut m, |k| {
        for _ in 0..items {
            let domain = k.driver_domain_alloc(DomainType::Sva).unwrap().unwrap();
            let handle = k.handle_alloc().unwrap().unwrap();
            k.handle(handle, AT).unwrap().domain = domain;
            k.dup_mm(MM, AT).unwrap().unwrap();
            let pasid = k.iommu_alloc_global_pasid(DEV).unwrap().unwrap();
            k.m.pasid_arrays
                .store(entry(pasid, domain.raw(), handle.raw()));
        }
    });
    m.iommu_sva_lock.held = items % 2 == 1;
    m
}

#[test]
fn a_copy_is_the_same_whatever_was_there_before() {
    for from in [0, 1, 7, 8, 9, 15] {
        for to in [0, 1, 7, 8, 9, 15] {
            let mut copied = with(to);
            copied.copy_from(&with(from));
            assert_eq!(copied, with(from), "{from} over {to}");
        }
    }
}

#[test]
fn few_items_and_short_arrays_are_copied_alike() {
    let mut short = [0; 3];
    copy(&mut short, &[1, 2, 3], 2);
    assert_eq!(short[..2], [1, 2]);
    let mut long = [0; 20];
    copy(&mut long, &std::array::from_fn(|at| at), 18);
    assert!(long[..18].iter().copied().eq(0..18));
}

#[test]
fn a_machine_says_how_many_devices_and_mms_it_has() {
    let m = boot(3, 2);
    assert_eq!((m.nr_devices(), m.nr_mms()), (3, 2));
    let children = with(5);
    assert_eq!((children.nr_devices(), children.nr_mms()), (2, 6));
    assert_eq!((children.domains().len(), children.handles().len()), (5, 5));
    assert_eq!(boot(0, 0).nr_mms(), 0);
}

#[test]
fn an_entry_dangles_with_its_domain_and_with_its_handle() {
    let mut m = with(3);
    m.pasid_arrays.store(entry(9, NONE, NONE));
    for entry in [entry(1, 0, NONE), entry(2, NONE, 1), entry(3, 2, 2)] {
        m.pasid_arrays.store(entry);
    }
    assert_eq!(m.dangling(), 0);
    m.domains[0].freed = true;
    m.handles[1].freed = true;
    assert_eq!(m.dangling(), 2);
    m.domains[2].freed = true;
    assert_eq!(m.dangling(), 3);
    m.handles[2].freed = true;
    assert_eq!(m.dangling(), 3);
    let dangles: Vec<u8> = m
        .left()
        .attached
        .entries()
        .iter()
        .map(|e| e.domain.raw())
        .collect();
    assert_eq!(dangles, [1, 1, 1, 0]);
    assert!(
        m.left()
            .attached
            .entries()
            .iter()
            .all(|e| e.handle.is_null())
    );
}

#[test]
fn arrays_have_the_same_entries_whatever_these_point_at() {
    let all = |entries: &[Entry]| {
        let mut m = boot(1, 0);
        for &entry in entries {
            m.pasid_arrays.store(entry);
        }
        m.pasid_arrays
    };
    let two = all(&[entry(1, 0, 0), entry(2, 1, 1)]);
    assert!(two.same_entries(&all(&[entry(1, 5, NONE), entry(2, NONE, NONE)])));
    assert!(!two.same_entries(&all(&[entry(1, 0, 0)])));
    assert!(!two.same_entries(&all(&[entry(1, 0, 0), entry(3, 1, 1)])));
    assert!(!all(&[entry(1, 0, 0)]).same_entries(&two));
}

#[test]
fn an_entry_shows_its_domain_unless_it_is_only_reserved() {
    let mut m = with(1);
    m.pasid_arrays.store(entry(2, NONE, NONE));
    let pasids: Vec<u16> = { m.pasid_arrays().entries().iter() }
        .map(|entry| entry.pasid)
        .collect();
    assert_eq!(pasids, [1, 2]);
    let attached = m.live().attached;
    let shown: Vec<_> = attached.iter().map(|at| (at.pasid, at.domain)).collect();
    assert_eq!(shown, [(1, Some(0)), (2, None)]);
}

#[test]
fn a_handle_is_on_the_domain_that_it_is_set_to() {
    let m = with(3);
    let domains: Vec<u8> = m
        .handles()
        .iter()
        .map(|handle| handle.domain.raw())
        .collect();
    assert_eq!(domains, [0, 1, 2]);
}

#[test]
fn nothing_is_left_once_the_last_user_of_the_last_mm_is_gone() {
    let mut m = boot(1, 1);
    assert!(!m.left().is_nothing());
    with_kernel(&mut m, |k| k.exit_mm(MM, AT)).unwrap();
    assert!(m.left().is_nothing());
    assert_eq!(m.left(), LeakDigest::default());
    with_kernel(&mut m, |k| k.handle_alloc()).unwrap();
    assert!(!m.left().is_nothing());
    assert_eq!((m.left().handles, m.left().domains), (1, 0));
    m.handles[0].freed = true;
    assert!(m.left().is_nothing());
    let domain = with_kernel(&mut m, |k| k.driver_domain_alloc(DomainType::Unmanaged));
    assert!(domain.is_ok_and(|domain| domain.is_ok()));
    assert_eq!((m.left().handles, m.left().domains), (0, 1));
}

#[test]
fn of_two_machines_each_thing_left_is_compared() {
    const LESS: u8 = u8::MAX;
    let (none, one, two) = (boot(2, 1).left(), with(1).left(), with(2).left());
    assert_eq!(one.compare(&one), [0; 5]);
    assert_eq!(two.compare(&one), [1; 5]);
    assert_eq!(one.compare(&two), [LESS; 5]);
    assert_eq!(none.compare(&boot(2, 2).left()), [0, 0, 0, LESS, 0]);
    let mut m = boot(2, 1);
    with_kernel(&mut m, |k| {
        k.handle_alloc().unwrap();
        k.iommu_alloc_global_pasid(DEV).unwrap();
    });
    assert_eq!(m.left().compare(&none), [1, 0, 1, 0, 0]);
}

#[test]
fn the_lock_is_held_from_one_section_to_the_next_only_where_nobody_released_it() {
    let mut m = boot(1, 1);
    with_kernel(&mut m, |k| {
        assert!(!k.m.iommu_sva_lock_is_held());
        k.mutex_lock(At::BindLock).unwrap();
        assert!(k.m.iommu_sva_lock_is_held());
        k.mutex_unlock(At::BindLock).unwrap();
    });
    assert!(!m.iommu_sva_lock_is_held());
}

#[test]
fn a_splat_is_fatal_unless_it_is_a_warning_and_three_are_of_counts() {
    use Splat::{AdditionOnZero, IdaFree, IoasidFree, Saturated, Underflow, WarnDetach};
    use Splat::{PasidOverwritten, UnlockBalance, WarnResetDone, WarnResetPrepare};
    for &splat in Splat::ALL {
        let of_count = [AdditionOnZero, Saturated, Underflow].contains(&splat);
        assert_eq!(splat.is_refcount(), of_count, "{splat:?}");
        let others = [
            WarnDetach,
            IdaFree,
            IoasidFree,
            UnlockBalance,
            PasidOverwritten,
            WarnResetPrepare,
            WarnResetDone,
        ];
        let warns = of_count || others.contains(&splat);
        assert_eq!(splat.is_fatal(), !warns, "{splat:?}");
    }
}

/// Returns the items of a list, from its head on.
fn listed(head: u8, next: impl Fn(usize) -> u8) -> Vec<u8> {
    let follows = |&at: &u8| Some(next(at.into())).filter(|&next| next != NONE);
    std::iter::successors(Some(head), follows).take(9).collect()
}

#[test]
fn an_item_leaves_its_list_from_the_head_the_middle_and_the_end() {
    for (gone, rest) in [(2, [1, 0]), (1, [2, 0]), (0, [2, 1])] {
        let mut m = with(3);
        with_kernel(&mut m, |k| {
            k.set_pasid(MM, 9, true, AT).unwrap();
            for item in 0..3 {
                k.sva_domains_add(MM, DomainId::new(item), AT).unwrap();
                k.sva_handles_add(MM, HandleId::new(item), AT).unwrap();
            }
            k.sva_domains_del(DomainId::new(gone), AT).unwrap();
            k.sva_handles_del(HandleId::new(gone), AT).unwrap();
        });
        let domains = listed(m.mm(MM).sva_domains.raw(), |at| m.domains[at].next.raw());
        let handles = listed(m.mm(MM).sva_handles.raw(), |at| m.handles[at].next.raw());
        assert_eq!((&domains[..], &handles[..]), (&rest[..], &rest[..]));
        let on_list: Vec<bool> = { m.handles().iter() }
            .map(|handle| handle.link.is_on())
            .collect();
        assert_eq!(on_list, [0, 1, 2].map(|item| item != gone));
    }
}

#[test]
fn a_machine_says_which_pasids_are_in_use() {
    let mut m = boot(1, 1);
    assert!(m.global_pasids().is_empty());
    let pasid = with_kernel(&mut m, |k| k.iommu_alloc_global_pasid(DEV));
    let pasid = pasid.unwrap().unwrap();
    assert!(m.global_pasids().contains(pasid));
    assert_eq!(m.global_pasids().len(), 1);
}

#[test]
fn a_pasid_that_is_not_allocated_is_freed_with_a_splat_and_one_that_is_without() {
    let mut m = boot(1, 1);
    let at = At::FreePasid;
    let pasid = with_kernel(&mut m, |k| k.iommu_alloc_global_pasid(DEV));
    let pasid = pasid.unwrap().unwrap();
    let mut free = || {
        with_ida(&mut m, |k| {
            k.iommu_free_global_pasid(pasid).unwrap();
            k.watch.splats.clone()
        })
    };
    assert_eq!(free(), []);
    assert_eq!(free(), [(Splat::IdaFree, at)]);
    assert!(m.live().pasids.is_empty());
    // Before 6.4 they come from an allocator of its own.
    let splats = with_kernel(&mut m, |k| {
        k.iommu_free_global_pasid(pasid).unwrap();
        k.watch.splats.clone()
    });
    assert_eq!(splats, [(Splat::IoasidFree, at)]);
}

#[test]
fn two_machines_are_the_same_unless_something_differs() {
    let same = with(2);
    assert!(same.same_as(&with(2)) && boot(1, 1).same_as(&boot(1, 1)));
    let differs = |change: &dyn Fn(&mut Machine)| {
        let mut other = with(2);
        change(&mut other);
        assert!(!same.same_as(&other) && !other.same_as(&same));
    };
    differs(&|m| m.iommu_sva_lock.held = true);
    differs(&|m| m.resets[1] = 1);
    differs(&|m| {
        with_kernel(m, |k| k.iommu_alloc_global_pasid(DEV)).unwrap();
    });
    differs(&|m| m.mms[0].exited = true);
    differs(&|m| m.handles[1].freed = true);
    differs(&|m| m.domains[1].freed = true);
    differs(&|m| assert!(m.pasid_arrays.store(entry(12, 0, 0))));
}

#[test]
fn an_mm_that_is_freed_has_exited_only_if_its_process_has() {
    let freed = |exits: bool| {
        let mut m = boot(1, 1);
        let free = |k: &mut Kernel<'_, Recorder>| match exits {
            true => k.exit_mm(MM, AT),
            false => k.mmput(MM, AT),
        };
        with_kernel(&mut m, free).unwrap();
        let mm = m.mm(MM);
        (mm.mm_count, mm.exited)
    };
    assert_eq!((freed(true), freed(false)), ((0, true), (0, false)));
}

/// `ida_free()` of a negative number does nothing.
#[test]
fn an_error_that_was_taken_for_a_pasid_is_freed_without_a_splat() {
    let mut m = boot(1, 1);
    let mut free = |pasid: u16| {
        with_ida(&mut m, |k| {
            k.iommu_free_global_pasid(pasid).unwrap();
            k.watch.splats.len()
        })
    };
    assert_eq!(free(FIRST_ERROR), 0);
    assert_eq!(free(FIRST_ERROR - 1), 1);
}

#[test]
fn the_entry_behind_a_pasid_is_the_next_one_of_its_group() {
    let mut m = boot(2, 1);
    for (group, pasid) in [(0, 2), (0, 5), (1, 1)] {
        m.pasid_arrays.store(Entry {
            group,
            ..entry(pasid, 0, 0)
        });
    }
    let mut behind = |group, pasid| {
        let next = with_kernel(&mut m, |k| k.xa_find_after(group, pasid, AT));
        next.unwrap().map(|entry| (entry.group, entry.pasid))
    };
    assert_eq!(behind(0, 0), Some((0, 2)));
    assert_eq!(behind(0, 2), Some((0, 5)));
    assert_eq!(behind(0, 3), Some((0, 5)));
    assert_eq!(behind(0, 5), None);
    assert_eq!(behind(1, 0), Some((1, 1)));
    assert_eq!(behind(1, 1), None);
}

#[test]
fn a_group_is_in_reset_while_a_reset_of_one_of_its_devices_is_not_over() {
    let mut m = boot(2, 0);
    let other = DeviceId::new(1);
    with_kernel(&mut m, |k| {
        assert_eq!(k.is_group_in_reset(0, AT), Ok(false));
        assert_eq!(
            [k.reset_begins(DEV, AT), k.reset_begins(DEV, AT)],
            [Ok(0), Ok(1)]
        );
        assert_eq!([k.resets(DEV, AT), k.resets(other, AT)], [Ok(2), Ok(0)]);
        assert_eq!(k.is_group_in_reset(0, AT), Ok(true));
        assert_eq!(k.is_group_in_reset(1, AT), Ok(false));
        assert_eq!(
            [k.reset_begins(other, AT), k.reset_begins(DEV, AT)],
            [Ok(0), Ok(2)]
        );
        let ends = [(); 4].map(|()| k.reset_ends(DEV, AT));
        assert_eq!(ends, [Ok(2), Ok(1), Ok(0), Ok(0)]);
        assert_eq!(k.is_group_in_reset(0, AT), Ok(true));
        assert_eq!(k.reset_ends(other, AT), Ok(0));
        assert_eq!(k.is_group_in_reset(0, AT), Ok(false));
    });
}
