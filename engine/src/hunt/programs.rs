// SPDX-License-Identifier: GPL-2.0-or-later
//! Hunts with programs on several CPUs: finds outcomes that one kernel allows and the other allows
//! under no schedule, and misbehaviours.

use super::{Hunt, HuntSummary, Kind, Source, Worker};
use crate::finding::Finding;
use crate::interleaving::Explorer;
use crate::judge::Cause;
use crate::minimize::GoesOn;
use crate::race::{Looked, RaceSearch, parts};
use crate::workers;
use spec::{Case, Model};
use std::collections::HashSet;
use std::sync::Arc;

/// The findings of the programs so far.
pub(super) struct Programs<'h, 'a, M> {
    hunt: &'h Hunt<'a, M>,
    known: Arc<HashSet<Cause>>,
    reported: HashSet<Cause>,
}

/// A worker for programs.
pub(super) struct Looker<'a, M> {
    search: RaceSearch<'a, M, 2>,
    source: Source,
    explorers: [Explorer; 2],
    known: Arc<HashSet<Cause>>,
    looked: Looked,
    /// The same operations on one CPU.
    alone: Case,
}

impl<M: Model> Worker for Looker<'_, M> {
    fn look(&mut self, number: u64) -> u64 {
        let case = self.source.case(number);
        let (known, explorers, looked) = (&self.known, &mut self.explorers, &mut self.looked);
        self.search.look_at(case, number, known, explorers, looked);
        // A cause that needs only one CPU is a finding of its own, even if a similar one needs
        // several.
        self.alone.clone_from(case);
        self.alone.ops.iter_mut().for_each(|op| op.cpu = Some(0));
        self.search
            .look_at(&self.alone, number, known, explorers, looked);
        case.ops.len() as u64
    }
}

impl<'h, 'a, M: Model> Programs<'h, 'a, M> {
    pub(super) fn new(hunt: &'h Hunt<'a, M>) -> Self {
        Programs {
            hunt,
            known: Arc::default(),
            reported: HashSet::new(),
        }
    }

    fn search(&self) -> RaceSearch<'a, M, 2> {
        RaceSearch::of_programs(self.hunt.models, self.hunt.views)
    }
}

impl<'a, M: Model> Kind for Programs<'_, 'a, M> {
    type Worker = Looker<'a, M>;
    const FIRST: u64 = 1 << 2;
    const ROUND: u64 = 1 << 10;
    // A program can take a tenth of a second.
    const BLOCK: u64 = 1;

    fn worker(&self) -> Looker<'a, M> {
        let Hunt {
            profile,
            seed,
            cpus,
            ..
        } = *self.hunt;
        Looker {
            search: self.search(),
            source: Source::new(profile, seed, cpus).of(&self.hunt.models),
            explorers: Default::default(),
            known: self.known.clone(),
            looked: Looked::default(),
            alone: Case::default(),
        }
    }

    fn conclude(
        &mut self,
        workers: &mut [Looker<'a, M>],
        summary: &mut HuntSummary,
        goes_on: GoesOn<'_>,
    ) -> Vec<(u64, Finding)> {
        let mut looked = Looked::default();
        for worker in workers.iter_mut() {
            looked.merge(std::mem::take(&mut worker.looked));
        }
        summary.schedules += looked.schedules();
        summary.too_large += looked.too_large();
        let search = RaceSearch {
            goes_on: Some(goes_on),
            ..self.search()
        };
        let new = search.settle(looked, &mut HashSet::clone(&self.known));
        let all = workers::map(self.hunt.threads, new, |(number, mut finding)| {
            search.on_one_cpu(&mut finding);
            let smaller = self.hunt.minimized(finding.clone(), goes_on)?;
            if search.accepts(&smaller) {
                finding = smaller;
                search.on_one_cpu(&mut finding);
            }
            goes_on().then_some((number, finding))
        });
        let all = all.into_iter().flatten().collect();
        // A cause is known once it is reported. A finding that is described by another cause leaves
        // its own unknown, so that a later case can show it.
        let mut known = HashSet::clone(&self.known);
        let mut all = by_parts(&search, all, &mut known);
        self.known = Arc::new(known);
        for worker in workers {
            worker.known = self.known.clone();
        }
        all.retain(|(_, finding)| self.reported.insert(finding.difference.cause.clone()));
        all
    }
}

/// Describes findings by parts of their programs. An outcome can have several descriptions; if a
/// part of the program shows one of them, that is the one returned, as in a search, which explores
/// all shorter programs first. A `known` description is preferred, and is not a new finding; those
/// of the findings are added.
fn by_parts<M: Model>(
    search: &RaceSearch<'_, M, 2>,
    findings: Vec<(u64, Finding)>,
    known: &mut HashSet<Cause>,
) -> Vec<(u64, Finding)> {
    let mut explorers = Default::default();
    let mut all = Vec::new();
    for (number, finding) in findings {
        if !finding.case.is_on_several_cpus() {
            known.insert(finding.difference.cause.clone());
            all.push((number, finding));
            continue;
        }
        for part in parts(&finding.case) {
            let mut looked = Looked::default();
            search.look_at(&part, number, known, &mut explorers, &mut looked);
            for (_, mut finding) in search.settle(looked, known) {
                search.on_one_cpu(&mut finding);
                all.push((number, finding));
            }
        }
        if !search.goes_on() {
            // If some parts were skipped, the finding could be described differently with more
            // time.
            break;
        }
    }
    all
}
