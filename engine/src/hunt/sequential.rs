// SPDX-License-Identifier: GPL-2.0-or-later
//! Hunts with sequential cases.

use super::{Hunt, HuntSummary, Kind, Source, Worker};
use crate::finding::{Finding, Judged};
use crate::judge::{Cause, CauseFinder};
use crate::minimize::GoesOn;
use crate::workers;
use spec::Model;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

type Hasher = foldhash::fast::FixedState;
type Causes = HashSet<Cause, Hasher>;

/// The findings of the sequential cases so far.
pub(super) struct Sequential<'h, 'a, M> {
    hunt: &'h Hunt<'a, M>,
    known: Arc<Causes>,
}

/// A worker for sequential cases.
pub(super) struct Hunter<M> {
    models: [M; 2],
    source: Source,
    finder: CauseFinder,
    known: Arc<Causes>,
    /// The new causes of this round, each with the number of the first case that showed it.
    new: HashMap<Cause, u64, Hasher>,
}

impl<M: Model> Worker for Hunter<M> {
    #[inline]
    fn look(&mut self, number: u64) -> u64 {
        let case = self.source.case(number);
        let (ops, causes) = self.finder.causes(&self.models, case);
        for cause in causes {
            if !self.known.contains(cause) {
                // A thread gets its blocks in ascending order.
                self.new.entry(cause.clone()).or_insert(number);
            }
        }
        ops as u64
    }
}

impl<'h, 'a, M: Model> Sequential<'h, 'a, M> {
    pub(super) fn new(hunt: &'h Hunt<'a, M>) -> Self {
        Sequential {
            hunt,
            known: Arc::default(),
        }
    }
}

impl<M: Model> Kind for Sequential<'_, '_, M> {
    type Worker = Hunter<M>;
    const FIRST: u64 = Self::ROUND;
    const ROUND: u64 = 1 << 16;
    const BLOCK: u64 = 1 << 8;

    fn worker(&self) -> Hunter<M> {
        let Hunt {
            models,
            views,
            profile,
            seed,
            ..
        } = *self.hunt;
        Hunter {
            models,
            source: Source::new(profile, seed, 1).of(&models),
            finder: CauseFinder::new(views),
            known: self.known.clone(),
            new: HashMap::default(),
        }
    }

    fn conclude(
        &mut self,
        workers: &mut [Hunter<M>],
        _: &mut HuntSummary,
        goes_on: GoesOn<'_>,
    ) -> Vec<(u64, Finding)> {
        let mut numbers = Vec::new();
        let mut known = Causes::clone(&self.known);
        for (cause, number) in workers.iter_mut().flat_map(|worker| worker.new.drain()) {
            numbers.push(number);
            // The cause is known from now on, whatever judging the case in full finds.
            known.insert(cause);
        }
        if numbers.is_empty() {
            return Vec::new();
        }
        numbers.sort_unstable();
        numbers.dedup();
        let Hunt {
            models,
            views,
            profile,
            seed,
            ..
        } = self.hunt;
        let mut source = Source::new(profile, *seed, 1).of(models);
        let mut found: HashSet<Cause> = HashSet::new();
        let mut new = Vec::new();
        for number in numbers {
            let case = source.case(number);
            let judged = Judged::new(models, views, case);
            for difference in &judged.differences {
                let cause = &difference.cause;
                if difference.follows || self.known.contains(cause) || found.contains(cause) {
                    continue;
                }
                debug_assert!(
                    known.contains(cause),
                    "machines show what recordings show: {cause:?}"
                );
                found.insert(cause.clone());
                let finding = judged.finding(&case.bare(), difference.clone());
                new.push((number, finding));
            }
        }
        known.extend(found);
        self.known = Arc::new(known);
        for worker in workers {
            worker.known = self.known.clone();
        }
        let all = workers::map(self.hunt.threads, new, |(number, finding)| {
            Some((number, self.hunt.minimized(finding, goes_on)?))
        });
        all.into_iter().flatten().collect()
    }
}
