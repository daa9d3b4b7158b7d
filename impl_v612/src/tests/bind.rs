// SPDX-License-Identifier: GPL-2.0-or-later
//! The results of a bind that finds or creates a handle or a domain.

use super::*;
use impl_v67::revisions::ALLOC_FOR_DEVICE;
use spec::kernel::DomainType;

#[test]
fn a_second_bind_of_a_device_returns_the_handle_of_the_first() {
    for name in ALL {
        // No object is allocated, so no allocation can fail.
        let second = failing(bind(0, 0), Site::HandleAlloc, 0, Errno::ENOMEM);
        let run = run(name, &[(0, 0)], &[bind(0, 0), second]);
        assert_eq!(run.rets(), [handle(0), handle(0)]);
        assert_eq!(run.calls(1), []);
        assert_eq!(run.decided(1).at, At::Reuse);
        assert_eq!(run.decided(1).because, None);
        assert_eq!(run.live(1), run.live(0));
        assert!(run.is_clean());
    }
}

#[test]
fn a_second_device_of_a_group_gets_the_handle_of_the_first() {
    for name in ALL {
        let run = run(name, &[(0, 0), (0, 0)], &[bind(1, 0), bind(0, 0)]);
        assert_eq!(run.rets(), [handle(0), handle(0)]);
        assert_eq!(run.calls(0), [alloc(0), set(0, 0), set(1, 0)]);
        assert_eq!(run.calls(1), []);
        assert_eq!(run.decided(1).at, At::Reuse);
        let live = run.live(1);
        assert_eq!((live.handles, live.domains), (1, 1));
        assert_eq!(live.attached, [entry(0, 0)]);
        assert!(run.is_clean());
    }
}

#[test]
fn devices_of_two_groups_share_the_domain_of_an_mm_and_have_a_handle_each() {
    for name in ALL {
        let run = run(name, &[(0, 0), (1, 0)], &[bind(0, 0), bind(1, 0)]);
        assert_eq!(run.rets(), [handle(0), handle(1)]);
        assert_eq!(run.decided(0).at, At::Create);
        assert_eq!(run.calls(1), [set(1, 0)]);
        assert_eq!(run.decided(1).at, At::Join);
        assert_eq!((run.live(1).handles, run.live(1).domains), (2, 1));
        assert_eq!(run.live(1).attached, [entry(0, 0), entry(1, 0)]);
        assert!(run.is_clean());
    }
}

#[test]
fn two_mms_of_a_device_have_nothing_in_common() {
    for name in ALL {
        let run = run(name, &[(0, 0)], &[bind(0, 0), bind(0, 1)]);
        let (handle, pasid) = (1, Some(2));
        assert_eq!(run.rets()[1], Ret::Handle { handle, pasid });
        assert_eq!(run.decided(1).at, At::Create);
        assert_eq!((run.live(1).handles, run.live(1).domains), (2, 2));
        assert!(run.is_clean());
    }
}

#[test]
fn every_domain_is_tried_newest_first() {
    let devices = [(0, 0), (1, 1), (2, 0)];
    for name in ALL {
        let run = run(name, &devices, &[bind(0, 0), bind(1, 0), bind(2, 0)]);
        assert_eq!(run.rets(), [handle(0), handle(1), handle(2)]);
        // The driver refused the first device, so no PASID has to be removed.
        let of_1 = [fails(1, 0, Errno::EINVAL), alloc(1), set(1, 1)];
        assert_eq!(run.calls(1), of_1);
        assert_eq!(run.calls(2), [fails(2, 1, Errno::EINVAL), set(2, 0)]);
        assert_eq!(run.decided(2).at, At::Join);
        assert!(run.is_clean());
    }
}

