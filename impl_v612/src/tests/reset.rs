// SPDX-License-Identifier: GPL-2.0-or-later
//! Device resets, from 7.0 on.

use super::*;
use spec::Splat;

const WITH_DEPTH: [&str; 2] = ["v7.1.2", "v7.3"];
const WITH_RESETS: [&str; 3] = ["v7.0", "v7.1.2", "v7.3"];

fn begin(dev: u32) -> Op {
    OpKind::ResetBegin { dev }.into()
}

fn done(of: u32) -> Op {
    OpKind::ResetDone { of }.into()
}

fn removed(dev: u32, pasid: u16) -> Call {
    Call::RemoveDevPasid { dev, pasid }
}

fn set(dev: u32, pasid: u16, domain: u32, err: Option<Errno>) -> Call {
    Call::SetDevPasid {
        dev,
        pasid,
        domain,
        err,
    }
}

fn splats(ran: &Ran, op: usize) -> Vec<Splat> {
    let splats = ran.recording.steps[op].splats.iter();
    splats.map(|&(splat, _)| splat).collect()
}

#[test]
fn kernels_before_7_0_have_no_resets() {
    for name in ["v6.12", "v6.17", "v6.19"] {
        let ran = run(name, &[(0, 0)], &[bind(0, 0), begin(0), done(1)]);
        assert_eq!(ran.rets()[1..], [Ret::Lacking; 2], "{name}");
        assert!(ran.calls(1).is_empty() && ran.calls(2).is_empty());
        assert!(ran.is_clean());
    }
}

#[test]
fn a_reset_removes_the_pasids_of_its_device_and_its_end_sets_them_again() {
    for name in WITH_RESETS {
        let ops = [
            attach(0, 9),
            bind(0, 0),
            begin(0),
            page_request(0, 1),
            done(2),
        ];
        let ran = run(name, &[(0, 0)], &ops);
        assert_eq!(ran.rets()[2..], [Ret::Ok, Ret::Mm(0), Ret::Ok], "{name}");
        assert_eq!(ran.calls(2), [removed(0, 1), removed(0, 9)], "{name}");
        assert_eq!(ran.calls(4), [set(0, 1, 1, None), set(0, 9, 0, None)]);
        assert_eq!(ran.live(2).attached, ran.live(4).attached);
        assert!(ran.is_clean(), "{name}");
    }
}

#[test]
fn nothing_is_attached_while_a_device_of_the_group_is_in_reset() {
    for name in WITH_RESETS {
        let devices = [(0, 0), (0, 0), (1, 0)];
        let ops = [
            begin(0),
            attach(1, 0),
            attach(1, 2),
            attach(1, 4000),
            bind(1, 0),
            bind(2, 0),
            done(0),
            bind(1, 0),
        ];
        let ran = run(name, &devices, &ops);
        let [einval, ebusy] = [Errno::EINVAL, Errno::EBUSY].map(Ret::Err);
        assert_eq!(ran.rets()[1..5], [einval, ebusy, ebusy, ebusy], "{name}");
        assert_eq!(ran.rets()[5..], [handle(0), Ret::Ok, handle(1)]);
        assert_eq!(ran.decided(2).at, At::AttachReset);
        let Decision { at, because } = ran.decided(4);
        assert_eq!((at, because), (At::AttachFailed, Some(At::AttachReset)));
        assert!(ran.is_clean(), "{name}");
    }
}

#[test]
fn a_bind_that_finds_its_handle_does_not_mind_a_reset() {
    for name in WITH_RESETS {
        let ran = run(name, &[(0, 0)], &[bind(0, 0), begin(0), bind(0, 0)]);
        assert_eq!(ran.rets()[2], handle(0), "{name}");
        assert!(ran.is_clean(), "{name}");
    }
}

#[test]
fn in_7_0_a_group_has_one_reset_at_most() {
    for dev in [0, 1] {
        let ops = [bind(0, 0), begin(0), begin(dev), done(2), done(1)];
        let ran = run("v7.0", &[(0, 0), (0, 0)], &ops);
        let refused = [Ret::Ok, Ret::Err(Errno::EBUSY), Ret::Skipped, Ret::Ok];
        assert_eq!(ran.rets()[1..], refused);
        assert_eq!(splats(&ran, 2), [Splat::WarnResetPrepare]);
        assert!(ran.calls(2).is_empty());
    }
    let ran = run("v7.0", &[(0, 0), (1, 0)], &[begin(0), begin(1)]);
    assert_eq!(ran.rets(), [Ret::Ok; 2]);
}

