// SPDX-License-Identifier: GPL-2.0-or-later
//! Random cases, the same ones for the same seed: for tests and benchmarks.

use fastrand::Rng;
use spec::case::{MAX_INSTANCES, MAX_MMS, MAX_OPS, MAX_PASIDS};
use spec::{Device, Fault, Mm, Op, OpKind, Site, Topology};

/// A topology of this size. Devices share groups; a few of them have few PASIDs or none.
pub fn topology(rng: &mut Rng, devices: usize, mms: usize) -> Topology {
    let device = |rng: &mut Rng| Device {
        group: rng.u8(..devices as u8),
        max_pasids: match rng.u8(..32) {
            0 => 0,
            1 => rng.u16(1..4),
            2..8 => MAX_PASIDS,
            _ => 64,
        },
        instance: if rng.u8(..8) == 0 {
            rng.u8(..MAX_INSTANCES as u8)
        } else {
            0
        },
    };
    Topology {
        devices: (0..devices).map(|_| device(rng)).collect(),
        mms: (0..mms)
            .map(|_| Mm {
                dma_compat: rng.u8(..32) != 0,
            })
            .collect(),
    }
}

/// So many operations as a driver would do them, with a bad index or a fault here and there.
pub fn ops(rng: &mut Rng, topology: &Topology, len: usize) -> Vec<Op> {
    let devices = topology.devices.len() as u32;
    let mut mms = topology.mms.len() as u32;
    let mut ops: Vec<Op> = Vec::with_capacity(len);
    for _ in 0..len {
        let kind = kind(rng, devices, mms, &ops);
        mms += u32::from(matches!(kind, OpKind::Fork { .. }) && (mms as usize) < MAX_MMS);
        let fault = (rng.u8(..16) == 0).then(|| fault(rng));
        ops.push(Op {
            fault,
            ..kind.into()
        });
    }
    ops
}

fn kind(rng: &mut Rng, devices: u32, mms: u32, before: &[Op]) -> OpKind {
    let stray = rng.u8(..32) == 0;
    let below = |rng: &mut Rng, end: u32| rng.u32(..if stray { 2 * end } else { end });
    let (dev, mm) = (below(rng, devices), below(rng, mms));
    let pasid = match rng.u8(..16) {
        0 => rng.u32(..u32::from(MAX_PASIDS) + 2),
        _ => rng.u32(1..mms + 2),
    };
    // An earlier operation of a kind that no operation has released yet.
    let earlier = |rng: &mut Rng, is: fn(OpKind) -> bool| {
        if stray {
            return Some(rng.u32(..MAX_OPS as u32 + 2));
        }
        let released = |of: usize| {
            let releases = |op: &Op| op.kind.of() == Some(of as u32) && !is_get_pasid(op.kind);
            before.iter().any(releases)
        };
        let held: Vec<usize> = (0..before.len())
            .filter(|&of| is(before[of].kind) && !released(of))
            .collect();
        rng.choice(held).map(|of| of as u32)
    };
    let bind = earlier(rng, |kind| matches!(kind, OpKind::Bind { .. }));
    let alloc = earlier(rng, |kind| matches!(kind, OpKind::AllocPasid { .. }));
    let attach = earlier(rng, |kind| matches!(kind, OpKind::Attach { .. }));
    let release = match rng.u8(..100) {
        0..24 => bind.map(|of| OpKind::Unbind { of }),
        24..32 => bind.map(|of| OpKind::GetPasid { of }),
        32..35 => alloc.map(|of| OpKind::FreePasid { of }),
        35..38 => attach.map(|of| OpKind::Detach { of }),
        _ => None,
    };
    release.unwrap_or_else(|| match rng.u8(..62) {
        0..36 => OpKind::Bind { dev, mm },
        36..39 => OpKind::Fork { mm },
        39..41 => OpKind::Exit { mm },
        41..45 => OpKind::AllocPasid { dev },
        45..49 => OpKind::Attach { dev, pasid },
        49..58 => OpKind::PageRequest { dev, pasid },
        _ => OpKind::EnqcmdPasid { mm },
    })
}

fn is_get_pasid(kind: OpKind) -> bool {
    matches!(kind, OpKind::GetPasid { .. })
}

fn fault(rng: &mut Rng) -> Fault {
    let site = Site::ALL[rng.usize(..Site::ALL.len())];
    Fault {
        site,
        nth: rng.u32(..3),
        errno: site.errnos()[rng.usize(..site.errnos().len())],
    }
}
