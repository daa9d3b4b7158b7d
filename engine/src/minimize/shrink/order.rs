// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes that keep the size of a case and simplify operations, their order, and names.

use super::super::rank::Rank;
use super::Shrinker;
use spec::edit::{forked, on_cpus, orders, renamed, swapped};
use spec::op::Things;
use spec::{Case, Op};
use std::collections::HashSet;

/// Maximum number of orders of the operations that are tried.
const MOST_ORDERS: usize = 720;

impl Shrinker<'_> {
    /// Replaces an operation by a simpler one.
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

    /// Changes the order of the operations and the names at once. Of the cases that are simpler,
    /// the simplest comes first. For the current order all names are tried, for every other order
    /// only the simplest ones.
    pub(super) fn reorder(&mut self) {
        let best = Rank::of(&self.best);
        let names = Names::of(&self.best);
        let mut simpler: Vec<(Rank, Case)> = Vec::new();
        for (at, case) in orders_of_ops(&self.best).iter().enumerate() {
            let named = names.all(case).map(|case| (Rank::of(&case), case));
            let named = named.filter(|(rank, _)| *rank < best);
            match at {
                0 => simpler.extend(named),
                _ => simpler.extend(named.min_by(|(a, _), (b, _)| a.cmp(b))),
            }
        }
        simpler.sort_by(|(a, _), (b, _)| a.cmp(b));
        simpler.into_iter().any(|(_, case)| self.take(case));
    }
}

/// Returns the case with its operations in every possible order, starting with the present one.
fn orders_of_ops(case: &Case) -> Vec<Case> {
    let mut all = vec![case.clone()];
    let mut met = HashSet::from([case.clone()]);
    let mut at = 0;
    while at < all.len() && all.len() < MOST_ORDERS {
        for first in 0..case.ops.len().saturating_sub(1) {
            let other = swapped(&all[at], first);
            all.extend(other.filter(|case| met.insert(case.clone())));
        }
        at += 1;
    }
    all
}

/// The possible names of devices, mms and CPUs.
struct Names {
    devices: Vec<Vec<u32>>,
    mms: Vec<Vec<u32>>,
    cpus: Vec<Vec<u32>>,
}

impl Names {
    fn of(case: &Case) -> Self {
        /// With more devices, mms or CPUs there are too many names to try.
        const MOST_NAMES: usize = 3;
        let topology = &case.topology;
        let counts = [
            topology.devices.len(),
            topology.mms.len(),
            case.cpus().len(),
        ];
        let few = counts.iter().all(|&count| count <= MOST_NAMES);
        let [devices, mms, cpus] = counts.map(|count| match few {
            true => orders(count),
            false => vec![(0..count as u32).collect()],
        });
        Names { devices, mms, cpus }
    }

    /// Returns the case under all names.
    fn all<'a>(&'a self, case: &'a Case) -> impl Iterator<Item = Case> + 'a {
        self.devices.iter().flat_map(move |devices| {
            self.mms.iter().flat_map(move |mms| {
                let renamed = renamed(case, devices, mms);
                self.cpus.iter().map(move |cpus| on_cpus(&renamed, cpus))
            })
        })
    }
}

/// Returns the operations that may replace the one at this index, the simplest first.
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
    let again = kinds.iter().filter(|kind| kind.info().again);
    let again = again.map(|&kind| Op {
        again: case.ops[index].again,
        ..kind.into()
    });
    let again = again.filter(|op| op.again);
    let fault = case.ops[index].fault;
    let faulty = kinds.iter().map(|&kind| Op {
        fault,
        ..kind.into()
    });
    let faulty = faulty.filter(|op| op.fault.is_some());
    alone.chain(again).chain(faulty).collect()
}
