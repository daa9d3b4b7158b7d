// SPDX-License-Identifier: GPL-2.0-or-later
//! Removes or replaces devices and mms.

use super::{index_without, map_args};
use crate::case::Case;
use crate::op::Refers;

/// Returns the case without a device. Groups are renumbered without a gap.
pub fn without_device(case: &Case, index: u32) -> Case {
    let mut case = case.clone();
    let devices = &mut case.topology.devices;
    let group = devices.remove(index as usize).group;
    if devices.iter().all(|dev| dev.group != group) {
        for dev in devices {
            dev.group -= u8::from(dev.group > group);
        }
    }
    let gone = index as usize..index as usize + 1;
    map_args(&mut case, |refers, value| match refers {
        Refers::Device => index_without(value, &gone),
        Refers::Op(_) | Refers::Mm(_) | Refers::Pasid => value,
    });
    case
}

/// Returns the case without one of the initial mms. Later mms, forked ones included, are
/// renumbered.
pub fn without_mm(case: &Case, index: u32) -> Case {
    let mut case = case.clone();
    case.topology.mms.remove(index as usize);
    let gone = index as usize..index as usize + 1;
    map_args(&mut case, |refers, value| match refers {
        Refers::Mm(_) => index_without(value, &gone),
        Refers::Op(_) | Refers::Device | Refers::Pasid => value,
    });
    case
}

/// Returns the case without a device, with its operations moved to device `instead`.
pub fn with_device_as(case: &Case, gone: u32, instead: u32) -> Case {
    let mut case = case.clone();
    map_args(&mut case, |refers, value| match refers {
        Refers::Device if value == gone => instead,
        Refers::Op(_) | Refers::Mm(_) | Refers::Device | Refers::Pasid => value,
    });
    without_device(&case, gone)
}

/// Returns the case without one of the initial mms, with its operations moved to mm `instead`.
pub fn with_mm_as(case: &Case, gone: u32, instead: u32) -> Case {
    let mut case = case.clone();
    map_args(&mut case, |refers, value| match refers {
        Refers::Mm(_) if value == gone => instead,
        Refers::Op(_) | Refers::Mm(_) | Refers::Device | Refers::Pasid => value,
    });
    without_mm(&case, gone)
}
