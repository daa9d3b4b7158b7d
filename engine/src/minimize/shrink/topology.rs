// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes that remove devices, mms and unusual values of the topology, with the PASIDs that depend
//! on them.

use super::Shrinker;
use crate::universe::MANY_PASIDS;
use spec::edit::{
    map_pasids, names_nothing, number_topology, pasids, with_device_as, with_mm_as, without_device,
    without_mm,
};
use spec::{Case, Topology};

impl Shrinker<'_> {
    /// Runs all passes over the topology.
    pub(super) fn topology(&mut self) {
        for dev in (0..self.best.topology.devices.len() as u32).rev() {
            let case = without_device(&self.best, dev);
            if !case.ops.iter().any(names_nothing) {
                self.take(case);
            }
        }
        for mm in (0..self.best.topology.mms.len() as u32).rev() {
            let case = without_mm(&self.best, mm);
            if !case.ops.iter().any(names_nothing) {
                self.take_with_pasids(case);
            }
        }
        self.merge_devices();
        self.merge_mms();
        self.pasids();
        self.change(|topology| topology.devices.iter_mut().for_each(|dev| dev.instance = 0));
        for dev in 0..self.best.topology.devices.len() {
            self.simplify_device(dev);
        }
        for mm in 0..self.best.topology.mms.len() {
            self.change(|topology| topology.mms[mm].dma_compat = true);
        }
        let mut case = self.best.clone();
        number_topology(&mut case);
        self.take(case);
    }

    /// Moves to a changed topology.
    fn change(&mut self, to: impl FnOnce(&mut Topology)) -> bool {
        let mut case = self.best.clone();
        to(&mut case.topology);
        self.take(case)
    }

    fn simplify_device(&mut self, dev: usize) {
        self.change(|topology| topology.devices[dev].instance = 0);
        self.change(|topology| topology.devices[dev].max_pasids = MANY_PASIDS);
        // Fewer groups are simpler.
        for group in 0..self.best.topology.devices[dev].group {
            let mut case = self.best.clone();
            case.topology.devices[dev].group = group;
            number_topology(&mut case);
            self.take_simpler(case);
        }
        // All devices at once.
        self.change(|topology| topology.devices.iter_mut().for_each(|dev| dev.group = 0));
    }

    /// Lowers PASIDs: numbers them in their order, moves those of a device with an unusual limit to
    /// an ordinary device, or lowers them one by one.
    fn pasids(&mut self) {
        let named = pasids(&self.best);
        let mut case = self.best.clone();
        map_pasids(&mut case, |pasid| {
            let at = named.iter().position(|&this| this == pasid);
            at.map_or(pasid, |at| at as u32 + 1)
        });
        if self.take_simpler(case) {
            return;
        }
        let case = beyond_an_ordinary_limit(&self.best);
        if self.take_simpler(case) {
            return;
        }
        for pasid in named {
            for lower in 1..pasid.min(8) {
                let mut case = self.best.clone();
                map_pasids(&mut case, |this| if this == pasid { lower } else { this });
                if self.take_simpler(case) {
                    break;
                }
            }
        }
    }

    /// Replaces one device by another in all operations.
    fn merge_devices(&mut self) {
        let mut dev = self.best.topology.devices.len() as u32;
        while dev > 0 {
            dev -= 1;
            for other in 0..self.best.topology.devices.len() as u32 {
                if other != dev && (dev as usize) < self.best.topology.devices.len() {
                    self.take(with_device_as(&self.best, dev, other));
                }
            }
        }
    }

    /// Replaces one mm that exists from the start by another in all operations.
    fn merge_mms(&mut self) {
        let mut mm = self.best.topology.mms.len() as u32;
        while mm > 0 {
            mm -= 1;
            for other in 0..self.best.topology.mms.len() as u32 {
                if other != mm && (mm as usize) < self.best.topology.mms.len() {
                    self.take_with_pasids(with_mm_as(&self.best, mm, other));
                }
            }
        }
    }
}

/// Returns the case with each PASID beyond the limit of its device moved just beyond the default
/// limit.
fn beyond_an_ordinary_limit(case: &Case) -> Case {
    let limits: Vec<u16> = { case.topology.devices.iter() }
        .map(|dev| dev.max_pasids)
        .collect();
    let mut case = case.clone();
    for op in &mut case.ops {
        let Some(dev) = op.kind.dev().map(|dev| dev as usize) else {
            continue;
        };
        let Some(&limit) = limits.get(dev) else {
            continue;
        };
        op.kind.for_each_arg(|arg, value| {
            if arg.refers == spec::op::Refers::Pasid && *value >= limit.into() {
                *value = MANY_PASIDS.into();
                case.topology.devices[dev].max_pasids = MANY_PASIDS;
            }
        });
    }
    case
}
