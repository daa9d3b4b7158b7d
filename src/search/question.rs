// SPDX-License-Identifier: GPL-2.0-or-later
//! What a search asks, and what it found.

use super::{Stopped, Universe};
use crate::counterexample::{hex, id};
use crate::judge::{Cause, Difference, View, find, judge};
use crate::report::signature_json;
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use spec::case::MAX_OPS;
use spec::smaller::{names_nothing, without_device, without_mm};
use spec::{Case, Info, Model};
use std::collections::HashSet;

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

/// A cause, and a shortest case that shows it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The case.
    pub case: Case,
    /// What it shows.
    pub difference: Difference,
}

/// Findings by their cause, in the order in which they were found.
pub(crate) type Findings = IndexMap<Cause, Finding>;

impl<M: Model, const N: usize> Question<'_, M, N> {
    /// How a search ends that has no more states, the last of them after so many operations. Where
    /// sequences may have any length, those that are too long for a case were not seen.
    pub(super) fn end_at(&self, depth: usize) -> Result<(), Stopped> {
        match self.universe.ops {
            None if depth == MAX_OPS => Err(Stopped::Length),
            _ => Ok(()),
        }
    }

    /// Keeps what a case shows that is no consequence and was not found before. Whether it shows
    /// anything.
    pub(super) fn keep(&self, case: Case, findings: &mut Findings) -> bool {
        let all = judge(&self.models, self.views, &case);
        let shown = !all.is_empty();
        for difference in all {
            if !difference.follows && !findings.contains_key(&difference.cause) {
                let cause = difference.cause.clone();
                let case = case.clone();
                findings.insert(cause, Finding { case, difference });
            }
        }
        shown
    }

    /// Adds the findings in one topology to those in others, without what they do not need.
    pub(super) fn add(&self, to: &mut Findings, findings: Findings) {
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
            if let Some(difference) = find(&self.models, self.views, &case, cause) {
                finding = Finding { case, difference };
            }
        }
        finding
    }

    /// What the models are.
    pub(super) fn infos(&self) -> [&'static Info; N] {
        std::array::from_fn(|side| self.models[side].info())
    }

    /// A hash over the universe, the models and the findings of a complete search with their cases:
    /// the same on every machine. The first 16 hex digits of a SHA-256.
    pub fn digest(&self, findings: &[Finding]) -> String {
        let infos = self.infos();
        let mut hasher = Sha256::new();
        let mut line = |text: &str| {
            hasher.update(text.as_bytes());
            hasher.update(b"\n");
        };
        line(&self.universe.to_json().to_string());
        infos.iter().for_each(|info| line(info.name));
        self.views.iter().for_each(|view| line(view.name()));
        // One model stands on both sides of what it does.
        let sides = [infos[0], infos[N - 1]];
        for finding in findings {
            line(&signature_json(&finding.difference.cause, sides).to_string());
            line(&id(&finding.case));
        }
        hex(&hasher.finalize()[..8])
    }
}

/// The findings, those with the shortest cases first.
pub(crate) fn in_order(findings: Findings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = findings.into_values().collect();
    findings.sort_by_key(|finding| {
        let Difference { place, view, .. } = finding.difference;
        (size(&finding.case), place, view)
    });
    findings
}

/// What makes one case simpler than another, the most important first.
pub(crate) fn size(case: &Case) -> [usize; 5] {
    let groups: HashSet<u8> = case.topology.devices.iter().map(|d| d.group).collect();
    [
        case.ops.len(),
        case.ops.iter().filter(|op| op.fault.is_some()).count(),
        case.topology.devices.len(),
        case.topology.mms.len(),
        groups.len(),
    ]
}
