// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases with something less. Since every operation is total, each of them is a case.

use crate::case::{Case, Op};
use crate::op::Refers;
use std::ops::Range;

/// Every case that has one operation, fault, device or mm less.
pub fn one_less(case: &Case) -> impl Iterator<Item = Case> + '_ {
    let ops = (0..case.ops.len()).map(|index| without_op(case, index));
    let faults = (0..case.ops.len())
        .filter(|&index| case.ops[index].fault.is_some())
        .map(|index| without_fault(case, index));
    let devices = (0..case.topology.devices.len()).map(|index| without_device(case, index as u32));
    let mms = (0..case.topology.mms.len()).map(|index| without_mm(case, index as u32));
    ops.chain(faults).chain(devices).chain(mms)
}

/// Names nothing; later indexes move up by one.
fn drop_index(named: &mut u32, index: u32) {
    drop_indexes(named, index as usize..index as usize + 1);
}

/// What named one of these names nothing; later indexes move up.
fn drop_indexes(named: &mut u32, gone: Range<usize>) {
    let index = *named as usize;
    if *named == u32::MAX || index < gone.start {
        return;
    }
    *named = match gone.contains(&index) {
        true => u32::MAX,
        false => *named - gone.len() as u32,
    };
}

/// What an operation names, each where it names one.
pub struct Named<'a> {
    /// An earlier operation.
    pub of: Option<&'a mut u32>,
    /// A device.
    pub dev: Option<&'a mut u32>,
    /// An mm.
    pub mm: Option<&'a mut u32>,
    /// A PASID.
    pub pasid: Option<&'a mut u32>,
}

/// What an operation names.
pub fn named(op: &mut Op) -> Named<'_> {
    let mut named = Named {
        of: None,
        dev: None,
        mm: None,
        pasid: None,
    };
    op.kind.for_each_arg(|arg, value| match arg.refers {
        Refers::Device => named.dev = Some(value),
        Refers::Mm(_) => named.mm = Some(value),
        Refers::Pasid => named.pasid = Some(value),
        Refers::Op(_) => named.of = Some(value),
    });
    named
}

/// Whether an operation names what was taken away.
pub fn names_nothing(op: &Op) -> bool {
    let mut op = *op;
    let Named { of, dev, mm, .. } = named(&mut op);
    [of, dev, mm]
        .into_iter()
        .flatten()
        .any(|named| *named == u32::MAX)
}

/// The case without an operation. What names it names nothing then, and is skipped.
pub fn without_op(case: &Case, index: usize) -> Case {
    without_ops(case, index..index + 1)
}

/// The case without these operations. What names one of them names nothing then.
pub fn without_ops(case: &Case, gone: Range<usize>) -> Case {
    let mut case = case.clone();
    case.ops.drain(gone.clone());
    for of in case.ops.iter_mut().filter_map(|op| named(op).of) {
        drop_indexes(of, gone.clone());
    }
    case
}

/// The case without an operation and those that name it, if any does.
pub fn without_op_and_its_names(case: &Case, index: usize) -> Option<Case> {
    let names_it = |&op: &usize| case.ops[op].kind.of() == Some(index as u32);
    let mut gone: Vec<usize> = (index + 1..case.ops.len()).filter(names_it).collect();
    if gone.is_empty() {
        return None;
    }
    gone.insert(0, index);
    let all = gone.into_iter().rev();
    Some(all.fold(case.clone(), |case, op| without_op(&case, op)))
}

/// The case without the fault of an operation.
pub fn without_fault(case: &Case, index: usize) -> Case {
    let mut case = case.clone();
    case.ops[index].fault = None;
    case
}

/// The case without these entries of its schedule; without all of them, it has none.
pub fn without_entries(case: &Case, gone: Range<usize>) -> Case {
    let mut case = case.clone();
    if let Some(schedule) = &mut case.schedule {
        schedule.drain(gone);
    }
    case.schedule = case.schedule.filter(|schedule| !schedule.is_empty());
    case
}

/// The case on one CPU, in the order of its operations.
pub fn in_sequence(case: &Case) -> Case {
    let mut case = case.clone();
    case.schedule = None;
    case.ops.iter_mut().for_each(|op| op.cpu = None);
    case
}

/// The case where one CPU does what another one did, and is chosen for it.
pub fn with_cpu_as(case: &Case, gone: u8, instead: u8) -> Case {
    let mut case = case.clone();
    let named = case.ops.iter_mut().filter_map(|op| op.cpu.as_mut());
    let chosen = case.schedule.iter_mut().flatten();
    for cpu in named.chain(chosen).filter(|cpu| **cpu == gone) {
        *cpu = instead;
    }
    case
}

/// The case without a device. Groups stay numbered without a gap.
pub fn without_device(case: &Case, index: u32) -> Case {
    let mut case = case.clone();
    let devices = &mut case.topology.devices;
    let group = devices.remove(index as usize).group;
    if devices.iter().all(|dev| dev.group != group) {
        for dev in devices {
            dev.group -= u8::from(dev.group > group);
        }
    }
    for dev in case.ops.iter_mut().filter_map(|op| named(op).dev) {
        drop_index(dev, index);
    }
    case
}

/// The case without one of the mms that exist at the start. Forked ones move up as well.
pub fn without_mm(case: &Case, index: u32) -> Case {
    let mut case = case.clone();
    case.topology.mms.remove(index as usize);
    for mm in case.ops.iter_mut().filter_map(|op| named(op).mm) {
        drop_index(mm, index);
    }
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Device, Mm, OpKind, Topology};

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
}
