// SPDX-License-Identifier: GPL-2.0-or-later
//! The behaviour of Linux 6.7, one fact at a time, and what the others do differently.

mod earlier;
mod stable;

use crate::{ERA, V67};
use spec::At;
use spec::record::{Recording, record};
use spec::revision::Graph;
use spec::trace::Call;
use spec::{Case, Decision, Device, Errno, Fault, Mm, Op, OpKind, Ret, Site, Topology};
use std::sync::LazyLock;

fn device(group: u8, instance: u8) -> Device {
    Device {
        group,
        max_pasids: 16,
        instance,
    }
}

/// The model of this name.
fn model_of(name: &str) -> V67 {
    static GRAPH: LazyLock<&Graph> =
        LazyLock::new(|| Graph::new(&[ERA]).expect("the revisions of the era form a graph"));
    let tree = GRAPH.tree(name).expect("it is a revision");
    V67(tree)
}

/// 6.7 as released.
fn model() -> V67 {
    model_of("v6.7")
}

/// A model of this name, with mms that devices can use.
fn run_on(name: &str, devices: &[Device], mms: usize, ops: &[Op]) -> Recording {
    let topology = Topology {
        devices: devices.to_vec(),
        mms: vec![Mm { dma_compat: true }; mms],
    };
    record(&model_of(name), &Case::new(topology, ops.to_vec()))
}

/// A device with this number of PASIDs.
fn limited(group: u8, max_pasids: u16) -> Device {
    Device {
        max_pasids,
        ..device(group, 0)
    }
}

/// Two mms, and these devices.
fn run(devices: &[Device], ops: &[Op]) -> Recording {
    let topology = Topology {
        devices: devices.to_vec(),
        mms: vec![Mm { dma_compat: true }; 2],
    };
    record(&model(), &Case::new(topology, ops.to_vec()))
}

fn bind(dev: u32, mm: u32) -> Op {
    OpKind::Bind { dev, mm }.into()
}

fn unbind(of: u32) -> Op {
    OpKind::Unbind { of }.into()
}

fn exit(mm: u32) -> Op {
    OpKind::Exit { mm }.into()
}

fn attach(dev: u32, pasid: u32) -> Op {
    OpKind::Attach { dev, pasid }.into()
}

fn page_request(dev: u32, pasid: u32) -> Op {
    OpKind::PageRequest { dev, pasid }.into()
}

fn failing(mut op: Op, site: Site, nth: u32, errno: Errno) -> Op {
    op.fault = Some(Fault { site, nth, errno });
    op
}

fn handle(handle: u8, pasid: u16) -> Ret {
    let pasid = Some(pasid);
    Ret::Handle { handle, pasid }
}

fn rets(run: &Recording) -> Vec<Ret> {
    run.trace.steps.iter().map(|step| step.ret).collect()
}

/// Returns the decision of an operation's outcome.
fn decided(run: &Recording, op: usize) -> Decision {
    *run.steps[op].decisions.last().expect("something decided")
}

fn live(run: &Recording, op: usize) -> &spec::trace::Live {
    run.trace.steps[op]
        .live
        .as_ref()
        .expect("the machine is up")
}

#[test]
fn a_second_bind_returns_a_new_handle_and_counts_users() {
    let run = run(
        &[device(0, 0)],
        &[bind(0, 0), bind(0, 0), unbind(0), unbind(1)],
    );
    assert_eq!(rets(&run), [handle(0, 1), handle(1, 1), Ret::Ok, Ret::Ok]);
    assert_eq!((live(&run, 1).handles, live(&run, 1).domains), (2, 1));
    assert_eq!(run.trace.steps[1].calls, []);
    assert_eq!(decided(&run, 1).at, At::Join);
    // Only the last of the two detaches.
    assert_eq!(run.trace.steps[2].calls, []);
    assert_eq!(
        run.trace.steps[3].calls,
        [
            Call::RemoveDevPasid { dev: 0, pasid: 1 },
            Call::DomainFree { domain: 0 }
        ]
    );
}

#[test]
fn devices_of_one_group_share_a_domain_and_devices_of_two_groups_do_not() {
    let one = run(&[device(0, 0), device(0, 0)], &[bind(0, 0), bind(1, 0)]);
    assert_eq!(rets(&one), [handle(0, 1), handle(1, 1)]);
    assert_eq!(live(&one, 1).domains, 1);
    let two = run(&[device(0, 0), device(1, 0)], &[bind(0, 0), bind(1, 0)]);
    assert_eq!(rets(&two), [handle(0, 1), handle(1, 1)]);
    assert_eq!(live(&two, 1).domains, 2);
}

