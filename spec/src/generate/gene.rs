// SPDX-License-Identifier: GPL-2.0-or-later
//! The bytes of an operation, which mean the same wherever they stand.

use super::header::Shape;
use super::profile::Profile;
use crate::case::{Fault, MAX_MMS, Op};
use crate::op::{Refers, Resource};
use std::convert::Infallible;

/// How many bytes a gene has.
pub const GENE: usize = 8;

/// The bytes of an operation.
///
/// Each has one meaning, which does not depend on any other gene, but for what names an earlier
/// operation: that names the one of the right kind whose mark is the nearest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gene {
    /// What is done, through the weights of the profile.
    pub kind: u8,
    /// The device, the mm, or the mark of the operation that is named.
    pub what: u8,
    /// The mm of a bind; the low byte of a PASID; the index of a stray name.
    pub low: u8,
    /// The high byte of a PASID; whether a name is a stray one.
    pub high: u8,
    /// What fails, through the weights of the profile.
    pub fault: u8,
    /// Which time it does.
    pub nth: u8,
    /// The CPU. With the highest bit, in a case with a schedule, the gene is no operation: the low
    /// bits say how many of its other bytes are entries of the schedule.
    pub cpu: u8,
    /// What the operation is named by.
    pub mark: u8,
}

/// Whether a gene holds entries of a schedule.
pub(super) const ENTRIES: u8 = 128;
/// How many it holds at most.
pub(super) const MOST_ENTRIES: usize = GENE - 1;

/// From this byte on, an index of a device, or the name of an operation, is of none that there is.
pub(super) fn first_stray(profile: &Profile) -> u8 {
    255 - (profile.strays - 1)
}

/// From this byte on, an index of an mm is not one of those at the start. Where processes fork, these
/// bytes reach all that there can be, and one more.
pub(super) fn first_stray_mm(profile: &Profile) -> u8 {
    match profile.forks() {
        true => 255 - (MAX_MMS as u8 + 1),
        false => first_stray(profile),
    }
}

/// An index below a number, or a stray one: just beyond, or, for the last byte, what names nothing.
fn index(byte: u8, below: u8, first_stray: u8) -> u32 {
    match byte {
        255 => u32::MAX,
        _ if byte >= first_stray => u32::from(below) + u32::from(byte - first_stray),
        _ => u32::from(byte.checked_rem(below).unwrap_or(byte)),
    }
}

/// How many small PASIDs there are: 0, and more than mms get at the start.
pub(super) fn small_pasids(shape: Shape) -> u32 {
    u32::from(shape.mms) + 4
}

/// `nth`: mostly one of the first times.
pub(super) const NTH: [u8; 8] = [1, 1, 0, 2, 1, 0, 2, 3];
pub(super) const FIRST_RARE_NTH: u8 = 224;

impl Gene {
    pub fn from_bytes(bytes: [u8; GENE]) -> Self {
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

    pub fn to_bytes(self) -> [u8; GENE] {
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

    /// The entries of a schedule that it is, if it is no operation.
    pub fn entries(self, shape: Shape) -> Option<impl Iterator<Item = u8>> {
        let are = shape.scheduled && self.cpu & ENTRIES != 0;
        let [b0, b1, b2, b3, b4, b5, len, b6] = self.to_bytes();
        let entries = [b0, b1, b2, b3, b4, b5, b6].map(|cpu| cpu % shape.cpus.max(1));
        are.then(|| entries.into_iter().take((len & 7).into()))
    }

    /// The byte of an argument that is an index: `what` for the first argument, `low` for another.
    #[inline(always)]
    pub fn index_of_argument(self, at: usize) -> u8 {
        if at == 0 { self.what } else { self.low }
    }

    /// Where [`index_of_argument`](Self::index_of_argument) reads.
    #[inline(always)]
    pub fn index_of_argument_mut(&mut self, at: usize) -> &mut u8 {
        if at == 0 {
            &mut self.what
        } else {
            &mut self.low
        }
    }

    #[inline(always)]
    fn pasid(self, profile: &Profile, shape: Shape) -> u32 {
        let first_wild = 256 - u16::from(profile.wild_pasids);
        match u16::from(self.high).checked_sub(first_wild) {
            Some(high) => u32::from(high) << 8 | u32::from(self.low),
            None => (u32::from(self.low) + 1) % small_pasids(shape),
        }
    }

    /// The operation. `name` is asked for what is held where there is a mark that is the nearest.
    #[inline(always)]
    pub fn decode(
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
