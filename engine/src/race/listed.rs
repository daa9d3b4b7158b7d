// SPDX-License-Identifier: GPL-2.0-or-later
//! Explores programs from a list. Unlike in a search by length, shorter programs have not been
//! explored before.

use super::search::RaceSearch;
use super::suspects::{Done, PutOff, Suspect, keep_better};
use crate::finding::{Finding, Findings};
use crate::interleaving::Explorer;
use crate::judge::Cause;
use spec::edit::without_op;
use spec::{Case, Model};
use std::collections::{HashMap, HashSet};

/// The observations of some programs, before they are examined.
#[derive(Debug, Default)]
pub struct Looked {
    seen: HashMap<Cause, Suspect>,
    done: Done,
    too_large: u64,
}

impl Looked {
    /// Adds the observations of other programs.
    pub(crate) fn merge(&mut self, other: Looked) {
        for (cause, this) in other.seen {
            keep_better(&mut self.seen, cause, this);
        }
        self.done.add(&other.done);
        self.too_large += other.too_large;
    }

    /// Returns the number of schedules of these programs, on both models together.
    pub(crate) fn schedules(&self) -> u128 {
        self.done.schedules
    }

    /// Returns the number of programs that exceeded the bounds.
    pub fn too_large(&self) -> u64 {
        self.too_large
    }
}

impl<M: Model> RaceSearch<'_, M, 2> {
    /// Runs the program with this number under every interleaving. The single schedule of a program
    /// on one CPU is not counted.
    pub fn look_at(
        &self,
        case: &Case,
        number: u64,
        known: &HashSet<Cause>,
        explorers: &mut [Explorer; 2],
        looked: &mut Looked,
    ) {
        let Case { topology, ops, .. } = case;
        let mut done = Done::default();
        let goes_on = || self.goes_on();
        let with = (&mut done, self.bounds, &goes_on as &dyn Fn() -> bool);
        let order = number as usize;
        for (cause, this) in self.look(topology, ops, order, known, explorers, with) {
            keep_better(&mut looked.seen, cause, this);
        }
        match (done.cut, case.is_on_several_cpus()) {
            // The count of schedules is incomplete, so it is not added.
            (true, _) => looked.too_large += 1,
            (false, true) => looked.done.add(&done),
            (false, false) => {}
        }
    }

    /// Examines the observations of the programs. Returns the findings with the numbers of their
    /// programs, sorted by number.
    pub fn settle(&self, looked: Looked, known: &mut HashSet<Cause>) -> Vec<(u64, Finding)> {
        let mut put_off = Vec::new();
        let mut all = self.conclude_all(looked.seen, known, &mut put_off);
        let mut explorers = Default::default();
        // Each program that is put off is replaced by a shorter one, so the loop ends.
        while !put_off.is_empty() && self.goes_on() {
            let PutOff {
                order,
                case,
                causes,
            } = put_off.remove(0);
            if known.contains(&causes[1]) {
                known.extend(causes);
                continue;
            }
            let case = self.smallest(case, &causes[1]);
            let mut looked = Looked::default();
            self.look_at(&case, order as u64, known, &mut explorers, &mut looked);
            all.extend(self.conclude_all(looked.seen, known, &mut put_off));
            known.extend(causes);
        }
        all.sort_by_key(|(number, _)| *number);
        all
    }

    fn conclude_all(
        &self,
        seen: HashMap<Cause, Suspect>,
        known: &mut HashSet<Cause>,
        put_off: &mut Vec<PutOff>,
    ) -> Vec<(u64, Finding)> {
        let mut found = Findings::new();
        let orders = self.conclude(&mut found, known, seen, Some(put_off));
        let all = found.into_iter();
        all.map(|(cause, finding)| (orders[&cause] as u64, finding))
            .collect()
    }

    /// Returns the program without the operations that are not needed to show a cause.
    fn smallest(&self, mut case: Case, cause: &Cause) -> Case {
        loop {
            let mut all = (0..case.ops.len()).rev().map(|op| without_op(&case, op));
            match all.find(|smaller| self.shows_under_any_schedule(smaller, cause) == Some(true)) {
                Some(smaller) => case = smaller,
                None => return case,
            }
        }
    }
}

/// Returns all parts of a program that name nothing outside the part, the shorter ones first, the
/// program itself last.
pub fn parts(case: &Case) -> Vec<Case> {
    let nr_ops = case.ops.len();
    let mut all: Vec<u64> = (1..1u64.checked_shl(nr_ops as u32).unwrap_or(0)).collect();
    all.retain(|stay| {
        let mut named = (0..nr_ops).filter(|op| stay >> op & 1 == 1);
        named.all(|op| match case.ops[op].kind.of() {
            Some(of) => (of as usize) >= nr_ops || stay >> of & 1 == 1,
            None => true,
        })
    });
    all.sort_by_key(|stay| stay.count_ones());
    let part = |stay: u64| {
        let gone = (0..nr_ops).rev().filter(|op| stay >> op & 1 == 0);
        gone.fold(case.clone(), |case, op| without_op(&case, op))
    };
    all.into_iter().map(part).collect()
}
