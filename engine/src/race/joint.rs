// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs one schedule on two kernels: finds the schedules under which a program has an outcome on
//! one of them, and what the other kernel shows under the same schedule.
//!
//! An entry of the schedule is skipped on a kernel whose CPU has nothing to do, or waits.

use crate::interleaving::{Outcome, Splats, best};
use crate::judge::{Cause, Difference, Place, View, differences};
use crate::record::record;
use hashbrown::HashMap;
use spec::concurrent::{Cpus, Program, Section};
use spec::{Case, Model, Ret, Splat, Topology};
use std::collections::HashSet;

/// The state of both kernels, as bytes.
type Key = Vec<u8>;

/// Returns whether these operations returned the same in both outcomes. Handles are compared up to
/// renaming.
fn same_so_far(a: &Outcome, b: &Outcome, ops: &[usize]) -> bool {
    let like = |&op: &usize| match (a.rets[op], b.rets[op]) {
        (Ret::Handle { pasid: p, .. }, Ret::Handle { pasid: q, .. }) => {
            let equal = |of: &Outcome, other: usize| of.rets[other] == of.rets[op];
            p == q && ops.iter().all(|&other| equal(a, other) == equal(b, other))
        }
        (x, y) => x == y,
    };
    ops.iter().all(like)
}

#[derive(Clone)]
struct State {
    sides: [Cpus; 2],
    rets: [Vec<Ret>; 2],
    splats: [Vec<(usize, Splat)>; 2],
    /// The operations that finished on the side that allows the outcome, in their order. The order
    /// decides which of two differences is the first.
    order: Vec<u8>,
    /// For each CPU, the path with the fewest switches whose last section runs on that CPU.
    paths: Vec<Option<(u32, Vec<u8>)>>,
}

impl State {
    fn key(&self, program: &Program) -> Key {
        let mut key = Vec::new();
        for (cpus, rets) in self.sides.iter().zip(&self.rets) {
            cpus.identify(program, &mut key);
            for ret in rets {
                key.extend(ret.to_bytes());
            }
        }
        key.extend(&self.order);
        for (op, splat) in self.splats.iter().flatten() {
            key.extend([*op as u8, *splat as u8]);
        }
        key
    }
}

/// Maximum number of joint states. Beyond this limit, the schedules found so far have to suffice.
const MOST_STATES: usize = 200_000;

/// An outcome of a program that one of two models allows and the other does not. Finds the
/// schedules that show it.
pub(super) struct Alone<'a, M> {
    /// The models.
    pub models: [M; 2],
    /// The views.
    pub views: &'a [View],
    /// The index of the side that allows the outcome.
    pub side: usize,
    /// The topology of the program.
    pub topology: &'a Topology,
    /// The program.
    pub program: &'a Program,
    /// The outcome.
    pub outcome: &'a Outcome,
    /// Every outcome that the other side allows, as seen in the views.
    pub others: &'a [Outcome],
    /// Called before each state. Once it returns `false`, the schedules found so far have to
    /// suffice.
    pub goes_on: &'a dyn Fn() -> bool,
}

/// A schedule under which an outcome shows that only one side allows.
pub(super) struct Showing {
    /// The case with this schedule.
    pub case: Case,
    /// The first difference between the two sides.
    pub first: Difference,
    /// Whether the other side can do the same up to this difference, under another schedule.
    pub is_possible: bool,
}

