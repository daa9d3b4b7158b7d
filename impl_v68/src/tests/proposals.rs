// SPDX-License-Identifier: GPL-2.0-or-later
//! The patches that were proposed on the list between rc5 and rc6.

use super::*;

const WARN: &str = "WARN iommu_detach_device_pasid";

#[test]
fn in_thread_a_a_second_bind_succeeds_and_the_second_unbind_warns() {
    let ops = [bind(0, 0), bind(0, 0), unbind(0), unbind(1)];
    let run = run("thread-a", &[(0, 0)], &ops);
    assert_eq!(run.rets(), [handle(0), handle(1), Ret::Ok, Ret::Ok]);
    assert_eq!(run.calls(1), []);
    // The first unbind removes the PASID of the other user.
    assert_eq!(run.calls(2), [remove(0)]);
    assert!(run.live(2).attached.is_empty());
    assert_eq!(run.calls(3), [remove(0), free(0)]);
    assert_eq!(run.splats(3), [WARN]);
}

#[test]
fn in_thread_a_the_newest_domain_is_taken_for_the_one_at_the_pasid() {
    let ops = [bind(0, 0), bind(1, 0), bind(0, 0), unbind(2)];
    let run = run("thread-a", &[(0, 0), (1, 1)], &ops);
    assert_eq!(run.rets()[..3], [handle(0), handle(1), handle(2)]);
    // The entry holds domain 0, which the detach of domain 1 erases.
    assert_eq!(run.splats(3), [WARN]);
    assert_eq!(run.calls(3), [remove(0)]);
    assert_eq!(run.decided(3).at, At::DomainKept);
}

#[test]
fn in_thread_a_and_b_a_driver_that_says_ebusy_is_taken_for_a_success() {
    for (name, succeeds) in [("thread-a", true), ("thread-b", true), ("thread-c", false)] {
        let second = failing(bind(1, 0), Site::SetDevPasid, 0, Errno::EBUSY);
        let run = run(name, &[(0, 0), (1, 0)], &[bind(0, 0), second]);
        let expected = if succeeds { handle(1) } else { EBUSY };
        assert_eq!(run.rets(), [handle(0), expected]);
        // Only the first device is attached, although both binds succeed.
        assert_eq!(run.live(1).attached.len(), 1);
    }
}

#[test]
fn in_thread_b_and_c_two_binds_of_a_device_are_detached_by_the_second_unbind() {
    for name in ["thread-b", "thread-c"] {
        let ops = [bind(0, 0), bind(0, 0), unbind(0), unbind(1)];
        let run = run(name, &[(0, 0)], &ops);
        assert_eq!(run.rets(), [handle(0), handle(1), Ret::Ok, Ret::Ok]);
        assert_eq!(run.calls(2), []);
        assert_eq!(run.calls(3), [remove(0), free(0)]);
        assert!(run.splats(3).is_empty());
    }
}

#[test]
fn in_thread_b_and_c_a_device_that_is_unbound_first_keeps_a_freed_domain() {
    for name in ["thread-b", "thread-c"] {
        let ops = [
            bind(0, 0),
            bind(1, 0),
            unbind(0),
            unbind(1),
            page_request(0, 1),
        ];
        let run = run(name, &[(0, 0), (1, 0)], &ops);
        assert_eq!(run.calls(2), []);
        assert_eq!(run.calls(3), [remove(1), free(0)]);
        let [entry] = run.live(3).attached[..] else {
            panic!("{name}: {:?}", run.live(3).attached);
        };
        assert_eq!((entry.group, entry.pasid, entry.freed), (0, 1, true));
        assert_eq!(run.rets()[4], Ret::Oops);
        assert_eq!(run.splats(4), ["use-after-free"]);
        assert_eq!(run.recording.trace.end, None);
    }
}

#[test]
fn in_thread_c_a_driver_that_attaches_to_a_taken_pasid_believes_it_is_attached() {
    let ops = [bind(0, 0), attach(0, 1), page_request(0, 1), detach(1)];
    let c = run("thread-c", &[(0, 0)], &ops);
    assert_eq!(c.rets(), [handle(0), Ret::Domain(1), Ret::Mm(0), Ret::Ok]);
    // Its detach removes the mm's domain.
    assert_eq!(c.splats(3), [WARN]);
    assert!(c.live(3).attached.is_empty());
    let b = run("thread-b", &[(0, 0)], &ops);
    assert_eq!(b.rets(), [handle(0), EBUSY, Ret::Mm(0), Ret::Skipped]);
}

#[test]
fn in_thread_c_a_bind_to_the_pasid_of_a_driver_believes_it_is_attached() {
    let ops = [attach(0, 1), bind(0, 0), page_request(0, 1), unbind(1)];
    let run = run("thread-c", &[(0, 0)], &ops);
    assert_eq!(run.rets()[1..3], [handle(0), Ret::Invalid]);
    assert_eq!(run.calls(1), [alloc(1)]);
    assert_eq!(run.splats(3), [WARN]);
}

#[test]
fn in_thread_d_a_reused_handle_is_returned_with_the_lock_held_and_the_next_call_hangs() {
    for (next, line) in [(bind(0, 1), 77), (unbind(0), 152)] {
        // Calls that need no lock still work in between.
        let ops = [bind(0, 0), bind(0, 0), page_request(0, 1), next];
        let run = run("thread-d", &[(0, 0)], &ops);
        assert_eq!(run.rets(), [handle(0), handle(0), Ret::Mm(0), Ret::Hang]);
        assert_eq!(run.splats(1), ["refcount: addition on 0; use-after-free"]);
        assert_eq!(run.splats(3), ["deadlock"]);
        assert_eq!(tree("thread-d").line(run.decided(3).at), Some(line));
    }
}

#[test]
fn in_thread_d_nothing_sets_users_so_an_unbind_underflows_and_nothing_is_ever_freed() {
    let ops = [bind(0, 0), unbind(0)];
    let run = run("thread-d", &[(0, 0)], &ops);
    assert_eq!(run.rets(), [handle(0), Ret::Ok]);
    assert_eq!(run.splats(1), ["refcount: underflow; use-after-free"]);
    assert_eq!(run.calls(1), []);
    assert_eq!((run.left().handles, run.left().domains), (1, 1));
}

#[test]
fn in_thread_d_a_handle_that_joins_is_on_no_list() {
    let ops = [bind(0, 0), bind(1, 0), bind(1, 0)];
    let run = run("thread-d", &[(0, 0), (1, 0)], &ops);
    assert_eq!(run.rets(), [handle(0), handle(1), EBUSY]);
}
