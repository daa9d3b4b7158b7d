// SPDX-License-Identifier: GPL-2.0-or-later
//! The stable branch of 6.6, and how it refuses SVA on x86.

use super::*;

#[test]
fn from_6_6_33_on_only_devices_that_were_set_are_removed() {
    let devices = [device(0, 0), device(0, 0), device(0, 0)];
    let op = failing(bind(0, 0), Site::SetDevPasid, 2, Errno::EIO);
    let removed = |name| -> Vec<u32> {
        let run = run_on(name, &devices, 1, &[op]);
        assert_eq!(rets(&run), [Ret::Err(Errno::EIO)]);
        assert_eq!(live(&run, 0).attached, []);
        let calls = run.trace.steps[0].calls.iter();
        let removed = calls.filter_map(|call| match call {
            Call::RemoveDevPasid { dev, .. } => Some(*dev),
            _ => None,
        });
        removed.collect()
    };
    assert_eq!(removed("v6.7"), [0, 1, 2]);
    assert_eq!(removed("v6.6.33"), [0]);
}

#[test]
fn on_x86_6_6_120_refuses_after_the_allocations_and_leaks_the_handle() {
    let run = run_on("v6.6.120-x86", &[device(0, 0)], 1, &[bind(0, 0)]);
    assert_eq!(rets(&run), [Ret::Err(Errno::EOPNOTSUPP)]);
    assert_eq!(decided(&run, 0).at, At::Refused);
    assert_eq!((live(&run, 0).handles, live(&run, 0).domains), (1, 0));
    assert_eq!(live(&run, 0).pasids, [1]);
    let op = failing(bind(0, 0), Site::HandleAlloc, 1, Errno::ENOMEM);
    let run = run_on("v6.6.120-x86", &[device(0, 0)], 1, &[op]);
    assert_eq!(rets(&run), [Ret::Err(Errno::ENOMEM)]);
    let run = run_on("v6.6.120-x86", &[limited(0, 1)], 1, &[bind(0, 0)]);
    assert_eq!(rets(&run), [Ret::Err(Errno::ENOSPC)]);
}

#[test]
fn on_x86_6_6_151_refuses_before_anything_else() {
    let op = failing(bind(0, 0), Site::HandleAlloc, 0, Errno::ENOMEM);
    let run = run_on("v6.6.151-x86", &[limited(0, 0)], 1, &[op]);
    assert_eq!(rets(&run), [Ret::Err(Errno::EOPNOTSUPP)]);
    assert_eq!(decided(&run, 0).at, At::Refused);
    assert_eq!(live(&run, 0).handles, 0);
    assert!(live(&run, 0).pasids.is_empty());
}
