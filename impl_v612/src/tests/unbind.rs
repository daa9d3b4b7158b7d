// SPDX-License-Identifier: GPL-2.0-or-later
//! Unbinds, page requests, and sections of other CPUs in between.

use super::*;
use spec::Splat;
use spec::run::Call as Running;

#[test]
fn only_the_last_user_of_a_handle_detaches() {
    for name in ALL {
        let ops = [bind(0, 0), bind(1, 0), bind(1, 0), unbind(0), unbind(2)];
        let ops = [&ops[..], &[unbind(1), bind(1, 0)]].concat();
        let run = run(name, &[(0, 0), (0, 0)], &ops);
        assert_eq!(run.rets()[3..], [Ret::Ok, Ret::Ok, Ret::Ok, handle(1)]);
        for op in [3, 4] {
            assert_eq!(run.calls(op), []);
            assert_eq!(run.decided(op).at, At::NotLastUser);
            assert_eq!(run.live(op), run.live(2));
        }
        assert_eq!(run.calls(5), [remove(0), remove(1), free(0)]);
        assert_eq!(run.decided(5).at, At::DomainFreed);
        assert_eq!(run.live(5).attached, []);
        assert_eq!((run.live(5).handles, run.live(5).domains), (0, 0));
        // The domain was freed, so a new one is created.
        assert_eq!(run.calls(6), [alloc(1), set(0, 1), set(1, 1)]);
        assert!(run.is_clean());
    }
}

#[test]
fn the_last_handle_frees_the_domain() {
    for name in ALL {
        let ops = [bind(0, 0), bind(1, 0), unbind(0), unbind(1)];
        let run = run(name, &[(0, 0), (1, 0)], &ops);
        assert_eq!(run.calls(2), [remove(0)]);
        assert_eq!(run.decided(2).at, At::DomainKept);
        assert_eq!((run.live(2).handles, run.live(2).domains), (1, 1));
        assert_eq!(run.live(2).attached, [entry(1, 0)]);
        assert_eq!(run.calls(3), [remove(1), free(0)]);
        assert_eq!(run.decided(3).at, At::DomainFreed);
        assert!(run.is_clean());
    }
}

#[test]
fn a_page_request_is_answered_through_the_attach_handle() {
    for name in ALL {
        let ops = [bind(0, 0), page_request(1, 1), page_request(0, 2)];
        let ops = [&ops[..], &[exit(0), page_request(0, 1)]].concat();
        let ops = [&ops[..], &[unbind(0), page_request(0, 1)]].concat();
        let run = run(name, &[(0, 0), (0, 0)], &ops);
        let invalid = [Ret::Ok, Ret::Invalid].repeat(2);
        assert_eq!(run.rets()[1..3], [Ret::Mm(0), Ret::Invalid]);
        assert_eq!(run.rets()[3..], invalid);
        let decided = [1, 2, 4, 6].map(|op| run.decided(op).at);
        let at = [
            At::IopfHandled,
            At::GetDomain,
            At::IopfNoUsers,
            At::GetDomain,
        ];
        assert_eq!(decided, at);
    }
}

#[test]
fn nobody_answers_for_the_domain_of_a_driver() {
    for name in ALL {
        let run = run(name, &[(0, 0)], &[attach(0, 1), page_request(0, 1)]);
        assert_eq!(run.rets(), [Ret::Domain(0), Ret::Invalid]);
        let at = At::GetDomain;
        assert_eq!(run.decided(1).at, at);
        assert!(run.is_clean());
    }
}

/// A bind on one CPU has released the lock but not stored its device; a bind on another CPU finds
/// its handle, and is unbound. The last unbind then uses the device that the first one has read.
#[test]
fn only_in_6_12_an_unbind_can_come_before_the_device_is_stored() {
    for name in ALL {
        let model = V612(tree(name));
        let mut run = Run::new(&one_group(&[16]));
        let mut watch = Recorder::default();
        let ops = [bind(0, 0), bind(0, 0), unbind(1), unbind(0)];
        let [mut first, mut second, mut early, mut late] =
            [0, 1, 2, 3].map(|index| Running::new(index, &ops[index]));
        let mut some = |call: &mut Running, index: usize, sections: usize| {
            let mut section = || run.section(&model, call, ops[index].kind, &mut watch);
            let rets: Vec<_> = (0..sections).map(|_| section()).collect();
            assert!(rets[..sections - 1].iter().all(Option::is_none), "{rets:?}");
            rets[sections - 1]
        };
        // Nothing, and what is done with the lock held.
        assert_eq!(some(&mut first, 0, 2), None);
        assert_eq!(some(&mut second, 1, 4), Some(handle(0)));
        assert_eq!(some(&mut early, 2, 1), None);
        assert_eq!(some(&mut first, 0, 2), Some(handle(0)));
        assert_eq!(some(&mut late, 3, 3), Some(Ret::Ok));
        if name == "v6.12" {
            assert_eq!(some(&mut early, 2, 1), Some(Ret::Oops));
            let splat = (Splat::NullDeref, At::DetachGroup);
            assert_eq!(watch.splats, [splat]);
        } else {
            assert_eq!(some(&mut early, 2, 2), Some(Ret::Ok));
            assert_eq!(watch.splats, []);
            assert_eq!(run.machine.live().handles, 0);
        }
    }
}
