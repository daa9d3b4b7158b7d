// SPDX-License-Identifier: GPL-2.0-or-later
//! States up to renaming, as short byte strings.
//!
//! Devices of equal topology, mms of equal properties, handles and domains are interchangeable: a
//! state and the same state with two of them exchanged have the same future, up to that exchange.
//! [`Canon::pack`] gives both states the same bytes.
//!
//! * Objects that are no longer reachable are dropped, since no operation can observe them. The
//!   bytes only record which mms are kept alive by a dropped object.
//! * mms are ordered by PASID. PASIDs are unique, and mms without one own nothing that would tell
//!   them apart.
//! * Operations that hold something form a multiset, since a caller may release them in any order.
//!   [`Canon::ordered`] keeps their order.
//! * Devices are tried in every order that the topology allows and their contents do not already
//!   decide; the smallest bytes win. Devices without contents are not permuted.
//!
//! Two states with the same bytes are equal up to renaming: the bytes hold everything that is
//! reachable in a state, and [`Canon::unpack`] restores it.

mod facts;
mod one;
mod order;
mod orders;
mod pack;
mod unpack;
mod writer;

pub use one::{One, blocks, distinct, surplus};
pub use pack::Scratch;

use crate::case::{MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS, Topology};
use crate::kernel::{MmId, NONE};
use crate::run::Run;
use order::Sorted;
pub(crate) use order::members;

/// The number of orders of five equal devices. Trying more costs more than it saves.
pub const MOST_RENAMINGS: usize = 120;

/// New index of each mm, by its old index.
type Mms = [u8; MAX_MMS];

/// A renaming of devices, and of their groups with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Devices {
    dev: [u8; MAX_DEVICES],
    /// The old index of each new one.
    old: [u8; MAX_DEVICES],
    group: [u8; MAX_GROUPS],
}

/// Maps canonical names to the names in the runs that were packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// The canonical index of each device.
    pub dev: [u8; MAX_DEVICES],
    /// The canonical index of each mm.
    pub mm: [u8; MAX_MMS],
    held: [u8; MAX_OPS],
    nr_held: u8,
    /// Whether an unreachable object existed and was dropped.
    pub lost: bool,
}

impl Names {
    /// Returns the operations that hold something, in canonical order.
    pub fn held(&self) -> &[u8] {
        &self.held[..self.nr_held as usize]
    }
}

/// Computes the canonical forms of the states of one topology.
#[derive(Clone, Debug)]
pub struct Canon {
    topology: Topology,
    boot: Run,
    renamings: Vec<Devices>,
    by_pasid: bool,
    ordered: bool,
}

impl Canon {
    /// Uses the symmetry of the topology. If its devices can stand in more than [`MOST_RENAMINGS`]
    /// orders, keeps them as they are: that yields more states, each computed faster.
    pub fn symmetric(topology: &Topology) -> Self {
        let mut renamings = Vec::new();
        renamings_of(topology, &mut Vec::new(), &mut renamings);
        if renamings.len() > MOST_RENAMINGS {
            renamings.truncate(1);
        }
        Canon {
            boot: Run::new(topology),
            topology: topology.clone(),
            renamings,
            by_pasid: true,
            ordered: false,
        }
    }

    /// Keeps devices and mms as they are. Handles and domains are anonymous nevertheless.
    pub fn plain(topology: &Topology) -> Self {
        let mut canon = Canon::symmetric(topology);
        canon.renamings.truncate(1);
        canon.by_pasid = false;
        canon
    }

    /// Keeps the order of the operations that hold something, so that a teardown releases them in
    /// the same order in all runs with the same bytes.
    pub fn ordered(self) -> Self {
        Canon {
            ordered: true,
            ..self
        }
    }

    /// Returns the orders of the devices that count as one: for each device its index in the order.
    /// The first is the given order.
    pub fn device_orders(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let devices = self.topology.devices.len();
        self.renamings
            .iter()
            .map(move |renaming| renaming.dev[..devices].to_vec())
    }

    /// Returns the number of orders of the devices that count as one.
    pub fn renamings(&self) -> usize {
        self.renamings.len()
    }