#[test]
fn a_domain_belongs_to_the_hardware_of_its_device_from_its_allocation() {
    for name in ALL {
        let run = run(name, &[(0, 0), (0, 1)], &[bind(1, 0), bind(0, 0)]);
        assert_eq!(run.rets(), [EINVAL, EINVAL]);
        // The other device of the group comes first, and is behind another hardware instance.
        assert_eq!(
            run.calls(0),
            [alloc(0), fails(0, 0, Errno::EINVAL), free(0)]
        );
        assert_eq!(
            run.calls(1),
            [
                alloc(1),
                set(0, 1),
                fails(1, 1, Errno::EINVAL),
                remove(0),
                free(1)
            ]
        );
        assert_eq!(run.decided(0).at, At::AttachFailed);
        assert!(run.is_clean());
    }
}

#[test]
fn why_an_old_domain_could_not_be_joined_is_forgotten() {
    for name in ALL {
        let second = failing(bind(1, 0), Site::SetDevPasid, 1, Errno::EIO);
        let run = run(name, &[(0, 0), (1, 0)], &[bind(0, 0), second, unbind(1)]);
        assert_eq!(run.rets(), [handle(0), handle(1), Ret::Ok]);
        assert_eq!(run.live(1).domains, 2);
        // The handle is on the domain that could be attached.
        assert_eq!(run.live(1).attached, [entry(0, 0), entry(1, 1)]);
        assert_eq!(run.calls(2), [remove(1), free(1)]);
        assert!(run.is_clean());
    }
}

#[test]
fn a_bind_whose_domain_cannot_be_allocated_or_attached_frees_what_it_has() {
    for name in ALL {
        let no_domain = failing(bind(0, 0), Site::DomainAlloc, 1, Errno::ENOMEM);
        let refused = failing(bind(0, 0), Site::SetDevPasid, 1, Errno::EIO);
        let run = run(name, &[(0, 0)], &[no_domain, refused]);
        let errnos = [Errno::ENOMEM, Errno::EIO].map(Ret::Err);
        assert_eq!(run.rets(), errnos);
        assert_eq!(run.decided(0).at, At::NoDomain);
        assert_eq!(run.decided(0).because, None);
        assert_eq!(run.decided(1).at, At::AttachFailed);
        let because = At::AttachSet;
        assert_eq!(run.decided(1).because, Some(because));
        assert_eq!((run.live(1).handles, run.live(1).domains), (0, 0));
        assert_eq!(run.live(1).attached, []);
        assert!(run.is_clean());
    }
}

#[test]
fn what_cannot_be_done_for_an_mm_is_found_out_in_the_order_of_iommu_alloc_mm_data() {
    let device = |group, max_pasids| Device {
        group,
        max_pasids,
        instance: 0,
    };
    let topology = |dma_compat| Topology {
        devices: vec![device(0, 0), device(1, 16)],
        mms: vec![Mm { dma_compat }],
    };
    for name in ALL {
        let no_memory = failing(bind(0, 0), Site::MmDataAlloc, 1, Errno::ENOMEM);
        let incompatible = ran(name, topology(false), &[no_memory]);
        assert_eq!(incompatible.rets(), [EBUSY]);
        assert_eq!(incompatible.decided(0).at, At::NotCompatible);
        let run = ran(
            name,
            topology(true),
            &[no_memory, bind(0, 0), bind(1, 0), bind(0, 0)],
        );
        let errnos = [Errno::ENOMEM, Errno::ENOSPC].map(Ret::Err);
        assert_eq!(run.rets()[..2], errnos);
        assert_eq!(run.decided(0).at, At::NoMmData);
        assert_eq!(run.decided(1).at, At::NoPasid);
        // Without a PASID the iommu_mm is freed again.
        assert_eq!(run.live(1).mm_data, 0);
        // A device without PASIDs is skipped in its group, but also supports none for an mm.
        assert_eq!(run.rets()[2..], [handle(0), Ret::Err(Errno::EOVERFLOW)]);
        assert_eq!(run.decided(3).at, At::Overflow);
    }
}

