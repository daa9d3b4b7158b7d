// SPDX-License-Identifier: GPL-2.0-or-later
//! Explores one program, under every interleaving or under one schedule.

use super::search::RaceSearch;
use super::suspects::{Done, Suspect};
use crate::finding::Finding;
use crate::interleaving::{Bounds, Explored, Explorer, Outcome};
use crate::judge::{Cause, Difference, Side, View, differences, misbehaviours};
use crate::question::Question;
use crate::record::record;
use foldhash::fast::FixedState;
use spec::concurrent::Program;
use spec::edit::in_sequence;
use spec::{Case, Model, Op, Topology};
use std::collections::HashSet;

impl<M: Model, const N: usize> RaceSearch<'_, M, N> {
    /// Turns a finding whose case uses one CPU into the finding of a sequential case.
    pub fn on_one_cpu(&self, finding: &mut Finding) {
        if finding.case.is_on_several_cpus() {
            return;
        }
        let case = in_sequence(&finding.case.bare());
        let alone = match finding.difference.cause {
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => {
                (side != Side::Both).then_some(side.index())
            }
            Cause::Dangles { .. } | Cause::Foreign { .. } => None,
            _ => Some(0),
        };
        let all = self.shown(&case, alone.filter(|_| N == 2));
        let Difference { place, view, .. } = finding.difference;
        let same = |this: &Difference| (this.place, this.view) == (place, view);
        if let Some(difference) = all.into_iter().find(same) {
            *finding = self.finding(case, difference);
        }
    }

    /// Makes a finding of a difference that the case is known to show.
    pub(super) fn finding(&self, case: Case, difference: Difference) -> Finding {
        Finding::new(&self.question.models, &case, difference)
    }

    /// Runs a program on every model under every interleaving. Returns the observations that are
    /// not `known`. Each side has an explorer of its own, which knows its model from one program to
    /// the next.
    pub(super) fn look(
        &self,
        topology: &Topology,
        ops: &[Op],
        order: usize,
        known: &HashSet<Cause>,
        explorers: &mut [Explorer; N],
        (done, bounds, goes_on): (&mut Done, Bounds, &dyn Fn() -> bool),
    ) -> Vec<(Cause, Suspect)> {
        let Question { models, views, .. } = &self.question;
        let program = Program::new(ops);
        let mut all: [Explored; N] = std::array::from_fn(|side| {
            let (model, goes_on) = (&models[side], |_: &Explored| goes_on());
            let explored =
                explorers[side].explore_next(model, topology, &program, bounds, &goes_on);
            done.states += explored.states;
            done.cut |= explored.cut;
            done.sections += explored.sections;
            done.schedules += explored.schedules();
            explored
        });
        if done.cut {
            return Vec::new();
        }
        // Nothing can be seen, whatever the views are, if all allow the same and none of it is
        // forbidden.
        let (first, others) = all.split_first().expect("there is a model");
        let is_same = |other: &Explored| {
            let mut outcomes = first.outcomes.keys();
            other.outcomes.len() == first.outcomes.len()
                && outcomes.all(|outcome| other.outcomes.contains_key(outcome))
        };
        if !first.outcomes.keys().any(Outcome::is_forbidden) && others.iter().all(is_same) {
            return Vec::new();
        }
        let views: &[_] = if N == 1 { &View::ALL } else { views };
        let seen: [HashSet<Outcome, FixedState>; N] = std::array::from_fn(|side| {
            let outcomes = all[side].outcomes.keys();
            outcomes.map(|outcome| outcome.seen(views)).collect()
        });
        let is_alone = |side: usize, outcome: &Outcome| {
            let others = (0..N).filter(|&other| other != side);
            N == 2 && { others }.any(|other| !seen[other].contains(outcome))
        };
        // What only one side allows is reported, and, once, what all allow although it is forbidden.
        let is_reported_of = |side: usize, outcome: &Outcome| {
            is_alone(side, &outcome.seen(views)) || side == 0 && outcome.is_forbidden()
        };
        let mut found = Vec::new();
        for side in 0..N {
            let is_reported = |outcome: &Outcome| is_reported_of(side, outcome);
            if !all[side].outcomes.keys().any(is_reported) {
                continue;
            }
            explorers[side].add_schedules(&program, &mut all[side], is_reported);
            let reported = all[side].outcomes.iter();
            let mut reported: Vec<_> = reported
                .filter(|(outcome, _)| is_reported(outcome))
                .collect();
            reported.sort_by_cached_key(|(outcome, _)| outcome.key());
            for (outcome, shown) in reported {
                let is_alone = is_alone(side, &outcome.seen(views));
                let case = Case::scheduled(topology, ops, shown.fewest.1.clone());
                let rank = (used(&case), shown.fewest.0, order);
                let others = || seen[N - 1 - side].iter().cloned().collect();
                let alone = is_alone.then(|| (side, outcome.clone(), others()));
                let side = is_alone.then_some(side);
                for (number, difference) in self.shown(&case, side).into_iter().enumerate() {
                    if known.contains(&difference.cause) {
                        continue;
                    }
                    let cause = difference.cause.clone();
                    let seen = Suspect {
                        rank,
                        case: case.clone(),
                        difference,
                        alone: alone.clone().filter(|_| number == 0),
                    };
                    found.push((cause, seen));
                }
            }
        }
        found
    }

    /// Returns what a case shows under its schedule: if only the side `alone` allows the outcome,
    /// the first difference and the misbehaviours of this side; otherwise, the misbehaviours that
    /// both sides have.
    pub(super) fn shown(&self, case: &Case, alone: Option<usize>) -> Vec<Difference> {
        let recordings: [_; N] =
            std::array::from_fn(|side| record(&self.question.models[side], case));
        let mut all = match (&recordings[..], alone) {
            ([from, to], Some(alone)) => {
                let mut all = differences(case, from, to, self.question.views);
                all.retain(|difference| !difference.follows);
                let is_of_it = |cause: &Cause| match cause {
                    Cause::Complained { side, .. } | Cause::Leaked { side, .. } => {
                        side.index() == alone
                    }
                    _ => false,
                };
                let mut number = 0;
                all.retain(|difference| {
                    number += 1;
                    number == 1 || is_of_it(&difference.cause)
                });
                return all;
            }
            ([first, ..], _) => misbehaviours(case, first),
            ([], _) => Vec::new(),
        };
        all.retain(|difference| !difference.follows);
        if N == 2 {
            for difference in &mut all {
                difference.cause.attribute_to_both();
            }
        }
        all
    }
}

/// Returns the sort key by which one program is simpler than another, the most important part
/// first: the numbers of its operations, its faults, and the devices, mms and groups that it uses.
fn used(case: &Case) -> [usize; 5] {
    let mut devices: HashSet<u32> = HashSet::new();
    let mut mms: HashSet<u32> = HashSet::new();
    for op in &case.ops {
        devices.extend(op.kind.dev());
        mms.extend(op.kind.mm());
    }
    let group = |&dev: &u32| case.topology.devices.get(dev as usize).map(|d| d.group);
    let groups: HashSet<u8> = devices.iter().filter_map(group).collect();
    let faults = case.ops.iter().filter(|op| op.fault.is_some());
    [
        case.ops.len(),
        faults.count(),
        devices.len(),
        mms.len(),
        groups.len(),
    ]
}
