// SPDX-License-Identifier: GPL-2.0-or-later
//! What an explorer is asked, and what it answers.

use crate::finding::{Finding, Findings, Judged, Scope, size};
use crate::judge::View;
use crate::limits::Stopped;
use crate::universe::Universe;
use spec::case::MAX_OPS;
use spec::edit::{names_nothing, without_device, without_mm};
use spec::{Case, Model, Tree};

/// Of two models how they differ in a universe, in these views; of one model what it does there
/// that no kernel may ever do.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a, M, const N: usize> {
    /// The models.
    pub models: [M; N],
    /// What they do.
    pub universe: &'a Universe,
    /// What is looked at where there are two.
    pub views: &'a [View],
}

impl<M: Model, const N: usize> Question<'_, M, N> {
    /// How a search ends that has no more states, the last of them after so many operations. Where
    /// sequences may have any length, those that are too long for a case were not seen.
    pub(crate) fn end_at(&self, depth: usize) -> Result<(), Stopped> {
        match self.universe.ops {
            None if depth == MAX_OPS => Err(Stopped::Length),
            _ => Ok(()),
        }
    }

    /// Keeps what a case shows that is no consequence and was not found before. Whether it shows
    /// anything.
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

    /// Adds the findings in one topology to those in others, without what they do not need.
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

    /// The same finding without the devices and mms that it does not need.
    pub(crate) fn without_unused(&self, mut finding: Finding) -> Finding {
        type Without = fn(&Case, u32) -> Case;
        let topology = finding.case.topology.clone();
        let devices =
            (0..topology.devices.len()).map(|dev| (without_device as Without, dev as u32));
        let mms = (0..topology.mms.len()).map(|mm| (without_mm as Without, mm as u32));
        // From the last to the first, so that what is still to be tried keeps its index.
        for (without, index) in devices.chain(mms).rev() {
            let case = without(&finding.case, index);
            if case.ops.iter().any(names_nothing) {
                continue; // It was needed.
            }
            let cause = &finding.difference.cause;
            if let Some(smaller) = Finding::find(&self.models, self.views, &case, cause) {
                finding = smaller;
            }
        }
        finding
    }

    /// Marks the findings of a complete exploration than which no shorter case shows the same.
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

    /// What the models are.
    pub(crate) fn infos(&self) -> [&'static Tree; N] {
        std::array::from_fn(|side| self.models[side].tree())
    }
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct SearchSummary {
    /// Distinct states, of all topologies together.
    pub states: usize,
    /// Operations that were done.
    pub transitions: u64,
    /// The longest of the shortest ways from boot to a state.
    pub depth: usize,
    /// Most bytes that states took at the same time, in this process.
    pub bytes: usize,
    /// Where several CPUs did the operations: how many programs there were, and how many schedules of
    /// them on all models together. States are then those of all programs, and transitions sections.
    pub programs: Option<(usize, u128)>,
    /// Why it was stopped; `None` if everything was seen.
    pub stopped: Option<Stopped>,
    /// The findings, those with the shortest cases first.
    pub findings: Vec<Finding>,
    /// Of a case with so many operations or fewer, no shorter one shows the same.
    pub shortest: usize,
}

/// What states are known by.
pub const FINGERPRINT_BITS: u32 = 128;

impl SearchSummary {
    /// Of a search that has not begun.
    pub(crate) fn nothing() -> Self {
        SearchSummary {
            states: 0,
            transitions: 0,
            depth: 0,
            bytes: 0,
            programs: None,
            stopped: None,
            findings: Vec::new(),
            shortest: usize::MAX,
        }
    }

    /// Whether everything was seen.
    pub fn complete(&self) -> bool {
        self.stopped.is_none()
    }

    /// An upper bound of the probability that two states were taken for one, as the exponent of a
    /// power of two: there are fewer than `states²/2` pairs.
    pub fn collision_exponent(&self) -> i32 {
        let bits = (self.states as f64).log2().max(0.0);
        (2.0 * bits).ceil() as i32 - 1 - FINGERPRINT_BITS as i32
    }
}
