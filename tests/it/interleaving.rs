// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks where other CPUs can interfere: between the sections of a call.

use impl_v67::revisions::{CHECK_X86_LATE, DMA_COMPAT, REFUSE_X86};
use spec::op::CORE_PASIDS;
use spec::run::Call;
use spec::{Device, Errno, Fault, Mm, Model, Op, OpCode, OpKind, Ret, Run, Site, Topology};
use svadiff::models::{self, AnyModel};

const BIND: OpKind = OpKind::Bind { dev: 0, mm: 0 };
const EXIT: OpKind = OpKind::Exit { mm: 0 };

fn unbind(of: u32) -> OpKind {
    OpKind::Unbind { of }
}

/// A machine, and the calls in progress on it.
struct Cpus {
    model: AnyModel,
    run: Run,
    calls: Vec<(Op, Call)>,
}

impl Cpus {
    /// Devices 0 and 1 are in groups of their own, device 2 has no PASIDs, and mm 1 is not
    /// compatible.
    fn new(model: AnyModel) -> Self {
        let device = |group, max_pasids| Device {
            group,
            max_pasids,
            instance: 0,
        };
        let topology = Topology {
            devices: vec![device(0, 16), device(1, 16), device(2, 0)],
            mms: vec![Mm { dma_compat: true }, Mm { dma_compat: false }],
        };
        Cpus {
            model,
            run: Run::new(&topology),
            calls: Vec::new(),
        }
    }

    /// Adds a call that has not begun. Returns its index.
    fn call(&mut self, op: impl Into<Op>) -> usize {
        let (index, op) = (self.calls.len(), op.into());
        self.calls.push((op, Call::new(index, &op)));
        index
    }

    /// Runs one section of a call. Returns its result if it is over.
    fn section(&mut self, call: usize) -> Option<Ret> {
        let (op, call) = &mut self.calls[call];
        self.run.section(&self.model, call, op.kind, &mut ())
    }

    /// Runs the rest of a call. Returns the number of its sections, and its return value.
    fn rest(&mut self, call: usize) -> (usize, Ret) {
        let mut sections = 1;
        loop {
            match self.section(call) {
                Some(ret) => return (sections, ret),
                None => sections += 1,
            }
        }
    }

    /// Runs a whole call with nothing in between. Returns the number of its sections, and its
    /// return value.
    fn whole(&mut self, op: impl Into<Op>) -> (usize, Ret) {
        let call = self.call(op);
        self.rest(call)
    }
}

fn failing(kind: OpKind, site: Site) -> Op {
    let fault = Some(Fault {
        site,
        nth: 1,
        errno: Errno::ENOMEM,
    });
    Op {
        fault,
        ..kind.into()
    }
}

fn handle(handle: u8) -> Ret {
    let pasid = Some(1);
    Ret::Handle { handle, pasid }
}

/// Calls `check` for each model that does not refuse SVA, with whether it allocates the PASID under
/// a lock of its own.
fn each_model(check: impl Fn(Cpus, bool)) {
    for model in models::all() {
        if !model.tree().has(REFUSE_X86) {
            check(Cpus::new(model), matches!(model, AnyModel::V67(_)));
        }
    }
}

#[test]
fn a_bind_that_is_refused_has_one_section_or_in_6_6_120_three() {
    let refusing = models::all().into_iter();
    for model in refusing.filter(|model| model.tree().has(REFUSE_X86)) {
        let late = model.tree().has(CHECK_X86_LATE);
        let expected = (if late { 3 } else { 1 }, Ret::Err(Errno::EOPNOTSUPP));
        assert_eq!(Cpus::new(model).whole(BIND), expected, "{}", model.name());
    }
}

#[test]
fn a_bind_has_six_sections_up_to_6_7_and_four_later() {
    each_model(|mut cpus, has_six| {
        assert_eq!(cpus.whole(BIND), (if has_six { 6 } else { 4 }, handle(0)));
    });
}

#[test]
fn a_bind_that_fails_has_no_section_after_the_one_that_returns() {
    let no_memory = Ret::Err(Errno::ENOMEM);
    each_model(|mut cpus, has_six| {
        let tree = cpus.model.tree();
        let mut sections = |op: Op| {
            let (sections, ret) = cpus.whole(op);
            (sections, matches!(ret, Ret::Err(_)))
        };
        let incompatible = OpKind::Bind { dev: 0, mm: 1 };
        let without_pasids = OpKind::Bind { dev: 2, mm: 0 };
        let found = [
            sections(incompatible.into()),
            sections(without_pasids.into()),
            sections(failing(BIND, Site::HandleAlloc)),
            sections(failing(BIND, Site::DomainAlloc)),
        ];
        let of_no_pasids = match tree.has(CORE_PASIDS) {
            true => 3,
            false => 1,
        };
        let expected = match has_six {
            true if tree.has(DMA_COMPAT) => [(1, true), (of_no_pasids, true), (3, true), (5, true)],
            true => [(6, false), (of_no_pasids, true), (3, true), (5, true)],
            false => [(3, true); 4],
        };
        assert_eq!(found, expected, "{}", tree.name());
        assert_eq!(cpus.whole(failing(BIND, Site::SetDevPasid)).1, no_memory);
    });
}

