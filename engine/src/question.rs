// SPDX-License-Identifier: GPL-2.0-or-later
//! The question that an explorer has to answer, and its answer.

use crate::finding::{Finding, Findings, Judged, Scope, size};
use crate::judge::View;
use crate::limits::Stopped;
use crate::universe::Universe;
use spec::case::MAX_OPS;
use spec::edit::{names_nothing, without_device, without_mm};
use spec::{Case, Model, Tree};

/// What an explorer has to find in a universe: for two models, their differences in `views`; for
/// one model, its misbehaviours.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a, M, const N: usize> {
    /// The models to compare, or the one to judge.
    pub models: [M; N],
    /// The universe whose cases the models run.
    pub universe: &'a Universe,
    /// The views in which two models are compared.
    pub views: &'a [View],
}

impl<M: Model, const N: usize> Question<'_, M, N> {
    /// Returns the result of a search that has no more states to expand at this depth: an error if
    /// sequences may have any length, but longer ones do not fit in a case.
    pub(crate) fn end_at(&self, depth: usize) -> Result<(), Stopped> {
        match self.universe.ops {
            None if depth == MAX_OPS => Err(Stopped::Length),
            _ => Ok(()),
        }
    }

    /// Adds every difference of a case that is not a consequence and has a new cause. Returns
    /// whether the case shows any difference at all.
    pub(crate) fn keep(&self, case: Case, findings: &mut Findings) -> bool {
        let judged = Judged::new(&self.models, self.views, &case);
        for difference in &judged.differences {
            if !difference.follows && !findings.contains_key(&difference.cause) {
                let finding = judged.finding(&case, difference.clone());
                findings.insert(difference.cause.clone(), finding);
            }
        }
        !judged.differences.is_empty()
    }

    /// Merges the findings in one topology into those in others, without the devices and mms that
    /// they do not need. Of two findings with one cause, keeps the simpler.
    pub(crate) fn add(&self, to: &mut Findings, findings: Findings) {
        for finding in findings.into_values() {
            let finding = self.without_unused(finding);
            match to.get_mut(&finding.difference.cause) {
                Some(known) if size(&known.case) <= size(&finding.case) => {}
                Some(known) => *known = finding,
                None => {
                    to.insert(finding.difference.cause.clone(), finding);
                }
            }
        }
    }

    /// Returns the finding without the devices and mms that it does not need.
    pub(crate) fn without_unused(&self, mut finding: Finding) -> Finding {
        type Without = fn(&Case, u32) -> Case;
        let topology = finding.case.topology.clone();
        let devices =
            (0..topology.devices.len()).map(|dev| (without_device as Without, dev as u32));
        let mms = (0..topology.mms.len()).map(|mm| (without_mm as Without, mm as u32));
        // From the last to the first, so that removal does not change the indices still to be
        // tried.
        for (without, index) in devices.chain(mms).rev() {
            let case = without(&finding.case, index);
            if case.ops.iter().any(names_nothing) {
                continue; // The case needs it.
            }
            let cause = &finding.difference.cause;
            if let Some(smaller) = Finding::find(&self.models, self.views, &case, cause) {
                finding = smaller;
            }
        }
        finding
    }

    /// Marks the findings of a complete exploration for which no shorter case shows the same cause.
    pub(crate) fn mark_shortest(&self, summary: &mut SearchSummary) {
        let complete = summary.complete();
        for finding in &mut summary.findings {
            let is_shortest = complete && finding.case.ops.len() <= summary.shortest;
            finding.shortest_in = is_shortest.then(|| Scope {
                universe: self.universe.clone(),
                views: self.views.to_vec(),
            });
        }
    }

    /// Returns the trees of the models.
    pub fn infos(&self) -> [&'static Tree; N] {
        std::array::from_fn(|side| self.models[side].tree())
    }
}

/// The result of a search.
#[derive(Clone, Debug)]
pub struct SearchSummary {
    /// The number of distinct states, of all topologies together; without those that a search does
    /// not count, see [`Search::counts`](crate::search::Search::counts).
    pub states: usize,
    /// The most distinct states of one of the topologies that this process searched, or has its share
    /// of.
    pub largest: usize,
    /// The number of operations that ran.
    pub transitions: u64,
    /// The largest distance of a state from boot, in operations.
    pub depth: usize,
    /// The peak memory of the states of this process, in bytes.
    pub bytes: usize,
    /// For several CPUs: the number of programs, and the number of their schedules on all models
    /// together. `states` then counts the states of all programs, and `transitions` counts
    /// sections.
    pub programs: Option<(usize, u128)>,
    /// Whether states were told apart as they are, and not by fingerprints.
    pub exact: bool,
    /// Why the search stopped early; `None` if it covered everything.
    pub stopped: Option<Stopped>,
    /// The findings, the shortest cases first.
    pub findings: Vec<Finding>,
    /// The length up to which cases are known to be shortest: no case of up to this many operations
    /// has a shorter one that shows the same cause.
    pub shortest: usize,
}

/// The number of bits of the fingerprints that identify states.
pub const FINGERPRINT_BITS: u32 = 128;

impl SearchSummary {
    /// Returns the summary of a search that has not begun.
    pub(crate) fn nothing() -> Self {
        SearchSummary {
            states: 0,
            largest: 0,
            transitions: 0,
            depth: 0,
            bytes: 0,
            programs: None,
            exact: false,
            stopped: None,
            findings: Vec::new(),
            shortest: usize::MAX,
        }
    }

    /// Returns whether the search covered everything.
    pub fn complete(&self) -> bool {
        self.stopped.is_none()
    }

    /// Returns an upper bound of the probability that two different states had the same
    /// fingerprint, if they were told apart by fingerprints, as the exponent of a power of two: there are fewer than `states²/2` pairs.
    pub fn collision_exponent(&self) -> i32 {
        let bits = (self.states as f64).log2().max(0.0);
        (2.0 * bits).ceil() as i32 - 1 - FINGERPRINT_BITS as i32
    }
}
