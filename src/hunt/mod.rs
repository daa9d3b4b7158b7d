// SPDX-License-Identifier: GPL-2.0-or-later
//! The hunt: random cases at full speed, and every cause by which two models differ that they show.
//!
//! Cases are numbered, and each is made from the seed and its number alone. They are looked at in
//! rounds, by all threads; of each cause that is new in a round, the case with the lowest number is
//! run in full at its end, and minimized. So what is found depends on the seed and on how many cases
//! there were, and on nothing else.

mod programs;
mod sequential;
mod source;

pub use source::{Source, usual_cpus};

use crate::finding::Finding;
use crate::judge::View;
use crate::limits::Deadline;
use crate::minimize::minimize;
use crate::workers;
use programs::Programs;
use sequential::Sequential;
use spec::Model;
use spec::generate::Profile;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Configures a hunt.
pub struct Hunt<'a, M> {
    /// The models.
    pub models: [M; 2],
    /// What is looked at. On several CPUs those of [`View::DEFAULT`] can be.
    pub views: &'a [View],
    /// What cases are made of.
    pub profile: &'static Profile,
    /// How many CPUs do the operations, under every interleaving.
    pub cpus: u8,
    /// What cases are made from.
    pub seed: u64,
    /// So many cases at most.
    pub cases: u64,
    /// No case is begun after this time. What was found by then is concluded, so that the same number of
    /// cases finds the same.
    pub time: Duration,
    /// How many threads hunt. What is found does not depend on it.
    pub threads: usize,
    /// Stops the hunt when it is set.
    pub interrupt: Option<&'a AtomicBool>,
    /// Called many times a second with how far the hunt is.
    pub watch: Option<&'a (dyn Fn(&HuntStatus) + Sync)>,
    /// Under which name a finding is known already, if it is.
    pub known: Option<&'a Known<'a>>,
}

/// Under which name a finding is known already, if it is.
pub type Known<'a> = dyn Fn(&Finding) -> Option<String> + Sync + 'a;

/// Something that was found.
#[derive(Clone, Debug)]
pub struct HuntFinding {
    /// The cause, and a case that shows it.
    pub finding: Finding,
    /// The first case that showed it, before it was minimized.
    pub number: u64,
    /// Under which name it is known already, if it is.
    pub known: Option<String>,
}

/// How far a hunt is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HuntStatus {
    /// Cases that were run.
    pub cases: u64,
    /// Operations of them that ran on both models.
    pub ops: u64,
    /// Findings.
    pub findings: usize,
}

/// What became of a hunt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HuntSummary {
    /// The cases that were run: those with the numbers below this one.
    pub cases: u64,
    /// Operations of them that ran on both models.
    pub ops: u64,
    /// Of programs on several CPUs: how many schedules there were on both models together.
    pub schedules: u128,
    /// Programs with more states than a hunt goes through; nothing is known of these.
    pub too_large: u64,
    /// How many findings there were.
    pub findings: usize,
    /// Whether somebody stopped it.
    pub interrupted: bool,
}

/// How one kind of case is looked at, by one thread.
trait Worker: Send {
    /// Runs a case, keeps what is new in it, and returns how many operations ran on both models.
    fn look(&mut self, number: u64) -> u64;
}

/// How one kind of case is looked at, by all threads.
trait Kind {
    type Worker: Worker;
    /// Cases of a round, and how many a thread takes at a time.
    const ROUND: u64;
    const BLOCK: u64;
    /// Returns the findings of a round, those of the cases with the lowest numbers first.
    fn conclude(
        &mut self,
        workers: &mut [Self::Worker],
        summary: &mut HuntSummary,
    ) -> Vec<(u64, Finding)>;
    /// Returns a worker that knows what was found in earlier rounds.
    fn worker(&self) -> Self::Worker;
}

impl<M: Model> Hunt<'_, M> {
    /// Hunts, and calls `tell` with each finding at the end of its round. An error of `tell` ends it.
    pub fn run<E>(
        &self,
        tell: impl FnMut(&HuntFinding) -> Result<(), E>,
    ) -> Result<HuntSummary, E> {
        match self.cpus {
            0..=1 => self.rounds(Sequential::new(self), tell),
            _ => self.rounds(Programs::new(self), tell),
        }
    }

    fn rounds<K: Kind, E>(
        &self,
        mut kind: K,
        mut tell: impl FnMut(&HuntFinding) -> Result<(), E>,
    ) -> Result<HuntSummary, E> {
        let deadline = Deadline::new(self.time, self.interrupt);
        let mut summary = HuntSummary::default();
        let mut workers: Vec<K::Worker> = Vec::new();
        loop {
            workers.resize_with(self.threads.max(1), || kind.worker());
            let end = self.cases.min(summary.cases.saturating_add(K::ROUND));
            // Blocks are taken in order, and a thread that takes one runs all of it. So whatever ends
            // a round early, it is as if no more cases had been asked for.
            let next = AtomicU64::new(summary.cases);
            let ops = AtomicU64::new(summary.ops);
            let work = |worker: &mut K::Worker| {
                while deadline.stopped().is_none() {
                    let first = next.fetch_add(K::BLOCK, Relaxed);
                    let block = first..end.min(first + K::BLOCK);
                    if block.is_empty() {
                        return;
                    }
                    let last = block.end;
                    let done = block.map(|number| worker.look(number)).sum();
                    let ops = ops.fetch_add(done, Relaxed) + done;
                    if let Some(watch) = self.watch {
                        watch(&HuntStatus {
                            cases: last,
                            ops,
                            findings: summary.findings,
                        });
                    }
                }
            };
            workers::run(&mut workers, work);
            summary.cases = end.min(next.into_inner());
            summary.ops = ops.into_inner();
            let all = kind.conclude(&mut workers, &mut summary);
            summary.findings += all.len();
            for (number, finding) in all {
                let known = self.known.and_then(|known| known(&finding));
                tell(&HuntFinding {
                    finding,
                    number,
                    known,
                })?;
            }
            summary.interrupted = deadline.is_interrupted();
            if deadline.stopped().is_some() || summary.cases == self.cases {
                return Ok(summary);
            }
        }
    }

    /// Returns the same, as small as it gets.
    fn minimized(&self, finding: Finding) -> Finding {
        let cause = &finding.difference.cause;
        minimize(&self.models, self.views, &finding.case, cause).unwrap_or(finding)
    }
}

impl<M: fmt::Debug> fmt::Debug for Hunt<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hunt")
            .field("models", &self.models)
            .field("views", &self.views)
            .field("profile", &self.profile)
            .field("cpus", &self.cpus)
            .field("seed", &self.seed)
            .field("cases", &self.cases)
            .field("time", &self.time)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
