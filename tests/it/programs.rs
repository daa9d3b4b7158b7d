// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the enumeration of programs on several CPUs: the programs that run represent all
//! programs, and the findings are those of running all programs.

use spec::OpCode::*;
use spec::concurrent::Program;
use spec::{Model, Op, OpCode, OpKind, Topology};
use std::collections::{BTreeMap, BTreeSet};
use svadiff::explore::{check, compare};
use svadiff::interleaving::{Bounds, Explorer, Outcome};
use svadiff::judge::View;
use svadiff::limits::{Limits, Stopped};
use svadiff::models::{AnyModel, by_name};
use svadiff::race::Programs;
use svadiff::report::signature_json;
use svadiff::universe::{Groups, Universe};

fn model(name: &str) -> AnyModel {
    by_name(name).expect("a model of this name")
}

fn universe(devices: usize, mms: usize, ops: usize, only: &[OpCode]) -> Universe {
    Universe {
        devices,
        mms,
        groups: Groups::One,
        ops: Some(ops),
        cpus: 2,
        only: only.to_vec(),
        ..Universe::default()
    }
}

/// Returns all programs of exactly this many operations.
fn programs(universe: &Universe, topology: &Topology, ops: usize) -> Vec<Vec<Op>> {
    let model = svadiff::models::by_name("v6.7").expect("a model of this name");
    let programs = Programs::new(&[model], universe, topology);
    let mut level = vec![Vec::new()];
    for _ in 0..ops {
        let mut next = Vec::new();
        for program in &level {
            programs.extend(program, &mut |longer| next.push(longer.to_vec()));
        }
        level = next;
    }
    level
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for _ in 0..n {
        all = all
            .iter()
            .flat_map(|order: &Vec<usize>| {
                let left = (0..n).filter(|this| !order.contains(this));
                left.map(|this| [&order[..], &[this]].concat())
            })
            .collect();
    }
    all
}

fn holds(op: &Op) -> bool {
    matches!(
        op.kind,
        OpKind::Bind { .. } | OpKind::AllocPasid { .. } | OpKind::Attach { .. }
    )
}

/// Returns every program that is equal to this one except for the names of CPUs, devices (all
/// devices are alike here) and mms, or for indices that no teardown can distinguish. It is computed
/// naively: all orders of the operations, filtered by those that are allowed.
fn class(program: &[Op], devices: usize, mms: usize) -> BTreeSet<String> {
    let mut class = BTreeSet::new();
    for order in permutations(program.len()) {
        let place = |op: usize| {
            order
                .iter()
                .position(|&this| this == op)
                .expect("all are there")
        };
        let keeps = |a: usize, b: usize| {
            let (x, y) = (&program[a], &program[b]);
            let of = y.kind.of() == Some(a as u32);
            !(x.cpu == y.cpu || of || holds(x) && holds(y)) || place(a) < place(b)
        };
        if !(0..program.len()).all(|b| (0..b).all(|a| keeps(a, b))) {
            continue;
        }
        for cpus in permutations(2) {
            for device in permutations(devices) {
                for mm in permutations(mms) {
                    let name = |op: &Op| {
                        let mut op = *op;
                        op.cpu = op.cpu.map(|cpu| cpus[cpu as usize] as u8);
                        match &mut op.kind {
                            OpKind::Bind { dev, mm: m } => {
                                *dev = device[*dev as usize] as u32;
                                *m = mm[*m as usize] as u32;
                            }
                            OpKind::Attach { dev, .. }
                            | OpKind::PageRequest { dev, .. }
                            | OpKind::AllocPasid { dev }
                            | OpKind::ResetBegin { dev } => *dev = device[*dev as usize] as u32,
                            OpKind::Exit { mm: m } | OpKind::EnqcmdPasid { mm: m } => {
                                *m = mm[*m as usize] as u32;
                            }
                            OpKind::Unbind { of }
                            | OpKind::GetPasid { of }
                            | OpKind::FreePasid { of }
                            | OpKind::Detach { of }
                            | OpKind::ResetDone { of } => *of = place(*of as usize) as u32,
                            OpKind::Fork { .. } => unreachable!("not asked for here"),
                        }
                        op
                    };
                    let renamed: Vec<Op> = order.iter().map(|&op| name(&program[op])).collect();
                    class.insert(format!("{renamed:?}"));
                }
            }
        }
    }
    class
}

