// SPDX-License-Identifier: GPL-2.0-or-later
//! The numbers of the operations of a state, of which paths consist.
//!
//! Operations are numbered object by object, in the order of [`Over`]; those with faults come last,
//! because a case without faults is simpler.

use super::columns::Family;
use spec::op::Over;

/// The numbers of all operations of one topology.
#[derive(Clone, Debug)]
pub(in crate::search) struct Numbers {
    devices: usize,
    pasids: usize,
    /// The number of families without a fault over each kind of objects.
    families: [usize; Over::COUNT],
    /// The most faults of a family.
    faults: usize,
}

/// The numbers of the operations of a state with so many mms and operations that hold something.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct NumbersOf<'a> {
    of: &'a Numbers,
    mms: usize,
    /// The first number of each kind of objects, and the first number with a fault.
    bases: [usize; Over::COUNT],
    end: usize,
}

/// The place of a family among those over the same objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) struct Rank {
    /// Among the operations without a fault.
    pub code: usize,
    /// Among the faults of the operation, from 1; 0 for none.
    pub fault: usize,
}

impl Numbers {
    pub(in crate::search) fn of(families: &[Family], devices: usize, pasids: usize) -> Self {
        let count = |over: usize| {
            let is_it = |f: &&Family| f.over as usize == over && f.fault.is_none();
            families.iter().filter(is_it).count()
        };
        let faults = |family: &Family| {
            let same = |other: &&Family| other.code == family.code && other.fault.is_some();
            families.iter().filter(same).count()
        };
        Numbers {
            devices,
            pasids,
            families: std::array::from_fn(count),
            faults: families.iter().map(faults).max().unwrap_or(0),
        }
    }

    /// Returns the place of each family.
    pub(in crate::search) fn ranks(families: &[Family]) -> Vec<Rank> {
        let rank = |(at, family): (usize, &Family)| {
            let before = &families[..at];
            let first = families.iter().position(|other| other.code == family.code);
            let alike = |f: &&Family| f.over == family.over && f.fault.is_none();
            Rank {
                code: families[..first.unwrap_or(at)].iter().filter(alike).count(),
                fault: match family.fault {
                    None => 0,
                    Some(_) => before
                        .iter()
                        .filter(|other| other.code == family.code)
                        .count(),
                },
            }
        };
        families.iter().enumerate().map(rank).collect()
    }

    /// Returns the numbers of a state.
    pub(in crate::search) fn with(&self, mms: usize, held: usize) -> NumbersOf<'_> {
        let [both, of, one, dev, pasid] = self.families;
        let mut bases = [0; Over::COUNT];
        bases[Over::Held as usize] = self.devices * mms * both;
        bases[Over::Mms as usize] = bases[Over::Held as usize] + held * of;
        bases[Over::Devices as usize] = bases[Over::Mms as usize] + mms * one;
        bases[Over::Pasids as usize] = bases[Over::Devices as usize] + dev;
        NumbersOf {
            of: self,
            mms,
            bases,
            end: bases[Over::Devices as usize] + self.devices * (dev + self.pasids * pasid),
        }
    }
}

impl NumbersOf<'_> {
    /// Returns the number of an operation, by its position in a family.
    #[inline(always)]
    pub(in crate::search) fn number(&self, family: &Family, rank: Rank, at: usize) -> usize {
        let Numbers {
            families,
            pasids,
            faults,
            ..
        } = self.of;
        let [.., dev, pasid] = *families;
        let base = self.bases[family.over as usize] + rank.code;
        let each = families[family.over as usize];
        let number = base
            + match family.over {
                Over::DevicesAndMms | Over::Held | Over::Mms => at * each,
                Over::Devices => at * (dev + pasids * pasid),
                Over::Pasids => {
                    let (dev_at, at) = (at / pasids, at % pasids);
                    dev_at * (dev + pasids * pasid) + at * pasid
                }
            };
        match rank.fault {
            0 => number,
            fault => self.end + number * faults + fault - 1,
        }
    }

    /// Returns the position in `ranks` of the family of an operation, and its position there.
    pub(in crate::search) fn find(
        &self,
        number: usize,
        families: &[Family],
        ranks: &[Rank],
        held: usize,
    ) -> Option<(usize, usize)> {
        let all = families.iter().zip(ranks).enumerate();
        all.flat_map(|(index, (family, rank))| {
            let count = match family.over {
                Over::DevicesAndMms => self.of.devices * self.mms,
                Over::Held => held,
                Over::Mms => self.mms,
                Over::Devices => self.of.devices,
                Over::Pasids => self.of.devices * self.of.pasids,
            };
            (0..count).map(move |at| (index, family, *rank, at))
        })
        .find(|&(_, family, rank, at)| self.number(family, rank, at) == number)
        .map(|(index, .., at)| (index, at))
    }
}
