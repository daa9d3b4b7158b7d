// SPDX-License-Identifier: GPL-2.0-or-later
//! The series as merged, rc1, rc6, and the release.

use super::*;

const ALL: [&str; 4] = ["v6.8-merge", "v6.8-rc1", "v6.8-rc6", "v6.8"];

#[test]
fn devices_of_two_groups_share_the_domain_of_an_mm() {
    for name in ALL {
        let run = run(name, &[(0, 0), (1, 0)], &[bind(0, 0), bind(1, 0)]);
        assert_eq!(run.rets(), [handle(0), handle(1)]);
        assert_eq!(run.calls(0), [alloc(0), set(0, 0)]);
        assert_eq!(run.decided(0).at, At::Create);
        assert_eq!(run.calls(1), [set(1, 0)]);
        assert_eq!(run.decided(1).at, At::Join);
        // A successful attach decides nothing.
        assert_eq!([0, 1].map(|op| run.decided(op).because), [None; 2]);
        assert_eq!((run.live(1).handles, run.live(1).domains), (2, 1));
    }
}

#[test]
fn a_handle_leads_to_the_pasid_of_its_own_mm() {
    for name in ALL {
        let get_pasid = |of| OpKind::GetPasid { of }.into();
        let ops = [bind(0, 0), bind(0, 1), get_pasid(0), get_pasid(1)];
        let run = run(name, &[(0, 0)], &ops);
        let second = Ret::Handle {
            handle: 1,
            pasid: Some(2),
        };
        assert_eq!(run.rets()[..2], [handle(0), second]);
        assert_eq!(run.rets()[2..], [1, 2].map(Ret::Pasid));
        assert_eq!(run.decided(3).at, At::GetPasid);
    }
}

#[test]
fn every_domain_is_tried_newest_first() {
    let devices = [(0, 0), (1, 1), (2, 0)];
    for name in ALL {
        let run = run(name, &devices, &[bind(0, 0), bind(1, 0), bind(2, 0)]);
        assert_eq!(run.rets(), [handle(0), handle(1), handle(2)]);
        assert_eq!(
            run.calls(1),
            [fails(1, 0, Errno::EINVAL), remove(1), alloc(1), set(1, 1)]
        );
        assert_eq!(
            run.calls(2),
            [fails(2, 1, Errno::EINVAL), remove(2), set(2, 0)]
        );
        assert_eq!(run.decided(2).at, At::Join);
    }
}

#[test]
fn why_an_old_domain_could_not_be_joined_is_forgotten() {
    for name in ALL {
        let second = failing(bind(1, 0), Site::SetDevPasid, 1, Errno::EIO);
        let run = run(name, &[(0, 0), (1, 0)], &[bind(0, 0), second]);
        assert_eq!(run.rets(), [handle(0), handle(1)]);
        assert_eq!(run.live(1).domains, 2);
    }
}

#[test]
fn in_rc1_a_second_bind_gets_ebusy_and_frees_what_it_allocated() {
    for name in ["v6.8-merge", "v6.8-rc1"] {
        let run = run(name, &[(0, 0)], &[bind(0, 0), bind(0, 0)]);
        assert_eq!(run.rets(), [handle(0), EBUSY]);
        assert_eq!(run.calls(1), [alloc(1), free(1)]);
        assert_eq!(run.decided(1).at, At::AttachFailed);
        assert_eq!(run.decided(1).because, Some(At::AttachEntry));
        assert_eq!(run.live(1), run.live(0));
    }
}

#[test]
fn a_second_device_of_a_group_gets_ebusy_in_all_of_6_8() {
    for name in ALL {
        let run = run(name, &[(0, 0), (0, 0)], &[bind(0, 0), bind(1, 0)]);
        assert_eq!(run.rets(), [handle(0), EBUSY]);
        assert_eq!(run.live(1), run.live(0));
    }
}

#[test]
fn an_unbind_detaches_its_device_and_the_last_one_frees_the_domain() {
    for name in ["v6.8-merge", "v6.8-rc1", "v6.8"] {
        let ops = [bind(0, 0), bind(1, 0), unbind(0), unbind(1)];
        let run = run(name, &[(0, 0), (1, 0)], &ops);
        assert_eq!(run.rets()[2..], [Ret::Ok, Ret::Ok]);
        assert_eq!(run.calls(2), [remove(0)]);
        assert_eq!(run.decided(2).at, At::DomainKept);
        assert_eq!(run.calls(3), [remove(1), free(0)]);
        assert_eq!(run.decided(3).at, At::DomainFreed);
        assert_eq!((run.live(3).handles, run.live(3).domains), (0, 0));
    }
}

