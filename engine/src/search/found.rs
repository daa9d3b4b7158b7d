// SPDX-License-Identifier: GPL-2.0-or-later
//! The judged cases and the findings of a search in one topology.

use super::candidates::{Candidates, Keys, Path};
use super::product::Expander;
use crate::finding::Findings;
use crate::question::Question;
use serde::{Deserialize, Serialize};
use spec::Model;

/// The judged cases and the findings so far.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Found {
    /// The keys of the candidates of earlier levels.
    pub known: Keys,
    /// The paths to cases that showed a new cause, in order.
    pub hits: Vec<Path>,
    /// The findings of these cases. Not saved, because judging the paths again produces them.
    #[serde(skip)]
    pub findings: Findings,
}

impl Found {
    /// Judges the candidates of a level.
    pub(super) fn judge<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        expander: &mut Expander<'_, M, N>,
        candidates: Candidates,
    ) {
        for (key, candidate) in candidates.in_order() {
            self.known.insert(key);
            let before = self.findings.len();
            let shown = question.keep(expander.case(&candidate.path), &mut self.findings);
            debug_assert!(
                shown || !candidate.differs,
                "a case differs from the path that it was made of"
            );
            if self.findings.len() > before {
                self.hits.push(candidate.path);
            }
        }
    }

    /// Returns the findings so far, including those of the candidates in the current level.
    pub(super) fn so_far<M: Model, const N: usize>(
        &self,
        question: &Question<'_, M, N>,
        expander: &mut Expander<'_, M, N>,
        candidates: &Candidates,
    ) -> Findings {
        let mut so_far = Found {
            findings: self.findings.clone(),
            ..Found::default()
        };
        so_far.judge(question, expander, candidates.clone());
        so_far.findings
    }
}

/// Returns the findings at the end of these paths.
pub(super) fn findings_of<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
    expander: &mut Expander<'_, M, N>,
    hits: &[Path],
) -> Findings {
    let mut findings = Findings::new();
    for path in hits {
        question.keep(expander.case(path), &mut findings);
    }
    findings
}
