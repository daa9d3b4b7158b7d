// SPDX-License-Identifier: GPL-2.0-or-later
//! What Linux 6.2 to 6.5 do differently from 6.7.

use super::*;
use spec::pasid::number;

const EARLIER: [&str; 3] = ["v6.2", "v6.4", "v6.5"];

fn incompatible(name: &str, max_pasids: u16) -> Recording {
    let topology = Topology {
        devices: vec![limited(0, max_pasids)],
        mms: vec![Mm { dma_compat: false }],
    };
    record(&model_of(name), &Case::new(topology, vec![bind(0, 0)]))
}

#[test]
fn a_device_without_pasids_and_one_with_pasid_0_only_have_an_error_each() {
    for name in EARLIER {
        for (max_pasids, errno, at) in [
            (0, Errno::EOPNOTSUPP, At::Unsupported),
            (1, Errno::EINVAL, At::NoRange),
        ] {
            let run = run_on(name, &[limited(0, max_pasids)], 1, &[bind(0, 0)]);
            assert_eq!(rets(&run), [Ret::Err(errno)], "{name}");
            assert_eq!(decided(&run, 0).at, at, "{name}");
        }
        let run = run_on(name, &[limited(0, 2)], 1, &[bind(0, 0)]);
        assert_eq!(rets(&run), [handle(0, 1)], "{name}");
    }
}

#[test]
fn an_mm_that_devices_cannot_use_is_refused_from_6_4_on_and_after_the_checks_of_the_device() {
    assert_eq!(rets(&incompatible("v6.2", 16)), [handle(0, 1)]);
    for name in ["v6.4", "v6.5"] {
        let run = incompatible(name, 16);
        assert_eq!(rets(&run), [Ret::Err(Errno::EBUSY)], "{name}");
        assert_eq!(decided(&run, 0).at, At::NotCompatible, "{name}");
        assert_eq!(rets(&incompatible(name, 1)), [Ret::Err(Errno::EINVAL)]);
        assert_eq!(rets(&incompatible(name, 0)), [Ret::Err(Errno::EOPNOTSUPP)]);
    }
}

#[test]
fn in_6_2_the_largest_pasid_cannot_be_used_again() {
    for (name, again) in [
        ("v6.2", Ret::Err(Errno::EOVERFLOW)),
        ("v6.4", handle(1, 1)),
        ("v6.5", handle(1, 1)),
    ] {
        let run = run_on(name, &[limited(0, 2)], 1, &[bind(0, 0), bind(0, 0)]);
        assert_eq!(rets(&run), [handle(0, 1), again], "{name}");
    }
    let one_more = run_on("v6.2", &[limited(0, 3)], 1, &[bind(0, 0), bind(0, 0)]);
    assert_eq!(rets(&one_more), [handle(0, 1), handle(1, 1)]);
}

#[test]
fn what_the_allocator_says_comes_out_as_it_is_in_6_5_only() {
    for errno in [Errno::ENOMEM, Errno::ENOSPC] {
        let op = failing(bind(0, 0), Site::PasidAlloc, 1, errno);
        let of = |name| run_on(name, &[device(0, 0)], 1, &[op]);
        assert_eq!(rets(&of("v6.5")), [Ret::Err(errno)]);
        assert_eq!(decided(&of("v6.5"), 0).at, At::NoPasid);
        assert_eq!(rets(&of("v6.2")), [Ret::Err(Errno::ENOMEM)]);
        assert_eq!(decided(&of("v6.2"), 0).at, At::NoPasid);
        assert_eq!(rets(&of("v6.7")), [Ret::Err(Errno::ENOSPC)]);
    }
    let full = |name| {
        let run = run_on(name, &[limited(0, 2)], 2, &[bind(0, 0), bind(0, 1)]);
        rets(&run)[1]
    };
    assert_eq!(full("v6.2"), Ret::Err(Errno::ENOMEM));
    assert_eq!(full("v6.5"), Ret::Err(Errno::ENOSPC));
}

#[test]
fn in_6_4_an_error_is_a_pasid_that_two_processes_share() {
    let ops = [
        bind(0, 0),
        bind(0, 1),
        bind(0, 2),
        OpKind::EnqcmdPasid { mm: 2 }.into(),
        bind(0, 1),
        exit(1),
        unbind(2),
        unbind(1),
    ];
    let run = run_on("v6.4", &[limited(0, 2)], 3, &ops);
    let all = rets(&run);
    let Ret::Handle {
        handle: 1,
        pasid: Some(odd),
    } = all[1]
    else {
        panic!("{:?}", all[1]);
    };
    assert_eq!(number(odd), 4_294_967_268);
    assert_eq!(all[2], handle(2, odd));
    assert_eq!(all[3], Ret::Pasid(odd));
    // Such an mm can be bound once.
    assert_eq!(all[4], Ret::Err(Errno::EOVERFLOW));
    // The third one has no domain of its own, which only the run notices.
    assert_eq!(live(&run, 2).domains, 2);
    let foreign: Vec<bool> = run.steps.iter().map(|note| note.foreign).collect();
    assert_eq!(foreign[..4], [false, false, true, false]);
    // The number was never allocated, and is not freed.
    assert_eq!(live(&run, 2).pasids, [1]);
    assert_eq!(live(&run, 7).mm_count, [2, 0, 1]);
    assert_eq!(live(&run, 7).pasids, [1]);
    assert!(run.trace.steps.iter().all(|step| step.splats.is_empty()));
}

#[test]
fn drivers_have_no_allocator_in_6_4_and_6_5() {
    for (name, ret) in [
        ("v6.2", Ret::Pasid(1)),
        ("v6.4", Ret::Skipped),
        ("v6.5", Ret::Skipped),
        ("v6.7", Ret::Pasid(1)),
    ] {
        let op = OpKind::AllocPasid { dev: 0 }.into();
        let run = run_on(name, &[device(0, 0)], 1, &[op]);
        assert_eq!(rets(&run), [ret], "{name}");
    }
}
