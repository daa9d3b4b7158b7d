// SPDX-License-Identifier: GPL-2.0-or-later
//! The header: the topology, and whether the case is concurrent.

use super::profile::{Profile, Sizes};
use crate::case::{Case, Device, MAX_DEVICES, MAX_PASIDS, Mm, Topology};
use std::ops::RangeInclusive;

/// Size of the header, in bytes.
pub const HEADER: usize = 10 + 3 * MAX_DEVICES;

/// The numbers of CPUs that a header can give a concurrent case.
const CPUS: [u8; 32] = [
    2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 3, 4, 2, 2, 2, 1, 6, 8, 16,
    64,
];

/// First value of the byte for the number of CPUs that also stands for a case without schedule.
const FIRST_WITHOUT_SCHEDULE: u8 = 224;

/// The properties of a header that genes depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Number of devices.
    pub devices: u8,
    /// Number of initial mms.
    pub mms: u8,
    /// Number of CPUs; 0 for a sequential case.
    pub cpus: u8,
    /// Whether the case has a schedule.
    pub scheduled: bool,
    /// Whether operations can have faults.
    pub faulty: bool,
}

/// The bytes of a header.
///
/// | byte | |
/// |---|---|
/// | 0 | number of devices; 255: none |
/// | 1 | number of mms; 255: none |
/// | 2 | whether the case is concurrent |
/// | 3 | number of CPUs; from 224 on, there is no schedule |
/// | 4 | number of groups |
/// | 5 | whether there are several instances |
/// | 6 | whether there are mms without `dma_compat` |
/// | 7 | whether operations have faults |
/// | 8, 9 | bit set of the mms without `dma_compat` |
/// | 10 … | for each device, group and instance, then two bytes for `max_pasids` |
#[derive(Clone, Copy, Debug)]
pub(super) struct Header(pub [u8; HEADER]);

/// Returns whether a byte is one of the last `of_256` values, which stand for "yes".
fn is(byte: u8, of_256: u16) -> bool {
    u16::from(byte) + of_256 >= 256
}

/// Returns a byte that stands for `yes`, or `None` if there is none.
fn byte_of(yes: bool, of_256: u16) -> Option<u8> {
    match yes {
        true => (of_256 > 0).then_some(255),
        false => Some(0),
    }
}

/// Returns the number in `range` that a byte stands for. It is 0 only for the byte 255.
fn number(byte: u8, range: &RangeInclusive<u8>) -> u8 {
    let (least, most) = (*range.start(), *range.end());
    if byte == 255 && least == 0 {
        return 0;
    }
    let least = least.max(1);
    least + byte % (most - least + 1)
}

/// Returns the byte that stands for a number in `range`, or `None` if there is none.
fn byte_of_number(number: u8, range: &RangeInclusive<u8>) -> Option<u8> {
    match number {
        _ if !range.contains(&number) => None,
        0 => Some(255),
        _ => Some(number - (*range.start()).max(1)),
    }
}

