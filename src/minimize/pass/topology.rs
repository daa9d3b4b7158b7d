// SPDX-License-Identifier: GPL-2.0-or-later
//! Fewer and more ordinary devices and mms, and the PASIDs that go with them.

use super::super::edit::number;
use super::Descent;
use crate::universe::MANY_PASIDS;
use spec::Mm;
use spec::smaller::{Named, named, names_nothing, without_device, without_mm};

impl Descent<'_> {
    pub(super) fn topology(&mut self) {
        let devices = self.best.topology.devices.len() as u32;
        for dev in (0..devices).rev() {
            let case = without_device(&self.best, dev);
            if !case.ops.iter().any(names_nothing) {
                self.take(case);
            }
        }
        let mms = self.best.topology.mms.len() as u32;
        for mm in (0..mms).rev() {
            let case = without_mm(&self.best, mm);
            if !case.ops.iter().any(names_nothing) {
                self.take_with_pasids(case);
            }
        }
        self.merge_devices();
        self.merge_mms();
        self.pasids();
        if self
            .best
            .topology
            .devices
            .iter()
            .any(|dev| dev.instance != 0)
        {
            let mut case = self.best.clone();
            case.topology
                .devices
                .iter_mut()
                .for_each(|dev| dev.instance = 0);
            self.take(case);
        }
        for dev in 0..self.best.topology.devices.len() {
            self.simplify_device(dev);
        }
        for mm in 0..self.best.topology.mms.len() {
            if !self.best.topology.mms[mm].dma_compat {
                let mut case = self.best.clone();
                case.topology.mms[mm] = Mm { dma_compat: true };
                self.take(case);
            }
        }
        let mut case = self.best.clone();
        number(&mut case);
        if case != self.best {
            self.take(case);
        }
    }

    fn simplify_device(&mut self, dev: usize) {
        let device = self.best.topology.devices[dev];
        for simpler in [
            spec::Device {
                instance: 0,
                ..device
            },
            spec::Device {
                max_pasids: MANY_PASIDS,
                ..device
            },
        ] {
            let mut case = self.best.clone();
            let this = &mut case.topology.devices[dev];
            this.instance = simpler.instance;
            if simpler.max_pasids != device.max_pasids {
                this.max_pasids = simpler.max_pasids;
            }
            if case != self.best {
                self.take(case);
            }
        }
        // Fewer groups are simpler.
        for group in 0..self.best.topology.devices[dev].group {
            let mut case = self.best.clone();
            case.topology.devices[dev].group = group;
            number(&mut case);
            self.take_simpler(case);
        }
        let mut groups: Vec<u8> = self.best.topology.devices.iter().map(|d| d.group).collect();
        groups.sort();
        groups.dedup();
        // All at once.
        if groups.len() > 1 {
            let mut case = self.best.clone();
            case.topology.devices.iter_mut().for_each(|d| d.group = 0);
            self.take(case);
        }
    }

    /// The PASIDs that are named, by their order; or one by one.
    fn pasids(&mut self) {
        let mut pasids: Vec<u32> = Vec::new();
        for op in &mut self.best.ops.clone() {
            pasids.extend(named(op).pasid.map(|pasid| *pasid));
        }
        pasids.sort();
        pasids.dedup();
        let mut case = self.best.clone();
        for op in &mut case.ops {
            if let Some(pasid) = named(op).pasid {
                let at = pasids.iter().position(|this| this == pasid);
                *pasid = at.map_or(*pasid, |at| at as u32 + 1);
            }
        }
        if case != self.best && self.take_simpler(case) {
            return;
        }
        // What is beyond the PASIDs of a device can be just beyond those of a plain one.
        let mut case = self.best.clone();
        let limits: Vec<u16> = case
            .topology
            .devices
            .iter()
            .map(|dev| dev.max_pasids)
            .collect();
        for op in &mut case.ops {
            if let Named {
                dev: Some(dev),
                pasid: Some(pasid),
                ..
            } = named(op)
                && limits
                    .get(*dev as usize)
                    .is_some_and(|&limit| *pasid >= limit.into())
            {
                *pasid = MANY_PASIDS.into();
                case.topology.devices[*dev as usize].max_pasids = MANY_PASIDS;
            }
        }
        if case != self.best && self.take_simpler(case) {
            return;
        }
        for pasid in pasids {
            for lower in 1..pasid.min(8) {
                let mut case = self.best.clone();
                for op in &mut case.ops {
                    if let Some(this) = named(op).pasid
                        && *this == pasid
                    {
                        *this = lower;
                    }
                }
                if self.take_simpler(case) {
                    break;
                }
            }
        }
    }

    /// One device does what another did.
    fn merge_devices(&mut self) {
        let mut dev = self.best.topology.devices.len() as u32;
        while dev > 0 {
            dev -= 1;
            for other in 0..self.best.topology.devices.len() as u32 {
                if other == dev || dev as usize >= self.best.topology.devices.len() {
                    continue;
                }
                let mut case = self.best.clone();
                for op in &mut case.ops {
                    if let Some(this) = named(op).dev
                        && *this == dev
                    {
                        *this = other;
                    }
                }
                self.take(without_device(&case, dev));
            }
        }
    }

    fn merge_mms(&mut self) {
        let mut mm = self.best.topology.mms.len() as u32;
        while mm > 0 {
            mm -= 1;
            for other in 0..self.best.topology.mms.len() as u32 {
                if other == mm || mm as usize >= self.best.topology.mms.len() {
                    continue;
                }
                let mut case = self.best.clone();
                for op in &mut case.ops {
                    if let Some(this) = named(op).mm
                        && *this == mm
                    {
                        *this = other;
                    }
                }
                self.take_with_pasids(without_mm(&case, mm));
            }
        }
    }
}