#[test]
fn two_mms_on_one_device_have_a_pasid_and_a_domain_each() {
    let run = run(
        &[device(0, 0)],
        &[
            bind(0, 0),
            bind(0, 1),
            page_request(0, 1),
            page_request(0, 2),
        ],
    );
    assert_eq!(rets(&run)[..2], [handle(0, 1), handle(1, 2)]);
    assert_eq!(rets(&run)[2..], [Ret::Mm(0), Ret::Mm(1)]);
    assert_eq!(live(&run, 1).domains, 2);
}

#[test]
fn an_mm_that_is_not_dma_compatible_is_refused_before_everything_else() {
    let topology = Topology {
        devices: vec![Device {
            max_pasids: 0,
            ..device(0, 0)
        }],
        mms: vec![Mm { dma_compat: false }],
    };
    let op = failing(bind(0, 0), Site::HandleAlloc, 0, Errno::ENOMEM);
    let run = record(&model(), &Case::new(topology, vec![op]));
    assert_eq!(rets(&run), [Ret::Err(Errno::EBUSY)]);
    assert_eq!(decided(&run, 0).at, At::NotCompatible);
}

#[test]
fn an_mm_that_is_not_dma_compatible_gets_no_pasid() {
    let topology = Topology {
        devices: vec![device(0, 0)],
        mms: vec![Mm { dma_compat: false }],
    };
    let ops = [bind(0, 0), OpKind::EnqcmdPasid { mm: 0 }.into()];
    let run = record(&model(), &Case::new(topology, ops.to_vec()));
    assert_eq!(rets(&run), [Ret::Err(Errno::EBUSY), Ret::Invalid]);
    assert!(live(&run, 0).pasids.is_empty());
}

#[test]
fn a_device_without_pasids_and_a_device_that_ran_out_of_them_give_enospc() {
    let max_pasids = |max_pasids| Device {
        max_pasids,
        ..device(0, 0)
    };
    let none = run(&[max_pasids(0)], &[bind(0, 0)]);
    assert_eq!(rets(&none), [Ret::Err(Errno::ENOSPC)]);
    assert_eq!(decided(&none, 0).at, At::NoPasid);
    assert_eq!(decided(&none, 0).because, Some(At::AllocPasidUnsupported));
    let out = run(&[max_pasids(2)], &[bind(0, 0), bind(0, 1)]);
    assert_eq!(rets(&out), [handle(0, 1), Ret::Err(Errno::ENOSPC)]);
    assert_eq!(decided(&out, 1).at, At::NoPasid);
    assert_eq!(decided(&out, 1).because, Some(At::AllocPasid));
}

#[test]
fn a_pasid_that_the_next_device_cannot_use_is_an_overflow() {
    let narrow = Device {
        max_pasids: 1,
        ..device(1, 0)
    };
    let run = run(&[device(0, 0), narrow], &[bind(0, 0), bind(1, 0)]);
    assert_eq!(rets(&run), [handle(0, 1), Ret::Err(Errno::EOVERFLOW)]);
    assert_eq!(decided(&run, 1).at, At::Overflow);
}

#[test]
fn the_pasid_stays_with_the_mm_when_the_bind_fails() {
    for (site, at) in [
        (Site::HandleAlloc, At::NoHandle),
        (Site::DomainAlloc, At::NoDomain),
    ] {
        let op = failing(bind(0, 0), site, 1, Errno::ENOMEM);
        let ops = [op, OpKind::EnqcmdPasid { mm: 0 }.into(), bind(0, 1)];
        let run = run(&[device(0, 0)], &ops);
        assert_eq!(
            rets(&run),
            [Ret::Err(Errno::ENOMEM), Ret::Pasid(1), handle(0, 2)]
        );
        assert_eq!(decided(&run, 0).at, at);
        assert_eq!((live(&run, 0).handles, live(&run, 0).domains), (0, 0));
        assert_eq!(live(&run, 0).pasids, [1]);
    }
}

