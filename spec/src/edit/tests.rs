// SPDX-License-Identifier: GPL-2.0-or-later
//! The effect of edits on a case, and on the arguments of its operations.

use super::*;
use crate::case::{Device, Mm, OpKind, Topology};
use crate::generate::{EVERYTHING, Generator};
use crate::op::OpCode;

fn two_binds_of(devices: &[u8], dev: [u32; 2]) -> Case {
    let device = |&group: &u8| Device {
        group,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: devices.iter().map(device).collect(),
        mms: vec![Mm { dma_compat: true }],
    };
    let bind = |dev| Op::from(OpKind::Bind { dev, mm: 0 });
    Case::new(topology, dev.map(bind).to_vec())
}

#[test]
fn what_names_a_removed_operation_names_nothing_and_the_rest_moves_up() {
    let mut case = two_binds_of(&[0], [0, 0]);
    case.ops.push(OpKind::Unbind { of: 0 }.into());
    case.ops.push(OpKind::Unbind { of: 1 }.into());
    let kinds: Vec<OpKind> = without_op(&case, 0).ops.iter().map(|op| op.kind).collect();
    let unbinds = [OpKind::Unbind { of: u32::MAX }, OpKind::Unbind { of: 0 }];
    assert_eq!(kinds[1..], unbinds);
}

#[test]
fn groups_keep_no_gap_when_a_device_goes() {
    let case = two_binds_of(&[0, 1], [1, 1]);
    let smaller = without_device(&case, 0);
    assert_eq!(smaller, two_binds_of(&[0], [0, 0]));
}

#[test]
fn what_names_nothing_names_nothing_whatever_else_goes() {
    let mut case = two_binds_of(&[0], [0, 0]);
    case.ops.push(OpKind::Unbind { of: u32::MAX }.into());
    assert_eq!(without_op(&case, 0).ops[1].kind, case.ops[2].kind);
}

#[test]
fn operations_that_go_together_go_as_one_after_the_other() {
    let mut case = two_binds_of(&[0], [0, 0]);
    for of in [0, 1, 3] {
        case.ops.push(OpKind::Unbind { of }.into());
    }
    let one_by_one = without_op(&without_op(&case, 2), 1);
    assert_eq!(without_ops(&case, 1..3), one_by_one);
}

#[test]
fn an_operation_goes_with_what_names_it_or_not_at_all() {
    let mut case = two_binds_of(&[0], [0, 0]);
    case.ops.push(OpKind::Unbind { of: 0 }.into());
    let without = without_op_and_its_names(&case, 0);
    assert_eq!(without.map(|case| case.ops.len()), Some(1));
    assert_eq!(without_op_and_its_names(&case, 1), None);
}

#[test]
fn a_schedule_whose_last_entry_goes_is_gone() {
    let mut case = two_binds_of(&[0], [0, 0]);
    case.ops.iter_mut().for_each(|op| op.cpu = Some(3));
    case.schedule = Some(vec![3, 4, 3]);
    let moved = with_cpu_as(&case, 3, 1);
    assert_eq!(moved.schedule, Some(vec![1, 4, 1]));
    assert_eq!(moved.cpus(), [1]);
    assert_eq!(without_entries(&case, 0..2).schedule, Some(vec![3]));
    assert_eq!(without_entries(&case, 0..3).schedule, None);
    assert!(!in_sequence(&case).is_concurrent());
}

fn case_of(mms: usize, kinds: &[OpKind]) -> Case {
    let mut case = two_binds_of(&[0, 1], [0, 1]);
    case.topology.mms = vec![Mm { dma_compat: true }; mms];
    case.ops = kinds.iter().map(|&kind| kind.into()).collect();
    case
}

fn kinds(case: &Case) -> Vec<OpKind> {
    case.ops.iter().map(|op| op.kind).collect()
}

#[test]
fn what_goes_with_an_operation_is_what_names_it_and_the_mm_that_it_makes() {
    let case = case_of(
        1,
        &[
            OpKind::Fork { mm: 0 },
            OpKind::Fork { mm: 0 },
            OpKind::Bind { dev: 0, mm: 1 },
            OpKind::Bind { dev: 0, mm: 2 },
            OpKind::Unbind { of: 2 },
            OpKind::Unbind { of: 3 },
            OpKind::Exit { mm: NOTHING },
        ],
    );
    let less = without_ops_and_their_names(&case, |op| op == 0);
    let expected = [
        OpKind::Fork { mm: 0 },
        OpKind::Bind { dev: 0, mm: 1 },
        OpKind::Unbind { of: 1 },
        OpKind::Exit { mm: NOTHING },
    ];
    assert_eq!(kinds(&less), expected);
}

