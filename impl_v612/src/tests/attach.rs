// SPDX-License-Identifier: GPL-2.0-or-later
//! Attaches to a PASID of a group, and detaches.

use super::*;
use crate::iommu::iommu_detach_device_pasid;
use spec::Splat;

/// The kernels that skip devices without PASIDs.
const PASSING: [&str; 2] = ["v6.12.117", "v7.3"];

#[test]
fn pasid_0_is_refused_before_anything_else() {
    for name in ALL {
        let op = failing(attach(0, 0), Site::PasidArray, 0, Errno::ENOMEM);
        let run = run_one_group(name, &[0], &[op]);
        assert_eq!(run.rets(), [EINVAL]);
        assert_eq!(run.calls(0), [alloc(0), free(0)]);
        assert_eq!(run.decided(0).at, At::AttachNoPasid);
    }
}

#[test]
fn every_device_of_the_group_has_to_have_the_pasid() {
    for name in ALL {
        for (max_pasids, dev) in [([16, 2], 0), ([2, 16], 1), ([2, 16], 0)] {
            let run = run_one_group(name, &max_pasids, &[attach(dev, 2), attach(dev, 1)]);
            assert_eq!(run.rets(), [EINVAL, Ret::Domain(1)]);
            assert_eq!(run.calls(0), [alloc(0), free(0)]);
            assert_eq!(run.decided(0).at, At::AttachRange);
            assert_eq!(run.live(0).attached, []);
        }
        // The limit of one device excludes the only PASID that an mm can have.
        let run = run_one_group(name, &[16, 1], &[bind(0, 0)]);
        assert_eq!(run.rets(), [EINVAL]);
        assert_eq!(run.calls(0), [alloc(0), free(0)]);
        assert_eq!(run.decided(0).at, At::AttachFailed);
        let because = At::AttachRange;
        assert_eq!(run.decided(0).because, Some(because));
        assert_eq!(run.live(0).handles, 0);
    }
}

/// A PASID out of range is not looked up in the array.
#[test]
fn the_range_is_looked_at_before_the_entry() {
    for name in ALL {
        let mut bench = Bench::new(name);
        bench.run.machine.pasid_arrays.store(Entry {
            group: 0,
            pasid: 20,
            domain: DomainId::NULL,
            handle: HandleId::NULL,
        });
        assert_eq!(bench.step(0, attach(0, 20)), EINVAL);
    }
}

#[test]
fn in_6_12_a_device_without_pasids_keeps_its_group_from_them() {
    for ops in [[bind(0, 0)], [attach(1, 1)]] {
        let run = run_one_group("v6.12", &[16, 0], &ops);
        assert_eq!(run.rets(), [EINVAL]);
    }
}

#[test]
fn from_6_12_117_on_devices_without_pasids_are_passed_over() {
    for name in PASSING {
        let ops = [bind(1, 0), unbind(0)];
        let run = run_one_group(name, &[0, 16, 0, 16], &ops);
        assert_eq!(run.rets(), [handle(0), Ret::Ok]);
        assert_eq!(run.calls(0), [alloc(0), set(1, 0), set(3, 0)]);
        assert_eq!(run.calls(1), [remove(1), remove(3), free(0)]);
        assert!(run.is_clean());
    }
}

#[test]
fn from_6_12_117_on_a_driver_can_attach_to_a_group_that_has_no_pasids() {
    for name in PASSING {
        let run = run_one_group(name, &[0], &[attach(0, 1), detach(0)]);
        assert_eq!(run.rets(), [Ret::Domain(0), Ret::Ok]);
        assert_eq!(run.calls(0), [alloc(0)]);
        assert_eq!(run.calls(1), [free(0)]);
        assert!(run.is_clean());
    }
}