/// The classes of the representatives contain every program exactly once.
#[test]
fn every_program_is_in_the_class_of_one_that_is_run_and_of_no_other() {
    let callers = [Bind, Unbind, Exit, PageRequest];
    let holders = [Bind, AllocPasid, FreePasid, Attach, Detach];
    for (devices, mms, ops, only) in [
        (1, 1, 4, &callers[..]),
        (2, 1, 3, &callers[..]),
        (1, 2, 3, &callers[..]),
        (2, 2, 3, &[Bind, Unbind, GetPasid, EnqcmdPasid][..]),
        (2, 1, 3, &holders[..]),
    ] {
        let with = universe(devices, mms, ops, only);
        let without = Universe {
            symmetry: false,
            ..with.clone()
        };
        let topology = &with.topologies()[0];
        let all = programs(&without, topology, ops);
        let text = |program: &Vec<Op>| format!("{program:?}");
        let all: BTreeSet<String> = all.iter().map(text).collect();
        let mut seen = BTreeMap::new();
        for program in programs(&with, topology, ops) {
            let own = text(&program);
            assert!(all.contains(&own), "{own} is none of all");
            for other in class(&program, devices, mms) {
                let before = seen.insert(other, own.clone());
                assert_eq!(before, None, "{own} and another stand for the same");
            }
        }
        // A class can contain programs that are not enumerated, because an exit may come before an
        // operation that it causes to be skipped under every schedule. Every enumerated program
        // must be in some class.
        let missing: Vec<&String> = all
            .iter()
            .filter(|this| !seen.contains_key(*this))
            .collect();
        assert_eq!(missing, Vec::<&String>::new());
        assert!(seen.len() >= all.len());
    }
}

fn sets(
    models: [AnyModel; 2],
    topology: &Topology,
    ops: &[Op],
    explorer: &mut Explorer,
) -> [BTreeSet<String>; 2] {
    let program = Program::new(ops);
    models.map(|model| {
        let explored = explorer.explore(&model, topology, &program, false, Bounds::NONE);
        let outcomes = explored.outcomes.keys();
        let seen = |outcome: &Outcome| format!("{:?}", outcome.seen(&View::DEFAULT));
        outcomes.map(seen).collect()
    })
}

/// Running all programs, without symmetry, finds differences at the same lengths, and every finding
/// has a pair and a length at which some program differs.
#[test]
fn as_short_a_program_as_any_shows_a_difference() {
    let callers = Universe::usual(Some(0), 2);
    for (from, to, devices, ops) in [
        ("v6.7", "v6.8-rc1", 1, 2),
        ("v6.8", "v6.12", 1, 3),
        ("v6.12", "v6.12.117", 1, 4),
        ("v6.12.117", "v7.3", 1, 3),
        ("v6.8-rc6", "v6.8", 2, 2),
        ("v6.8", "v6.12", 2, 2),
    ] {
        let only = match ops {
            4 => vec![Bind, Unbind, Exit],
            _ => callers.clone(),
        };
        let with = universe(devices, 1, ops, &only);
        let without = Universe {
            symmetry: false,
            ..with.clone()
        };
        let models = [model(from), model(to)];
        let topology = &with.topologies()[0];
        let mut explorer = Explorer::default();
        let mut first = None;
        for length in 1..=ops {
            let all = programs(&without, topology, length);
            let differs = all.iter().any(|ops| {
                let [a, b] = sets(models, topology, ops, &mut explorer);
                a != b
            });
            if differs {
                first = Some(length);
                break;
            }
        }
        let found = compare(models, &with, &View::DEFAULT, Limits::default());
        let shortest = found.findings.iter().map(|finding| finding.case.ops.len());
        assert_eq!(shortest.min(), first, "{from} {to} on {devices} devices");
    }
}

/// A search keeps what it knows of a model from one program to the next. That changes no count.
#[test]
fn what_is_known_from_other_programs_changes_no_count() {
    for (from, to, devices, ops, only) in [
        ("v6.12", "v6.12.117", 1, 4, Universe::usual(Some(4), 2)),
        ("v6.8-rc6", "thread-b", 2, 3, OpCode::ALL.to_vec()),
        ("thread-d", "v6.8", 2, 4, vec![Bind, Unbind, Exit]),
        ("v6.12", "v7.3", 1, 4, vec![Bind, Unbind, Attach, Detach]),
    ] {
        let universe = universe(devices, 1, ops, &only);
        let models = [model(from), model(to)];
        let found = compare(models, &universe, &View::DEFAULT, Limits::default());
        let (mut states, mut sections, mut schedules, mut number) = (0, 0, 0, 0);
        for topology in universe.topologies() {
            let programs = Programs::new(&models, &universe, &topology);
            let mut level = vec![Vec::new()];
            for _ in 0..ops {
                let mut longer = Vec::new();
                for program in &level {
                    programs.extend(program, &mut |ops| longer.push(ops.to_vec()));
                }
                for ops in &longer {
                    number += 1;
                    for model in models {
                        let program = Program::new(ops);
                        let alone = Explorer::default().explore(
                            &model,
                            &topology,
                            &program,
                            false,
                            Bounds::NONE,
                        );
                        states += alone.states;
                        sections += alone.sections;
                        schedules += alone.schedules();
                    }
                }
                level = longer;
            }
        }
        assert_eq!((found.states, found.transitions), (states, sections));
        assert_eq!(found.programs, Some((number, schedules)), "{from} {to}");
    }
}

