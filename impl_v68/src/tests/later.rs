// SPDX-License-Identifier: GPL-2.0-or-later
//! 6.8.12, 6.9 and 6.10: what attaches check, and what failures undo.

use super::*;

#[test]
fn from_6_9_on_pasid_0_cannot_be_attached() {
    for (name, ret) in [
        ("v6.8", Ret::Domain(0)),
        ("v6.8.12", Ret::Domain(0)),
        ("v6.9", Ret::Err(Errno::EINVAL)),
        ("v6.9.3", Ret::Err(Errno::EINVAL)),
        ("v6.10", Ret::Err(Errno::EINVAL)),
    ] {
        let run = run(name, &[(0, 0)], &[attach(0, 0)]);
        assert_eq!(run.rets(), [ret], "{name}");
        if ret != Ret::Domain(0) {
            assert_eq!(run.decided(0).at, At::AttachNoPasid, "{name}");
        }
    }
}

#[test]
fn from_6_9_on_every_device_of_a_group_has_to_have_the_pasid() {
    for (name, beyond) in [
        ("v6.8", Ret::Domain(1)),
        ("v6.9", Ret::Err(Errno::EINVAL)),
        ("v6.9.3", Ret::Err(Errno::EINVAL)),
        ("v6.10", Ret::Err(Errno::EINVAL)),
    ] {
        // Every device of these tests has 16 PASIDs.
        let run = run(name, &[(0, 0), (0, 0)], &[attach(0, 15), attach(0, 16)]);
        assert_eq!(run.rets(), [Ret::Domain(0), beyond], "{name}");
        if beyond != Ret::Domain(1) {
            assert_eq!(run.decided(1).at, At::AttachRange, "{name}");
        }
    }
}

#[test]
fn what_was_not_set_is_not_removed_in_6_8_12_and_from_6_9_3_on() {
    let op = failing(bind(0, 0), Site::SetDevPasid, 2, Errno::EIO);
    for (name, removed) in [
        ("v6.8", 3),
        ("v6.8.12", 1),
        ("v6.9", 3),
        ("v6.9.3", 1),
        ("v6.10", 1),
    ] {
        let run = run(name, &[(0, 0), (0, 0), (0, 0)], &[op]);
        assert_eq!(run.rets(), [Ret::Err(Errno::EIO)], "{name}");
        let is_remove = |call: &&Call| (0..3).any(|dev| **call == remove(dev));
        let removes = run.calls(0).iter().filter(is_remove).count();
        assert_eq!(removes, removed, "{name}");
        assert_eq!(run.live(0).attached, [], "{name}");
    }
}

#[test]
fn from_6_10_on_a_domain_belongs_to_its_device_and_its_error_is_returned() {
    let op = failing(bind(0, 0), Site::DomainAlloc, 1, Errno::ENODEV);
    for (name, errno) in [
        ("v6.8", Errno::ENOMEM),
        ("v6.9", Errno::ENOMEM),
        ("v6.9.3", Errno::ENOMEM),
        ("v6.10", Errno::ENODEV),
    ] {
        let run = run(name, &[(0, 0)], &[op]);
        assert_eq!(run.rets(), [Ret::Err(errno)], "{name}");
        assert_eq!(run.decided(0).at, At::NoDomain, "{name}");
        // From 6.9 on, the function that fails is in the same file.
        let core = (name == "v6.8").then_some(At::SvaDomainAlloc);
        assert_eq!(run.decided(0).because, core, "{name}");
    }
    // The first device of the group is of another instance than the one that is bound.
    let run_of = |name| run(name, &[(0, 1), (0, 0)], &[bind(1, 0)]);
    assert_eq!(run_of("v6.9").calls(0)[1], set(0, 0));
    assert_eq!(run_of("v6.10").calls(0)[1], fails(0, 0, Errno::EINVAL));
}
