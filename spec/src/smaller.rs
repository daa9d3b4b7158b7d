// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases with one thing less. Since every operation is total, each of them is a case.

use crate::case::{Case, Op, OpKind};

/// Every case that has one operation, fault, device or mm less.
pub fn one_less(case: &Case) -> impl Iterator<Item = Case> + '_ {
    let ops = (0..case.ops.len()).map(|index| without_op(case, index));
    let faults = (0..case.ops.len())
        .filter(|&index| case.ops[index].fault.is_some())
        .map(|index| {
            let mut case = case.clone();
            case.ops[index].fault = None;
            case
        });
    let devices = (0..case.topology.devices.len()).map(|index| without_device(case, index as u32));
    let mms = (0..case.topology.mms.len()).map(|index| without_mm(case, index as u32));
    ops.chain(faults).chain(devices).chain(mms)
}

/// Names nothing; later indexes move up by one.
fn drop_index(named: &mut u32, index: u32) {
    match (*named).cmp(&index) {
        std::cmp::Ordering::Less => {}
        std::cmp::Ordering::Equal => *named = u32::MAX,
        std::cmp::Ordering::Greater => *named = named.saturating_sub(1),
    }
}

/// Whether an operation names what was taken away.
pub fn names_nothing(op: &Op) -> bool {
    let named = match op.kind {
        OpKind::Bind { dev, mm } => [dev, mm],
        OpKind::Attach { dev, .. }
        | OpKind::PageRequest { dev, .. }
        | OpKind::AllocPasid { dev } => [dev; 2],
        OpKind::Fork { mm } | OpKind::Exit { mm } | OpKind::EnqcmdPasid { mm } => [mm; 2],
        OpKind::Unbind { of }
        | OpKind::GetPasid { of }
        | OpKind::FreePasid { of }
        | OpKind::Detach { of } => [of; 2],
    };
    named.contains(&u32::MAX)
}

/// The case without an operation. What names it names nothing then, and is skipped.
pub fn without_op(case: &Case, index: usize) -> Case {
    let mut case = case.clone();
    case.ops.remove(index);
    for op in &mut case.ops {
        match &mut op.kind {
            OpKind::Unbind { of }
            | OpKind::GetPasid { of }
            | OpKind::FreePasid { of }
            | OpKind::Detach { of } => drop_index(of, index as u32),
            _ => {}
        }
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
    for op in &mut case.ops {
        match &mut op.kind {
            OpKind::Bind { dev, .. }
            | OpKind::Attach { dev, .. }
            | OpKind::PageRequest { dev, .. }
            | OpKind::AllocPasid { dev } => drop_index(dev, index),
            _ => {}
        }
    }
    case
}

/// The case without one of the mms that exist at the start. Forked ones move up as well.
pub fn without_mm(case: &Case, index: u32) -> Case {
    let mut case = case.clone();
    case.topology.mms.remove(index as usize);
    for op in &mut case.ops {
        match &mut op.kind {
            OpKind::Bind { mm, .. }
            | OpKind::Fork { mm }
            | OpKind::Exit { mm }
            | OpKind::EnqcmdPasid { mm } => drop_index(mm, index),
            _ => {}
        }
    }
    case
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Device, Mm, Topology};

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
}
