// SPDX-License-Identifier: GPL-2.0-or-later
//! The bytes of an operation, independent of their position.

use super::header::Shape;
use super::profile::Profile;
use crate::case::{Fault, MAX_MMS, Op, OpCode};
use crate::op::{Refers, Resource};
use std::convert::Infallible;

/// Size of a gene, in bytes.
pub const GENE: usize = 8;

/// The bytes of an operation.
///
/// Their meaning does not depend on other genes, except for a byte that names an earlier operation:
/// it selects the operation of the right kind with the nearest mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gene {
    /// Selects the kind of operation through the weights of the profile.
    pub kind: u8,
    /// The device, the mm, or the mark of the operation to name.
    pub what: u8,
    /// The mm of a bind; the low byte of a PASID; the index of a stray name.
    pub low: u8,
    /// The high byte of a PASID; whether a name is stray, that is, refers to no operation.
    pub high: u8,
    /// Selects the fault through the weights of the profile.
    pub fault: u8,
    /// Selects which arrival at the site fails.
    pub nth: u8,
    /// The CPU. In a case with a schedule, the highest bit turns the gene into schedule entries
    /// instead of an operation: the low bits give the number of other bytes that are entries. In a
    /// sequential case, the low bits decide whether a release is performed again.
    pub cpu: u8,
    /// The mark by which later operations name this one.
    pub mark: u8,
}

/// Flag of a gene that holds schedule entries.
pub(super) const ENTRIES: u8 = 128;
/// Maximum number of schedule entries in a gene.
pub(super) const MOST_ENTRIES: usize = GENE - 1;

/// Returns the first byte that stands for a device or an operation that does not exist.
pub(super) fn first_stray(profile: &Profile) -> u8 {
    255 - (profile.strays - 1)
}

/// Returns the first byte that does not stand for an initial mm. In a profile with forks, bytes
/// from here on reach every possible mm, and one more.
pub(super) fn first_stray_mm(profile: &Profile) -> u8 {
    match profile.forks() {
        true => 255 - (MAX_MMS as u8 + 1),
        false => first_stray(profile),
    }
}

/// Returns an index below `below`, or a stray one: `below` or a little more or, for the last byte,
/// one that refers to nothing.
fn index(byte: u8, below: u8, first_stray: u8) -> u32 {
    match byte {
        255 => u32::MAX,
        _ if byte >= first_stray => u32::from(below) + u32::from(byte - first_stray),
        _ => u32::from(byte.checked_rem(below).unwrap_or(byte)),
    }
}

/// Returns the number of small PASIDs: 0, and more than the initial mms can get.
pub(super) fn small_pasids(shape: Shape) -> u32 {
    u32::from(shape.mms) + 4
}

/// Values of `nth`: mostly one of the first arrivals.
pub(super) const NTH: [u8; 8] = [1, 1, 0, 2, 1, 0, 2, 3];
pub(super) const FIRST_RARE_NTH: u8 = 224;

impl Gene {
    pub(super) fn from_bytes(bytes: [u8; GENE]) -> Self {
        let [kind, what, low, high, fault, nth, cpu, mark] = bytes;
        Gene {
            kind,
            what,
            low,
            high,
            fault,
            nth,
            cpu,
            mark,
        }
    }

    pub(super) fn to_bytes(self) -> [u8; GENE] {
        let Gene {
            kind,
            what,
            low,
            high,
            fault,
            nth,
            cpu,
            mark,
        } = self;
        [kind, what, low, high, fault, nth, cpu, mark]
    }

    /// Returns the schedule entries in the gene, or `None` if it is an operation.
    pub(super) fn entries(self, shape: Shape) -> Option<impl Iterator<Item = u8>> {
        let are = shape.scheduled && self.cpu & ENTRIES != 0;
        let [b0, b1, b2, b3, b4, b5, len, b6] = self.to_bytes();
        let entries = [b0, b1, b2, b3, b4, b5, b6].map(|cpu| cpu % shape.cpus.max(1));
        are.then(|| entries.into_iter().take((len & 7).into()))
    }

    /// Returns the byte for an argument that is an index: `what` for the first argument, `low` for
    /// the others.
    #[inline(always)]
    pub(super) fn index_of_argument(self, at: usize) -> u8 {
        if at == 0 { self.what } else { self.low }
    }

    /// Returns the byte that [`index_of_argument`](Self::index_of_argument) reads.
    #[inline(always)]
    pub(super) fn index_of_argument_mut(&mut self, at: usize) -> &mut u8 {
        if at == 0 {
            &mut self.what
        } else {
            &mut self.low
        }
    }

    /// Returns whether an operation of this kind is performed again.
    #[inline(always)]
    pub(super) fn is_again(self, profile: &Profile, shape: Shape, code: OpCode) -> bool {
        let is_one = self.cpu & !ENTRIES >= ENTRIES - profile.again;
        is_one && shape.cpus == 0 && code.info().again
    }

    #[inline(always)]
    fn pasid(self, profile: &Profile, shape: Shape) -> u32 {
        let first_wild = 256 - u16::from(profile.wild_pasids);
        match u16::from(self.high).checked_sub(first_wild) {
            Some(high) => u32::from(high) << 8 | u32::from(self.low),
            None => (u32::from(self.low) + 1) % small_pasids(shape),
        }
    }

    /// Returns the operation. `name` maps a resource and a mark to the operation with the nearest
    /// mark.
    #[inline(always)]
    pub(super) fn decode(
        self,
        profile: &Profile,
        shape: Shape,
        name: impl Fn(Resource, u8) -> Option<u32>,
    ) -> Op {
        let code = profile.kinds[self.kind as usize];
        let kind = code.with(|at, arg| {
            let byte = self.index_of_argument(at);
            Ok::<u32, Infallible>(match arg.refers {
                Refers::Device => index(byte, shape.devices, first_stray(profile)),
                Refers::Mm(_) => index(byte, shape.mms, first_stray_mm(profile)),
                Refers::Pasid => self.pasid(profile, shape),
                Refers::Op(_) => {
                    let is_stray = self.high >= first_stray(profile);
                    let stray = match self.low {
                        255 => u32::MAX,
                        low => low.into(),
                    };
                    let resource = code.info().names().filter(|_| !is_stray);
                    resource.and_then(|held| name(held, byte)).unwrap_or(stray)
                }
            })
        });
        let Ok(kind) = kind;
        let fault = profile.fault_of[self.fault as usize].filter(|_| shape.faulty);
        Op {
            kind,
            again: self.is_again(profile, shape, code),
            fault: fault.map(|(site, errno)| Fault {
                site,
                nth: match self.nth.checked_sub(FIRST_RARE_NTH) {
                    Some(rare) => 4 + u32::from(rare),
                    None => NTH[self.nth as usize % NTH.len()].into(),
                },
                errno,
            }),
            cpu: match shape.cpus {
                0 => None,
                cpus => Some((self.cpu & !ENTRIES) % cpus),
            },
        }
    }
}
