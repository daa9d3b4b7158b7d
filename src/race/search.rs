// SPDX-License-Identifier: GPL-2.0-or-later
//! Every program of a universe under every interleaving: what one kernel allows and another does
//! not, and what no kernel may ever do.
//!
//! Programs are tried by length, all of one length before any longer one, so the first that shows a
//! cause is one than which none is shorter. Of those that are as short, the simplest is kept, and of
//! those the one with the fewest switches between CPUs.

use super::joint::Alone;
use super::known::{is_known_difference, is_known_leak};
use super::programs::Programs;
use crate::finding::{Finding, Findings, in_order, size};
use crate::interleaving::{Bounds, Explored, Explorer, Outcome, switches};
use crate::judge::{Cause, Difference, Side, View, differences, misbehaviours};
use crate::limits::{Control, Limits, Status, Stopped};
use crate::question::{Question, SearchSummary};
use crate::record::record;
use crate::universe::Universe;
use crate::workers::{self, cores, lock};
use spec::concurrent::Program;
use spec::smaller::in_sequence;
use spec::{Case, Model, Op, Topology};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex};

/// What a program shows, before it is looked at closely: which cause the schedule with the fewest
/// switches shows, the case with that schedule, who allows the outcome, and the outcome.
pub(super) struct Seen {
    rank: ([usize; 5], u32, usize),
    case: Case,
    difference: Difference,
    /// The side that allows it alone, with everything that the other one allows; `None` where it is
    /// allowed by all.
    alone: Option<(usize, Outcome, Vec<Outcome>)>,
}

/// What a program shows, and would with an operation less.
pub(super) struct PutOff {
    /// The number of the program.
    pub order: usize,
    pub case: Case,
    /// What it shows: as it was seen first, and as it was seen closely.
    pub causes: [Cause; 2],
}

/// Numbers of a search so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Done {
    pub programs: usize,
    pub schedules: u128,
    pub states: usize,
    pub sections: u64,
    /// Whether a program was beyond the bounds.
    pub cut: bool,
}

/// Configures a search over programs.
pub struct RaceSearch<'a, M, const N: usize> {
    /// What is asked.
    pub question: Question<'a, M, N>,
    /// What it may use.
    pub limits: Limits,
    /// How many threads search. What is found does not depend on it.
    pub threads: usize,
    /// Set from outside, to stop it.
    pub interrupt: Option<&'a AtomicBool>,
    /// Told how far it is.
    pub watch: Option<&'a (dyn Fn(&Status) + Sync)>,
    /// For each program.
    pub bounds: Bounds,
}

impl<'a, M: Model, const N: usize> RaceSearch<'a, M, N> {
    /// A search on all cores, without an interrupt or a watcher.
    pub fn new(question: Question<'a, M, N>, limits: Limits) -> Self {
        RaceSearch {
            question,
            limits,
            threads: cores(),
            interrupt: None,
            watch: None,
            bounds: Bounds::NONE,
        }
    }

    /// One that looks at programs that are given to it, each within the bounds of somebody who waits.
    pub fn of_programs(models: [M; N], views: &'a [View]) -> Self {
        /// Programs that are given are of no universe.
        static NONE: LazyLock<Universe> = LazyLock::new(Universe::default);
        let question = Question {
            models,
            universe: &NONE,
            views,
        };
        RaceSearch {
            bounds: Bounds::WAITING,
            ..RaceSearch::new(question, Limits::default())
        }
    }