#[test]
fn a_failed_attach_is_undone_only_for_the_devices_before_the_one_that_failed() {
    for name in ALL {
        let op = failing(bind(2, 0), Site::SetDevPasid, 3, Errno::EIO);
        let run = run_one_group(name, &[16; 4], &[op]);
        assert_eq!(run.rets(), [Ret::Err(Errno::EIO)]);
        let set = [alloc(0), set(0, 0), set(1, 0), fails(2, 0, Errno::EIO)];
        let undone = [remove(0), remove(1), free(0)];
        assert_eq!(run.calls(0), [&set[..], &undone].concat());
        assert_eq!(run.live(0).attached, []);
        assert!(run.is_clean());
    }
}

#[test]
fn from_6_12_117_on_what_was_passed_over_is_not_undone() {
    for name in PASSING {
        let op = failing(bind(1, 0), Site::SetDevPasid, 2, Errno::EIO);
        let run = run_one_group(name, &[0, 16, 0, 16], &[op]);
        let fails = fails(3, 0, Errno::EIO);
        let calls = [alloc(0), set(1, 0), fails, remove(1), free(0)];
        assert_eq!(run.calls(0), calls);
    }
}

#[test]
fn an_entry_without_a_handle_is_only_reserved_until_7_3_names_its_domain() {
    for name in ALL {
        let ops = [attach(0, 1), attach(0, 1), detach(0), attach(0, 1)];
        let run = run(name, &[(0, 0)], &ops);
        assert_eq!(run.rets()[..2], [Ret::Domain(0), EBUSY]);
        let domain = (name == "v7.3").then_some(0);
        assert_eq!(run.live(0).attached, [entry(0, domain)]);
        assert_eq!(run.decided(1).at, At::AttachEntry);
        assert_eq!(run.live(1).attached, run.live(0).attached);
        assert_eq!(run.live(2).attached, []);
        assert_eq!(run.rets()[3], Ret::Domain(2));
        assert!(run.is_clean());
    }
}

#[test]
fn an_entry_that_cannot_be_stored_asks_no_driver() {
    for name in ALL {
        let op = failing(attach(0, 1), Site::PasidArray, 1, Errno::ENOMEM);
        let run = run(name, &[(0, 0)], &[op]);
        assert_eq!(run.rets(), [Ret::Err(Errno::ENOMEM)]);
        assert_eq!(run.calls(0), [alloc(0), free(0)]);
        assert_eq!(run.decided(0).at, At::AttachEntry);
    }
}

#[test]
fn an_entry_is_gone_when_the_driver_has_said_no() {
    for name in ALL {
        let op = failing(attach(0, 1), Site::SetDevPasid, 1, Errno::EIO);
        let run = run(name, &[(0, 0)], &[op, attach(0, 1)]);
        assert_eq!(run.rets(), [Ret::Err(Errno::EIO), Ret::Domain(1)]);
        assert_eq!(run.decided(0).at, At::AttachSet);
        assert_eq!(run.live(0).attached, []);
    }
}

#[test]
fn a_detach_does_not_ask_what_it_erases() {
    for name in ALL {
        let mut bench = Bench::new(name);
        for entry in [None, Some(DomainId::new(7))] {
            let stored = entry.map(|domain| Entry {
                group: 0,
                pasid: 1,
                domain,
                handle: HandleId::NULL,
            });
            if let Some(entry) = stored {
                bench.run.machine.pasid_arrays.store(entry);
            }
            let done = bench.kernel(|k| iommu_detach_device_pasid(k, DeviceId::new(0), 1));
            assert_eq!(done, Ok(()));
            assert_eq!(bench.run.machine.pasid_arrays.entries(), []);
        }
        assert_eq!(bench.watch.calls, [remove(0), remove(0)]);
        assert_eq!(bench.watch.splats, []);
    }
}

#[test]
fn a_detach_follows_its_device_to_the_group() {
    for name in ALL {
        let mut bench = Bench::new(name);
        let done = bench.kernel(|k| iommu_detach_device_pasid(k, DeviceId::NULL, 1));
        assert_eq!(done, Err(Stop::Oops));
        let splat = (Splat::NullDeref, At::DetachGroup);
        assert_eq!(bench.watch.splats, [splat]);
        assert_eq!(bench.watch.calls, []);
    }
}
