// SPDX-License-Identifier: GPL-2.0-or-later
//! Enumerates every sequence of a small universe, one by one, without any reduction.

use spec::{Device, Errno, Fault, Mm, Op, OpKind, Site, Topology};

/// The number of mms at boot.
const MMS: u32 = 2;

/// Returns the topologies of two devices, with one limit for both or one for each.
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

/// Returns every operation that can be at this index and names these PASIDs. Operations that name
/// something that does not exist are skipped when they run.
pub(crate) fn ops_at(index: u32, pasids: &[u32]) -> Vec<OpKind> {
    let mut ops = Vec::new();
    // Every earlier operation may have forked.
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

/// Returns the resets that can be at this index.
pub(crate) fn resets_at(index: u32) -> Vec<OpKind> {
    let begins = (0..2).map(|dev| OpKind::ResetBegin { dev });
    let ends = (0..index).map(|of| OpKind::ResetDone { of });
    begins.chain(ends).collect()
}

/// Returns the operation without a fault, and with each fault of a universe with faults: see
/// docs/formats.md.
pub(crate) fn with_faults(kind: OpKind) -> Vec<Op> {
    let sites: &[Site] = match kind {
        OpKind::Bind { .. } => &Site::ALL,
        OpKind::AllocPasid { .. } => &[Site::PasidAlloc],
        OpKind::Attach { .. } => &[Site::PasidArray, Site::SetDevPasid],
        OpKind::ResetDone { .. } => &[Site::SetDevPasid],
        _ => &[],
    };
    let mut ops = vec![Op::from(kind)];
    for &site in sites {
        let often = matches!(site, Site::PasidArray | Site::SetDevPasid);
        for nth in if often { 0..3 } else { 1..2 } {
            let errnos: &[Errno] = match site {
                Site::DomainAlloc => &[Errno::ENOMEM, Errno::EIO],
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