#[test]
fn only_as_merged_a_bind_whose_domain_cannot_be_allocated_leaks_its_handle() {
    for name in ALL {
        let op = failing(bind(0, 0), Site::DomainAlloc, 1, Errno::ENOMEM);
        let run = run(name, &[(0, 0)], &[op]);
        assert_eq!(run.rets(), [Ret::Err(Errno::ENOMEM)]);
        assert_eq!(run.decided(0).at, At::NoDomain);
        assert_eq!(run.left().handles, u32::from(name == "v6.8-merge"));
    }
}

#[test]
fn what_cannot_be_done_for_an_mm_is_found_out_in_the_order_of_iommu_alloc_mm_data() {
    let bare = Device {
        group: 0,
        max_pasids: 0,
        instance: 0,
    };
    let wide = Device {
        group: 1,
        max_pasids: 16,
        instance: 0,
    };
    let topology = |dma_compat| Topology {
        devices: vec![bare, wide],
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
    }
}

#[test]
fn since_rc6_a_second_bind_of_a_device_returns_the_handle_of_the_first() {
    for name in ["v6.8-rc6", "v6.8"] {
        // No object is allocated, so no allocation can fail.
        let second = failing(bind(0, 0), Site::HandleAlloc, 0, Errno::ENOMEM);
        let ops = [bind(0, 0), second, unbind(1), unbind(0)];
        let run = run(name, &[(0, 0)], &ops);
        assert_eq!(run.rets(), [handle(0), handle(0), Ret::Ok, Ret::Ok]);
        assert_eq!(run.decided(1).at, At::Reuse);
        assert_eq!(run.calls(2), []);
        assert_eq!(run.decided(2).at, At::NotLastUser);
        assert_eq!(run.calls(3), [remove(0), free(0)]);
    }
}

#[test]
fn in_rc6_a_handle_that_joins_has_no_users_and_its_unbind_underflows() {
    let ops = [bind(0, 0), bind(1, 0), unbind(1)];
    let run = run("v6.8-rc6", &[(0, 0), (1, 0)], &ops);
    assert_eq!(run.rets(), [handle(0), handle(1), Ret::Ok]);
    assert_eq!(run.splats(2), ["refcount: underflow; use-after-free"]);
    assert_eq!(run.calls(2), []);
    let left = run.left();
    assert_eq!((left.handles, left.domains), (1, 1));
    assert_eq!(
        (&left.pasids[..], &left.mm_count[..]),
        (&[1][..], &[1, 0][..])
    );
    assert_eq!(left.attached.len(), 1);
}

#[test]
fn in_rc6_a_handle_that_joins_is_on_no_list_and_a_second_bind_gets_ebusy() {
    let devices = [(0, 0), (1, 0)];
    let ops = [bind(0, 0), bind(1, 0), bind(1, 0), bind(0, 0)];
    let rc6 = run("v6.8-rc6", &devices, &ops);
    assert_eq!(rc6.rets(), [handle(0), handle(1), EBUSY, handle(0)]);
}

#[test]
fn in_6_8_a_handle_that_joins_is_shared_as_well() {
    let ops = [bind(0, 0), bind(1, 0), bind(1, 0), unbind(1), unbind(2)];
    let run = run("v6.8", &[(0, 0), (1, 0)], &ops);
    assert_eq!(run.rets()[..3], [handle(0), handle(1), handle(1)]);
    assert_eq!(run.calls(3), []);
    assert_eq!(run.calls(4), [remove(1)]);
    assert_eq!(run.live(4).handles, 1);
    assert_eq!((run.left().handles, run.left().domains), (0, 0));
}

#[test]
fn in_6_8_a_device_that_was_unbound_can_be_bound_again() {
    let ops = [bind(0, 0), unbind(0), bind(0, 0)];
    let run = run("v6.8", &[(0, 0)], &ops);
    assert_eq!(run.rets(), [handle(0), Ret::Ok, handle(1)]);
    assert_eq!(run.calls(2), [alloc(1), set(0, 1)]);
}
