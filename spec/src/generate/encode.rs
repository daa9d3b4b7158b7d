// SPDX-License-Identifier: GPL-2.0-or-later
//! Encodes an operation as a gene.

use super::gene::{
    ENTRIES, FIRST_RARE_NTH, Gene, MOST_ENTRIES, NTH, first_stray, first_stray_mm, small_pasids,
};
use super::header::Shape;
use super::profile::Profile;
use crate::case::{Fault, Op};
use crate::op::Refers;

impl Gene {
    /// Returns the gene of these schedule entries, which are positions of CPUs.
    pub(super) fn of_entries(entries: &[u8]) -> Self {
        let mut all = [0; MOST_ENTRIES];
        all[..entries.len()].copy_from_slice(entries);
        let [b0, b1, b2, b3, b4, b5, b6] = all;
        let cpu = ENTRIES | entries.len() as u8;
        Gene::from_bytes([b0, b1, b2, b3, b4, b5, cpu, b6])
    }

    /// Returns the gene of an operation with this index, or `None` if it has none. Its mark is its
    /// index.
    pub(super) fn encode(
        profile: &Profile,
        shape: Shape,
        index: usize,
        op: &Op,
        earlier: &[Op],
    ) -> Option<Self> {
        let code = op.kind.code();
        let mut gene = Gene {
            kind: profile.byte_of_kind[code as usize]?,
            cpu: match op.again {
                true => ENTRIES - 1,
                false => op.cpu.unwrap_or(0),
            },
            mark: index as u8,
            ..Gene::default()
        };
        for (at, (arg, value)) in op.kind.args().enumerate() {
            let index = match arg.refers {
                Refers::Device => byte_of_index(value, shape.devices, first_stray(profile))?,
                Refers::Mm(_) => byte_of_index(value, shape.mms, first_stray_mm(profile))?,
                Refers::Pasid => {
                    [gene.high, gene.low] = bytes_of_pasid(profile, shape, value)?;
                    continue;
                }
                Refers::Op(resource) => {
                    let named = earlier.get(value as usize);
                    if named.is_some_and(|op| op.kind.info().holds == Some(resource)) {
                        value as u8
                    } else {
                        gene.high = 255;
                        gene.low = match value {
                            u32::MAX => 255,
                            _ => u8::try_from(value).ok().filter(|&of| of != 255)?,
                        };
                        continue;
                    }
                }
            };
            *gene.index_of_argument_mut(at) = index;
        }
        if let Some(Fault { site, nth, errno }) = op.fault {
            let at = { profile.fault_of.iter() }.position(|&this| this == Some((site, errno)))?;
            gene.fault = at as u8;
            let often = NTH.iter().position(|&this| u32::from(this) == nth);
            gene.nth = match often {
                Some(at) => at as u8,
                None => u8::try_from(nth - 4).ok()?.checked_add(FIRST_RARE_NTH)?,
            };
        }
        Some(gene)
    }
}

fn byte_of_index(index: u32, below: u8, first_stray: u8) -> Option<u8> {
    if index == u32::MAX {
        return Some(255);
    }
    let index = u8::try_from(index).ok()?;
    if index < below || below == 0 && index < first_stray {
        return Some(index);
    }
    let byte = first_stray.checked_add(index - below)?;
    (byte < 255).then_some(byte)
}

fn bytes_of_pasid(profile: &Profile, shape: Shape, pasid: u32) -> Option<[u8; 2]> {
    let small = small_pasids(shape);
    if pasid < small {
        return Some([0, ((pasid + small - 1) % small) as u8]);
    }
    let [high, low] = u16::try_from(pasid).ok()?.to_be_bytes();
    let first_wild = 256 - u16::from(profile.wild_pasids);
    Some([u8::try_from(first_wild + u16::from(high)).ok()?, low])
}
