// SPDX-License-Identifier: GPL-2.0-or-later
//! Devices that are being reset.

use super::{DeviceId, Kernel, Stop};
use crate::record::Watch;
use crate::revision::At;

impl<W: Watch> Kernel<'_, W> {
    /// Returns how many resets of a device have begun and are not over.
    pub fn resets(&mut self, dev: DeviceId, at: At) -> Result<u8, Stop> {
        self.device(dev, at)?;
        Ok(self.m.resets[dev.index()])
    }

    /// Returns whether a device of the group is being reset.
    pub fn is_group_in_reset(&mut self, group: u8, at: At) -> Result<bool, Stop> {
        self.access(at)?;
        let mut devices = self.m.group_devices(group);
        Ok(devices.any(|dev| self.m.resets[dev.index()] != 0))
    }

    /// Begins one more reset of a device. Returns how many had begun before.
    pub fn reset_begins(&mut self, dev: DeviceId, at: At) -> Result<u8, Stop> {
        let before = self.resets(dev, at)?;
        self.m.resets[dev.index()] = before.saturating_add(1);
        Ok(before)
    }

    /// Ends a reset of a device. Returns how many are left.
    pub fn reset_ends(&mut self, dev: DeviceId, at: At) -> Result<u8, Stop> {
        let left = self.resets(dev, at)?.saturating_sub(1);
        self.m.resets[dev.index()] = left;
        Ok(left)
    }
}
