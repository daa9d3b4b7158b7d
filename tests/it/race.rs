// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the exploration of every interleaving of a program against running each schedule.

use crate::thorough::sample;
use indexmap::IndexMap;
use spec::case::OP_NAMES;
use spec::concurrent::Program;
use spec::generate::{EVERYTHING, Generator, Sizes};
use spec::record::record;
use spec::run::SmallRun;
use spec::{Case, Device, Mm, Op, OpKind, Ret, Run, Topology};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use svadiff::interleaving::{Bounds, Explored, Explorer, Outcome, outcomes};
use svadiff::models::{self, AnyModel};

/// The most schedules of a program on any model, if the schedules are run one by one.
const FEW: u128 = 500;

/// Random programs, and one whose operations die: in 6.12 of a null pointer, in thread-d of a lock
/// that is never released.
static PROGRAMS: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let mut all = random_programs(12, FEW);
    let bind = OpKind::Bind { dev: 0, mm: 0 };
    let unbind = |of| OpKind::Unbind { of };
    let ops = [(0, bind), (1, bind), (0, unbind(0)), (1, unbind(1))];
    let op = |(cpu, kind): (u8, OpKind)| Op {
        cpu: Some(cpu),
        ..Op::from(kind)
    };
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    };
    all.push(Case::new(topology, ops.map(op).to_vec()));
    all
});

/// Returns programs of two and three CPUs with 2 to 5 operations and at most `most` schedules: the
/// first 60, then further ones until every operation occurs. They depend only on the seed.
fn random_programs(seed: u64, most: u128) -> Vec<Case> {
    const OF_EACH: usize = 5;
    let mut all: Vec<Case> = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seeds = seed << 32..;
    while all.len() < 60 || seen.len() < OP_NAMES.len() || seen.values().any(|&n| n < OF_EACH) {
        let len = 2 + all.len() as u8 % 4;
        let cpus = (2 + all.len() as u8 / 4 % 2).min(len);
        let sizes = Sizes {
            devices: 1..=3,
            mms: 1..=2,
            ops: len..=len,
            cpus: cpus..=cpus,
        };
        let seed = seeds.next().expect("a seed");
        let mut case = Generator::within(EVERYTHING, sizes).case(seed).clone();
        case.schedule = None;
        let rare = |op: &Op| seen.get(op.kind.name()).is_none_or(|&n| n < OF_EACH);
        if all.len() >= 60 && !case.ops.iter().any(rare) {
            continue;
        }
        let few = |model| explore(&model, &case, true).schedules() <= most;
        if models::all().into_iter().all(few) {
            let names = case.ops.iter().map(|op| op.kind.name());
            names.for_each(|name| *seen.entry(name).or_insert(0) += 1);
            all.push(case);
        }
    }
    all
}

fn explore(model: &AnyModel, case: &Case, merge: bool) -> Explored {
    let bounds = Bounds {
        merge,
        ..Bounds::NONE
    };
    outcomes(model, case, bounds)
}

fn with_schedule(case: &Case, schedule: &[u8]) -> Case {
    Case {
        schedule: Some(schedule.to_vec()),
        ..case.clone()
    }
}

/// Runs a case whose schedule begins with these entries. Returns the whole schedule that was taken,
/// and the outcome.
fn run(model: &AnyModel, case: &Case, beginning: &[u8]) -> (Vec<u8>, Outcome) {
    let recording = record(model, &with_schedule(case, beginning));
    let outcome = Outcome::of(&recording);
    (recording.trace.schedule.expect("a schedule"), outcome)
}

/// Returns every schedule of a program with its outcome, found only by running the program. After
/// the given entries a run continues with the lowest CPU; at every entry where another CPU can run
/// instead, there is another schedule.
fn each_schedule(model: &AnyModel, case: &Case) -> IndexMap<Vec<u8>, Outcome> {
    let cpus: BTreeSet<u8> = case.ops.iter().filter_map(|op| op.cpu).collect();
    let mut all = IndexMap::new();
    let mut beginnings = vec![Vec::new()];
    while let Some(beginning) = beginnings.pop() {
        let (taken, outcome) = run(model, case, &beginning);
        assert!(taken.starts_with(&beginning), "{taken:?} {beginning:?}");
        for at in beginning.len()..taken.len() {
            for &cpu in cpus.iter().filter(|&&cpu| cpu != taken[at]) {
                let other = [&taken[..at], &[cpu]].concat();
                if run(model, case, &other).0.starts_with(&other) {
                    beginnings.push(other);
                }
            }
        }
        let before = all.insert(taken, outcome);
        assert_eq!(before, None, "a schedule was met twice");
    }
    all
}

