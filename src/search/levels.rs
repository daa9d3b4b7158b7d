// SPDX-License-Identifier: GPL-2.0-or-later
//! Searches one topology level by level, on the cores of one machine.
//!
//! Any thread can expand the states of a level, in any order. Of several paths to a state, the
//! first in order is kept, and so is the first place where a key occurs. The findings therefore do
//! not depend on the scheduling of threads.

use super::candidates::Candidates;
use super::expand::{Expander, Reached};
use super::found::{Found, findings_of};
use super::shard::{Fingerprint, Shard, Unit};
use crate::limits::{Control, Stopped};
use crate::question::Question;
use crate::workers::{self, lock};
use serde::{Deserialize, Serialize};
use spec::{Model, Topology};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The number of parts of the set of states. There are enough that two threads rarely need the same
/// part, and that growing one part takes little additional memory.
const SHARDS: usize = 16;

/// A smaller level is expanded by a single thread.
const WORTH_A_THREAD: usize = 512;

/// The progress of the search in one topology.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Levels {
    shards: Vec<Mutex<Shard>>,
    /// The length of the paths to the states of the level that is being expanded.
    pub depth: usize,
    /// The units of the level that are still to be expanded.
    units: Mutex<Vec<Unit>>,
    /// The bytes of the units that are not completely expanded.
    #[serde(skip)]
    unit_bytes: AtomicUsize,
    pub transitions: u64,
    /// The candidates of this level.
    pub candidates: Candidates,
    pub found: Found,
}

/// Returns the part that a state belongs to, out of `parts`. The lower half of the fingerprint
/// distinguishes states within a part.
pub(super) fn part_of(fingerprint: Fingerprint, parts: usize) -> usize {
    (((fingerprint >> 64) * parts as u128) >> 64) as usize
}

/// Sends states to the shards that own them.
struct Shards<'a> {
    shards: &'a [Mutex<Shard>],
    control: &'a Control<'a>,
}

impl Reached for Shards<'_> {
    fn reached(
        &mut self,
        fingerprint: Fingerprint,
        packed: &[u8],
        path: &[u8],
        last: impl FnOnce(&mut Vec<u8>),
    ) {
        let shard = &self.shards[part_of(fingerprint, self.shards.len())];
        let is_new = lock(shard).reach(fingerprint, packed, path, last);
        if is_new {
            self.control.new_state();
        }
    }
}

impl Levels {
    /// Starts a search with the state at boot only.
    pub(super) fn at_boot<M: Model, const N: usize>(
        question: &Question<'_, M, N>,
        topology: &Topology,
        control: &Control<'_>,
    ) -> Self {
        let levels = Levels::empty();
        let mut shards = Shards {
            shards: &levels.shards,
            control,
        };
        Expander::new(question, topology).boot(&mut shards);
        levels.end_level();
        levels
    }

    pub(super) fn empty() -> Self {
        Levels {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            depth: 0,
            units: Mutex::default(),
            unit_bytes: AtomicUsize::new(0),
            transitions: 0,
            candidates: Candidates::default(),
            found: Found::default(),
        }
    }

    /// Restores the data that a checkpoint does not contain, after reading it.
    pub(super) fn restore<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        topology: &Topology,
    ) {
        for shard in &self.shards {
            lock(shard).restore();
        }
        self.count_unit_bytes();
        self.found.findings = findings_of(question, topology, &self.found.hits);
    }

    /// Returns the number of distinct states so far.
    pub(super) fn states(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).states()).sum()
    }

    /// Returns a number that depends on all states but not on their order.
    pub(super) fn sum(&self) -> Fingerprint {
        let shards = self.shards.iter();
        shards.fold(0, |sum, shard| sum ^ lock(shard).sum())
    }

    /// Returns the bytes that states take.
    fn bytes(&self) -> usize {
        let shards = self.shards.iter().map(|shard| lock(shard).bytes());
        shards.sum::<usize>() + self.unit_bytes.load(Ordering::Relaxed)
    }

    fn end_level(&self) {
        let shards = self.shards.iter().enumerate();
        let units = shards.flat_map(|(index, shard)| lock(shard).end_level(index));
        let mut units: Vec<Unit> = units.collect();
        // Units are taken from the end: the large ones first, so that all threads end at about the
        // same time.
        units.sort_by_key(Unit::states);
        *lock(&self.units) = units;
        self.count_unit_bytes();
    }

    fn count_unit_bytes(&self) {
        let bytes = lock(&self.units).iter().map(Unit::bytes).sum();
        self.unit_bytes.store(bytes, Ordering::Relaxed);
    }

    /// Searches until the end, or until `control` stops it. After a stop, it can be called again.
    pub(super) fn run<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        topology: &Topology,
        threads: usize,
        control: &Control<'_>,
    ) -> Result<(), Stopped> {
        let mut expanders: Vec<Expander<'_, M, N>> = (0..threads)
            .map(|_| Expander::new(question, topology))
            .collect();
        loop {
            let states = lock(&self.units).iter().map(Unit::remaining).sum();
            control.level(self.depth, states, self.found.findings.len());
            let stopped = self.expand(&mut expanders, states, control);
            if lock(&self.units).is_empty() {
                let candidates = std::mem::take(&mut self.candidates);
                self.found.judge(question, &mut expanders[0], candidates);
                self.end_level();
                if lock(&self.units).is_empty() {
                    return question.end_at(self.depth);
                }
                self.depth += 1;
            }
            if let Some(stopped) = stopped {
                return Err(stopped);
            }
        }
    }

    /// Expands the rest of the level.
    fn expand<M: Model, const N: usize>(
        &mut self,
        expanders: &mut [Expander<'_, M, N>],
        states: usize,
        control: &Control<'_>,
    ) -> Option<Stopped> {
        let transitions = AtomicU64::new(0);
        let work = |expander: &mut Expander<'_, M, N>| {
            let done = self.work(expander, control);
            transitions.fetch_add(done, Ordering::Relaxed);
        };
        let threads = match states < WORTH_A_THREAD {
            true => 1,
            false => expanders.len(),
        };
        workers::run(&mut expanders[..threads], work);
        self.transitions += transitions.into_inner();
        for expander in expanders {
            self.candidates
                .merge(std::mem::take(&mut expander.candidates));
        }
        control.take_stopped()
    }

    /// Expands units on one thread. Returns the number of operations that ran.
    fn work<M: Model, const N: usize>(
        &self,
        expander: &mut Expander<'_, M, N>,
        control: &Control<'_>,
    ) -> u64 {
        let mut all = 0;
        loop {
            let Some(mut unit) = lock(&self.units).pop() else {
                return all;
            };
            let bytes = unit.bytes();
            let before = unit.remaining();
            let mut shards = Shards {
                shards: &self.shards,
                control,
            };
            let (mut transitions, shard, known) = (0, unit.shard, &self.found.known);
            unit.expand(|state, path, last| {
                if control.no_more() {
                    return false;
                }
                let last = |key: &mut Vec<u8>| key.extend(lock(&self.shards[shard]).last(last));
                transitions += expander.expand(state, path, last, known, &mut shards);
                true
            });
            all += transitions;
            let left = unit.remaining();
            control.expanded(before - left, transitions, self.bytes());
            if left > 0 {
                lock(&self.units).push(unit);
                return all;
            }
            self.unit_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}