impl Header {
    /// Returns the header at the start of `bytes`. Missing bytes are 0.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut header = [0; HEADER];
        let len = bytes.len().min(HEADER);
        header[..len].copy_from_slice(&bytes[..len]);
        Header(header)
    }

    /// Sets the numbers of devices, mms and CPUs, each within the sizes of the profile.
    pub(super) fn resize(&mut self, profile: &Profile, within: &Sizes, [devices, mms]: [u8; 2]) {
        let sizes = &profile.sizes;
        self.0[0] = byte_of_number(devices, &sizes.devices).unwrap_or(0);
        self.0[1] = byte_of_number(mms, &sizes.mms).unwrap_or(0);
        if *within.cpus.end() == 0 {
            self.0[2] = 0;
        } else if *within.cpus.start() != 0 {
            self.0[2] = 255;
        }
    }

    /// Decodes the header into `topology`, and returns the properties that the genes depend on.
    #[inline]
    pub(super) fn decode(
        &self,
        profile: &Profile,
        within: &Sizes,
        topology: &mut Topology,
    ) -> Shape {
        let bytes = &self.0;
        let (devices, mms) = (
            number(bytes[0], &profile.sizes.devices),
            number(bytes[1], &profile.sizes.mms),
        );
        let (least, most) = (*within.cpus.start(), *within.cpus.end());
        let concurrent = least > 0 || most > 0 && is(bytes[2], profile.concurrent);
        let cpus = CPUS[bytes[3] as usize % CPUS.len()].clamp(least.max(1), most.max(1));
        let groups = 1 + bytes[4] % profile.groups;
        let several = is(bytes[5], profile.several_instances);
        let incompatible = match is(bytes[6], profile.incompatible) {
            true => u16::from_le_bytes([bytes[8], bytes[9]]),
            false => 0,
        };
        topology.devices.clear();
        for device in bytes[10..].chunks_exact(3).take(devices.into()) {
            topology.devices.push(Device {
                group: (device[0] & 63) % groups,
                max_pasids: limit(profile, device[1], device[2]),
                instance: if several { device[0] >> 6 } else { 0 },
            });
        }
        topology.mms.clear();
        topology.mms.extend((0..mms).map(|mm| Mm {
            dma_compat: incompatible >> mm & 1 == 0,
        }));
        Shape {
            devices,
            mms,
            cpus: if concurrent { cpus } else { 0 },
            scheduled: concurrent && bytes[3] < FIRST_WITHOUT_SCHEDULE,
            faulty: is(bytes[7], profile.faulty),
        }
    }

    /// Returns the header that encodes a case, or `None` if there is none.
    pub(super) fn encode(profile: &Profile, case: &Case) -> Option<Self> {
        let Topology { devices, mms } = &case.topology;
        let mut bytes = [0; HEADER];
        bytes[0] = byte_of_number(devices.len() as u8, &profile.sizes.devices)?;
        bytes[1] = byte_of_number(mms.len() as u8, &profile.sizes.mms)?;
        if case.is_concurrent() {
            bytes[2] = byte_of(true, profile.concurrent)?;
            let named = case.ops.iter().filter_map(|op| op.cpu);
            let scheduled = case.schedule.iter().flatten().copied();
            let most = named.chain(scheduled).max().unwrap_or(0);
            let enough = (0..CPUS.len()).filter(|&at| CPUS[at] > most);
            bytes[3] = enough.min_by_key(|&at| CPUS[at])? as u8;
            if case.schedule.is_none() {
                bytes[3] += FIRST_WITHOUT_SCHEDULE;
            }
        }
        bytes[4] = profile.groups - 1;
        bytes[5] = byte_of(
            devices.iter().any(|dev| dev.instance != 0),
            profile.several_instances,
        )?;
        let incompatible = (0..).zip(mms).filter(|(_, mm)| !mm.dma_compat);
        let incompatible = incompatible.fold(0_u16, |mask, (mm, _)| mask | 1 << mm);
        bytes[6] = byte_of(incompatible != 0, profile.incompatible)?;
        bytes[7] = byte_of(case.ops.iter().any(|op| op.fault.is_some()), profile.faulty)?;
        bytes[8..10].copy_from_slice(&incompatible.to_le_bytes());
        for (bytes, device) in bytes[10..].chunks_exact_mut(3).zip(devices) {
            bytes[0] = (device.group < profile.groups).then_some(device.group)?;
            bytes[0] |= device.instance << 6;
            [bytes[1], bytes[2]] = bytes_of_limit(profile, device.max_pasids)?;
        }
        Some(Header(bytes))
    }
}

/// Returns `max_pasids`: the first byte selects a row of the table; if that row stands for any
/// number, the second byte completes it.
fn limit(profile: &Profile, first: u8, second: u8) -> u16 {
    let (row, byte) = profile.limits[first as usize];
    Profile::limit(row).unwrap_or_else(|| u16::from_be_bytes([byte, second]) % (MAX_PASIDS + 1))
}

fn bytes_of_limit(profile: &Profile, max_pasids: u16) -> Option<[u8; 2]> {
    let low = max_pasids as u8;
    (0..=255)
        .flat_map(|first| [[first, 0], [first, low]])
        .find(|&[first, second]| limit(profile, first, second) == max_pasids)
}