#[test]
fn a_foreign_domain_at_the_pasid_gives_ebusy_before_the_driver_is_asked() {
    let run = run(&[device(0, 0)], &[attach(0, 1), bind(0, 0)]);
    assert_eq!(rets(&run), [Ret::Domain(0), Ret::Err(Errno::EBUSY)]);
    assert_eq!(decided(&run, 1).at, At::OtherType);
    assert_eq!(decided(&run, 1).because, Some(At::GetDomain));
    assert_eq!(run.trace.steps[1].calls, []);
    assert_eq!(live(&run, 1).handles, 0);
}

#[test]
fn a_failed_attach_is_removed_from_every_device_of_the_group_and_leaves_nothing() {
    let op = failing(bind(0, 0), Site::SetDevPasid, 2, Errno::EIO);
    let run = run(&[device(0, 0), device(0, 0), device(0, 0)], &[op]);
    assert_eq!(rets(&run), [Ret::Err(Errno::EIO)]);
    let set = |dev, err| Call::SetDevPasid {
        dev,
        pasid: 1,
        domain: 0,
        err,
    };
    let remove = |dev| Call::RemoveDevPasid { dev, pasid: 1 };
    assert_eq!(
        run.trace.steps[0].calls,
        [
            Call::DomainAlloc { domain: Some(0) },
            set(0, None),
            set(1, Some(Errno::EIO)),
            remove(0),
            remove(1),
            remove(2),
            Call::DomainFree { domain: 0 },
        ]
    );
    assert_eq!((live(&run, 0).handles, live(&run, 0).domains), (0, 0));
    assert_eq!(live(&run, 0).attached, []);
}

#[test]
fn a_full_pasid_array_is_noticed_before_the_driver_is_asked() {
    let op = failing(bind(0, 0), Site::PasidArray, 1, Errno::ENOMEM);
    let run = run(&[device(0, 0)], &[op]);
    assert_eq!(rets(&run), [Ret::Err(Errno::ENOMEM)]);
    assert_eq!(
        run.trace.steps[0].calls,
        [
            Call::DomainAlloc { domain: Some(0) },
            Call::DomainFree { domain: 0 }
        ]
    );
}

#[test]
fn a_group_on_two_instances_cannot_be_bound() {
    let run = run(&[device(0, 0), device(0, 1)], &[bind(0, 0)]);
    assert_eq!(rets(&run), [Ret::Err(Errno::EINVAL)]);
    assert_eq!(decided(&run, 0).at, At::AttachFailed);
    assert_eq!(decided(&run, 0).because, Some(At::AttachSet));
}

#[test]
fn the_mm_and_its_pasid_live_until_the_domain_is_gone() {
    let run = run(&[device(0, 0)], &[bind(0, 0), exit(0), unbind(0)]);
    assert_eq!(rets(&run), [handle(0, 1), Ret::Ok, Ret::Ok]);
    assert_eq!(live(&run, 0).mm_count, [2, 1]);
    assert_eq!(live(&run, 1).mm_count, [1, 1]);
    assert_eq!(live(&run, 1).pasids, [1]);
    assert_eq!(live(&run, 2).mm_count, [0, 1]);
    assert!(live(&run, 2).pasids.is_empty());
}

#[test]
fn a_forked_mm_starts_without_a_pasid() {
    let ops = [
        bind(0, 0),
        OpKind::Fork { mm: 0 }.into(),
        OpKind::EnqcmdPasid { mm: 2 }.into(),
        bind(0, 2),
    ];
    let run = run(&[device(0, 0)], &ops);
    assert_eq!(
        rets(&run),
        [handle(0, 1), Ret::Mm(2), Ret::Invalid, handle(1, 2)]
    );
}

#[test]
fn a_page_request_is_answered_by_an_mm_that_has_users_and_by_nothing_else() {
    let ops = [
        bind(0, 0),
        attach(0, 5),
        page_request(0, 1),
        page_request(0, 5),
        page_request(0, 6),
        exit(0),
        page_request(0, 1),
    ];
    let run = run(&[device(0, 0)], &ops);
    assert_eq!(
        rets(&run)[2..],
        [
            Ret::Mm(0),
            Ret::Invalid,
            Ret::Invalid,
            Ret::Ok,
            Ret::Invalid
        ]
    );
    assert_eq!(decided(&run, 2).at, At::IopfHandled);
    assert_eq!(decided(&run, 3).at, At::GetDomain);
    assert_eq!(decided(&run, 6).at, At::IopfNoUsers);
}
