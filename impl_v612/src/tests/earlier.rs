// SPDX-License-Identifier: GPL-2.0-or-later
//! 6.12 without its attach handles runs the code of 6.8, with its other commits.

use super::*;
use crate::revisions::REMOVE_HANDLE_LIST;
use impl_v67::revisions::{ALLOC_FOR_DEVICE, UNDO_WHAT_WAS_SET, VALIDATE_PASID};
use impl_v68::V68;
use spec::Commit;

/// Runs 6.12 without its attach handles, and without some other commits, on devices of one group,
/// each with a hardware instance and a number of PASIDs.
fn run_without(without: &[Commit], devices: &[(u8, u16)], ops: &[Op]) -> Ran {
    let whole = tree("v6.12");
    let earlier = { [REMOVE_HANDLE_LIST].iter().chain(without) }.fold(whole, |tree, &commit| {
        tree.graph.without(tree, commit).expect("it has the commit")
    });
    let device = |&(instance, max_pasids): &(u8, u16)| Device {
        group: 0,
        max_pasids,
        instance,
    };
    let case = Case::new(topology(devices.iter().map(device)), ops.to_vec());
    let recording = record(&V68(earlier), &case);
    Ran { recording }
}

const TWO: [(u8, u16); 2] = [(0, 16); 2];

#[test]
fn an_attach_requires_that_all_devices_have_the_pasid_before_it_looks_at_the_entry() {
    for op in [attach(0, 0), attach(0, 1), bind(0, 0)] {
        let devices = [(0, 16), (0, 1)];
        let run = run_without(&[], &devices, &[op]);
        assert_eq!(run.rets(), [EINVAL]);
        assert_eq!(run.calls(0), [alloc(0), free(0)]);
        let run = run_without(&[VALIDATE_PASID], &devices, &[op]);
        assert!(!run.rets()[0].ends_the_run() && run.rets() != [EINVAL]);
    }
    let refused = run_without(&[], &TWO, &[attach(0, 0)]);
    assert_eq!(refused.decided(0).at, At::AttachNoPasid);
    let refused = run_without(&[], &[(0, 16), (0, 1)], &[attach(0, 1)]);
    assert_eq!(refused.decided(0).at, At::AttachRange);
}

#[test]
fn a_failed_attach_removes_what_it_had_set_and_nothing_else() {
    let op = failing(bind(0, 0), Site::SetDevPasid, 2, Errno::EIO);
    let attempt = [alloc(0), set(0, 0), fails(1, 0, Errno::EIO)];
    let run = run_without(&[], &TWO, &[op]);
    assert_eq!(run.calls(0), [&attempt[..], &[remove(0), free(0)]].concat());
    assert_eq!(run.live(0).attached, []);
    let run = run_without(&[UNDO_WHAT_WAS_SET], &TWO, &[op]);
    let all = [remove(0), remove(1), free(0)];
    assert_eq!(run.calls(0), [&attempt[..], &all].concat());
}

#[test]
fn a_domain_belongs_to_the_hardware_of_the_device_that_it_is_allocated_for() {
    // The first device of the group is behind another hardware instance than the device of the
    // bind.
    let ops = [bind(1, 0)];
    let run = run_without(&[], &[(1, 16), (0, 16)], &ops);
    assert_eq!(run.calls(0)[1], fails(0, 0, Errno::EINVAL));
    let run = run_without(&[ALLOC_FOR_DEVICE], &[(1, 16), (0, 16)], &ops);
    assert_eq!(run.calls(0)[1], set(0, 0));
}

#[test]
fn a_detach_warns_where_it_erases_something_else_and_handles_are_of_devices() {
    let ops = [bind(0, 0), bind(0, 0), bind(1, 0), unbind(0), unbind(1)];
    let run = run_without(&[], &TWO, &ops);
    assert_eq!(run.rets(), [handle(0), handle(0), EBUSY, Ret::Ok, Ret::Ok]);
    assert_eq!(run.decided(1).at, At::Reuse);
    assert!(run.is_clean());
}