impl<M: Model> Alone<'_, M> {
    /// Returns the case that shows the outcome, and the difference that describes it. Prefers
    /// schedules whose first difference the other side shows under no schedule, and among these the
    /// schedule with the fewest switches. A `known` difference of this kind is returned at once,
    /// because then the outcome is not new.
    pub(super) fn case(&self, known: &HashSet<Cause>) -> Option<(Case, Difference)> {
        let (mut best, mut fallback) = (None, None);
        for showing in self.showings() {
            if showing.is_possible {
                fallback.get_or_insert(showing);
                continue;
            }
            if known.contains(&showing.first.cause) {
                return Some((showing.case, showing.first));
            }
            best.get_or_insert(showing);
        }
        best.or(fallback)
            .map(|showing| (showing.case, showing.first))
    }

    /// Returns every schedule found that shows the outcome, those with the fewest switches first.
    pub(super) fn showings(&self) -> impl Iterator<Item = Showing> + '_ {
        let seen = self.outcome.seen(self.views);
        self.firsts().map(move |(case, order, first)| {
            let until = match first.place {
                Place::End => order.len(),
                Place::Op(op) => order
                    .iter()
                    .position(|&this| this == op)
                    .map_or(0, |at| at + 1),
            };
            let mut others = self.others.iter();
            let is_possible = first.place != Place::End
                && others.any(|other| same_so_far(&seen, other, &order[..until]));
            Showing {
                case,
                first,
                is_possible,
            }
        })
    }

    /// Returns, for each schedule that shows the outcome: the case, the order in which the
    /// operations finished on the side that allows it, and the first difference.
    fn firsts(&self) -> impl Iterator<Item = (Case, Vec<usize>, Difference)> + '_ {
        let seen = self.outcome.seen(self.views);
        self.schedules()
            .into_iter()
            .filter_map(move |(_, schedule)| {
                let case = Case::scheduled(self.topology, self.program.ops(), schedule);
                let recordings = self.models.each_ref().map(|model| record(model, &case));
                let side = &recordings[self.side];
                if Outcome::of(side).seen(self.views) != seen {
                    return None;
                }
                let all = differences(&case, &recordings[0], &recordings[1], self.views);
                let first = all.into_iter().find(|difference| !difference.follows)?;
                Some((case, side.order(), first))
            })
    }

    /// Returns the schedules that can show the outcome. For each behaviour of the other side under
    /// the same schedule, and each order in which the operations can finish, returns the schedule
    /// with the fewest switches. The schedules with the fewest switches come first.
    fn schedules(&self) -> Vec<(u32, Vec<u8>)> {
        let Alone {
            models,
            views,
            side,
            topology,
            program,
            outcome,
            ..
        } = *self;
        let boot = Cpus::boot(topology, program);
        let nr_cpus = program.nr_cpus();
        let mut level = vec![State {
            sides: [boot.clone(), boot],
            rets: [(); 2].map(|()| vec![Ret::Unfinished; program.ops().len()]),
            splats: [Vec::new(), Vec::new()],
            order: Vec::new(),
            paths: vec![None; nr_cpus],
        }];
        let mut watch = Splats::default();
        level[0].paths[0] = Some((0, Vec::new()));
        let wanted = outcome.seen(views);
        let mut paths: Vec<(u32, Vec<u8>)> = Vec::new();
        let mut depth = 0;
        let mut states = 0;
        while !level.is_empty() {
            states += level.len();
            if states > MOST_STATES {
                break;
            }
            let mut next: Vec<State> = Vec::new();
            let mut known: HashMap<Key, usize> = HashMap::new();
            for state in &level {
                if !(self.goes_on)() {
                    break;
                }
                let can = |cpu: usize| {
                    [0, 1].map(|at| state.sides[at].can_run(&models[at], program, cpu))
                };
                let mut is_over = true;
                for cpu in 0..nr_cpus {
                    let can = can(cpu);
                    if can == [false; 2] {
                        continue;
                    }
                    is_over = false;
                    let mut after = State {
                        paths: Vec::new(),
                        ..state.clone()
                    };
                    for at in [0, 1] {
                        if can[at] {
                            let Section { op, ret } =
                                after.sides[at].section(&models[at], program, cpu, &mut watch);
                            after.splats[at].extend(watch.0.drain(..).map(|splat| (op, splat)));
                            if let Some(ret) = ret {
                                after.rets[at][op] = ret;
                                if at == side {
                                    after.order.push(op as u8);
                                }
                            }
                        }
                    }
                    let path = best(&state.paths, depth, cpu, program.number(cpu));
                    let at = *known.entry(after.key(program)).or_insert_with(|| {
                        after.paths = vec![None; nr_cpus];
                        next.push(after);
                        next.len() - 1
                    });
                    let known = &mut next[at].paths[cpu];
                    if known.as_ref().is_none_or(|known| path < *known) {
                        *known = Some(path);
                    }
                }
                if is_over {
                    // The rest of the outcome, and a hang, show when the case is run.
                    let seen = Outcome {
                        rets: state.rets[side].clone(),
                        ..outcome.clone()
                    };
                    if seen.seen(views).rets == wanted.rets || outcome.leaked.is_none() {
                        paths.extend(state.paths.iter().flatten().min().cloned());
                    }
                }
            }
            depth += 1;
            level = next;
        }
        paths.sort();
        paths
    }
}
