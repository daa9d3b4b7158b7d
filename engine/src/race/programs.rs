// SPDX-License-Identifier: GPL-2.0-or-later
//! Enumerates the programs of a universe, one of each class of programs that are the same up to
//! names.
//!
//! Two programs are in the same class if they differ only in the names of CPUs, devices or mms, or
//! in the indices of operations on different CPUs. But a teardown releases in the order of the
//! indices, so operations that hold something keep their order.
//!
//! The representative of a class is the program whose operations, written as numbers, come first in
//! the class. Every prefix of a representative is a representative, so the programs are generated
//! by appending operations to shorter ones.

use crate::judge::is_tried;
use crate::universe::Universe;
use spec::canonical::Canon;
use spec::case::{MAX_MMS, MAX_OPS};
use spec::edit::{orders, orders_of_like};
use spec::op::{Arg, MmState, Refers, Things};
use spec::{Fault, Model, Op, OpCode, OpKind, Topology};

/// Maximum number of orders of mms that are tried. If there are more, mms are not renamed: there
/// are more programs, but each is generated faster.
const MOST_ORDERS: usize = 24;

/// The new index of each operation; `u8::MAX` if it has none yet.
type Places = [u8; MAX_OPS];

/// The programs of a universe in one of its topologies.
#[derive(Clone, Debug)]
pub struct Programs<'a> {
    universe: &'a Universe,
    /// The kinds of operations that are tried.
    only: Vec<OpCode>,
    nr_devices: u32,
    nr_mms: u32,
    /// The permutations of CPUs, devices and mms. The first of each is the identity.
    cpus: Vec<Vec<u32>>,
    devices: Vec<Vec<u32>>,
    mms: Vec<Vec<u32>>,
}

impl<'a> Programs<'a> {
    /// Makes the programs of one topology for these models.
    pub fn new<M: Model, const N: usize>(
        models: &[M; N],
        universe: &'a Universe,
        topology: &Topology,
    ) -> Self {
        let canon = match universe.symmetry {
            true => Canon::symmetric(topology),
            false => Canon::plain(topology),
        };
        let same = |n: usize| vec![(0..n as u32).collect::<Vec<u32>>()];
        let nr_mms = topology.mms.len();
        let (mut cpus, mut mms) = (same(universe.cpus), same(nr_mms));
        if universe.symmetry {
            cpus = orders(universe.cpus);
            let compatible = topology.mms.iter().filter(|mm| mm.dma_compat).count();
            let factorial = |n: usize| (1..=n).fold(1usize, usize::saturating_mul);
            let many = factorial(compatible).saturating_mul(factorial(nr_mms - compatible));
            if many <= MOST_ORDERS {
                mms = orders_of_like(nr_mms, |a, b| topology.mms[a] == topology.mms[b]);
            }
        }
        Programs {
            universe,
            only: { universe.only.iter().copied() }
                .filter(|&code| is_tried(models, code))
                .collect(),
            nr_devices: topology.devices.len() as u32,
            nr_mms: nr_mms as u32,
            cpus,
            devices: { canon.device_orders() }
                .map(|order| order.into_iter().map(u32::from).collect())
                .collect(),
            mms,
        }
    }

    /// Calls `each` with every representative that is `program` with one operation appended.
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

    /// Calls `each` with every operation that a CPU can run after a program, except operations that
    /// are skipped under every schedule.
    fn operations(&self, program: &[Op], cpu: u8, each: &mut dyn FnMut(Op)) {
        let makes_mm = |op: &&Op| op.kind.info().makes_mm;
        let made = program.iter().filter(makes_mm).count() as u32;
        let pasids = self.universe.named_pasids();
        let things = Things {
            devices: self.nr_devices,
            mms: (self.nr_mms + made).min(MAX_MMS as u32),
            ops: program.len() as u32,
            pasids: &pasids,
        };
        let exited = |mm: u32| {
            { program.iter() }.find(|op| op.kind.info().ends_mm && op.kind.mm() == Some(mm))
        };
        let released = |of: u32| {
            { program.iter() }.find(|op| op.kind.info().releases && op.kind.of() == Some(of))
        };
        let on_this = |op: &Op| op.cpu == Some(cpu);
        let does = |kind: OpKind| {
            let info = kind.info();
            if let Some(of) = kind.of() {
                // A resource that another CPU releases may still be held when this operation names
                // it.
                return match info.releases {
                    true => released(of).is_none(),
                    false => !released(of).is_some_and(on_this),
                };
            }
            match (info.mm(), kind.mm()) {
                (Some((_, MmState::Alive)), Some(mm)) => match info.ends_mm {
                    true => exited(mm).is_none(),
                    false => !exited(mm).is_some_and(on_this),
                },
                _ => true,
            }
        };
        let asked = |code: OpCode| self.only.contains(&code);
        let held = |of: u32| program[of as usize].kind.info().holds;
        things.operations(asked, held, |kind| {
            if !does(kind) {
                return;
            }
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
        });
    }

