// SPDX-License-Identifier: GPL-2.0-or-later
//! The order of simplicity of cases. It is total, so that the simplest case is unique.

use crate::finding::size;
use crate::universe::{MANY_PASIDS, Universe};
use spec::op::Refers;
use spec::{Case, Device, Errno, Fault, OpKind, Site, Topology};

/// The rank of a case: of two cases, the one with the lower rank is simpler.
///
/// The most important part comes first: the numbers of operations, faults, mistakes of callers,
/// CPUs, devices, mms and groups; how unusual the topology is; then the topology, and the operations one by one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    size: [usize; 7],
    odd: Odd,
    devices: Vec<([u16; 2], Device)>,
    mms: Vec<bool>,
    ops: Vec<(Option<u8>, OpKind, bool, Option<FaultRank>)>,
    schedule: Vec<u8>,
}

/// Returns a sort key for operations. It differs from their own order in that PASID 1 is the
/// simplest, because an mm can have it.
fn kind_rank(mut kind: OpKind) -> OpKind {
    kind.for_each_arg(|arg, value| {
        if arg.refers == Refers::Pasid {
            *value = value.wrapping_sub(1);
        }
    });
    kind
}

/// The site; the arrival that fails, where the first is the simplest and "every" the least simple;
/// the errno, where those that a search tries are the simplest, in its order.
pub(super) type FaultRank = (Site, u32, (usize, Errno));

pub(super) fn fault_rank(fault: Fault) -> FaultRank {
    let Fault { site, nth, errno } = fault;
    let tried = site.info().tried;
    let place = tried.iter().position(|&this| this == errno);
    (
        site,
        nth.wrapping_sub(1),
        (place.unwrap_or(tried.len()), errno),
    )
}

/// Returns the faults of a site that can replace other faults, the simplest first.
pub(super) fn faults_of(site: Site) -> Vec<Fault> {
    let errnos = site.errnos().iter();
    let mut all: Vec<Fault> = errnos
        .flat_map(|&errno| [1, 2, 0].map(|nth| Fault { site, nth, errno }))
        .collect();
    all.sort_by_key(|&fault| fault_rank(fault));
    all
}

/// The numbers of unusual values in a topology: instances, limits and mms.
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
        let again = case.ops.iter().filter(|op| op.again).count();
        let is_odd = |dev: &Device| {
            let odd = [dev.max_pasids != MANY_PASIDS, dev.instance != 0];
            odd.map(u16::from)
        };
        Rank {
            size: [ops, faults, again, case.cpus().len(), devices, mms, groups],
            odd: odd(case),
            devices: { case.topology.devices.iter() }
                .map(|dev| (is_odd(dev), *dev))
                .collect(),
            mms: { case.topology.mms.iter() }
                .map(|mm| !mm.dma_compat)
                .collect(),
            ops: { case.ops.iter() }
                .map(|op| {
                    let fault = op.fault.map(fault_rank);
                    (op.cpu, kind_rank(op.kind), op.again, fault)
                })
                .collect(),
            schedule: case.schedule.clone().unwrap_or_default(),
        }
    }
}

/// Returns the topologies that are not larger and not more unusual than this one, each once up to
/// names, the simplest first. Of the possible unusual values, only a few are included.
pub(super) fn topologies(own: &Topology) -> Vec<Topology> {
    /// The limits for a device without PASIDs, with none that an mm can have, with one, and with
    /// two.
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
