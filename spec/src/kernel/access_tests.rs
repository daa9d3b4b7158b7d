// SPDX-License-Identifier: GPL-2.0-or-later
//! Accesses through bad pointers, and calls that a correct kernel does not make, end with a splat.

use super::{Armed, DeviceId, DomainId, DomainType, Entry, HandleId, Kernel};
use super::{Machine, MmId, Splat, Stop};
use crate::case::{Device, Mm, Topology};
use crate::record::Recorder;
use crate::revision::{At, Commits};

const DEV: DeviceId = DeviceId::new(0);
const MM: MmId = MmId::new(0);
const AT: At = At::Create;
const H: HandleId = HandleId::new(0);
const D: DomainId = DomainId::new(0);

type K<'a> = Kernel<'a, Recorder>;

/// Runs `act` on a machine with a device, an mm with a list, a domain and a handle. Returns the
/// splats, and whether the run ended.
fn splats<T>(act: impl FnOnce(&mut K<'_>) -> Result<T, Stop>) -> (Vec<Splat>, bool) {
    let mut m = Machine::new(&Topology {
        devices: vec![Device {
            group: 0,
            max_pasids: 16,
            instance: 0,
        }],
        mms: vec![Mm { dma_compat: true }],
    });
    let (mut armed, mut watch) = (Armed::default(), Recorder::default());
    let mut k = Kernel::new(&mut m, &mut armed, &mut watch, Commits::EMPTY);
    k.driver_domain_alloc(DomainType::Sva).unwrap().unwrap();
    k.handle_alloc().unwrap().unwrap();
    k.set_pasid(MM, 1, true, AT).unwrap();
    let ended = act(&mut k).is_err();
    (
        watch.splats.iter().map(|(splat, _)| *splat).collect(),
        ended,
    )
}

/// Asserts that the run ends with this splat, and without `spoil` goes on.
fn dies<T>(
    splat: Splat,
    spoil: impl Fn(&mut K<'_>) -> Result<(), Stop>,
    act: impl Fn(&mut K<'_>) -> Result<T, Stop>,
) {
    assert_eq!(splats(&act), (vec![], false), "{splat:?} without a reason");
    let spoilt = splats(|k| {
        spoil(k)?;
        act(k)
    });
    assert_eq!(spoilt, (vec![splat], true));
}

fn free_handle(k: &mut K<'_>) -> Result<(), Stop> {
    k.handle_free(H, AT)
}

fn free_domain(k: &mut K<'_>) -> Result<(), Stop> {
    k.driver_domain_free(D)
}

fn free_mm(k: &mut K<'_>) -> Result<(), Stop> {
    k.exit_mm(MM, AT)?;
    // The PASID that was never allocated.
    k.watch.splats.clear();
    Ok(())
}

#[test]
fn freed_objects_are_not_read() {
    dies(Splat::UseAfterFree, free_handle, |k| {
        k.handle(H, AT).map(drop)
    });
    dies(Splat::UseAfterFree, free_domain, |k| {
        k.domain(D, AT).map(drop)
    });
    dies(Splat::UseAfterFree, free_mm, |k| k.mm(MM, AT).map(drop));
    dies(Splat::UseAfterFree, free_mm, |k| k.mmget(MM, AT));
    dies(Splat::UseAfterFree, free_mm, |k| k.mmgrab(MM, AT));
    dies(Splat::DoubleFree, free_handle, |k| k.handle_free(H, AT));
    dies(Splat::DoubleFree, free_domain, |k| k.driver_domain_free(D));
}

#[test]
fn null_and_objects_that_never_were_are_not_followed() {
    let null = |what: (Vec<Splat>, bool)| assert_eq!(what, (vec![Splat::NullDeref], true));
    null(splats(|k| k.handle(HandleId::NULL, AT).map(drop)));
    null(splats(|k| k.domain(DomainId::NULL, AT).map(drop)));
    null(splats(|k| k.mm(MmId::NULL, AT).map(drop)));
    null(splats(|k| k.device(DeviceId::NULL, AT)));
    null(splats(|k| k.handle(HandleId::new(1), AT).map(drop)));
    null(splats(|k| k.domain(DomainId::new(1), AT).map(drop)));
    null(splats(|k| k.mm(MmId::new(1), AT).map(drop)));
    null(splats(|k| k.device(DeviceId::new(1), AT)));
    null(splats(|k| k.driver_domain_free(DomainId::NULL)));
    // Freeing null is allowed, freeing what never was is not.
    assert_eq!(
        splats(|k| k.handle_free(HandleId::NULL, AT)),
        (vec![], false)
    );
    let never = splats(|k| k.handle_free(HandleId::new(1), AT));
    assert_eq!(never, (vec![Splat::DoubleFree], true));
    let never = splats(|k| k.driver_domain_free(DomainId::new(1)));
    assert_eq!(never, (vec![Splat::DoubleFree], true));
}

#[test]
fn an_item_is_added_once_and_deleted_once() {
    let add = |k: &mut K<'_>| k.sva_handles_add(MM, H, AT);
    let del = |k: &mut K<'_>| k.sva_handles_del(H, AT);
    assert_eq!(splats(del), (vec![Splat::ListDel], true));
    dies(Splat::ListAddAgain, add, add);
    let again = splats(|k| {
        add(k)?;
        del(k)?;
        del(k)
    });
    assert_eq!(again, (vec![Splat::ListDelAgain], true));
    let twice = splats(|k| {
        add(k)?;
        del(k)?;
        add(k)
    });
    assert_eq!(twice, (vec![], false));
    // The list is freed with its mm.
    let stale = splats(|k| {
        add(k)?;
        free_mm(k)?;
        del(k)
    });
    assert_eq!(stale, (vec![Splat::UseAfterFree], true));
    // Without `iommu_mm` there is no list.
    let none = splats(|k| {
        k.set_pasid(MM, 1, false, AT)?;
        add(k)
    });
    assert_eq!(none, (vec![Splat::NullDeref], true));
    let tail = |k: &mut K<'_>| k.sva_domains_add_tail(MM, D, AT);
    dies(Splat::ListAddAgain, tail, tail);
}

#[test]
fn items_are_added_at_the_head_and_at_the_tail() {
    let order = |tail: bool| {
        let mut order = Vec::new();
        splats(|k| {
            for number in 0..3 {
                let item = HandleId::new(number);
                if number > 0 {
                    k.handle_alloc()?;
                }
                match tail {
                    true => k.sva_handles_add_tail(MM, item, AT)?,
                    false => k.sva_handles_add(MM, item, AT)?,
                }
            }
            let mut item = k.mm(MM, AT)?.sva_handles;
            while !item.is_null() {
                order.push(item.raw());
                item = k.handle(item, AT)?.next();
            }
            Ok(())
        });
        order
    };
    assert_eq!(order(true), [0, 1, 2]);
    assert_eq!(order(false), [2, 1, 0]);
}

#[test]
fn what_a_correct_kernel_does_not_do_is_complained_of_and_goes_on() {
    let unlock = splats(|k| k.mutex_unlock(At::BindLock));
    assert_eq!(unlock, (vec![Splat::UnlockBalance], false));
    let overwritten = splats(|k| k.set_pasid(MM, 2, true, AT));
    assert_eq!(overwritten, (vec![Splat::PasidOverwritten], false));
    assert_eq!(splats(|k| k.set_pasid(MM, 1, true, AT)), (vec![], false));
    assert_eq!(
        splats(|k| k.set_pasid(MM, 0, true, AT)).0,
        [Splat::PasidOverwritten]
    );
}

#[test]
fn an_entry_needs_a_group_and_room() {
    let entry = |group: u8, pasid: u16| Entry {
        group,
        pasid,
        domain: D,
        handle: H,
    };
    assert_eq!(splats(|k| k.xa_store(entry(0, 1), AT)), (vec![], false));
    let none = splats(|k| k.xa_store(entry(1, 1), AT));
    assert_eq!(none, (vec![Splat::UseAfterFree], true));
    let full = splats(|k| (1..200).try_for_each(|pasid| k.xa_store(entry(0, pasid), AT)));
    assert_eq!(full, (vec![Splat::OutOfMemory], true));
    let mut kept = None;
    splats(|k| {
        k.xa_store(entry(0, 3), AT)?;
        kept = Some((
            k.xa_load(0, 3, AT)?,
            k.xa_load(0, 4, AT)?,
            k.xa_erase(0, 3, AT)?,
        ));
        assert_eq!(k.xa_load(0, 3, AT)?, None);
        Ok(())
    });
    assert_eq!(kept, Some((Some(entry(0, 3)), None, Some(entry(0, 3)))));
}

#[test]
fn a_section_that_never_ends_is_a_soft_lockup() {
    let endless = splats(|k| -> Result<(), Stop> {
        loop {
            k.handle(H, AT)?;
        }
    });
    assert_eq!(endless, (vec![Splat::SoftLockup], true));
}

#[test]
fn callbacks_of_the_driver_need_a_device_and_a_domain() {
    let set = |k: &mut K<'_>| k.driver_set_dev_pasid(D, DEV, 1);
    dies(Splat::UseAfterFree, free_domain, set);
    let remove = splats(|k| k.driver_remove_dev_pasid(DeviceId::new(1), 1));
    assert_eq!(remove, (vec![Splat::NullDeref], true));
}

#[test]
fn the_last_user_of_an_mm_drops_its_last_reference() {
    let mut counts = Vec::new();
    splats(|k| {
        k.mmget(MM, AT)?;
        k.mmgrab(MM, AT)?;
        counts.push((k.mm(MM, AT)?.mm_users, k.mm(MM, AT)?.mm_count));
        k.mmput(MM, AT)?;
        counts.push((k.mm(MM, AT)?.mm_users, k.mm(MM, AT)?.mm_count));
        assert!(k.mm_is_used(MM, AT)?);
        k.mmput(MM, AT)?;
        counts.push((k.mm(MM, AT)?.mm_users, k.mm(MM, AT)?.mm_count));
        assert!(!k.mm_is_used(MM, AT)?);
        k.mmdrop(MM, AT)
    });
    assert_eq!(counts, [(2, 2), (1, 2), (0, 1)]);
}
