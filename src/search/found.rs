// SPDX-License-Identifier: GPL-2.0-or-later
//! What a search in one topology has looked at, and what it found there.

use super::expand::Expander;
use super::looks::{Keys, Looks, Way};
use crate::finding::Findings;
use crate::question::Question;
use serde::{Deserialize, Serialize};
use spec::{Model, Topology};

/// What was looked at and found, level by level.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Found {
    /// The keys that were looked at in earlier levels.
    pub known: Keys,
    /// The ways to cases that showed something new, in order.
    pub hits: Vec<Way>,
    /// What they showed. Not saved, since the ways say it again.
    #[serde(skip)]
    pub findings: Findings,
}

impl Found {
    /// Looks closer where a level asks for it: runs the cases in full.
    pub fn look<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        expander: &mut Expander<'_, M, N>,
        looks: Looks,
    ) {
        for (key, place) in looks.in_order() {
            self.known.insert(key);
            let before = self.findings.len();
            let shown = question.keep(expander.case(&place.way), &mut self.findings);
            debug_assert!(
                shown || !place.differs,
                "a case is not the way that it was made of"
            );
            if self.findings.len() > before {
                self.hits.push(place.way);
            }
        }
    }

    /// What was found, and what the level under way shows so far.
    pub fn so_far<M: Model, const N: usize>(
        &self,
        question: &Question<'_, M, N>,
        topology: &Topology,
        looks: &Looks,
    ) -> Findings {
        let mut so_far = Found {
            findings: self.findings.clone(),
            ..Found::default()
        };
        let mut expander = Expander::new(question, topology);
        so_far.look(question, &mut expander, looks.clone());
        so_far.findings
    }
}

/// The findings that these ways lead to.
pub(super) fn findings_of<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
    topology: &Topology,
    hits: &[Way],
) -> Findings {
    let mut findings = Findings::new();
    let mut expander = Expander::new(question, topology);
    for way in hits {
        question.keep(expander.case(way), &mut findings);
    }
    findings
}
