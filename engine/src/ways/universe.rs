// SPDX-License-Identifier: GPL-2.0-or-later
//! The universe in which causes are looked for, as several small ones.

use crate::universe::Universe;
use spec::{Device, Mm, OpCode, Site, Topology};

/// A part of a universe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is tried.
    pub universe: Universe,
    /// Whether callers release twice.
    pub again: bool,
}

/// Returns a topology with these devices, each a group, a `max_pasids` and an instance, and mms of
/// which the last one is not compatible with DMA.
fn topology(devices: &[(u8, u16, u8)], mms: usize) -> Topology {
    let device = |&(group, max_pasids, instance): &(u8, u16, u8)| Device {
        group,
        max_pasids,
        instance,
    };
    let is_compatible = |mm: usize| mm < 2;
    Topology {
        devices: devices.iter().map(device).collect(),
        mms: { 0..mms }
            .map(|mm| Mm {
                dma_compat: is_compatible(mm),
            })
            .collect(),
    }
}

/// Returns the universe in which `why` looks: all fault sites and errnos, `max_pasids` 0, 1, 2 and
/// 16, also mixed in one group, two hardware instances, 3 mms, resets, callers that release twice,
/// and 2 CPUs.
pub fn parts() -> Vec<Part> {
    let of = |given: Vec<Topology>, ops: usize| Universe {
        given,
        ops: Some(ops),
        faults: Site::ALL.to_vec(),
        mms: 3,
        ..Universe::default()
    };
    let part = |universe| Part {
        universe,
        again: false,
    };
    let mut mixed = Vec::new();
    let limits = [0, 1, 2, 16];
    for (at, &one) in limits.iter().enumerate() {
        for &other in &limits[at..] {
            for group in [1, 0] {
                if (one, other) != (16, 16) {
                    mixed.push(topology(&[(0, one, 0), (group, other, 0)], 3));
                }
            }
        }
    }
    let instances = [1, 0].map(|group| topology(&[(0, 16, 0), (group, 16, 1)], 3));
    let usual = [1, 0].map(|group| topology(&[(0, 16, 0), (group, 16, 0)], 3));
    // What takes more operations needs few kinds of them, and no faults.
    let few = |only: &[OpCode], given, ops| Universe {
        faults: Vec::new(),
        only: { OpCode::ALL.into_iter() }
            .filter(|code| only.contains(code))
            .collect(),
        ..of(given, ops)
    };
    use OpCode::{AllocPasid, Attach, Bind, Detach, Exit, FreePasid, PageRequest, Unbind};
    let pairs = [1, 0].map(|group| topology(&[(0, 16, 0), (group, 16, 0)], 2));
    let alone = |mms| vec![topology(&[(0, 16, 0)], mms)];
    let longer = few(&[Bind, Unbind, PageRequest], pairs.to_vec(), 6);
    let wrong = Universe {
        pasids: Some(vec![1, 2]),
        ..few(&OpCode::ALL, alone(2), 5)
    };
    let pasids = Universe {
        // A bind that fails leaves the mm its PASID.
        faults: vec![Site::HandleAlloc],
        ..few(&[Bind, Unbind, Exit, AllocPasid, FreePasid], alone(1), 6)
    };
    let drivers = Universe {
        pasids: Some(vec![1]),
        ..few(&[Bind, Unbind, Attach, Detach], alone(1), 6)
    };
    let races = Universe {
        cpus: 2,
        mms: 1,
        ..few(&Universe::usual(Some(4), 2), alone(1), 4)
    };
    let again = |universe| Part {
        universe,
        again: true,
    };
    vec![
        part(of(usual.to_vec(), 4)),
        part(of(mixed, 3)),
        part(of(instances.to_vec(), 3)),
        part(longer),
        again(wrong),
        again(pasids),
        again(drivers),
        part(races),
    ]
}