    /// Returns the new index of each mm.
    fn mms<const N: usize>(&self, runs: [&Run; N]) -> Mms {
        let mut order = Sorted::<u64, MAX_MMS>::default();
        for mm in 0..runs[0].machine.nr_mms() as u8 {
            let mms = runs.map(|run| run.machine.mm(MmId::new(mm)));
            let first = mms[0];
            // An mm without a PASID sorts last, since its PASID may still be allocated.
            let pasid = |pasid: u16| u64::from(pasid.wrapping_sub(1));
            let flags = [first.mm_count == 0, first.exited, first.dma_compat];
            let flags = flags
                .iter()
                .fold(0, |bits, &flag| bits << 1 | u64::from(flag));
            let pasids = mms.iter().fold(0, |all, mm| all << 16 | pasid(mm.pasid));
            let key = pasids << 16 | flags;
            order.insert(if self.by_pasid { key } else { 0 }, mm);
        }
        let mut to = [NONE; MAX_MMS];
        for (new, (_, old)) in order.iter().enumerate() {
            to[old as usize] = new as u8;
        }
        to
    }
}

/// Appends every order of the devices that preserves the topology, the given order first.
fn renamings_of(topology: &Topology, order: &mut Vec<u8>, out: &mut Vec<Devices>) {
    let devices = &topology.devices;
    if order.len() == devices.len() {
        out.extend(renaming(topology, order));
        return;
    }
    let new = &devices[order.len()];
    for (old, this) in (0..).zip(devices) {
        let alike = (this.max_pasids, this.instance) == (new.max_pasids, new.instance);
        if alike && !order.contains(&old) {
            order.push(old);
            renamings_of(topology, order, out);
            order.pop();
        }
    }
}

/// Returns the renaming that puts the devices into this order, or `None` if it splits a group.
fn renaming(topology: &Topology, order: &[u8]) -> Option<Devices> {
    let devices = &topology.devices;
    let mut renaming = Devices {
        dev: [NONE; MAX_DEVICES],
        old: [NONE; MAX_DEVICES],
        group: [NONE; MAX_GROUPS],
    };
    for (new, &old) in order.iter().enumerate() {
        renaming.dev[old as usize] = new as u8;
        renaming.old[new] = old;
        let to = devices[new].group;
        let group = &mut renaming.group[devices[old as usize].group as usize];
        if *group != NONE && *group != to {
            return None;
        }
        *group = to;
    }
    // No new group may come from two old ones.
    let mut seen = [false; MAX_GROUPS];
    let mut used = renaming.group.iter().filter(|&&group| group != NONE);
    used.all(|&group| !std::mem::replace(&mut seen[group as usize], true))
        .then_some(renaming)
}

/// Returns the new name of an index, or [`NONE`] if the map does not contain the index.
fn moved(map: &[u8], at: u8) -> u8 {
    map.get(at as usize).copied().unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::Canon;
    use crate::case::{Device, Mm, Topology};

    fn renamings(groups: &[u8], instances: &[u8]) -> usize {
        let device = |(&group, &instance): (&u8, &u8)| Device {
            group,
            max_pasids: 16,
            instance,
        };
        let topology = Topology {
            devices: groups.iter().zip(instances).map(device).collect(),
            mms: vec![Mm { dma_compat: true }],
        };
        Canon::symmetric(&topology).renamings()
    }

    #[test]
    fn devices_in_groups_of_their_own_can_stand_in_any_order() {
        assert_eq!(renamings(&[0, 1, 2, 3], &[0; 4]), 24);
    }

    #[test]
    fn devices_of_one_group_stay_together() {
        // Two devices in each group can be exchanged, and so can the groups.
        assert_eq!(renamings(&[0, 0, 1, 1], &[0; 4]), 8);
        // Groups of different sizes are not interchangeable.
        assert_eq!(renamings(&[0, 0, 1], &[0; 3]), 2);
    }

    #[test]
    fn too_many_devices_are_taken_as_they_are() {
        assert_eq!(renamings(&[0, 1, 2, 3, 4], &[0; 5]), 120);
        assert_eq!(renamings(&[0, 1, 2, 3, 4, 5], &[0; 6]), 1);
        assert_eq!(renamings(&[0, 0, 0, 0, 1, 1, 1, 1], &[0; 8]), 1);
        assert_eq!(renamings(&[0, 1, 2, 3, 4, 5], &[0, 0, 0, 1, 1, 1]), 36);
    }

    #[test]
    fn devices_behind_different_hardware_are_not_alike() {
        assert_eq!(renamings(&[0, 1, 2], &[0, 0, 1]), 2);
    }
}
