// SPDX-License-Identifier: GPL-2.0-or-later
//! The orders of devices that have to be tried to pack a run.

use super::{Canon, Devices, MOST_RENAMINGS};
use crate::case::MAX_DEVICES;
use std::cmp::Ordering;

/// Some of the renamings, by index.
pub(super) struct Orders {
    tried: [u8; MOST_RENAMINGS],
    len: usize,
}

impl Orders {
    pub(super) fn tried(&self) -> &[u8] {
        &self.tried[..self.len]
    }
}

impl Canon {
    /// Returns the orders of the devices that have to be tried. Sorting devices by their marks does
    /// not depend on names, so only orders that the marks leave open remain. Of two orders that
    /// differ only in devices without contents, one is enough.
    pub(super) fn orders(&self, marks: &[u64; MAX_DEVICES]) -> Orders {
        let mut orders = Orders {
            tried: [0; MOST_RENAMINGS],
            len: 1,
        };
        if self.renamings.len() == 1 {
            return orders;
        }
        let devices = self.topology.devices.len();
        let in_order = |renaming: &Devices| {
            let old = renaming.old;
            (0..devices).map(move |new| marks[old[new] as usize])
        };
        for (index, renaming) in self.renamings.iter().enumerate().skip(1) {
            let best = &self.renamings[orders.tried[0] as usize];
            match in_order(renaming).cmp(in_order(best)) {
                Ordering::Greater => {}
                Ordering::Less => {
                    orders.tried[0] = index as u8;
                    orders.len = 1;
                }
                Ordering::Equal => {
                    let same = |&other: &u8| {
                        let other = &self.renamings[other as usize];
                        (0..devices)
                            .all(|dev| marks[dev] == 0 || renaming.dev[dev] == other.dev[dev])
                    };
                    if !orders.tried().iter().any(same) {
                        orders.tried[orders.len] = index as u8;
                        orders.len += 1;
                    }
                }
            }
        }
        orders
    }
}
