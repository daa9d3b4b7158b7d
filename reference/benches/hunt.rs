// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures the speed of a hunt beside `proptest-state-machine` on the same two models: `cargo
//! bench -p svadiff-reference --bench hunt`.
//!
//! Both generate cases of the profile `core`, run them on both models, compare the return value of
//! each operation, tear both down, and compare what remains. One operation counts if it ran on
//! *both* models. Everything runs on one thread, alternately. The models do not differ, so no case
//! is shrunk.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use proptest::test_runner::{Config, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use spec::case::{MAX_OPS, OP_NAMES};
use spec::generate::Profile;
use spec::run::Held;
use spec::{Device, Mm, Op, OpKind, Ret, Run, Topology};
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;
use svadiff::hunt::Hunt;
use svadiff::judge::same_ret;
use svadiff::models::{AnyModel, by_name};

/// Two models that behave the same without faults.
const PAIR: [&str; 2] = ["v6.8-merge", "v6.8-rc1"];
static MODELS: LazyLock<[AnyModel; 2]> = LazyLock::new(|| models(PAIR));
static CORE: LazyLock<&Profile> = LazyLock::new(|| profile("core"));

fn models(names: [&str; 2]) -> [AnyModel; 2] {
    names.map(|name| by_name(name).expect("a model of this name"))
}

fn profile(name: &str) -> &'static Profile {
    Profile::by_name(name).expect("a profile of this name")
}

fn main() {
    // Cargo passes `--bench` when it benchmarks; in a test, it is enough that this runs at all.
    let benchmarking = std::env::args().any(|arg| arg == "--bench");
    let (cases, few, rounds) = if benchmarking {
        (200_000, 3_000, 7)
    } else {
        (64, 4, 1)
    };
    if !benchmarking {
        println!("a handful of cases, run once: the figures mean nothing");
    }
    let (mut ours, mut theirs) = (0.0, 0.0_f64);
    for _ in 0..rounds {
        ours = f64::max(ours, hunt(PAIR, "core", cases, true));
        theirs = theirs.max(state_machine(few));
    }
    println!(
        "hunt: {:.2} million ops/s, proptest-state-machine: {:.3} million ops/s, {:.1} times",
        ours / 1e6,
        theirs / 1e6,
        ours / theirs
    );
    for names in [
        PAIR,
        ["v6.8-rc6", "v6.8"],
        ["v6.7", "v6.8"],
        ["v6.8", "v7.3"],
    ] {
        for name in ["core", "faults", "groups", "everything"] {
            let fastest = (0..rounds.min(3)).map(|_| hunt(names, name, cases, false));
            let fastest = fastest.fold(0.0, f64::max);
            let [a, b] = names;
            let pair = format!("{a} and {b}");
            println!("{pair:<24} {name:<12} {:5.2} million ops/s", fastest / 1e6);
        }
    }
}

/// Returns the operations per second of a hunt. The time includes minimizing its findings.
fn hunt(names: [&str; 2], of: &str, cases: u64, alike: bool) -> f64 {
    let hunt = Hunt {
        cpus: 1,
        seed: 1,
        cases,
        threads: 1,
        ..Hunt::new(models(names), profile(of))
    };
    let start = Instant::now();
    let Ok(outcome) = hunt.run(|found| {
        black_box(found);
        Ok::<_, Infallible>(())
    });
    let seconds = start.elapsed().as_secs_f64();
    assert!(!alike || outcome.findings == 0, "{names:?} differ");
    outcome.ops as f64 / seconds
}

/// The first model.
struct Reference;

/// A run of the first model, and the return value of its last operation.
#[derive(Clone, Debug)]
struct State {
    run: Run,
    index: usize,
    ret: Ret,
}

impl ReferenceStateMachine for Reference {
    type State = State;
    type Transition = Op;