#[test]
fn forks_of_what_has_exited_or_is_not_there_make_no_mm() {
    let case = case_of(
        2,
        &[
            OpKind::Exit { mm: 0 },
            OpKind::Fork { mm: 0 },
            OpKind::Fork { mm: 1 },
            OpKind::Fork { mm: 7 },
            OpKind::Fork { mm: 2 },
        ],
    );
    assert_eq!(forked(&case), [None, None, Some(2), None, Some(3)]);
}

#[test]
fn an_mm_at_the_start_stands_for_what_a_fork_makes() {
    let case = case_of(
        1,
        &[
            OpKind::Fork { mm: 0 },
            OpKind::Fork { mm: 0 },
            OpKind::Bind { dev: 0, mm: 1 },
            OpKind::Bind { dev: 0, mm: 2 },
            OpKind::Unbind { of: 3 },
        ],
    );
    let less = without_fork(&case, 1).expect("a fork");
    assert_eq!(less.topology.mms.len(), 2);
    let expected = [
        OpKind::Fork { mm: 0 },
        OpKind::Bind { dev: 0, mm: 2 },
        OpKind::Bind { dev: 0, mm: 1 },
        OpKind::Unbind { of: 2 },
    ];
    assert_eq!(kinds(&less), expected);
    assert_eq!(without_fork(&case, 2), None);
}

#[test]
fn two_operations_change_places_and_names_unless_one_names_the_other() {
    let bind = |dev| OpKind::Bind { dev, mm: 0 };
    let case = case_of(1, &[bind(0), bind(1), OpKind::Unbind { of: 1 }]);
    let swap = swapped(&case, 0).expect("neither names the other");
    assert_eq!(kinds(&swap), [bind(1), bind(0), OpKind::Unbind { of: 0 }]);
    assert_eq!(swapped(&swap, 0).as_ref(), Some(&case));
    assert_eq!(swapped(&case, 1), None);
    assert_eq!(swapped(&case, 2), None);
}

#[test]
fn a_device_or_an_mm_can_do_what_another_one_did() {
    let case = case_of(
        2,
        &[
            OpKind::Bind { dev: 0, mm: 1 },
            OpKind::Bind { dev: 1, mm: 0 },
        ],
    );
    let dev = with_device_as(&case, 0, 1);
    assert_eq!(
        kinds(&dev),
        [
            OpKind::Bind { dev: 0, mm: 1 },
            OpKind::Bind { dev: 0, mm: 0 }
        ]
    );
    let mm = with_mm_as(&case, 1, 0);
    assert_eq!(
        kinds(&mm),
        [
            OpKind::Bind { dev: 0, mm: 0 },
            OpKind::Bind { dev: 1, mm: 0 }
        ]
    );
}

#[test]
fn pasids_are_listed_and_replaced() {
    let attach = |dev, pasid| OpKind::Attach { dev, pasid };
    let mut case = case_of(
        1,
        &[
            attach(0, 7),
            OpKind::Fork { mm: 0 },
            attach(1, 3),
            attach(0, 7),
        ],
    );
    assert_eq!(pasids(&case), [3, 7]);
    map_pasids(&mut case, |pasid| pasid - 3);
    assert_eq!(pasids(&case), [0, 4]);
    assert_eq!(case.ops[1].kind.code(), OpCode::Fork);
}

#[test]
fn orders_put_only_like_things_in_each_others_place() {
    assert_eq!(orders(0), [[0_u32; 0]]);
    assert_eq!(orders(3).len(), 6);
    let like = |a: usize, b: usize| a % 2 == b % 2;
    let expected = [vec![0, 1, 2], vec![2, 1, 0]];
    assert_eq!(orders_of_like(3, like), expected);
}

/// Checks the guarantees of every edit: the result is a case, and arguments refer to the same
/// objects.
#[test]
fn edits_of_random_cases_are_cases_and_new_names_can_be_taken_back() {
    let mut generator = Generator::new(EVERYTHING);
    for seed in 0..300 {
        let case = generator.case(seed).bare();
        let is_case = |case: &Case| {
            Case::from_json(case.to_json().to_string().as_bytes()).as_ref() == Ok(case)
        };
        assert!(one_less(&case).all(|less| is_case(&less)));
        for first in 0..case.ops.len().saturating_sub(1) {
            let Some(swap) = swapped(&case, first) else {
                continue;
            };
            assert!(is_case(&swap));
            // Only an argument that refers to a later operation can be lost by reordering.
            assert!(swapped(&swap, first).is_none_or(|again| again == case));
        }
        let back: Vec<u32> = (0..case.topology.devices.len() as u32).rev().collect();
        let mms: Vec<u32> = (0..case.topology.mms.len() as u32).rev().collect();
        let mut numbered = case.clone();
        number_topology(&mut numbered);
        let twice = renamed(&renamed(&numbered, &back, &mms), &back, &mms);
        assert_eq!(twice, numbered);
        let less = without_ops_and_their_names(&case, |_| false);
        assert!(is_case(&less) && less.ops.len() <= case.ops.len());
    }
}
