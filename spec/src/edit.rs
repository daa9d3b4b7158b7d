// SPDX-License-Identifier: GPL-2.0-or-later
//! Edits of a case: removing an operation, a device, an mm or a fault; reordering; renaming.
//!
//! Every operation is total, so the result of every edit is a case. All edits that change the
//! arguments of operations are built on one primitive, [`map_args`], which works from the table of
//! operations. If an edit removes the object that an argument refers to, the argument becomes
//! [`NOTHING`] and the operation is skipped.

mod cpus;
mod names;
mod ops;
#[cfg(test)]
mod tests;
mod topology;

pub use cpus::{in_sequence, on_cpus, with_cpu_as, without_entries};
pub use names::{number_topology, orders, orders_of_like, renamed};
pub use ops::{
    forked, swapped, without_again, without_fault, without_fork, without_op,
    without_op_and_its_names, without_ops, without_ops_and_their_names,
};
pub use topology::{with_device_as, with_mm_as, without_device, without_mm};

use crate::case::{Case, Op};
use crate::op::Refers;
use std::ops::Range;

/// An index that refers to nothing in any case.
pub const NOTHING: u32 = u32::MAX;

/// Replaces every argument of every operation of a case by the result of `new`, which gets the kind
/// of object that the argument refers to and its value.
pub fn map_args(case: &mut Case, mut new: impl FnMut(Refers, u32) -> u32) {
    for op in &mut case.ops {
        op.kind
            .for_each_arg(|arg, value| *value = new(arg.refers, *value));
    }
}

/// Replaces every PASID that is an argument of an operation.
pub fn map_pasids(case: &mut Case, mut new: impl FnMut(u32) -> u32) {
    map_args(case, |refers, value| match refers == Refers::Pasid {
        true => new(value),
        false => value,
    });
}

/// Returns the distinct PASIDs that are arguments of operations, ascending.
pub fn pasids(case: &Case) -> Vec<u32> {
    let mut pasids: Vec<u32> = { case.ops.iter() }
        .filter_map(|op| op.kind.pasid())
        .collect();
    pasids.sort();
    pasids.dedup();
    pasids
}

/// Returns every case that results from removing one operation, fault, mistake of a caller, device
/// or mm.
pub fn one_less(case: &Case) -> impl Iterator<Item = Case> + '_ {
    let ops = (0..case.ops.len()).map(|index| without_op(case, index));
    let faults = (0..case.ops.len())
        .filter(|&index| case.ops[index].fault.is_some())
        .map(|index| without_fault(case, index));
    let mistakes = (0..case.ops.len())
        .filter(|&index| case.ops[index].again)
        .map(|index| without_again(case, index));
    let devices = (0..case.topology.devices.len()).map(|index| without_device(case, index as u32));
    let mms = (0..case.topology.mms.len()).map(|index| without_mm(case, index as u32));
    let parts = ops.chain(faults).chain(mistakes);
    parts.chain(devices).chain(mms)
}

/// Returns whether an argument of an operation is [`NOTHING`].
pub fn names_nothing(op: &Op) -> bool {
    { op.kind.args() }.any(|(arg, value)| arg.refers != Refers::Pasid && value == NOTHING)
}

/// Returns an index after those in `gone` are removed, or [`NOTHING`] if it was one of them.
fn index_without(index: u32, gone: &Range<usize>) -> u32 {
    match index as usize {
        _ if index == NOTHING => NOTHING,
        at if at < gone.start => index,
        at if gone.contains(&at) => NOTHING,
        _ => index - gone.len() as u32,
    }
}
