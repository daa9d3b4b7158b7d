// SPDX-License-Identifier: GPL-2.0-or-later
//! Every program of a universe, one for each class of those that are the same but for names.
//!
//! Of two programs one is enough where they differ in what CPUs, devices or mms are called, or in
//! the indexes of operations on different CPUs. But a teardown releases in the order of the indexes,
//! so operations that hold something keep theirs.
//!
//! A program stands for its class if its operations, written as numbers, come first of all in it.
//! What stands for a class begins with what stands for another, so programs are made by adding
//! operations to shorter ones.

use crate::search::Universe;
use spec::canonical::Canon;
use spec::case::MAX_MMS;
use spec::{Fault, Op, OpKind, Topology};

/// Where mms can stand in more orders than four can, they are taken as they are: more programs, each
/// found sooner.
const MOST_ORDERS: usize = 24;

/// The programs of a universe in one of its topologies.
pub struct Programs<'a> {
    universe: &'a Universe,
    nr_devices: u32,
    nr_mms: u32,
    /// The first of each is the identity.
    cpus: Vec<Vec<u8>>,
    devices: Vec<Vec<u8>>,
    mms: Vec<Vec<u8>>,
}

impl<'a> Programs<'a> {
    /// Those of one topology.
    pub fn new(universe: &'a Universe, topology: &Topology) -> Self {
        let canon = match universe.symmetry {
            true => Canon::symmetric(topology),
            false => Canon::plain(topology),
        };
        let same = |n: usize| vec![(0..n as u8).collect::<Vec<u8>>()];
        let nr_mms = topology.mms.len();
        let (mut cpus, mut mms) = (same(universe.cpus), same(nr_mms));
        if universe.symmetry {
            cpus = orders(universe.cpus, |_, _| true);
            let compatible = topology.mms.iter().filter(|mm| mm.dma_compat).count();
            let factorial = |n: usize| (1..=n).fold(1usize, usize::saturating_mul);
            let many = factorial(compatible).saturating_mul(factorial(nr_mms - compatible));
            if many <= MOST_ORDERS {
                mms = orders(nr_mms, |a, b| topology.mms[a] == topology.mms[b]);
            }
        }
        Programs {
            universe,
            nr_devices: topology.devices.len() as u32,
            nr_mms: nr_mms as u32,
            cpus,
            devices: canon.device_orders().collect(),
            mms,
        }
    }

    /// Every program that stands for its class and is a given one with an operation more.
    pub fn extend(&self, program: &[Op], each: &mut dyn FnMut(&[Op])) {
        let mut longer = program.to_vec();
        let used = program.iter().filter_map(|op| op.cpu).max();
        let first_unused = used.map_or(0, |cpu| usize::from(cpu) + 1);
        let cpus = match self.universe.symmetry {
            true => self.universe.cpus.min(first_unused + 1),
            false => self.universe.cpus,
        };
        for cpu in 0..cpus as u8 {
            self.operations(program, cpu, &mut |op| {
                longer.push(op);
                if !self.universe.symmetry || self.stands_for_its_class(&longer) {
                    each(&longer);
                }
                longer.pop();
            });
        }
    }

    /// What a CPU can do after a program, but for what would be skipped whatever the schedule.
    fn operations(&self, program: &[Op], cpu: u8, each: &mut dyn FnMut(Op)) {
        let asked = |name: &str| self.universe.only.contains(&name);
        let mut add = |kind: OpKind| {
            let plain = Op {
                cpu: Some(cpu),
                ..Op::from(kind)
            };
            each(plain);
            for fault in self.universe.faults_of(kind) {
                each(Op {
                    fault: Some(fault),
                    ..plain
                });
            }
        };
        let forks = program
            .iter()
            .filter(|op| matches!(op.kind, OpKind::Fork { .. }));
        let mms = (self.nr_mms + forks.count() as u32).min(MAX_MMS as u32);
        let exited = |mm: u32| program.iter().find(|op| op.kind == OpKind::Exit { mm });
        let gone = |mm: u32| exited(mm).is_some_and(|op| op.cpu == Some(cpu));
        let released = |of: u32| {
            program.iter().find(|op| {
                let is_it = op.kind.of() == Some(of);
                is_it && !matches!(op.kind, OpKind::GetPasid { .. })
            })
        };
        for dev in 0..self.nr_devices {
            if asked("bind") {
                (0..mms)
                    .filter(|&mm| !gone(mm))
                    .for_each(|mm| add(OpKind::Bind { dev, mm }));
            }
        }
        for (of, earlier) in (0..).zip(program) {
            let is_held = released(of).is_none();
            match earlier.kind {
                OpKind::Bind { .. } => {
                    if asked("unbind") && is_held {
                        add(OpKind::Unbind { of });
                    }
                    let is_gone = released(of).is_some_and(|op| op.cpu == Some(cpu));
                    if asked("get_pasid") && !is_gone {
                        add(OpKind::GetPasid { of });
                    }
                }
                OpKind::AllocPasid { .. } if asked("free_pasid") && is_held => {
                    add(OpKind::FreePasid { of });
                }
                OpKind::Attach { .. } if asked("detach") && is_held => add(OpKind::Detach { of }),
                _ => {}
            }
        }
        for mm in 0..mms {
            if asked("exit") && exited(mm).is_none() {
                add(OpKind::Exit { mm });
            }
            if asked("fork") && !gone(mm) {
                add(OpKind::Fork { mm });
            }
            if asked("enqcmd_pasid") {
                add(OpKind::EnqcmdPasid { mm });
            }
        }
        for dev in 0..self.nr_devices {
            if asked("alloc_pasid") {
                add(OpKind::AllocPasid { dev });
            }
            for pasid in self.universe.pasids() {
                if asked("page_request") {
                    add(OpKind::PageRequest { dev, pasid });
                }
                if asked("attach") {
                    add(OpKind::Attach { dev, pasid });
                }
            }
        }
    }