fn switches(schedule: &[u8]) -> usize {
    schedule
        .windows(2)
        .filter(|pair| pair[0] != pair[1])
        .count()
}

/// Calls `check` with each model and each program.
fn each(mut check: impl FnMut(&AnyModel, &Case)) {
    for model in sample(models::all(), 4) {
        for case in &*PROGRAMS {
            check(&model, case);
        }
    }
}

#[test]
fn the_programs_have_everything_that_a_program_can_have() {
    assert!(PROGRAMS.len() > 60);
    let ops = || PROGRAMS.iter().flat_map(|case| &case.ops);
    let names: BTreeSet<&str> = ops().map(|op| op.kind.name()).collect();
    assert_eq!(names, BTreeSet::from(OP_NAMES));
    assert!(ops().filter(|op| op.fault.is_some()).count() >= 5);
    let sizes = PROGRAMS
        .iter()
        .map(|case| (Program::new(&case.ops).nr_cpus(), case.ops.len()));
    let sizes: BTreeSet<(usize, usize)> = sizes.collect();
    let all = [(2, 2), (2, 3), (2, 4), (2, 5), (3, 3), (3, 4), (3, 5)];
    assert!(sizes.is_superset(&BTreeSet::from(all)), "{sizes:?}");
    let mut rets = BTreeSet::new();
    each(|model, case| {
        let explored = explore(model, case, true);
        for outcome in explored.outcomes.keys() {
            rets.extend(outcome.rets.iter().map(|ret| format!("{ret:?}")));
        }
    });
    for ret in ["Oops", "Hang", "Unfinished", "Skipped", "Err(EBUSY)"] {
        assert!(rets.contains(ret), "{ret} is in no outcome: {rets:?}");
    }
}

/// This includes programs with too many schedules to run them one by one.
#[test]
fn schedules_that_are_gone_on_with_as_one_come_to_the_same_as_if_they_were_not() {
    let larger = random_programs(13, 30 * FEW);
    let check = |model: &AnyModel, case: &Case| {
        let merged = explore(model, case, true);
        let single = explore(model, case, false);
        let name = model.name();
        assert_eq!(merged.outcomes, single.outcomes, "{name} {case:?}");
        // The order of the outcomes is the same as well.
        assert!(merged.outcomes.keys().eq(single.outcomes.keys()));
        assert!(merged.states <= single.states && merged.sections <= single.sections);
        assert!(!merged.cut && !single.cut);
    };
    each(check);
    for model in sample(models::all(), 4) {
        larger.iter().for_each(|case| check(&model, case));
    }
}

/// A configuration with more than eight handles is not kept in little memory, the others are.
#[test]
fn programs_with_many_handles_are_explored_too() {
    let binds = (0..12).map(|at| {
        let (dev, mm) = (at / 4, at % 4);
        (0, OpKind::Bind { dev, mm })
    });
    let unbinds = (0..6).map(|of| (0, OpKind::Unbind { of }));
    let ops = binds.chain(unbinds).chain([(1, OpKind::Exit { mm: 3 })]);
    let ops = ops.map(|(cpu, kind)| Op {
        cpu: Some(cpu),
        ..Op::from(kind)
    });
    let device = |group| Device {
        group,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: [0, 1, 2].map(device).to_vec(),
        mms: vec![Mm { dma_compat: true }; 4],
    };
    let case = Case::new(topology, ops.collect());
    for model in sample(models::all(), 8) {
        let [merged, single] = [true, false].map(|merge| explore(&model, &case, merge));
        assert_eq!(merged.outcomes, single.outcomes, "{}", model.name());
        assert!(merged.schedules() > 10, "{}", model.name());
    }
}

#[test]
fn a_run_in_little_memory_is_the_same_run() {
    let (mut small, mut large) = (0, 0);
    for (seed, model) in (0..60).zip(models::all().iter().cycle()) {
        let sizes = Sizes {
            devices: 1..=3,
            mms: 1..=6,
            ops: 24..=24,
            cpus: 1..=1,
        };
        let case = Generator::within(EVERYTHING, sizes).case(seed).clone();
        let boot = Run::new(&case.topology);
        let mut run = boot;
        // What was there before does not matter, however large it was.
        let mut written = boot;
        for (index, op) in case.ops.iter().enumerate() {
            let ret = run.step(model, index, op, &mut ());
            if ret.ends_the_run() {
                break;
            }
            match SmallRun::of(&run) {
                Some(this) => {
                    this.write_to(&mut written, &boot);
                    assert_eq!(format!("{written:?}"), format!("{run:?}"));
                    small += 1;
                }
                None => {
                    written.copy_from(&run);
                    large += 1;
                }
            }
        }
        if let Some(this) = SmallRun::of(&boot) {
            this.write_to(&mut written, &boot);
            assert_eq!(format!("{written:?}"), format!("{boot:?}"));
        }
    }
    assert!(small > 100 && large > 100, "{small} and {large}");
}

