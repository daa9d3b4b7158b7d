// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks how a schedule runs a case on several CPUs.

use fastrand::Rng;
use spec::case::MAX_OPS;
use spec::generate::{EVERYTHING, Generator, Sizes};
use spec::record::record;
use spec::{Case, Device, Mm, Op, OpKind, Ret, Topology, Trace};
use svadiff::models::{self, AnyModel};

const BIND: OpKind = OpKind::Bind { dev: 0, mm: 0 };
const ENQCMD_PASID: OpKind = OpKind::EnqcmdPasid { mm: 0 };
const PAGE_REQUEST: OpKind = OpKind::PageRequest { dev: 0, pasid: 1 };

/// Returns a case on one device and one mm. Each operation has its CPU.
fn case(ops: &[(u8, OpKind)], schedule: &[u8]) -> Case {
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    };
    let op = |&(cpu, kind): &(u8, OpKind)| Op {
        cpu: Some(cpu),
        ..Op::from(kind)
    };
    Case {
        schedule: Some(schedule.to_vec()),
        ..Case::new(topology, ops.iter().map(op).collect())
    }
}

fn model(name: &str) -> AnyModel {
    models::by_name(name).expect("a model")
}

fn rets(trace: &Trace) -> Vec<Ret> {
    trace.steps.iter().map(|step| step.ret).collect()
}

/// Returns the schedule that a model takes, and the return values of the operations.
fn taken(name: &str, case: &Case) -> (Vec<u8>, Vec<Ret>) {
    let trace = record(&model(name), case).trace;
    let rets = rets(&trace);
    (trace.schedule.expect("a schedule"), rets)
}

fn handle(handle: u8) -> Ret {
    let pasid = Some(1);
    Ret::Handle { handle, pasid }
}

/// In thread-d, a bind that finds a handle returns it with the lock held.
#[test]
fn where_nobody_releases_the_lock_the_others_go_on_until_all_that_are_left_wait() {
    let ops = [
        (0, BIND),
        (0, BIND),
        (0, BIND),
        (1, PAGE_REQUEST),
        (1, ENQCMD_PASID),
        (1, BIND),
        (1, ENQCMD_PASID),
    ];
    let (schedule, rets) = taken("thread-d", &case(&ops, &[]));
    // CPU 0 runs four sections of the first bind, four of the second, and the beginning of the
    // third, which waits from then on. The other CPU then runs what needs no lock, and begins a
    // bind of its own. In the end both wait, and the lower one hangs.
    let expected = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, // waits
        1, 1, 1, // waits
        0, // hangs
    ];
    assert_eq!(schedule, expected);
    let pasid = Ret::Pasid(1);
    let died = [
        Ret::Hang,
        Ret::Mm(0),
        pasid,
        Ret::Unfinished,
        Ret::Unfinished,
    ];
    assert_eq!(rets, [&[handle(0), handle(0)][..], &died].concat());
}

#[test]
fn it_is_the_lowest_cpu_that_hangs_whoever_took_the_lock_and_whoever_waited_first() {
    // CPU 2 keeps the lock and is done; CPU 1 waits before CPU 0 does.
    let ops = [
        (2, BIND),
        (2, BIND),
        (1, BIND),
        (0, ENQCMD_PASID),
        (0, BIND),
    ];
    let asked = [2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 0, 0];
    let case = case(&ops, &asked);
    let (schedule, rets) = taken("thread-d", &case);
    // The second and the third entry of CPU 1 are skipped, because it waits.
    assert_eq!(schedule, [2, 2, 2, 2, 2, 2, 2, 2, 1, 0, 0, 0]);
    let expected = [
        handle(0),
        handle(0),
        Ret::Unfinished,
        Ret::Pasid(1),
        Ret::Hang,
    ];
    assert_eq!(rets, expected);
    let trace = record(&model("thread-d"), &case).trace;
    assert_eq!(trace.end, None);
    assert_eq!(trace.steps[4].splats, ["deadlock"]);
    assert_eq!(trace.steps[2].splats, [""; 0]);
    // No other model keeps the lock.
    for model in models::all().into_iter().filter(|m| m.name() != "thread-d") {
        let trace = record(&model, &case).trace;
        assert!(trace.end.is_some(), "{}", model.name());
    }
}