#[test]
fn in_7_0_the_end_of_a_reset_sets_devices_that_were_never_removed() {
    let ops = [bind(0, 0), begin(1), done(1)];
    let all = [set(0, 1, 0, None), set(1, 1, 0, None)];
    let ran = run("v7.0", &[(0, 0), (0, 0)], &ops);
    assert_eq!(
        (ran.calls(1), ran.calls(2)),
        (&[removed(1, 1)][..], &all[..])
    );
    for name in WITH_DEPTH {
        let ran = run(name, &[(0, 0), (0, 0)], &ops);
        assert_eq!(ran.calls(2), [set(1, 1, 0, None)], "{name}");
    }
}

#[test]
fn from_7_1_on_only_the_first_begin_and_the_last_end_do_something() {
    for name in WITH_DEPTH {
        let ops = [
            bind(0, 0),
            begin(0),
            begin(0),
            begin(1),
            done(1),
            attach(0, 5),
            done(2),
            done(3),
        ];
        let ran = run(name, &[(0, 0), (0, 0)], &ops);
        let calls = [1, 2, 3, 4, 6, 7].map(|op| ran.calls(op));
        let expected: [&[Call]; 6] = [
            &[removed(0, 1)],
            &[],
            &[removed(1, 1)],
            &[],
            &[set(0, 1, 0, None)],
            &[set(1, 1, 0, None)],
        ];
        assert_eq!(calls, expected, "{name}");
        assert_eq!(ran.rets()[5], Ret::Err(Errno::EBUSY));
        assert_eq!(ran.decided(2).at, At::ResetNested);
        assert_eq!(ran.decided(4).at, At::ResetGoesOn);
        assert!(ran.is_clean(), "{name}");
    }
}

#[test]
fn a_device_without_pasids_is_asked_to_remove_some_in_7_0_only() {
    let ops = [bind(0, 0), begin(1), done(1)];
    let calls = |name| {
        let ran = run_one_group(name, &[16, 0], &ops);
        [1, 2].map(|op| ran.calls(op).to_vec())
    };
    assert_eq!(
        calls("v7.0"),
        [vec![removed(1, 1)], vec![set(0, 1, 0, None)]]
    );
    for name in WITH_DEPTH {
        assert_eq!(calls(name), [vec![], vec![]], "{name}");
    }
}

#[test]
fn a_detach_passes_over_devices_in_reset_from_7_1_on() {
    let ops = [bind(0, 0), begin(0), unbind(0), done(1)];
    for name in WITH_RESETS {
        let ran = run(name, &[(0, 0), (0, 0)], &ops);
        let removals = ran
            .calls(2)
            .iter()
            .filter(|call| matches!(call, Call::RemoveDevPasid { .. }));
        let expected = if name == "v7.0" { 2 } else { 1 };
        assert_eq!(removals.count(), expected, "{name}");
        // What the group has not any more is not set again.
        assert!(ran.calls(3).is_empty(), "{name}");
        assert!(ran.is_clean(), "{name}");
    }
}

#[test]
fn each_pasid_that_is_not_set_again_is_a_complaint() {
    for name in WITH_RESETS {
        let fails = |nth| failing(done(2), Site::SetDevPasid, nth, Errno::EIO);
        let ran = run(
            name,
            &[(0, 0)],
            &[bind(0, 0), attach(0, 9), begin(0), fails(0)],
        );
        assert_eq!(ran.rets()[3], Ret::Ok, "{name}");
        assert_eq!(splats(&ran, 3), [Splat::WarnResetDone; 2], "{name}");
        let ran = run(
            name,
            &[(0, 0)],
            &[bind(0, 0), attach(0, 9), begin(0), fails(1)],
        );
        let calls = [set(0, 1, 0, Some(Errno::EIO)), set(0, 9, 1, None)];
        assert_eq!(ran.calls(3), calls, "{name}");
        assert_eq!(splats(&ran, 3), [Splat::WarnResetDone], "{name}");
    }
    // In 7.0 the devices before the one that fails lose the PASID.
    let fails = failing(done(1), Site::SetDevPasid, 2, Errno::EIO);
    let ran = run("v7.0", &[(0, 0), (0, 0)], &[bind(0, 0), begin(0), fails]);
    let undone = [
        set(0, 1, 0, None),
        set(1, 1, 0, Some(Errno::EIO)),
        removed(0, 1),
    ];
    assert_eq!(ran.calls(2), undone);
}

#[test]
fn the_teardown_ends_what_is_still_in_reset() {
    for name in WITH_RESETS {
        let ran = run(name, &[(0, 0)], &[bind(0, 0), begin(0)]);
        let end = ran.recording.trace.end.as_ref().expect("a teardown");
        assert_eq!(end.ret, Ret::Ok);
        assert!(ran.is_clean(), "{name}");
    }
}
