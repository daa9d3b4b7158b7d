// SPDX-License-Identifier: GPL-2.0-or-later
//! The operations of a universe, in families that differ only in what they name, and where each
//! family stands in the rows of a graph.

use crate::universe::Universe;
use spec::case::MAX_MMS;
use spec::op::{MmState, Over, Resource};
use spec::{Fault, Op, OpCode, OpKind};

/// The part of a row that an operation belongs to. Each part is computed when it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum Part {
    /// Releases of something held, and exits, without a fault: what a teardown does.
    End,
    /// The caller holds something afterwards.
    Gain,
    /// It changes nothing, unless the kernel is wrong.
    Look,
    /// All others.
    Rest,
}

/// Operations that differ only in what they name.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct Family {
    pub code: OpCode,
    pub fault: Option<Fault>,
    pub over: Over,
    pub part: Part,
    pub mm: Option<MmState>,
    pub of: Option<Resource>,
    /// The position in its part, for each number of mms. For what names something held: the position
    /// among the families that name this resource.
    base: [u32; MAX_MMS + 1],
}

/// All families of a universe.
#[derive(Debug)]
pub(in crate::search) struct Columns {
    pub families: Vec<Family>,
    pub pasids: Vec<u32>,
    devices: usize,
    /// The families over mms and devices of each part, in their order in a row.
    pub gains: Vec<Family>,
    pub rest: Vec<Family>,
    pub looks: Vec<Family>,
    /// The families that name something held: those with a fault, and those that change nothing.
    pub held_rest: Vec<Family>,
    pub held_looks: Vec<Family>,
    /// How many of these name each resource, in the order of [`Resource::ALL`].
    pub nr_held_rest: Kinds,
    pub nr_held_looks: Kinds,
}

/// A number for each resource.
pub(in crate::search) type Kinds = [usize; Resource::ALL.len()];

impl Columns {
    pub(in crate::search) fn of(universe: &Universe, devices: usize) -> Self {
        let pasids = universe.named_pasids().to_vec();
        let mut columns = Columns {
            families: Vec::new(),
            pasids,
            devices,
            gains: Vec::new(),
            rest: Vec::new(),
            looks: Vec::new(),
            held_rest: Vec::new(),
            held_looks: Vec::new(),
            nr_held_rest: Kinds::default(),
            nr_held_looks: Kinds::default(),
        };
        let codes = OpCode::TRIED
            .into_iter()
            .filter(|code| universe.only.contains(code));
        let codes: Vec<OpCode> = codes.collect();
        for &code in &codes {
            columns.add(code, None);
        }
        // Operations with faults come last, because a case without faults is simpler.
        for &code in &codes {
            for fault in universe.faults_of(code.with_args([0; spec::op::MAX_ARGS])) {
                columns.add(code, Some(fault));
            }
        }
        let of = |families: &[Family], kind| {
            let of = Some(Resource::ALL[kind]);
            families.iter().filter(|family| family.of == of).count()
        };
        columns.nr_held_rest = std::array::from_fn(|kind| of(&columns.held_rest, kind));
        columns.nr_held_looks = std::array::from_fn(|kind| of(&columns.held_looks, kind));
        columns
    }

    fn add(&mut self, code: OpCode, fault: Option<Fault>) {
        let info = code.info();
        let over = info.over();
        let part = match (info.holds, fault) {
            (Some(_), _) => Part::Gain,
            (None, None) if info.read_only => Part::Look,
            (None, None) if info.releases || info.ends_mm => Part::End,
            (None, _) => Part::Rest,
        };
        let mut family = Family {
            code,
            fault,
            over,
            part,
            mm: info.mm().map(|(_, state)| state),
            of: info.names(),
            base: [0; MAX_MMS + 1],
        };
        let list = match (part, over) {
            (Part::End, _) => None,
            (Part::Gain, _) => Some(&mut self.gains),
            (Part::Look, Over::Held) => Some(&mut self.held_looks),
            (Part::Look, _) => Some(&mut self.looks),
            (Part::Rest, Over::Held) => Some(&mut self.held_rest),
            (Part::Rest, _) => Some(&mut self.rest),
        };
        if let Some(list) = list {
            for (mms, base) in family.base.iter_mut().enumerate() {
                let count = |family: &Family| match over {
                    Over::Held => u32::from(family.of == info.names()),
                    _ => count(family.over, self.devices, mms, self.pasids.len()) as u32,
                };
                *base = list.iter().map(count).sum();
            }
            list.push(family);
        }
        self.families.push(family);
    }

    /// Returns the number of operations of a family over devices and mms.
    #[inline(always)]
    pub(in crate::search) fn count(&self, family: &Family, mms: usize) -> usize {
        count(family.over, self.devices, mms, self.pasids.len())
    }

    /// Returns the number of operations over devices and mms in the rest of a row.
    #[inline]
    pub(in crate::search) fn named_rest(&self, mms: usize) -> usize {
        self.rest.iter().map(|family| self.count(family, mms)).sum()
    }

    /// Returns an operation, by its position in a family. For what names something held, that is the
    /// index of an earlier operation.
    pub(in crate::search) fn op(&self, family: &Family, at: usize, mms: usize) -> Op {
        let pasids = self.pasids.len();
        let args = match family.over {
            Over::DevicesAndMms => [at / mms, at % mms],
            Over::Held | Over::Mms | Over::Devices => [at, 0],
            Over::Pasids => [at / pasids, self.pasids[at % pasids] as usize],
        };
        let mut padded = [0; spec::op::MAX_ARGS];
        padded[..2].copy_from_slice(&args.map(|arg| arg as u32));
        let kind: OpKind = family.code.with_args(padded);
        Op {
            fault: family.fault,
            ..kind.into()
        }
    }
}

impl Family {
    /// Returns the position of the family in its part of a row.
    #[inline(always)]
    pub(in crate::search) fn base(&self, mms: usize) -> usize {
        self.base[mms] as usize
    }
}

fn count(over: Over, devices: usize, mms: usize, pasids: usize) -> usize {
    match over {
        Over::DevicesAndMms => devices * mms,
        Over::Held => 0,
        Over::Mms => mms,
        Over::Devices => devices,
        Over::Pasids => devices * pasids,
    }
}