#[test]
fn an_unbind_has_three_sections_whether_it_is_the_last_user_or_not() {
    each_model(|mut cpus, _| {
        let (_, first) = cpus.whole(BIND);
        assert_eq!(first, handle(0));
        assert_eq!(cpus.whole(unbind(0)), (3, Ret::Ok));
    });
    for model in ["v6.7", "v6.8-rc6", "v6.8", "v6.12", "v6.12.117", "v7.3"] {
        let mut cpus = Cpus::new(models::by_name(model).unwrap());
        cpus.whole(BIND);
        cpus.whole(BIND);
        assert_eq!(cpus.whole(unbind(0)), (3, Ret::Ok), "{model}");
        assert_eq!(cpus.whole(unbind(1)), (3, Ret::Ok), "{model}");
        assert_eq!(cpus.run.machine.live().handles, 0, "{model}");
    }
}

#[test]
fn everything_else_is_one_section_and_so_is_what_is_skipped() {
    each_model(|mut cpus, _| {
        let commits = cpus.model.tree().commits;
        cpus.whole(BIND);
        for op in [
            OpKind::GetPasid { of: 0 },
            OpKind::Fork { mm: 0 },
            OpKind::AllocPasid { dev: 0 },
            OpKind::FreePasid { of: 3 },
            OpKind::Attach { dev: 0, pasid: 9 },
            OpKind::Detach { of: 5 },
            OpKind::PageRequest { dev: 0, pasid: 1 },
            OpKind::EnqcmdPasid { mm: 0 },
            EXIT,
        ] {
            let (sections, ret) = cpus.whole(op);
            assert_eq!(sections, 1, "{op:?}");
            let exists = match op {
                OpKind::FreePasid { .. } => OpCode::AllocPasid.info().exists(commits),
                _ => op.info().exists(commits),
            };
            assert_eq!(ret != Ret::Skipped, exists, "{op:?}");
        }
        for skipped in [BIND, unbind(5)] {
            assert_eq!(cpus.whole(skipped), (1, Ret::Skipped));
        }
    });
}

#[test]
fn handles_are_numbered_when_the_bind_returns_and_not_when_its_pasid_is_read() {
    each_model(|mut cpus, has_six| {
        let slow = cpus.call(BIND);
        for _ in 0..if has_six { 5 } else { 3 } {
            assert_eq!(cpus.section(slow), None);
        }
        let fast = cpus.call(OpKind::Bind { dev: 1, mm: 0 });
        assert_eq!(cpus.rest(fast).1, handle(1));
        assert_eq!(cpus.section(slow), Some(handle(0)));
    });
}

#[test]
fn a_handle_can_be_unbound_once_its_pasid_was_read() {
    each_model(|mut cpus, has_six| {
        let bind = cpus.call(BIND);
        for _ in 0..if has_six { 5 } else { 3 } {
            assert_eq!(cpus.section(bind), None);
        }
        assert_eq!(cpus.whole(unbind(0)), (1, Ret::Skipped));
        assert_eq!(cpus.whole(OpKind::GetPasid { of: 0 }).1, Ret::Skipped);
        assert_eq!(cpus.section(bind), Some(handle(0)));
        assert_eq!(cpus.whole(unbind(0)), (3, Ret::Ok));
    });
}

#[test]
fn a_handle_counts_as_released_from_the_first_section_of_its_unbind_on() {
    each_model(|mut cpus, _| {
        cpus.whole(BIND);
        let first = cpus.call(unbind(0));
        assert_eq!(cpus.section(first), None);
        assert_eq!(cpus.whole(unbind(0)), (1, Ret::Skipped));
        assert_eq!(cpus.rest(first), (2, Ret::Ok));
    });
}

#[test]
fn a_bind_under_way_keeps_the_address_space_of_a_process_that_exits() {
    each_model(|mut cpus, _| {
        let bind = cpus.call(BIND);
        assert_eq!(cpus.section(bind), None);
        assert_eq!(cpus.whole(EXIT), (1, Ret::Ok));
        // Other callers can no longer use the mm.
        assert_eq!(cpus.whole(BIND), (1, Ret::Skipped));
        let running = cpus.run.machine.mm(spec::kernel::MmId::new(0)).mm_users;
        assert_eq!((running, cpus.rest(bind).1), (1, handle(0)));
        // The domain keeps the struct; the reference of the users is dropped.
        assert_eq!(cpus.run.machine.live().mm_count[0], 1);
        let page_request = OpKind::PageRequest { dev: 0, pasid: 1 };
        assert_eq!(cpus.whole(page_request).1, Ret::Invalid);
    });
}

#[test]
fn of_two_binds_at_once_rc1_fails_the_one_that_takes_the_lock_last() {
    let mut cpus = Cpus::new(models::by_name("v6.8-rc1").unwrap());
    let (a, b) = (cpus.call(BIND), cpus.call(BIND));
    assert_eq!((cpus.section(a), cpus.section(b)), (None, None));
    assert_eq!(cpus.section(b), None);
    assert_eq!(cpus.rest(a).1, Ret::Err(Errno::EBUSY));
    assert_eq!(cpus.rest(b).1, handle(0));
}

/// `dev` is stored after the lock is released, so a listed handle may not be found.
#[test]
fn in_6_8_a_handle_is_listed_before_it_can_be_matched() {
    let mut cpus = Cpus::new(models::by_name("v6.8").unwrap());
    let (a, b) = (cpus.call(BIND), cpus.call(BIND));
    assert_eq!((cpus.section(a), cpus.section(a)), (None, None));
    assert_eq!(cpus.rest(b).1, Ret::Err(Errno::EBUSY));
    assert_eq!(cpus.rest(a).1, handle(0));
    assert_eq!(cpus.whole(BIND).1, handle(0));
}
