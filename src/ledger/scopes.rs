// SPDX-License-Identifier: GPL-2.0-or-later
//! The universes in which the ledger has to be complete.

use crate::universe::{MANY_PASIDS, Universe};
use spec::{Device, Mm, OpCode, Site, Topology};

/// Returns the universes that are searched for differences between neighbours.
pub fn scopes() -> Vec<Universe> {
    let some = |devices, mms, ops| Universe {
        devices,
        mms,
        ops: Some(ops),
        ..Universe::default()
    };
    let faulty = |universe| Universe {
        faults: Site::ALL.to_vec(),
        ..universe
    };
    let on_two_cpus = |universe: Universe| Universe {
        cpus: 2,
        only: Universe::usual(universe.ops, 2),
        ..universe
    };
    // PASIDs around the limits multiply the number of states, and short sequences already show what
    // happens there.
    let of_mms = |universe: Universe| Universe {
        pasids: Some((1..=universe.mms as u32).collect()),
        ..universe
    };
    vec![
        Universe::default(),
        of_mms(some(2, 1, 5)),
        faulty(some(2, 2, 3)),
        faulty(some(1, 1, 4)),
        on_two_cpus(some(1, 1, 4)),
        on_two_cpus(some(2, 1, 3)),
        of_mms(Universe {
            only: OpCode::ALL.to_vec(),
            ..on_two_cpus(some(1, 1, 3))
        }),
        odd(&[true, true, false], 5),
        faulty(odd(&[true, true, false], 4)),
        on_two_cpus(odd(&[true, false], 3)),
    ]
}

/// Returns a universe of what is rarer: devices with few PASIDs or none, groups behind two IOMMUs,
/// and mms that devices cannot use. `mms` has the `dma_compat` of each mm.
fn odd(mms: &[bool], ops: usize) -> Universe {
    let device = |(group, max_pasids, instance)| Device {
        group,
        max_pasids,
        instance,
    };
    let topology = |devices: &[(u8, u16, u8)]| Topology {
        devices: devices.iter().copied().map(device).collect(),
        mms: mms.iter().map(|&dma_compat| Mm { dma_compat }).collect(),
    };
    let mut given = Vec::new();
    for few in [0, 1, 2, MANY_PASIDS] {
        let many = (0, MANY_PASIDS, 0);
        let elsewhere = (1, MANY_PASIDS, 0);
        given.push(topology(&[many, (0, few, 1)]));
        if few != MANY_PASIDS {
            given.push(topology(&[many, (0, few, 0)]));
            given.push(topology(&[many, (1, few, 0)]));
            given.push(topology(&[many, elsewhere, (0, few, 0)]));
        } else {
            given.push(topology(&[many, (1, few, 1)]));
        }
    }
    Universe {
        devices: given
            .iter()
            .map(|this| this.devices.len())
            .max()
            .unwrap_or(0),
        mms: mms.len(),
        ops: Some(ops),
        pasids: Some(vec![1, 2]),
        given,
        ..Universe::default()
    }
}
