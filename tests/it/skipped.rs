// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that operations that no correct caller could perform are skipped.

use spec::record::record;
use spec::{Case, Device, Errno, Fault, Mm, Op, OpKind, Ret, Site, Topology};
use svadiff::models;

/// Returns a topology of two mms and two devices in groups of their own. Device 0 can do
/// everything, device 1 has no PASIDs.
fn topology() -> Topology {
    let device = |group, max_pasids| Device {
        group,
        max_pasids,
        instance: 0,
    };
    Topology {
        devices: vec![device(0, 16), device(1, 0)],
        mms: vec![Mm { dma_compat: true }; 2],
    }
}

fn rets(name: &str, ops: &[Op]) -> Vec<Ret> {
    let model = models::by_name(name).unwrap();
    let trace = record(&model, &Case::new(topology(), ops.to_vec())).trace;
    trace.steps.iter().map(|step| step.ret).collect()
}

/// Checks that in every model the last operation is skipped and does nothing, and that the one
/// before it is not skipped.
fn is_skipped(ops: &[OpKind]) {
    let ops: Vec<Op> = ops.iter().copied().map(Op::from).collect();
    let (last, before) = ops.split_last().unwrap();
    for model in models::all() {
        let recording = record(&model, &Case::new(topology(), ops.clone()));
        let name = model.name();
        let steps = &recording.trace.steps;
        let step = &steps[before.len()];
        assert_eq!(step.ret, Ret::Skipped, "{name}: {last:?} after {before:?}");
        assert!(step.calls.is_empty() && step.splats.is_empty(), "{name}");
        assert!(recording.steps[before.len()].decisions.is_empty(), "{name}");
        // 6.4 and 6.5 have no alloc_pasid, and a kernel that refuses SVA has nothing to unbind.
        let index = before.len().checked_sub(1);
        let can = |&index: &usize| steps[index].ret != Ret::Skipped || name == "v6.7";
        if let Some(index) = index.filter(can) {
            assert_ne!(steps[index].ret, Ret::Skipped, "{name}: {before:?}");
            assert_eq!(step.live, steps[index].live, "{name}: {last:?}");
        }
    }
}

const BIND: OpKind = OpKind::Bind { dev: 0, mm: 0 };
const FAILS: OpKind = OpKind::Bind { dev: 1, mm: 0 };
const ATTACH: OpKind = OpKind::Attach { dev: 0, pasid: 7 };
const ALLOC: OpKind = OpKind::AllocPasid { dev: 0 };
const EXIT: OpKind = OpKind::Exit { mm: 0 };

const RELEASES: [fn(u32) -> OpKind; 4] = [
    |of| OpKind::Unbind { of },
    |of| OpKind::GetPasid { of },
    |of| OpKind::FreePasid { of },
    |of| OpKind::Detach { of },
];

#[test]
fn an_operation_on_a_device_or_an_mm_that_does_not_exist_is_skipped() {
    for none in [2, 7, 8, 255, 256, u32::MAX] {
        is_skipped(&[OpKind::Bind { dev: none, mm: 0 }]);
        is_skipped(&[OpKind::Bind { dev: 0, mm: none }]);
        is_skipped(&[OpKind::Fork { mm: none }]);
        is_skipped(&[OpKind::Exit { mm: none }]);
        is_skipped(&[OpKind::AllocPasid { dev: none }]);
        is_skipped(&[OpKind::Attach {
            dev: none,
            pasid: 1,
        }]);
        is_skipped(&[OpKind::PageRequest {
            dev: none,
            pasid: 1,
        }]);
        is_skipped(&[OpKind::EnqcmdPasid { mm: none }]);
    }
}

#[test]
fn a_pasid_out_of_range_is_skipped() {
    for pasid in [4096, 65536 + 1, u32::MAX] {
        is_skipped(&[OpKind::Attach { dev: 0, pasid }]);
        is_skipped(&[OpKind::PageRequest { dev: 0, pasid }]);
    }
}

