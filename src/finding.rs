// SPDX-License-Identifier: GPL-2.0-or-later
//! What explorers find: a cause, and a case that shows it.

use crate::judge::{Cause, Difference};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use spec::Case;
use std::collections::HashSet;

/// A cause, and a case that shows it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The case.
    pub case: Case,
    /// The difference that the case shows, with the cause.
    pub difference: Difference,
}

/// Findings by their cause, in the order in which they were found.
pub(crate) type Findings = IndexMap<Cause, Finding>;

/// Returns the findings sorted by the sizes of their cases, the simplest first.
pub(crate) fn in_order(findings: Findings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = findings.into_values().collect();
    findings.sort_by_key(|finding| {
        let Difference { place, view, .. } = finding.difference;
        (size(&finding.case), place, view)
    });
    findings
}

/// What makes one case simpler than another, the most important first: its operations, faults,
/// devices, mms and groups.
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

/// The id of a case: the first 12 hex digits of the SHA-256 of the case without title, origin and
/// note, as compact JSON with its keys in the order in which this program writes them.
pub fn id(case: &Case) -> String {
    let text = serde_json::to_string(&case.bare()).expect("a case has nothing that JSON has not");
    hex(&Sha256::digest(text.as_bytes())[..6])
}

/// Bytes as hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