#[test]
fn the_iommu_mm_and_its_pasid_stay_when_the_bind_fails_later() {
    for name in ALL {
        let op = failing(bind(0, 0), Site::HandleAlloc, 1, Errno::ENOMEM);
        let run = run(name, &[(0, 0)], &[op, bind(0, 0)]);
        assert_eq!(run.rets(), [Ret::Err(Errno::ENOMEM), handle(0)]);
        assert_eq!(run.decided(0).at, At::NoHandle);
        assert_eq!(run.live(0).mm_data, 1);
        assert_eq!(run.live(0).pasids, [1]);
    }
}

#[test]
fn a_foreign_domain_at_the_pasid_is_only_found_by_the_attach() {
    for name in ALL {
        let run = run(name, &[(0, 0)], &[attach(0, 1), bind(0, 0)]);
        assert_eq!(run.rets(), [Ret::Domain(0), EBUSY]);
        assert_eq!(run.calls(1), [alloc(1), free(1)]);
        assert_eq!(run.decided(1).at, At::AttachFailed);
        let because = At::AttachEntry;
        assert_eq!(run.decided(1).because, Some(because));
        assert!(run.is_clean());
    }
}

/// No operation of callers can lead to this state.
#[test]
fn a_handle_of_another_mm_or_of_another_type_is_not_shared() {
    for name in ALL {
        let mut bench = Bench::new(name);
        assert_eq!(bench.step(0, bind(0, 0)), handle(0));
        let (group, pasid) = (0, 2);
        bench.run.machine.pasid_arrays.store(Entry {
            group,
            pasid,
            domain: DomainId::new(0),
            handle: HandleId::new(0),
        });
        // The second mm gets the second PASID.
        assert_eq!(bench.step(1, bind(0, 1)), EBUSY);
        let decisions = &bench.watch.decisions;
        assert_eq!(decisions.last().map(|last| last.at), Some(At::SameMm));

        let entry = bench.kernel(|k| {
            let domain = k.driver_domain_alloc(DomainType::Unmanaged).unwrap();
            let domain = domain.expect("a domain");
            let handle = k.handle_alloc().unwrap().expect("a handle");
            k.handle(handle, At::Create).unwrap().domain = domain;
            Entry {
                group,
                pasid,
                domain,
                handle,
            }
        });
        bench.run.machine.pasid_arrays.store(entry);
        assert_eq!(bench.step(2, bind(0, 1)), EBUSY);
        let last = bench.watch.decisions.last();
        let because = Some(At::GetDomain);
        let at = At::OtherType;
        assert_eq!(last, Some(&Decision { at, because }));
    }
}

#[test]
fn configured_for_x86_every_bind_is_refused_before_anything_is_allocated() {
    for name in ["v6.12.64-x86", "v6.12.93-x86", "v6.18.4-x86"] {
        let run = run(name, &[(0, 0)], &[bind(0, 0), bind(0, 0)]);
        assert_eq!(run.rets(), [EOPNOTSUPP; 2], "{name}");
        assert_eq!(run.decided(0).at, At::Refused);
        assert_eq!(run.calls(0), []);
        assert_eq!((run.live(1).handles, &run.live(1).pasids[..]), (0, &[][..]));
        assert!(run.is_clean());
    }
}

#[test]
fn the_errno_of_a_driver_without_a_domain_is_passed_on_since_the_domain_is_allocated_for_a_device()
{
    let op = failing(bind(0, 0), Site::DomainAlloc, 1, Errno::EIO);
    let case = Case::new(one_group(&[16]), vec![op]);
    let whole = tree("v6.12");
    let without = whole.graph.without(whole, ALLOC_FOR_DEVICE);
    let without = without.expect("it has the commit");
    for (tree, errno) in [(whole, Errno::EIO), (without, Errno::ENOMEM)] {
        let recording = record(&V612(tree), &case);
        let run = Ran { recording };
        assert_eq!(run.rets(), [Ret::Err(errno)]);
        assert_eq!(run.decided(0).at, At::NoDomain);
        assert!(run.is_clean());
    }
}