#[test]
fn names_and_indexes_make_no_finding_more_or_less() {
    let pairs = [
        ("v6.7", "v6.8"),
        ("v6.8", "v6.12"),
        ("v6.8-rc6", "v6.12"),
        ("thread-a", "thread-d"),
        ("v6.12", "v6.12.117"),
    ];
    for (from, to) in pairs {
        let with = Universe {
            groups: Groups::Every,
            ..universe(2, 1, 3, &[Bind, Unbind, Exit, PageRequest])
        };
        let without = Universe {
            symmetry: false,
            ..with.clone()
        };
        let causes = |universe: &Universe| {
            let models = [model(from), model(to)];
            let found = compare(models, universe, &View::DEFAULT, Limits::default());
            assert!(found.complete());
            let infos = models.map(|model| model.tree());
            let cause = |finding: &svadiff::finding::Finding| {
                let signature = signature_json(&finding.difference.cause, infos).to_string();
                (signature, finding.case.ops.len())
            };
            let mut causes: Vec<_> = found.findings.iter().map(cause).collect();
            causes.sort();
            causes
        };
        assert_eq!(causes(&with), causes(&without), "{from} {to}");
    }
}

#[test]
fn what_one_kernel_does_alone_is_found_with_its_shortest_program() {
    let universe = |ops| universe(1, 1, ops, &Universe::usual(Some(ops), 2));
    let found = |name: &str, ops| check(model(name), &universe(ops), Limits::default());
    assert_eq!(found("v6.12", 3).findings.len(), 0);
    let four = found("v6.12", 4);
    let splats: Vec<_> = four.findings.iter().map(|f| f.case.ops.len()).collect();
    assert_eq!(splats, [4]);
    for name in ["v6.7", "v6.8-rc1", "v6.8-rc6", "v6.8", "v6.12.117", "v7.3"] {
        assert_eq!(found(name, 4).findings.len(), 0, "{name}");
    }
}

/// 6.8 has one race, in which a bind does not find a handle; 6.12 has another one; later kernels
/// have neither. With one device, these are the only differences between any two of these kernels.
#[test]
fn the_two_races_are_the_only_differences_of_one_device_from_6_8_on() {
    let names = ["v6.8-rc6", "v6.8", "v6.12", "v6.12.117", "v7.3"];
    let universe = universe(1, 1, 4, &Universe::usual(Some(4), 2));
    let mut found = Vec::new();
    for (at, from) in names.iter().enumerate() {
        for to in &names[at + 1..] {
            let models = [model(from), model(to)];
            let outcome = compare(models, &universe, &View::DEFAULT, Limits::default());
            assert!(outcome.complete());
            for finding in outcome.findings {
                let switches = finding.case.schedule.expect("a race");
                let switches = switches.windows(2).filter(|pair| pair[0] != pair[1]);
                found.push((*from, *to, finding.case.ops.len(), switches.count()));
            }
        }
    }
    let mut expected = Vec::new();
    for old in ["v6.8-rc6", "v6.8"] {
        expected.push((old, "v6.12", 2, 2));
        expected.push((old, "v6.12", 4, 3));
        expected.push((old, "v6.12.117", 2, 2));
        expected.push((old, "v7.3", 2, 2));
    }
    expected.push(("v6.12", "v6.12.117", 4, 3));
    expected.push(("v6.12", "v7.3", 4, 3));
    assert_eq!(found, expected);
}

/// In 6.12 neither can be attached. Later both can, and an attach to a PASID in use then fails
/// differently. That is a consequence even if it comes first under some schedule: a program of
/// three operations is not a finding if two operations already show it.
#[test]
fn what_a_shorter_program_shows_as_something_known_is_no_finding_of_a_longer_one() {
    let found = |ops| {
        let universe = Universe {
            max_pasids: vec![16, 0],
            ..universe(2, 1, ops, &[Bind, Unbind, Attach, Detach, PageRequest])
        };
        let models = [model("v6.12"), model("v6.12.117")];
        let found = compare(models, &universe, &View::DEFAULT, Limits::default());
        let lengths = found.findings.iter().map(|f| f.case.ops.len());
        lengths.collect::<Vec<_>>()
    };
    assert_eq!(found(1), [1, 1]);
    assert_eq!(found(2), [1, 1]);
    assert_eq!(found(3), [1, 1]);
}

#[test]
fn many_mms_are_taken_as_they_are_and_not_in_all_their_orders() {
    let universe = universe(1, 12, 1, &[Bind]);
    let all = programs(&universe, &universe.topologies()[0], 1);
    assert_eq!(all.len(), 12);
    let few = Universe { mms: 4, ..universe };
    assert_eq!(programs(&few, &few.topologies()[0], 1).len(), 1);
}

#[test]
fn a_search_stops_at_its_limits_and_says_why() {
    let universe = universe(1, 1, 6, &Universe::usual(Some(6), 2));
    let models = [model("v6.8"), model("v6.12")];
    let limits = Limits {
        bytes: 100_000,
        ..Limits::default()
    };
    let stopped = compare(models, &universe, &View::DEFAULT, limits).stopped;
    assert_eq!(stopped, Some(Stopped::Memory));
    let limits = Limits {
        states: 1000,
        ..Limits::default()
    };
    let stopped = compare(models, &universe, &View::DEFAULT, limits).stopped;
    assert_eq!(stopped, Some(Stopped::States));
}
