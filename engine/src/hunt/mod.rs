// SPDX-License-Identifier: GPL-2.0-or-later
//! The hunt: runs random cases at full speed, and finds every cause by which two models differ with
//! them.
//!
//! Cases are numbered, and each one depends only on the seed and its number. All threads run them
//! in rounds. At the end of a round, for each new cause, the case with the lowest number is judged
//! in full and minimized. The findings therefore depend only on the seed and the number of cases.

mod programs;
mod sequential;
mod source;

pub use source::{Source, usual_cpus};

use crate::explore::certified_while;
use crate::finding::Finding;
use crate::judge::View;
use crate::limits::Deadline;
use crate::minimize::GoesOn;
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
    /// The models to compare.
    pub models: [M; 2],
    /// The views. On several CPUs, only those in [`View::DEFAULT`] are supported.
    pub views: &'a [View],
    /// The profile that cases are generated from.
    pub profile: &'static Profile,
    /// The number of CPUs. With more than one, every case is run under every interleaving.
    pub cpus: u8,
    /// The seed of the random numbers.
    pub seed: u64,
    /// Maximum number of cases.
    pub cases: u64,
    /// No case starts after this time. Observations up to then are still examined, so that the
    /// findings depend only on the number of cases.
    pub time: Duration,
    /// The number of threads. The findings do not depend on it.
    pub threads: usize,
    /// Stops the hunt when it becomes true.
    pub interrupt: Option<&'a AtomicBool>,
    /// Called with the progress, many times a second.
    pub watch: Option<&'a (dyn Fn(&HuntStatus) + Sync)>,
    /// Looks up findings that are already known. `None` if no ledger is used.
    pub known: Option<&'a Known<'a>>,
}

/// Returns the name under which a finding is already known, or `None` if it is new.
pub type Known<'a> = dyn Fn(&Finding) -> Option<String> + Sync + 'a;

/// A finding of a hunt.
#[derive(Clone, Debug)]
pub struct HuntFinding {
    /// The cause, and a case that shows it.
    pub finding: Finding,
    /// The number of the first case that showed the cause, before it was minimized.
    pub number: u64,
    /// The name under which it is already known, if it is.
    pub known: Option<String>,
}

/// The progress of a hunt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HuntStatus {
    /// The cases that ran so far.
    pub cases: u64,
    /// The operations that ran on both models so far.
    pub ops: u64,
    /// The findings so far.
    pub findings: usize,
}

/// The results of a hunt, apart from the findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HuntSummary {
    /// The number of cases that ran. They are the cases with numbers below this one.
    pub cases: u64,
    /// The number of their operations that ran on both models.
    pub ops: u64,
    /// For programs on several CPUs: the number of schedules, on both models together.
    pub schedules: u128,
    /// The number of programs that were skipped because they have too many states.
    pub too_large: u64,
    /// The number of findings.
    pub findings: usize,
    /// Whether the hunt was interrupted.
    pub interrupted: bool,
    /// Whether time ran out before all findings were minimized. Findings that are not minimized are
    /// not reported; a hunt of the same number of cases with more time reports them.
    pub unfinished: bool,
}

/// One thread that runs cases of one kind.
trait Worker: Send {
    /// Runs a case, and keeps its new findings. Returns the number of operations that ran on both
    /// models.
    fn look(&mut self, number: u64) -> u64;
}

/// A kind of cases, sequential or concurrent, and the findings of the earlier rounds.
trait Kind {
    type Worker: Worker;
    /// The number of cases in the first round. It doubles with each round up to `ROUND`. A thread
    /// takes `BLOCK` cases at a time.
    const FIRST: u64;
    const ROUND: u64;
    const BLOCK: u64;
    /// Returns the findings of a round, sorted by the numbers of their cases. Once `goes_on`
    /// returns false, findings that are not minimized are omitted.
    fn conclude(
        &mut self,
        workers: &mut [Self::Worker],
        summary: &mut HuntSummary,
        goes_on: GoesOn<'_>,
    ) -> Vec<(u64, Finding)>;
    /// Makes a worker that knows the findings of earlier rounds.
    fn worker(&self) -> Self::Worker;
}

impl<'a, M> Hunt<'a, M> {
    /// Returns a hunt with the default views, the usual number of CPUs of the profile, seed 0 and all
    /// cores, which ends only when it is interrupted.
    pub fn new(models: [M; 2], profile: &'static Profile) -> Self {
        Hunt {
            models,
            views: &View::DEFAULT,
            profile,
            cpus: usual_cpus(profile),
            seed: 0,
            cases: u64::MAX,
            time: Duration::MAX,
            threads: workers::cores(),
            interrupt: None,
            watch: None,
            known: None,
        }
    }
}

impl<M: Model> Hunt<'_, M> {
    /// Runs the hunt. Calls `tell` with each finding at the end of its round; an error from `tell`
    /// ends the hunt.
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
        let mut round = K::FIRST;
        loop {
            workers.resize_with(self.threads.max(1), || kind.worker());
            let end = self.cases.min(summary.cases.saturating_add(round));
            // Blocks are taken in order, and a thread runs every block that it takes to the end. If
            // a round ends early, the result is therefore the same as with a smaller number of
            // cases.
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
            round = K::ROUND.min(round * 2);
            let conclusion = deadline.conclusion();
            let goes_on = || conclusion.goes_on();
            let all = kind.conclude(&mut workers, &mut summary, &goes_on);
            summary.unfinished = !goes_on();
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

    /// Returns the finding with a minimized case, or `None` if time ran out.
    fn minimized(&self, finding: Finding, goes_on: GoesOn<'_>) -> Option<Finding> {
        let cause = &finding.difference.cause;
        let certified = certified_while(self.models, self.views, &finding.case, cause, goes_on);
        // A hunt is not about a universe, so its findings name none.
        let finding = certified.map_or(finding, |certified| Finding {
            shortest_in: None,
            ..certified
        });
        goes_on().then_some(finding)
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
