// SPDX-License-Identifier: GPL-2.0-or-later
//! Every sequence of a small universe, one by one: what nothing has to be believed of.

use spec::{Device, Errno, Fault, Mm, Op, OpKind, Site, Topology};

/// So many mms there are at boot.
const MMS: u32 = 2;

/// Two devices, with one limit for both or with one for each.
pub(crate) fn topologies(max_pasids: &[u16]) -> [Topology; 2] {
    let limits = max_pasids.iter().cycle();
    [[0, 1], [0, 0]].map(|groups| Topology {
        devices: { groups.into_iter().zip(limits.clone()) }
            .map(|(group, &max_pasids)| Device {
                group,
                max_pasids,
                instance: 0,
            })
            .collect(),
        mms: vec![Mm { dma_compat: true }; MMS as usize],
    })
}

/// Returns everything that can stand at this index, with these PASIDs. What names something that is
/// not there is skipped.
pub(crate) fn ops_at(index: u32, pasids: &[u32]) -> Vec<OpKind> {
    let mut ops = Vec::new();
    // Each operation before it can have forked.
    for mm in 0..MMS + index {
        ops.extend((0..2).map(|dev| OpKind::Bind { dev, mm }));
        ops.extend([
            OpKind::Exit { mm },
            OpKind::Fork { mm },
            OpKind::EnqcmdPasid { mm },
        ]);
    }
    for dev in 0..2 {
        ops.push(OpKind::AllocPasid { dev });
        for &pasid in pasids {
            ops.push(OpKind::Attach { dev, pasid });
            ops.push(OpKind::PageRequest { dev, pasid });
        }
    }
    for of in 0..index {
        ops.extend([
            OpKind::Unbind { of },
            OpKind::GetPasid { of },
            OpKind::FreePasid { of },
            OpKind::Detach { of },
        ]);
    }
    ops
}

/// Returns the faults of a universe that has them, see docs/formats.md: one of each kind for every
/// site that the operation can reach, and none.
pub(crate) fn with_faults(kind: OpKind) -> Vec<Op> {
    let sites: &[Site] = match kind {
        OpKind::Bind { .. } => &Site::ALL,
        OpKind::AllocPasid { .. } => &[Site::PasidAlloc],
        OpKind::Attach { .. } => &[Site::PasidArray, Site::SetDevPasid],
        _ => &[],
    };
    let mut ops = vec![Op::from(kind)];
    for &site in sites {
        let often = matches!(site, Site::PasidArray | Site::SetDevPasid);
        for nth in if often { 0..3 } else { 1..2 } {
            let errnos: &[Errno] = match site {
                Site::SetDevPasid => &[Errno::EIO, Errno::EBUSY],
                _ => &[Errno::ENOMEM],
            };
            ops.extend(errnos.iter().map(|&errno| Op {
                fault: Some(Fault { site, nth, errno }),
                ..kind.into()
            }));
        }
    }
    ops
}
