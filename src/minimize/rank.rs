// SPDX-License-Identifier: GPL-2.0-or-later
//! Which of two cases is the simpler one: a total order, so that the simplest is one and the same for
//! everybody.

use crate::finding::size;
use crate::universe::{MANY_PASIDS, Universe};
use spec::op::Refers;
use spec::{Case, Device, Errno, Fault, OpKind, Site, Topology};

/// How simple a case is: of two, the one with the lower rank is simpler.
///
/// What counts most comes first: operations, faults, CPUs, devices, mms, groups, how much of the topology
/// is out of the ordinary, then the topology, then the operations one by one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    size: [usize; 6],
    odd: Odd,
    devices: Vec<([u16; 2], Device)>,
    mms: Vec<bool>,
    ops: Vec<(Option<u8>, OpKind, Option<FaultRank>)>,
    schedule: Vec<u8>,
}

/// As operations are ordered, but that PASID 1 is the simplest, since an mm can have it.
fn kind_rank(mut kind: OpKind) -> OpKind {
    kind.for_each_arg(|arg, value| {
        if arg.refers == Refers::Pasid {
            *value = value.wrapping_sub(1);
        }
    });
    kind
}

/// The site, which time it strikes (the first is the simplest, every time the least so), the errno.
pub(super) type FaultRank = (Site, u32, Errno);

pub(super) fn fault_rank(fault: Fault) -> FaultRank {
    (fault.site, fault.nth.wrapping_sub(1), fault.errno)
}

/// Returns the faults of a site that others can be made of, the simplest first.
pub(super) fn faults_of(site: Site) -> Vec<Fault> {
    let errnos = site.errnos().iter();
    let mut all: Vec<Fault> = errnos
        .flat_map(|&errno| [1, 2, 0].map(|nth| Fault { site, nth, errno }))
        .collect();
    all.sort_by_key(|&fault| fault_rank(fault));
    all
}

/// What of a topology is out of the ordinary.
type Odd = [usize; 3];

fn odd(case: &Case) -> Odd {
    let devices = || case.topology.devices.iter();
    [
        devices().filter(|dev| dev.instance != 0).count(),
        devices()
            .filter(|dev| dev.max_pasids != MANY_PASIDS)
            .count(),
        case.topology.mms.iter().filter(|mm| !mm.dma_compat).count(),
    ]
}

impl Rank {
    pub(super) fn of(case: &Case) -> Self {
        let [ops, faults, devices, mms, groups] = size(case);
        let is_odd = |dev: &Device| {
            let odd = [dev.max_pasids != MANY_PASIDS, dev.instance != 0];
            odd.map(u16::from)
        };
        Rank {
            size: [ops, faults, case.cpus().len(), devices, mms, groups],
            odd: odd(case),
            devices: { case.topology.devices.iter() }
                .map(|dev| (is_odd(dev), *dev))
                .collect(),
            mms: { case.topology.mms.iter() }
                .map(|mm| !mm.dma_compat)
                .collect(),
            ops: { case.ops.iter() }
                .map(|op| (op.cpu, kind_rank(op.kind), op.fault.map(fault_rank)))
                .collect(),
            schedule: case.schedule.clone().unwrap_or_default(),
        }
    }
}

/// Returns the topologies that are not larger than this one and not more out of the ordinary, each
/// once up to names, the simplest first. Only few values of what is out of the ordinary are among
/// them.
pub(super) fn topologies(own: &Topology) -> Vec<Topology> {
    /// A device has no PASIDs, none that an mm can get, one, or two.
    const FEW: [u16; 4] = [0, 1, 2, 3];
    let limit = odd(&Case::new(own.clone(), Vec::new()));
    let mut all: Vec<Topology> = Vec::new();
    for devices in 1..=own.devices.len().min(3) {
        for mms in 0..=own.mms.len().min(3) {
            let universe = Universe {
                devices,
                mms,
                ..Universe::default()
            };
            let mut here = universe.topologies();
            for dev in 0..devices {
                let mut odd: Vec<Topology> = Vec::new();
                for topology in &here {
                    let mut with = |max_pasids: u16, instance: u8| {
                        let mut topology = topology.clone();
                        let device = &mut topology.devices[dev];
                        (device.max_pasids, device.instance) = (max_pasids, instance);
                        odd.push(topology);
                    };
                    if limit[0] > 0 && dev > 0 {
                        with(MANY_PASIDS, 1);
                    }
                    if limit[1] > 0 {
                        FEW.iter().for_each(|&few| with(few, 0));
                    }
                }
                here.extend(odd);
            }
            if limit[2] > 0 {
                for mm in 0..mms {
                    let mut odd = here.clone();
                    odd.iter_mut().for_each(|t| t.mms[mm].dma_compat = false);
                    here.extend(odd);
                }
            }
            all.extend(here);
        }
    }
    all.push(own.clone());
    let bare = |topology: &Topology| Case::new(topology.clone(), Vec::new());
    all.retain(|topology| {
        let odd = odd(&bare(topology));
        odd.iter().zip(limit).all(|(odd, limit)| *odd <= limit)
    });
    all.sort_by_cached_key(|topology| Rank::of(&bare(topology)));
    all.dedup();
    all
}
