// SPDX-License-Identifier: GPL-2.0-or-later
//! Renames devices and mms, and enumerates orders.

use super::map_args;
use crate::case::Case;
use crate::op::Refers;

/// Returns the case with its devices and initial mms renamed: `devices[new]` is the old index, and
/// likewise for `mms`. Groups and instances are numbered in the order of the devices.
pub fn renamed(case: &Case, devices: &[u32], mms: &[u32]) -> Case {
    let new = |order: &[u32], old: u32| {
        let at = order.iter().position(|&this| this == old);
        at.map_or(old, |at| at as u32)
    };
    let mut case = case.clone();
    map_args(&mut case, |refers, value| match refers {
        Refers::Device => new(devices, value),
        Refers::Mm(_) => new(mms, value),
        Refers::Op(_) | Refers::Pasid => value,
    });
    let topology = &mut case.topology;
    topology.devices = { devices.iter() }
        .map(|&dev| topology.devices[dev as usize])
        .collect();
    topology.mms = mms.iter().map(|&mm| topology.mms[mm as usize]).collect();
    number_topology(&mut case);
    case
}

/// Numbers groups and instances from 0, in the order of the devices.
pub fn number_topology(case: &mut Case) {
    let (mut groups, mut instances) = (Vec::new(), Vec::new());
    let number = |met: &mut Vec<u8>, this: u8| {
        let at = met.iter().position(|&other| other == this);
        at.unwrap_or_else(|| {
            met.push(this);
            met.len() - 1
        }) as u8
    };
    for device in &mut case.topology.devices {
        device.group = number(&mut groups, device.group);
        device.instance = number(&mut instances, device.instance);
    }
}

/// Returns every order of `n` items, the identity first.
pub fn orders(n: usize) -> Vec<Vec<u32>> {
    orders_of_like(n, |_, _| true)
}

/// Returns every order of `n` items that exchanges only items that are alike, the identity first.
pub fn orders_of_like(n: usize, alike: impl Fn(usize, usize) -> bool) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = vec![Vec::new()];
    for place in 0..n {
        let mut longer = Vec::new();
        for order in &all {
            for this in 0..n {
                if !order.contains(&(this as u32)) && alike(this, place) {
                    longer.push([&order[..], &[this as u32]].concat());
                }
            }
        }
        all = longer;
    }
    all
}
