// SPDX-License-Identifier: GPL-2.0-or-later
//! Removes operations or faults, and reorders operations.

use super::{NOTHING, index_without, map_args};
use crate::case::{Case, MAX_MMS, Mm, Op};
use crate::op::Refers;
use std::ops::Range;

/// Returns the case without an operation. Arguments that refer to it become [`NOTHING`].
pub fn without_op(case: &Case, index: usize) -> Case {
    without_ops(case, index..index + 1)
}

/// Returns the case without these operations. Arguments that refer to one of them become
/// [`NOTHING`].
pub fn without_ops(case: &Case, gone: Range<usize>) -> Case {
    let mut case = case.clone();
    case.ops.drain(gone.clone());
    map_args(&mut case, |refers, value| match refers {
        Refers::Op(_) => index_without(value, &gone),
        Refers::Device | Refers::Mm(_) | Refers::Pasid => value,
    });
    case
}

/// Returns the case without an operation and those that refer to it, or `None` if none does.
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

/// Returns the case without the fault of an operation.
pub fn without_fault(case: &Case, index: usize) -> Case {
    let mut case = case.clone();
    case.ops[index].fault = None;
    case
}

/// Returns the case with an operation as a correct caller performs it.
pub fn without_again(case: &Case, index: usize) -> Case {
    let mut case = case.clone();
    case.ops[index].again = false;
    case
}

/// Returns for each operation the index of the mm that it creates, or `None` if it creates none or
/// is skipped. The result does not depend on the model.
pub fn forked(case: &Case) -> Vec<Option<u32>> {
    let mut alive = vec![true; case.topology.mms.len()];
    { case.ops.iter() }
        .map(|op| {
            let is_alive = alive.get_mut(op.kind.mm()? as usize)?;
            let info = op.kind.info();
            let forks = info.makes_mm && *is_alive;
            *is_alive &= !info.ends_mm;
            (forks && alive.len() < MAX_MMS).then(|| {
                alive.push(true);
                alive.len() as u32 - 1
            })
        })
        .collect()
}

/// Returns the case without the operations for which `gone` returns true, without operations that
/// refer to them or to an mm that they create, and without operations that refer to nothing. Later
/// mms are renumbered. Title, origin and note are dropped.
pub fn without_ops_and_their_names(case: &Case, gone: impl Fn(usize) -> bool) -> Case {
    let forked = forked(case);
    // New index of each operation that is kept.
    let mut stays: Vec<Option<u32>> = Vec::with_capacity(case.ops.len());
    let mut gone_mms: Vec<u32> = Vec::new();
    let mut ops: Vec<Op> = Vec::with_capacity(case.ops.len());
    for (index, &op) in case.ops.iter().enumerate() {
        let mut op = op;
        let mut goes = gone(index);
        op.kind.for_each_arg(|arg, value| match arg.refers {
            Refers::Op(_) => match stays.get(*value as usize) {
                Some(Some(of)) => *value = *of,
                _ => goes = true,
            },
            Refers::Mm(_) if *value == NOTHING => {}
            Refers::Mm(_) => {
                goes |= gone_mms.contains(value);
                *value -= gone_mms.iter().filter(|&gone| gone < value).count() as u32;
            }
            Refers::Device | Refers::Pasid => {}
        });
        stays.push((!goes).then_some(ops.len() as u32));
        match goes {
            true => gone_mms.extend(forked[index]),
            false => ops.push(op),
        }
    }
    Case {
        topology: case.topology.clone(),
        ops,
        schedule: case.schedule.clone(),
        ..Case::default()
    }
}

/// Returns the case with an initial mm in place of the one that an operation creates, or `None` if
/// it creates none.
pub fn without_fork(case: &Case, index: usize) -> Option<Case> {
    let child = forked(case)[index]?;
    let mm = case.ops[index].kind.mm()?;
    let new = case.topology.mms.len() as u32;
    let mut case = case.clone();
    let parent = case.topology.mms.get(mm as usize).copied();
    case.topology
        .mms
        .push(parent.unwrap_or(Mm { dma_compat: true }));
    case.ops.remove(index);
    map_args(&mut case, |refers, value| match refers {
        Refers::Mm(_) if value == child => new,
        Refers::Mm(_) if (new..child).contains(&value) => value + 1,
        Refers::Op(_) if value != NOTHING && value > index as u32 => value - 1,
        Refers::Op(_) | Refers::Mm(_) | Refers::Device | Refers::Pasid => value,
    });
    Some(case)
}

/// Returns the case with an operation and its successor exchanged, or `None` if there is no
/// successor or it refers to the first.
pub fn swapped(case: &Case, first: usize) -> Option<Case> {
    let second = first + 1;
    let next = case.ops.get(second)?;
    let [a, b] = [first as u32, second as u32];
    if next.kind.of() == Some(a) {
        return None;
    }
    let mut swapped = case.clone();
    swapped.ops.swap(first, second);
    map_args(&mut swapped, |refers, value| match refers {
        Refers::Op(_) if value == a => b,
        Refers::Op(_) if value == b => a,
        Refers::Op(_) | Refers::Mm(_) | Refers::Device | Refers::Pasid => value,
    });
    Some(swapped)
}
