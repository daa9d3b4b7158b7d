// SPDX-License-Identifier: GPL-2.0-or-later
//! Edits of CPUs and schedules.

use crate::case::Case;
use std::ops::Range;

/// Returns the case as a sequential one, in the order of its operations.
pub fn in_sequence(case: &Case) -> Case {
    let mut case = case.clone();
    case.schedule = None;
    case.ops.iter_mut().for_each(|op| op.cpu = None);
    case
}

/// Replaces the number of every CPU, in the operations and in the schedule.
fn map_cpus(case: &mut Case, new: impl Fn(u8) -> u8) {
    let of_ops = case.ops.iter_mut().filter_map(|op| op.cpu.as_mut());
    for cpu in of_ops.chain(case.schedule.iter_mut().flatten()) {
        *cpu = new(*cpu);
    }
}

/// Returns the case with the operations and schedule entries of CPU `gone` moved to CPU `instead`.
pub fn with_cpu_as(case: &Case, gone: u8, instead: u8) -> Case {
    let mut case = case.clone();
    map_cpus(&mut case, |cpu| if cpu == gone { instead } else { cpu });
    case
}

/// Returns the case with renumbered CPUs. `order[new]` is the position of the old CPU among the
/// ascending numbers.
pub fn on_cpus(case: &Case, order: &[u32]) -> Case {
    let old = case.cpus();
    let new = |cpu: u8| {
        let at = old.iter().position(|&this| this == cpu)?;
        order.iter().position(|&this| this as usize == at)
    };
    let mut case = case.clone();
    map_cpus(&mut case, |cpu| new(cpu).map_or(cpu, |new| new as u8));
    case
}

/// Returns the case without these entries of its schedule. If none remains, it has no schedule.
pub fn without_entries(case: &Case, gone: Range<usize>) -> Case {
    let mut case = case.clone();
    if let Some(schedule) = &mut case.schedule {
        schedule.drain(gone);
    }
    case.schedule = case.schedule.filter(|schedule| !schedule.is_empty());
    case
}