    /// Returns whether the program is the representative of its class: no other program of the
    /// class comes before it.
    fn stands_for_its_class(&self, program: &[Op]) -> bool {
        let places: Places = std::array::from_fn(|at| at as u8);
        let mut own = [0; MAX_OPS];
        let mut waits_for = [0; MAX_OPS];
        for (at, op) in program.iter().enumerate() {
            own[at] = self.number(op, [0, 0, 0], &places);
            let named = op.kind.of().map_or(0, |of| 1 << of);
            let earlier = (0..at).filter(|&earlier| is_ordered(&program[earlier], op));
            waits_for[at] = earlier.fold(named, |all, earlier| all | 1 << earlier);
        }
        let own = &own[..program.len()];
        let all = |of: &[Vec<u32>]| 0..of.len();
        all(&self.cpus).all(|cpus| {
            all(&self.devices).all(|devices| {
                all(&self.mms)
                    .all(|mms| !self.comes_before(program, own, &waits_for, [cpus, devices, mms]))
            })
        })
    }

    /// Returns whether a program under these names has an order of its operations that comes before
    /// `own`. `waits_for` has for each operation the set of those that have to be before it.
    fn comes_before(
        &self,
        program: &[Op],
        own: &[u64],
        waits_for: &[u64; MAX_OPS],
        names: [usize; 3],
    ) -> bool {
        let mut places: Places = [u8::MAX; MAX_OPS];
        let mut placed = 0u64;
        for (place, own) in (0..).zip(own) {
            let is_ready = |&at: &usize| placed >> at & 1 == 0 && waits_for[at] & !placed == 0;
            let ready = (0..program.len()).filter(is_ready);
            let numbers = ready.map(|at| (self.number(&program[at], names, &places), at));
            let Some((least, at)) = numbers.min() else {
                unreachable!("the first operation without a place is ready");
            };
            if least != *own {
                return least < *own;
            }
            places[at] = place;
            placed |= 1 << at;
        }
        false
    }

    /// Returns an operation under other names, as a number.
    fn number(&self, op: &Op, names: [usize; 3], places: &Places) -> u64 {
        let [cpus, devices, mms] = names;
        let cpu = |cpu: u8| u64::from(self.cpus[cpus][cpu as usize]);
        let renamed = |(arg, value): (Arg, u32)| match arg.refers {
            Refers::Device => self.devices[devices][value as usize],
            Refers::Mm(_) => {
                let at_start = self.mms[mms].get(value as usize);
                at_start.copied().unwrap_or(value)
            }
            Refers::Op(_) => places[value as usize].into(),
            Refers::Pasid => value,
        };
        let mut args = op.kind.args().map(|arg| u64::from(renamed(arg)));
        let mut next = || args.next().unwrap_or(0);
        let (code, a, b) = (op.kind.code() as u64, next(), next());
        let fault = op.fault.map_or(0, |Fault { site, nth, errno }| {
            1 + ((site as u64) << 8 | u64::from(nth) << 4 | errno as u64)
        });
        cpu(op.cpu.unwrap_or(0)) << 56 | code << 48 | a << 32 | b << 16 | fault
    }
}

/// Returns whether two operations have to keep the order of their indices: they run on the same
/// CPU, or both hold something that a teardown may release.
fn is_ordered(earlier: &Op, later: &Op) -> bool {
    earlier.cpu == later.cpu || holds(earlier) && holds(later)
}

fn holds(op: &Op) -> bool {
    op.kind.info().holds.is_some()
}
