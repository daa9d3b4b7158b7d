// SPDX-License-Identifier: GPL-2.0-or-later
//! Of cases of the same size, the one that everybody ends at: simpler operations, another order,
//! other names.

use super::super::edit::{forked, on_cpus, orders, renamed, swapped};
use super::super::rank::Rank;
use super::Descent;
use spec::op::Things;
use spec::{Case, Op};

impl Descent<'_> {
    /// A simpler operation in place of one.
    pub(super) fn replace(&mut self) {
        for index in 0..self.best.ops.len() {
            for op in vocabulary(&self.best, index) {
                let was = self.best.ops[index];
                let mut case = self.best.clone();
                case.ops[index] = Op { cpu: was.cpu, ..op };
                if self.take_simpler(case) {
                    break;
                }
            }
        }
    }

    /// Other orders of the operations and other names, all at once: the simplest of those that show
    /// the same.
    pub(super) fn rename(&mut self) {
        /// So many orders of operations are looked at.
        const MOST_ORDERS: usize = 200;
        /// Of more devices, mms or CPUs there are too many names.
        const MOST_NAMES: usize = 3;
        let mut all = vec![self.best.clone()];
        let mut at = 0;
        while at < all.len() && all.len() < MOST_ORDERS {
            for first in 0..all[at].ops.len().saturating_sub(1) {
                let Some(case) = swapped(&all[at], first) else {
                    continue;
                };
                if !all.contains(&case) && (self.shows)(&case) {
                    all.push(case);
                }
            }
            at += 1;
        }
        let topology = &self.best.topology;
        let nr_cpus = self.best.cpus().len();
        let (devices, mms) = (topology.devices.len(), topology.mms.len());
        let [devices, mms, cpus] = match devices.max(mms).max(nr_cpus) {
            0..=MOST_NAMES => [devices, mms, nr_cpus].map(orders),
            _ => [devices, mms, nr_cpus].map(|n| vec![(0..n as u32).collect()]),
        };
        let mut named: Vec<(Rank, Case)> = Vec::new();
        let best = Rank::of(&self.best);
        for case in &all {
            for devices in &devices {
                for mms in &mms {
                    for cpus in &cpus {
                        let case = on_cpus(renamed(case, devices, mms), cpus);
                        let rank = Rank::of(&case);
                        if rank < best {
                            named.push((rank, case));
                        }
                    }
                }
            }
        }
        named.sort_by(|(a, _), (b, _)| a.cmp(b));
        named.into_iter().any(|(_, case)| self.take(case));
    }
}

/// The operations that may stand at this place of a case, the simplest first.
fn vocabulary(case: &Case, index: usize) -> Vec<Op> {
    let forks = forked(case).iter().flatten().count();
    let mms = (case.topology.mms.len() + forks) as u32;
    let pasids: Vec<u32> = (1..=mms).collect();
    let things = Things {
        devices: case.topology.devices.len() as u32,
        mms,
        ops: index as u32,
        pasids: &pasids,
    };
    let mut kinds = Vec::new();
    let held = |of: u32| case.ops[of as usize].kind.info().holds;
    things.operations(|_| true, held, |kind| kinds.push(kind));
    kinds.sort();
    let alone = kinds.iter().map(|&kind| Op::from(kind));
    let fault = case.ops[index].fault;
    let faulty = kinds.iter().map(|&kind| Op {
        fault,
        ..kind.into()
    });
    let faulty = faulty.filter(|op| op.fault.is_some());
    alone.chain(faulty).collect()
}
