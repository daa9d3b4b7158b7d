// SPDX-License-Identifier: GPL-2.0-or-later
//! The topology of text that has none.

use crate::case::{Device, Mm, Op, Topology};

/// The `max_pasids` of a device whose topology does not say it.
pub const USUAL_MAX_PASIDS: u16 = 16;

/// Returns a device as a topology has it that says nothing about it: in a group of its own, with
/// [`USUAL_MAX_PASIDS`], in instance 0. `index` is below [`MAX_DEVICES`](crate::case::MAX_DEVICES).
pub(super) fn usual_device(index: usize) -> Device {
    Device {
        group: u8::try_from(index).unwrap_or(u8::MAX),
        max_pasids: USUAL_MAX_PASIDS,
        instance: 0,
    }
}

/// The mm of a topology that says nothing about it.
pub(super) const USUAL_MM: Mm = Mm { dma_compat: true };

/// Returns the topology of text that has none: the fewest devices and mms with which every device and
/// every mm exists that an operation names, each device in a group of its own with `max_pasids` 16
/// and instance 0, each mm with `dma_compat`.
///
/// An operation `fork` creates the next mm: after `fork 0`, `bind 0 1` binds the child.
///
/// Returns the index of the first operation that names more than `Topology` can have as the error.
pub fn usual_topology(ops: &[Op]) -> Result<Topology, usize> {
    use crate::case::{MAX_DEVICES, MAX_MMS};
    let (mut devices, mut mms, mut forks) = (0, 0, 0);
    for (index, op) in ops.iter().enumerate() {
        let number = |named: Option<u32>| named.map_or(0, |named| named as usize + 1);
        devices = devices.max(number(op.kind.dev()));
        mms = mms.max(number(op.kind.mm()).saturating_sub(forks));
        if op.kind.mm().is_some() {
            mms = mms.max(1);
        }
        if op.kind.info().makes_mm {
            forks += 1;
        }
        if devices > MAX_DEVICES || mms > MAX_MMS {
            return Err(index);
        }
    }
    Ok(Topology {
        devices: (0..devices).map(usual_device).collect(),
        mms: vec![USUAL_MM; mms],
    })
}