    /// Whether no other program of the class comes before this one.
    fn stands_for_its_class(&self, program: &[Op]) -> bool {
        let places: Vec<u8> = (0..program.len() as u8).collect();
        let own: Vec<u64> = program
            .iter()
            .map(|op| self.number(op, [0, 0, 0], &places))
            .collect();
        let all = |of: &[Vec<u8>]| 0..of.len();
        all(&self.cpus).all(|cpus| {
            all(&self.devices).all(|devices| {
                all(&self.mms).all(|mms| !self.comes_before(program, &own, [cpus, devices, mms]))
            })
        })
    }

    /// Whether a program under other names has an order of its operations that comes before its own.
    fn comes_before(&self, program: &[Op], own: &[u64], names: [usize; 3]) -> bool {
        // The new index of each operation that has one.
        let mut places = vec![u8::MAX; program.len()];
        for (place, own) in (0..).zip(own) {
            let ready = |at: usize| {
                let waits_for = |earlier: usize| {
                    places[earlier] == u8::MAX && is_ordered(&program[earlier], &program[at])
                };
                let of = program[at].kind.of();
                places[at] == u8::MAX
                    && of.is_none_or(|of| places[of as usize] != u8::MAX)
                    && !(0..at).any(waits_for)
            };
            let numbers = (0..program.len())
                .filter(|&at| ready(at))
                .map(|at| (self.number(&program[at], names, &places), at));
            let Some((least, at)) = numbers.min() else {
                unreachable!("the first of those that are left is ready");
            };
            if least != *own {
                return least < *own;
            }
            places[at] = place;
        }
        false
    }

    /// An operation as a number, under other names.
    fn number(&self, op: &Op, names: [usize; 3], places: &[u8]) -> u64 {
        let [cpus, devices, mms] = names;
        let cpu = |cpu: u8| u64::from(self.cpus[cpus][cpu as usize]);
        let dev = |dev: u32| u64::from(self.devices[devices][dev as usize]);
        let mm = |mm: u32| {
            let of = self.mms[mms].get(mm as usize);
            of.map_or(u64::from(mm), |&mm| mm.into())
        };
        let place = |of: u32| u64::from(places[of as usize]);
        let (kind, a, b) = match op.kind {
            OpKind::Bind { dev: d, mm: m } => (0, dev(d), mm(m)),
            OpKind::Unbind { of } => (1, place(of), 0),
            OpKind::GetPasid { of } => (2, place(of), 0),
            OpKind::Fork { mm: m } => (3, mm(m), 0),
            OpKind::Exit { mm: m } => (4, mm(m), 0),
            OpKind::AllocPasid { dev: d } => (5, dev(d), 0),
            OpKind::FreePasid { of } => (6, place(of), 0),
            OpKind::Attach { dev: d, pasid } => (7, dev(d), pasid.into()),
            OpKind::Detach { of } => (8, place(of), 0),
            OpKind::PageRequest { dev: d, pasid } => (9, dev(d), pasid.into()),
            OpKind::EnqcmdPasid { mm: m } => (10, mm(m), 0),
        };
        let fault = op.fault.map_or(0, |Fault { site, nth, errno }| {
            1 + ((site as u64) << 8 | u64::from(nth) << 4 | errno as u64)
        });
        cpu(op.cpu.unwrap_or(0)) << 56 | kind << 48 | a << 32 | b << 16 | fault
    }
}

/// Whether two operations have to keep the order of their indexes: a CPU does one before the other,
/// or both hold something that a teardown may release.
fn is_ordered(earlier: &Op, later: &Op) -> bool {
    earlier.cpu == later.cpu || holds(earlier) && holds(later)
}

fn holds(op: &Op) -> bool {
    matches!(
        op.kind,
        OpKind::Bind { .. } | OpKind::AllocPasid { .. } | OpKind::Attach { .. }
    )
}

/// Every order of so many things that puts only like ones in each other's place.
fn orders(n: usize, alike: impl Fn(usize, usize) -> bool + Copy) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    for place in 0..n {
        let longer = all.iter().flat_map(|order: &Vec<u8>| {
            let left = (0..n).filter(|&this| !order.contains(&(this as u8)) && alike(this, place));
            left.map(|this| [&order[..], &[this as u8]].concat())
        });
        all = longer.collect();
    }
    all
}
