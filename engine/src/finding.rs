// SPDX-License-Identifier: GPL-2.0-or-later
//! Findings of the explorers: a cause, and a case that shows it.

use crate::judge::{Cause, Difference, View, differences, incomparable, misbehaviours};
use crate::record::record;
use crate::universe::Universe;
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use spec::record::Recording;
use spec::{Case, Model};
use std::collections::HashSet;

/// A cause, and a case that shows it. It carries its recordings from the explorer to the reports,
/// so that no model has to run the case again.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The case.
    pub case: Case,
    /// The difference that the case shows, with the cause.
    pub difference: Difference,
    /// The recordings of the case on each model.
    pub recordings: Vec<Recording>,
    /// The scope that is known to have no shorter case with this cause; `None` if none is known.
    pub shortest_in: Option<Scope>,
}

/// A universe, and the views in which its cases were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The universe.
    pub universe: Universe,
    /// The views; empty if a single model was judged.
    pub views: Vec<View>,
}

/// Everything that a case shows on one or two models.
pub(crate) struct Judged {
    /// The recordings of the case on each model.
    pub recordings: Vec<Recording>,
    /// All differences, including consequences.
    pub differences: Vec<Difference>,
}

impl Judged {
    /// Runs a case once on each model and judges it: for two models, where they differ in `views`;
    /// for one, how it misbehaves.
    pub(crate) fn new<M: Model, const N: usize>(
        models: &[M; N],
        views: &[View],
        case: &Case,
    ) -> Self {
        let mut judged = Judged::unjudged(models, case);
        if incomparable(models, case).is_some() {
            return judged;
        }
        judged.differences = match &judged.recordings[..] {
            [from, to] => differences(case, from, to, views),
            [alone] => misbehaviours(case, alone),
            _ => Vec::new(),
        };
        judged
    }

    /// Runs a case once on each model, without judging it.
    pub(crate) fn unjudged<M: Model, const N: usize>(models: &[M; N], case: &Case) -> Self {
        Judged {
            recordings: models.iter().map(|model| record(model, case)).collect(),
            differences: Vec::new(),
        }
    }

    /// Makes a finding of one difference that the case shows.
    pub(crate) fn finding(&self, case: &Case, difference: Difference) -> Finding {
        Finding {
            case: case.clone(),
            difference,
            recordings: self.recordings.clone(),
            shortest_in: None,
        }
    }
}

impl Finding {
    /// Makes a finding of one difference that a case shows on these models. Runs the case once on
    /// each.
    pub fn new<M: Model, const N: usize>(
        models: &[M; N],
        case: &Case,
        difference: Difference,
    ) -> Self {
        Judged::unjudged(models, case).finding(case, difference)
    }

    /// Returns the id of the case.
    pub fn id(&self) -> String {
        id(&self.case)
    }
}

/// Findings by their cause, in the order in which they were found.
pub(crate) type Findings = IndexMap<Cause, Finding>;

/// Returns the findings sorted by the sizes of their cases, the simplest first.
pub(crate) fn in_order(findings: Findings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = findings.into_values().collect();
    in_order_of_size(&mut findings);
    findings
}

/// Sorts findings by the sizes of their cases, the simplest first.
pub(crate) fn in_order_of_size(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| {
        let Difference { place, view, .. } = finding.difference;
        (size(&finding.case), place, view)
    });
}

/// Returns the sort key by which one case is simpler than another, the most important part first:
/// the numbers of its operations, faults, devices, mms and groups.
pub fn size(case: &Case) -> [usize; 5] {
    let groups: HashSet<u8> = case.topology.devices.iter().map(|d| d.group).collect();
    [
        case.ops.len(),
        case.ops.iter().filter(|op| op.fault.is_some()).count(),
        case.topology.devices.len(),
        case.topology.mms.len(),
        groups.len(),
    ]
}

/// Returns the id of a case: the first 12 hex digits of the SHA-256 of its compact JSON, without
/// title, origin and note, and with the keys in the order in which this program writes them.
pub fn id(case: &Case) -> String {
    let text = serde_json::to_string(&case.bare()).expect("a case has nothing that JSON has not");
    hex(&Sha256::digest(text.as_bytes())[..6])
}

/// Formats bytes as lowercase hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