#[test]
fn the_one_that_waits_is_the_one_that_hangs_where_it_is_alone() {
    let ops = [(0, BIND), (0, BIND), (1, BIND)];
    let (schedule, rets) = taken("thread-d", &case(&ops, &[]));
    assert_eq!(schedule, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    assert_eq!(rets, [handle(0), handle(0), Ret::Hang]);
}

#[test]
fn entries_of_a_cpu_that_is_done_or_unknown_are_passed_over() {
    let ops = [(0, ENQCMD_PASID), (3, BIND)];
    for (asked, expected) in [
        (&[0, 0, 0, 3][..], &[0, 3, 3, 3, 3][..]),
        (&[3, 0, 3, 0, 3], &[3, 0, 3, 3, 3]),
        (&[1, 2, 63, 3, 1, 3, 2, 0], &[3, 3, 0, 3, 3]),
        (&[3, 3, 3, 3, 3, 3, 3, 0, 0], &[3, 3, 3, 3, 0]),
        (&[64, 255], &[0, 3, 3, 3, 3]),
    ] {
        assert_eq!(taken("v6.8", &case(&ops, asked)).0, expected, "{asked:?}");
    }
}

#[test]
fn a_schedule_that_is_used_up_goes_on_with_the_lowest_cpu() {
    let ops = [(2, BIND), (1, ENQCMD_PASID), (1, PAGE_REQUEST)];
    for (asked, expected) in [
        (&[][..], &[1, 1, 2, 2, 2, 2][..]),
        (&[2], &[2, 1, 1, 2, 2, 2]),
        (&[2, 1, 2], &[2, 1, 2, 1, 2, 2]),
        (&[2, 2, 2, 2], &[2, 2, 2, 2, 1, 1]),
    ] {
        assert_eq!(taken("v6.8", &case(&ops, asked)).0, expected, "{asked:?}");
    }
}

/// A trace records the entries of the schedule that were taken. A run with exactly these entries
/// gives the same recording.
#[test]
fn what_is_taken_of_a_schedule_is_taken_again_as_it_stands() {
    let mut rng = Rng::with_seed(5);
    for n in 0..300 {
        let case = random(&mut rng, 1 + n % 12, 4, 80);
        for model in models::all() {
            let first = record(&model, &case);
            let again = Case {
                schedule: first.trace.schedule.clone(),
                ..case.clone()
            };
            assert_eq!(record(&model, &again), first, "{} {case:?}", model.name());
        }
    }
}

/// Returns a random case on some of these CPUs, with a random schedule.
fn random(rng: &mut Rng, len: usize, cpus: u8, entries: usize) -> Case {
    let sizes = Sizes {
        devices: 1..=4,
        mms: 1..=3,
        ops: len as u8..=len as u8,
        cpus: 0..=0,
    };
    let mut case = Generator::within(EVERYTHING, sizes)
        .case(rng.u64(..))
        .clone();
    let ops = case.ops.iter_mut();
    ops.for_each(|op| op.cpu = Some(rng.u8(..cpus)));
    let schedule = (0..rng.usize(..=entries))
        .map(|_| rng.u8(..=cpus))
        .collect();
    Case {
        schedule: Some(schedule),
        ..case
    }
}

/// Returns the operations without CPUs.
fn in_sequence(case: &Case) -> Case {
    let op = |op: &Op| Op { cpu: None, ..*op };
    Case::new(case.topology.clone(), case.ops.iter().map(op).collect())
}

/// Compares a concurrent trace with a sequential one, except the objects that exist after each
/// operation. After a death the sequential trace has no steps, while the steps of the concurrent
/// one are unfinished.
fn assert_alike(concurrent: &Trace, sequential: &Trace, what: &str) {
    assert_eq!(concurrent.end, sequential.end, "{what}");
    let (ran, rest) = concurrent.steps.split_at(sequential.steps.len());
    for (a, b) in ran.iter().zip(&sequential.steps) {
        assert_eq!(
            (a.ret, &a.calls, &a.splats),
            (b.ret, &b.calls, &b.splats),
            "{what}"
        );
        assert_eq!(a.live, None, "{what}");
    }
    for step in rest {
        let nothing = (step.ret, step.calls.len(), step.splats.len());
        assert_eq!(nothing, (Ret::Unfinished, 0, 0), "{what}");
    }
    let died = sequential.end.is_none();
    assert!(died || rest.is_empty(), "{what}");
}

#[test]
fn what_one_cpu_does_is_what_is_done_in_sequence() {
    let mut rng = Rng::with_seed(9);
    for n in 0..400 {
        let len = if n < 300 { n % 14 } else { MAX_OPS };
        let mut case = random(&mut rng, len, 3, 200);
        let cpu = rng.u8(..64);
        case.ops.iter_mut().for_each(|op| op.cpu = Some(cpu));
        for model in models::all() {
            let what = format!("{} {case:?}", model.name());
            let concurrent = record(&model, &case);
            let sequential = record(&model, &in_sequence(&case));
            assert_alike(&concurrent.trace, &sequential.trace, &what);
            let schedule = concurrent.trace.schedule.as_deref().unwrap_or_default();
            assert!(schedule.iter().all(|&this| this == cpu), "{what}");
        }
    }
}

/// Unless one waits forever: then the others continue, while in sequence nothing does.
#[test]
fn the_empty_schedule_is_one_cpu_after_the_other() {
    let mut rng = Rng::with_seed(10);
    let mut hung = 0;
    for n in 0..400 {
        let mut case = random(&mut rng, n % 14, 4, 0);
        // In the order of the indices, which is also that of the teardown.
        let mut cpus: Vec<Option<u8>> = case.ops.iter().map(|op| op.cpu).collect();
        cpus.sort();
        for (op, cpu) in case.ops.iter_mut().zip(cpus) {
            op.cpu = cpu;
        }
        for model in models::all() {
            let what = format!("{} {case:?}", model.name());
            let concurrent = record(&model, &case).trace;
            let sequential = record(&model, &in_sequence(&case)).trace;
            if sequential.steps.iter().any(|step| step.ret == Ret::Hang) {
                assert_eq!(concurrent.end, None, "{what}");
                hung += 1;
                continue;
            }
            assert_alike(&concurrent, &sequential, &what);
            let schedule = concurrent.schedule.expect("a schedule");
            assert!(schedule.is_sorted(), "{what}");
        }
    }
    assert!(hung > 0);
}