#[test]
fn there_are_as_many_schedules_as_can_be_run_one_by_one() {
    each(|model, case| {
        let explored = explore(model, case, true);
        let mut counts: IndexMap<Outcome, u128> = IndexMap::new();
        for outcome in each_schedule(model, case).into_values() {
            *counts.entry(outcome).or_insert(0) += 1;
        }
        let told = explored.outcomes.iter();
        let told: IndexMap<Outcome, u128> = told
            .map(|(outcome, shown)| (outcome.clone(), shown.schedules))
            .collect();
        assert_eq!(told, counts, "{} {case:?}", model.name());
        assert_eq!(explored.schedules(), counts.values().sum::<u128>());
    });
}

#[test]
fn the_schedules_that_are_told_are_taken_as_they_stand_and_show_what_they_are_told_for() {
    each(|model, case| {
        for (outcome, shown) in &explore(model, case, true).outcomes {
            for schedule in [&shown.schedule, &shown.fewest.1] {
                let (taken, came) = run(model, case, schedule);
                assert_eq!(taken, *schedule, "{} {case:?}", model.name());
                assert_eq!(came, *outcome, "{} {case:?}", model.name());
            }
            let (fewest, schedule) = &shown.fewest;
            assert_eq!(*fewest as usize, switches(schedule));
        }
    });
}

#[test]
fn of_the_schedules_that_show_an_outcome_none_is_shorter_and_none_has_fewer_switches() {
    each(|model, case| {
        let all = each_schedule(model, case);
        for (outcome, shown) in &explore(model, case, true).outcomes {
            let showing = || all.iter().filter(|(_, came)| *came == outcome);
            let showing = || showing().map(|(schedule, _)| schedule);
            // Of several such schedules, it is the first in the order of the CPUs' numbers.
            let shortest = showing().min_by_key(|s| (s.len(), switches(s), s.to_vec()));
            assert_eq!(shortest, Some(&shown.schedule), "{}", model.name());
            let fewest = showing().min_by_key(|s| (switches(s), s.len(), s.to_vec()));
            assert_eq!(fewest, Some(&shown.fewest.1), "{}", model.name());
        }
    });
}

/// An exploration that stops early reports it, and its outcomes are possible ones.
#[test]
fn bounds_are_kept_and_said() {
    for model in sample(models::all(), 4) {
        for case in PROGRAMS.iter().step_by(7) {
            let whole = explore(&model, case, true);
            for states in [1, 2, whole.states / 2, whole.states - 1, whole.states] {
                let bounds = Bounds {
                    merge: true,
                    states,
                    ..Bounds::NONE
                };
                let part = outcomes(&model, case, bounds);
                assert!(part.states <= states.max(1));
                assert_eq!(part.cut, states < whole.states, "{}", model.name());
                for (outcome, shown) in &part.outcomes {
                    let all = &whole.outcomes[outcome];
                    assert!(shown.schedules <= all.schedules);
                }
            }
        }
    }
}

/// CPUs are numbered in the order of their numbers in the case, and the numbers themselves make no
/// difference.
#[test]
fn what_a_program_comes_to_does_not_depend_on_the_numbers_of_its_cpus() {
    each(|model, case| {
        let mut other = case.clone();
        for op in &mut other.ops {
            op.cpu = op.cpu.map(|cpu| 7 + 20 * cpu);
        }
        let (told, renamed) = (explore(model, case, true), explore(model, &other, true));
        assert!(told.outcomes.keys().eq(renamed.outcomes.keys()));
        for (shown, renamed) in told.outcomes.values().zip(renamed.outcomes.values()) {
            assert_eq!(shown.schedules, renamed.schedules);
            let numbers = shown.schedule.iter().map(|cpu| 7 + 20 * cpu);
            assert_eq!(numbers.collect::<Vec<u8>>(), renamed.schedule);
        }
    });
}

#[test]
fn nothing_has_one_outcome_and_one_schedule() {
    for model in sample(models::all(), 4) {
        let nothing = Case::new(Topology::default(), Vec::new());
        let explored = Explorer::default().explore(
            &model,
            &nothing.topology,
            &Program::new(&nothing.ops),
            true,
            Bounds::NONE,
        );
        assert_eq!(explored.schedules(), 1);
        let (outcome, shown) = explored.outcomes.first().expect("an outcome");
        assert_eq!(outcome.rets, [] as [Ret; 0]);
        assert_eq!((&shown.schedule[..], shown.fewest.0), (&[][..], 0));
    }
}