#[test]
fn a_release_of_an_operation_that_never_was_is_skipped() {
    for release in RELEASES {
        for of in [0, 1, 63, 64, 255, 256, u32::MAX] {
            is_skipped(&[release(of)]);
        }
        // The operation itself, and a later one.
        is_skipped(&[BIND, release(1)]);
        is_skipped(&[BIND, release(2)]);
    }
}

#[test]
fn a_release_of_an_operation_of_another_kind_is_skipped() {
    for release in RELEASES {
        is_skipped(&[EXIT, release(0)]);
        is_skipped(&[OpKind::Fork { mm: 0 }, release(0)]);
    }
    let [unbind, get_pasid, free_pasid, detach] = RELEASES;
    for wrong in [free_pasid, detach] {
        is_skipped(&[BIND, wrong(0)]);
    }
    for wrong in [unbind, get_pasid, detach] {
        is_skipped(&[ALLOC, wrong(0)]);
    }
    for wrong in [unbind, get_pasid, free_pasid] {
        is_skipped(&[ATTACH, wrong(0)]);
    }
}

#[test]
fn a_release_of_what_failed_is_skipped() {
    let [unbind, get_pasid, free_pasid, detach] = RELEASES;
    is_skipped(&[FAILS, unbind(0)]);
    is_skipped(&[FAILS, get_pasid(0)]);
    is_skipped(&[OpKind::AllocPasid { dev: 1 }, free_pasid(0)]);
    let fault = Fault {
        site: Site::SetDevPasid,
        nth: 1,
        errno: Errno::EIO,
    };
    let mut attach = Op::from(ATTACH);
    attach.fault = Some(fault);
    for model in models::all() {
        let rets = rets(model.name(), &[attach, detach(0).into()]);
        assert_eq!(rets, [Ret::Err(Errno::EIO), Ret::Skipped]);
    }
}

#[test]
fn a_release_of_what_was_released_is_skipped() {
    let [unbind, get_pasid, free_pasid, detach] = RELEASES;
    is_skipped(&[BIND, unbind(0), unbind(0)]);
    is_skipped(&[BIND, unbind(0), get_pasid(0)]);
    is_skipped(&[ALLOC, free_pasid(0), free_pasid(0)]);
    is_skipped(&[ATTACH, detach(0), detach(0)]);
}

#[test]
fn an_mm_that_has_exited_can_do_nothing_more() {
    for op in [BIND, OpKind::Fork { mm: 0 }, EXIT] {
        is_skipped(&[EXIT, op]);
        // Not even if a domain keeps the struct alive.
        is_skipped(&[BIND, EXIT, op]);
    }
    is_skipped(&[EXIT, OpKind::EnqcmdPasid { mm: 0 }]);
    for model in models::all() {
        let enqcmd_pasid = OpKind::EnqcmdPasid { mm: 0 };
        let rets = rets(model.name(), &[BIND, EXIT, enqcmd_pasid].map(Op::from));
        if let Ret::Err(Errno::EOPNOTSUPP) = rets[0] {
            continue; // it refuses SVA, so no domain keeps the mm
        }
        assert_eq!(rets[2], Ret::Pasid(1), "its struct can still be read");
    }
}

#[test]
fn the_seventeenth_mm_is_not_forked() {
    let mut ops = vec![OpKind::Fork { mm: 0 }; 15];
    is_skipped(&ops);
    // Regardless of whether the other mms still exist.
    ops.truncate(14);
    ops.extend([EXIT, OpKind::Fork { mm: 1 }]);
    is_skipped(&ops);
}

#[test]
fn each_kernel_skips_what_its_own_callers_could_not_do() {
    let [unbind, ..] = RELEASES;
    let ops = [BIND, BIND, unbind(1)].map(Op::from);
    assert_eq!(rets("v6.7", &ops)[2], Ret::Ok);
    assert_eq!(
        rets("v6.8-rc1", &ops)[1..],
        [Ret::Err(Errno::EBUSY), Ret::Skipped]
    );
}
