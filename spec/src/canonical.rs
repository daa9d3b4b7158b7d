// SPDX-License-Identifier: GPL-2.0-or-later
//! States up to renaming, as short byte strings.
//!
//! Devices of equal topology, mms of equal properties, handles and domains are interchangeable: a
//! state and the same state with two of them exchanged have the same future, up to that exchange.
//! [`Canon::pack`] gives both the same bytes.
//!
//! * What nothing can reach any more is forgotten: no operation will ever see it. Only that an mm
//!   is kept by something forgotten is remembered.
//! * mms are ordered by PASID. PASIDs are unique, and an mm without one has nothing that others
//!   could be told apart by.
//! * Operations that hold something are a multiset, since a caller may release them in any order;
//!   unless their order is asked for, see [`Canon::ordered`].
//! * Devices are tried in every order that the topology allows and that what they have does not
//!   already decide; the smallest bytes win. Devices that have nothing need not be tried.
//!
//! Two states with the same bytes are the same up to renaming: the bytes say everything that is
//! left of a state, and [`Canon::unpack`] makes it again.

mod facts;
mod order;
mod pack;
mod unpack;
mod writer;

pub use pack::Scratch;

use crate::case::{MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS, Topology};
use crate::kernel::{MmId, NONE};
use crate::run::Run;
use order::Sorted;

/// The orders of five devices that are alike: to try many more costs more than it saves.
pub const MOST_RENAMINGS: usize = 120;

/// New indexes of the mms, by their old ones.
type Mms = [u8; MAX_MMS];

/// A renaming of devices, and of their groups along with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Devices {
    dev: [u8; MAX_DEVICES],
    /// The old index of each new one.
    old: [u8; MAX_DEVICES],
    group: [u8; MAX_GROUPS],
}

/// How canonical names go together with those of the runs that were packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// The canonical index of each device.
    pub dev: [u8; MAX_DEVICES],
    /// The canonical index of each mm.
    pub mm: [u8; MAX_MMS],
    held: [u8; MAX_OPS],
    nr_held: u8,
    /// Whether something exists that nothing can reach any more, and was forgotten.
    pub lost: bool,
}

impl Names {
    /// The operations that hold something, in canonical order.
    pub fn held(&self) -> &[u8] {
        &self.held[..self.nr_held as usize]
    }
}

/// The canonical forms of the states of one topology.
#[derive(Clone, Debug)]
pub struct Canon {
    topology: Topology,
    boot: Run,
    renamings: Vec<Devices>,
    by_pasid: bool,
    ordered: bool,
}

impl Canon {
    /// With the symmetry that the topology has. Where its devices can stand in more than
    /// [`MOST_RENAMINGS`] orders they are taken as they are: more states, each found sooner.
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

    /// With devices and mms as they are; handles and domains are anonymous all the same.
    pub fn plain(topology: &Topology) -> Self {
        let mut canon = Canon::symmetric(topology);
        canon.renamings.truncate(1);
        canon.by_pasid = false;
        canon
    }

    /// The same, but operations that hold something keep their order: so that what a teardown
    /// releases first is the same in all runs with these bytes.
    pub fn ordered(self) -> Self {
        Canon {
            ordered: true,
            ..self
        }
    }

    /// The orders of the devices that are taken as one: for each device its index in the order. The
    /// first is the given one.
    pub fn device_orders(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let devices = self.topology.devices.len();
        self.renamings
            .iter()
            .map(move |renaming| renaming.dev[..devices].to_vec())
    }

    /// How many orders of the devices are taken as one.
    pub fn renamings(&self) -> usize {
        self.renamings.len()
    }

    /// The new index of each mm.
    fn mms<const N: usize>(&self, runs: [&Run; N]) -> Mms {
        let mut order = Sorted::<u64, MAX_MMS>::default();
        for mm in 0..runs[0].machine.nr_mms() as u8 {
            let mms = runs.map(|run| run.machine.mm(MmId::new(mm)));
            let first = mms[0];
            // Those without a PASID last, since they are the ones that are to come.
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

/// Every order of the devices under which the topology stays as it is, the given one first.
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

/// The renaming that puts the devices into this order, if groups stay groups under it.
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
    // No group may come from two.
    let mut seen = [false; MAX_GROUPS];
    let mut used = renaming.group.iter().filter(|&&group| group != NONE);
    used.all(|&group| !std::mem::replace(&mut seen[group as usize], true))
        .then_some(renaming)
}

/// An index under its new name.
fn moved(map: &[u8], at: u8) -> u8 {
    if at == NONE { NONE } else { map[at as usize] }
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
        // Two in each group, and the groups themselves.
        assert_eq!(renamings(&[0, 0, 1, 1], &[0; 4]), 8);
        // Groups of different size are not alike.
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
