// SPDX-License-Identifier: GPL-2.0-or-later
//! The search: everything that two models can do in a universe.
//!
//! A state is the machines of both models and what their callers hold; an operation moves both.
//! Breadth first over the states that they reach together, each kept once up to renaming (see
//! [`spec::canonical`]), so the answer is that of all sequences while the work is that of all
//! states, and the first case that shows a cause is one than which none is shorter.
//!
//! The loop itself looks at little: what was returned, who complained, what is left. When that
//! looks new, the case is run again in full, and [`crate::diff`] says what it is.

mod product;
mod seen;
mod universe;

pub use universe::Universe;

use crate::counterexample::{hex, id};
use crate::diff::{Difference, View};
use crate::models::AnyModel;
use crate::signature::Cause;
use crate::smaller::{names_nothing, shown, without_device, without_mm};
use indexmap::IndexMap;
use product::Product;
use sha2::{Digest, Sha256};
use spec::{Case, Model};
use std::collections::HashSet;

/// What a search found.
#[derive(Debug)]
pub struct Outcome {
    /// Distinct states, of all topologies together.
    pub states: usize,
    /// Operations that were run on both models.
    pub transitions: usize,
    /// The longest of the shortest ways from boot to a state.
    pub depth: usize,
    /// Whether everything was seen. If not, a limit stopped it.
    pub complete: bool,
    /// The findings, those with the shortest cases first.
    pub findings: Vec<Finding>,
}

/// A cause, and a shortest case that shows it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The case.
    pub case: Case,
    /// The difference that it shows.
    pub difference: Difference,
}

/// What a search may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// States that are kept. Each takes some 75 bytes of memory.
    pub states: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { states: 20_000_000 }
    }
}

/// Finds every way in which two models differ in a universe.
pub fn compare(
    models: [AnyModel; 2],
    universe: &Universe,
    views: &[View],
    limits: Limits,
) -> Outcome {
    let mut outcome = Outcome {
        states: 0,
        transitions: 0,
        depth: 0,
        complete: true,
        findings: Vec::new(),
    };
    let mut found: IndexMap<Cause, Finding> = IndexMap::new();
    for topology in universe.topologies() {
        let mut product = Product::new(models, universe, views, &topology);
        outcome.complete &= product.run(limits.states.saturating_sub(outcome.states));
        outcome.states += product.states();
        outcome.transitions += product.transitions;
        outcome.depth = outcome.depth.max(product.depth);
        for finding in product.findings.into_values() {
            let finding = without_unused(models, views, finding);
            match found.get_mut(&finding.difference.cause) {
                Some(known) if size(&known.case) <= size(&finding.case) => {}
                Some(known) => *known = finding,
                None => {
                    found.insert(finding.difference.cause.clone(), finding);
                }
            }
        }
    }
    outcome.findings = found.into_values().collect();
    outcome.findings.sort_by_key(|finding| {
        let Difference { place, view, .. } = finding.difference;
        (size(&finding.case), place, view)
    });
    outcome
}

/// What states are known by.
pub const FINGERPRINT_BITS: u32 = 128;

impl Outcome {
    /// An upper bound of the probability that two states were taken for one, as the exponent of a
    /// power of two: there are fewer than `states²/2` pairs.
    pub fn collision_exponent(&self) -> i32 {
        let bits = (self.states as f64).log2().max(0.0);
        (2.0 * bits).ceil() as i32 - 1 - FINGERPRINT_BITS as i32
    }

    /// A hash over the universe, the models and the findings with their cases: the same on every
    /// machine. The first 16 hex digits of a SHA-256.
    pub fn digest(&self, models: [AnyModel; 2], universe: &Universe, views: &[View]) -> String {
        let infos = models.map(|model| model.info());
        let mut hasher = Sha256::new();
        let mut line = |text: &str| {
            hasher.update(text.as_bytes());
            hasher.update(b"\n");
        };
        line(&universe.to_json().to_string());
        infos.iter().for_each(|info| line(info.name));
        views.iter().for_each(|view| line(view.name()));
        line(if self.complete {
            "complete"
        } else {
            "not complete"
        });
        for finding in &self.findings {
            line(&finding.difference.cause.to_json(infos).to_string());
            line(&id(&finding.case));
        }
        hex(&hasher.finalize()[..8])
    }
}

/// What makes one case simpler than another, the most important first.
fn size(case: &Case) -> [usize; 5] {
    let groups: HashSet<u8> = case.topology.devices.iter().map(|d| d.group).collect();
    [
        case.ops.len(),
        case.ops.iter().filter(|op| op.fault.is_some()).count(),
        case.topology.devices.len(),
        case.topology.mms.len(),
        groups.len(),
    ]
}

/// The same finding without the devices and mms that it does not need.
fn without_unused(models: [AnyModel; 2], views: &[View], mut finding: Finding) -> Finding {
    type Without = fn(&Case, u32) -> Case;
    let topology = finding.case.topology.clone();
    let devices = (0..topology.devices.len()).map(|dev| (without_device as Without, dev as u32));
    let mms = (0..topology.mms.len()).map(|mm| (without_mm as Without, mm as u32));
    // From the last to the first, so that what is still to be tried keeps its index.
    for (without, index) in devices.chain(mms).rev() {
        let case = without(&finding.case, index);
        if case.ops.iter().any(names_nothing) {
            continue; // It was needed.
        }
        if let Some(difference) = shown(models, views, &case, &finding.difference.cause) {
            finding = Finding { case, difference };
        }
    }
    finding
}
