// SPDX-License-Identifier: GPL-2.0-or-later
//! The digest of a complete exploration.

use super::json::signature::{signature_json, without_anchors};
use crate::finding::{Finding, hex, id};
use crate::question::Question;
use sha2::{Digest, Sha256};
use spec::Model;

/// Returns the digest of a complete exploration: the first 16 hex digits of a SHA-256 over the
/// universe, the models, and the findings with their cases. It is the same on every machine.
pub fn digest<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
    findings: &[Finding],
) -> String {
    let infos = question.infos();
    let mut hasher = Sha256::new();
    let mut line = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update(b"\n");
    };
    line(&question.universe.to_json().to_string());
    infos.iter().for_each(|info| line(info.name()));
    question.views.iter().for_each(|view| line(view.name()));
    // A single model is both sides of its findings.
    let sides = [infos[0], infos[N - 1]];
    for finding in findings {
        let signature = signature_json(&finding.difference.cause, sides);
        line(&without_anchors(signature).to_string());
        line(&id(&finding.case));
    }
    hex(&hasher.finalize()[..8])
}