    fn init_state() -> BoxedStrategy<State> {
        let device = (0..3_u8).prop_map(|group| Device {
            group,
            max_pasids: 16,
            instance: 0,
        });
        let mm = Mm { dma_compat: true };
        let devices = prop::collection::vec(device, 1..=3);
        let mms = prop::collection::vec(Just(mm), 1..=3);
        (devices, mms)
            .prop_map(|(devices, mms)| State {
                run: Run::new(&Topology { devices, mms }),
                index: 0,
                ret: Ret::Ok,
            })
            .boxed()
    }

    fn transitions(state: &State) -> BoxedStrategy<Op> {
        let m = &state.run.machine;
        let devices = m.nr_devices() as u32;
        let mms = m.nr_mms() as u32;
        let held = |of: &u32| matches!(state.run.held(*of as usize), Held::Bind(_));
        let binds: Vec<u32> = (0..state.index as u32).filter(held).collect();
        let alive: Vec<u32> = (0..mms)
            .filter(|&mm| !m.mm(spec::kernel::MmId::new(mm as u8)).exited)
            .collect();
        let kinds = OP_NAMES.iter().zip(CORE.ops);
        let kinds = kinds.filter_map(|(name, weight)| {
            let strategy = match *name {
                _ if weight == 0 => return None,
                "bind" if !alive.is_empty() => (0..devices, select(alive.clone()))
                    .prop_map(|(dev, mm)| OpKind::Bind { dev, mm })
                    .boxed(),
                "unbind" if !binds.is_empty() => select(binds.clone())
                    .prop_map(|of| OpKind::Unbind { of })
                    .boxed(),
                "get_pasid" if !binds.is_empty() => select(binds.clone())
                    .prop_map(|of| OpKind::GetPasid { of })
                    .boxed(),
                "exit" if alive.len() > 1 => select(alive.clone())
                    .prop_map(|mm| OpKind::Exit { mm })
                    .boxed(),
                "page_request" => (0..devices, 0..mms + 4)
                    .prop_map(|(dev, pasid)| OpKind::PageRequest { dev, pasid })
                    .boxed(),
                "enqcmd_pasid" => (0..mms).prop_map(|mm| OpKind::EnqcmdPasid { mm }).boxed(),
                _ => return None,
            };
            Some((weight.into(), strategy))
        });
        Union::new_weighted(kinds.collect())
            .prop_map(Op::from)
            .boxed()
    }

    fn apply(mut state: State, op: &Op) -> State {
        state.ret = state.run.step(&MODELS[0], state.index, op, &mut ());
        state.index += 1;
        state
    }
}

/// The second model.
struct Test;

/// Number of operations that ran on both models.
static OPS: AtomicU64 = AtomicU64::new(0);

impl StateMachineTest for Test {
    type SystemUnderTest = Run;
    type Reference = Reference;

    fn init_test(state: &State) -> Run {
        state.run
    }

    fn apply(mut run: Run, state: &State, op: Op) -> Run {
        let ret = run.step(&MODELS[1], state.index - 1, &op, &mut ());
        assert!(same_ret(state.ret, ret), "{op:?} returns something else");
        OPS.fetch_add(1, Relaxed);
        run
    }

    fn teardown(mut run: Run, mut state: State) {
        let ret = state.run.teardown(&MODELS[0], &mut ());
        assert_eq!(ret, run.teardown(&MODELS[1], &mut ()));
        assert_eq!(state.run.machine.left(), run.machine.left());
    }
}

/// Returns the operations per second of as many cases.
fn state_machine(cases: u32) -> f64 {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config.clone());
    OPS.store(0, Relaxed);
    let start = Instant::now();
    runner
        .run(
            &Reference::sequential_strategy(1..=MAX_OPS),
            |(state, ops, seen)| {
                Test::test_sequential(config.clone(), state, ops, seen);
                Ok(())
            },
        )
        .expect("the two models do the same");
    OPS.load(Relaxed) as f64 / start.elapsed().as_secs_f64()
}