    /// Searches. The universe has a limit of operations.
    pub fn run(&self) -> SearchSummary {
        let question = &self.question;
        let control = Control::new(self.limits, self.interrupt, self.watch);
        let topologies = question.universe.topologies();
        let mut summary = SearchSummary::nothing();
        let mut found = Findings::new();
        let mut known: HashSet<Cause> = HashSet::new();
        // Topology by topology, a level of each; so that a shorter program comes before a longer one
        // of another topology.
        let mut levels: Vec<Vec<Vec<Op>>> = vec![vec![Vec::new()]; topologies.len()];
        let most = question.universe.ops.unwrap_or(0);
        let mut all = Done::default();
        'search: for length in 1..=most {
            let mut seen: HashMap<Cause, Seen> = HashMap::new();
            for (at, topology) in topologies.iter().enumerate() {
                control.resume((at, topologies.len()), all.states, all.sections);
                control.level(length, levels[at].len(), found.len());
                let keep = length < most;
                let kept: usize = levels.iter().map(Vec::len).sum();
                let level = (&levels[at][..], kept * bytes_of(length));
                let (longer, here, done) = self.level(topology, level, keep, &known, &control);
                levels[at] = longer;
                all.add(&done);
                for (cause, this) in here {
                    keep_better(&mut seen, cause, this);
                }
                summary.stopped = control.take_stopped();
                if summary.stopped.is_some() {
                    self.conclude(&mut found, &mut known, seen, None);
                    break 'search;
                }
            }
            summary.depth = length;
            self.conclude(&mut found, &mut known, seen, None);
        }
        summary.states = all.states;
        summary.transitions = all.sections;
        summary.programs = Some((all.programs, all.schedules));
        summary.bytes = control.peak();
        summary.findings = in_order(found);
        for finding in &mut summary.findings {
            self.on_one_cpu(finding);
        }
        question.mark_shortest(&mut summary);
        summary
    }

    /// Every program that is one of these with an operation more: those programs, if they are to be
    /// kept, and what they show that is not known.
    fn level(
        &self,
        topology: &Topology,
        (level, bytes): (&[Vec<Op>], usize),
        keep: bool,
        known: &HashSet<Cause>,
        control: &Control<'_>,
    ) -> (Vec<Vec<Op>>, HashMap<Cause, Seen>, Done) {
        /// So many are taken at a time.
        const CHUNK: usize = 16;
        let programs = Programs::new(self.question.universe, topology);
        let next = AtomicUsize::new(0);
        let results = Mutex::new((Vec::new(), HashMap::new(), Done::default()));
        let kept = AtomicUsize::new(0);
        let goes_on = || !control.no_more();
        let work = |explorer: &mut Explorer| {
            loop {
                let first = next.fetch_add(CHUNK, Relaxed);
                if first >= level.len() {
                    return;
                }
                let chunk = &level[first..level.len().min(first + CHUNK)];
                let mut longer = Vec::new();
                let mut seen = HashMap::new();
                let mut done = Done::default();
                for (at, program) in (first..).zip(chunk) {
                    if control.no_more() {
                        return;
                    }
                    let mut number = 0;
                    programs.extend(program, &mut |ops| {
                        if control.no_more() {
                            return;
                        }
                        let order = at << 16 | number;
                        number += 1;
                        if keep {
                            longer.push(ops.to_vec());
                        }
                        done.programs += 1;
                        let looked =
                            self.look(topology, ops, order, known, explorer, (&mut done, &goes_on));
                        if done.cut {
                            control.stop(Stopped::Memory);
                        }
                        for (cause, this) in looked {
                            keep_better(&mut seen, cause, this);
                        }
                    });
                }
                control.new_states(done.states);
                let kept = kept.fetch_add(longer.len(), Relaxed) + longer.len();
                let length = chunk.first().map_or(0, Vec::len) + 1;
                let bytes = bytes + kept * bytes_of(length);
                control.expanded(chunk.len(), done.sections, bytes);
                let mut results = lock(&results);
                let (all_longer, all_seen, all_done) = &mut *results;
                all_longer.push((first, longer));
                for (cause, this) in seen {
                    keep_better(all_seen, cause, this);
                }
                all_done.add(&done);
            }
        };
        let mut explorers: Vec<Explorer> = Vec::new();
        explorers.resize_with(self.threads.max(1), Explorer::default);
        workers::run(&mut explorers, work);
        let (mut longer, seen, done) = results.into_inner().unwrap_or_else(|e| e.into_inner());
        longer.sort_by_key(|(first, _)| *first);
        let longer = longer.into_iter().flat_map(|(_, longer)| longer).collect();
        (longer, seen, done)
    }

    /// What one CPU does is a sequential case.
    pub(crate) fn on_one_cpu(&self, finding: &mut Finding) {
        if finding.case.is_on_several_cpus() {
            return;
        }
        let case = in_sequence(&finding.case.bare());
        let alone = match finding.difference.cause {
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => {
                (side != Side::Both).then_some(side.index())
            }
            Cause::Dangles { .. } => None,
            _ => Some(0),
        };
        let all = self.shown(&case, alone.filter(|_| N == 2));
        let Difference { place, view, .. } = finding.difference;
        let same = |this: &Difference| (this.place, this.view) == (place, view);
        if let Some(difference) = all.into_iter().find(same) {
            *finding = self.finding(case, difference);
        }
    }

    /// A finding of a difference that a case is known to show.
    pub(super) fn finding(&self, case: Case, difference: Difference) -> Finding {
        Finding::new(&self.question.models, &case, difference)
    }

    /// Runs a program on every model, and says what it shows.
    pub(super) fn look(
        &self,
        topology: &Topology,
        ops: &[Op],
        order: usize,
        known: &HashSet<Cause>,
        explorer: &mut Explorer,
        (done, goes_on): (&mut Done, &dyn Fn() -> bool),
    ) -> Vec<(Cause, Seen)> {
        let Question { models, views, .. } = &self.question;
        let program = Program::new(ops);
        let bounds = Bounds {
            bytes: self.bounds.bytes.min(self.limits.bytes),
            ..self.bounds
        };
        let mut explore = |model: &M, ways: bool| {
            explorer.explore_while((model, ways), topology, &program, bounds, goes_on)
        };
        let all: [Explored; N] = std::array::from_fn(|side| {
            let explored = explore(&models[side], false);
            done.states += explored.states;
            done.cut |= explored.cut;
            done.sections += explored.sections;
            done.schedules += explored.schedules();
            explored
        });
        if done.cut {
            return Vec::new();
        }
        let views: &[_] = if N == 1 { &View::ALL } else { views };
        let seen: [HashSet<Outcome>; N] = std::array::from_fn(|side| {
            let outcomes = all[side].outcomes.keys();
            outcomes.map(|outcome| outcome.seen(views)).collect()
        });
        let is_alone = |side: usize, outcome: &Outcome| {
            let others = (0..N).filter(|&other| other != side);
            N == 2 && { others }.any(|other| !seen[other].contains(outcome))
        };
        let is_of_interest = |side: usize, outcome: &Outcome| {
            is_alone(side, &outcome.seen(views)) || outcome.is_forbidden()
        };
        let mut found = Vec::new();
        for side in 0..N {
            let mut outcomes = all[side].outcomes.keys();
            if !outcomes.any(|outcome| is_of_interest(side, outcome)) {
                continue;
            }
            // Again, and now with the schedules.
            let explored = explore(&models[side], true);
            for (outcome, shown) in &explored.outcomes {
                let is_alone = is_alone(side, &outcome.seen(views));
                // What both allow is said once.
                if !is_alone && (side > 0 || !outcome.is_forbidden()) {
                    continue;
                }
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
                    let seen = Seen {
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

    /// What a case shows under its schedule. If its outcome is that of one side alone, the first thing
    /// in which the two differ, and what no kernel may do that this side does; else what no kernel
    /// may do that both do.
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

    /// Looks closely at what programs of one length showed, and says which programs those are that
    /// something was found in. What programs show of which shorter ones were not looked at is put
    /// off, if that can be.
    pub(super) fn conclude(
        &self,
        found: &mut Findings,
        known: &mut HashSet<Cause>,
        seen: HashMap<Cause, Seen>,
        mut put_off: Option<&mut Vec<PutOff>>,
    ) -> HashMap<Cause, usize> {
        let mut seen: Vec<(Cause, Seen)> = seen.into_iter().collect();
        // Whoever found it first is of no account.
        seen.sort_by_cached_key(|(cause, this)| {
            let schedule = this.case.schedule.clone();
            (this.rank, schedule, format!("{cause:?}"))
        });
        let models = &self.question.models[..];
        let mut here = Findings::new();
        let mut orders = HashMap::new();
        for (cause, this) in seen {
            let order = this.rank.2;
            let closer = match (models, &this.alone) {
                ([from, to], Some((side, outcome, others))) => {
                    let program = Program::new(&this.case.ops);
                    let alone = Alone {
                        models: [*from, *to],
                        views: self.question.views,
                        side: *side,
                        topology: &this.case.topology,
                        program: &program,
                        outcome,
                        others,
                    };
                    alone.case(known)
                }
                _ => None,
            };
            let (case, difference) = closer.unwrap_or((this.case, this.difference));
            let several = case.is_on_several_cpus();
            let is_known = several
                && (is_known_difference(&difference.cause, known)
                    || is_known_leak(&difference.cause, known));
            let with_less = several && !is_known && self.shows_with_less(&case, &difference.cause);
            if let (true, Some(put_off)) = (with_less, &mut put_off) {
                put_off.push(PutOff {
                    order,
                    case,
                    causes: [cause, difference.cause],
                });
                continue;
            }
            let nothing_new = is_known || with_less;
            known.extend([cause, difference.cause.clone()]);
            let cause = difference.cause.clone();
            if nothing_new || found.contains_key(&cause) {
                continue;
            }
            let finding = self.finding(case, difference);
            let finding = self.question.without_unused(finding);
            let rank = |finding: &Finding| {
                let schedule = finding.case.schedule.as_deref().unwrap_or_default();
                (size(&finding.case), switches(schedule))
            };
            match here.get(&cause) {
                Some(other) if rank(other) <= rank(&finding) => {}
                _ => {
                    orders.insert(cause.clone(), order);
                    here.insert(cause, finding);
                }
            }
        }
        found.extend(here);
        orders
    }
}

/// What makes a program simpler than another, the most important first: its operations, faults, and
/// how many devices, mms and groups it uses.
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

/// What a program with so many operations takes.
fn bytes_of(ops: usize) -> usize {
    size_of::<Vec<Op>>() + ops * size_of::<Op>()
}

pub(super) fn keep_better(all: &mut HashMap<Cause, Seen>, cause: Cause, this: Seen) {
    match all.get(&cause) {
        Some(known) if known.rank <= this.rank => {}
        _ => {
            all.insert(cause, this);
        }
    }
}

impl Done {
    pub fn add(&mut self, more: &Done) {
        self.programs += more.programs;
        self.schedules += more.schedules;
        self.states += more.states;
        self.sections += more.sections;
    }
}
