// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of running the bytes at which a fuzz target stopped, as text: a counterexample, or
//! the reason why there is none.

use super::wrap;
use crate::fuzzing::Target;
use crate::report::{ArtifactReport, json};

pub(super) fn artifact(report: &ArtifactReport) -> String {
    match &report.differ {
        Some(_) if report.is_in_a_file => String::new(),
        Some(differ) => json(&differ.to_json()),
        None => wrap("", "", agree(report.target)),
    }
}

/// Returns the sentence for models that agree.
fn agree(target: Target) -> &'static str {
    match target {
        Target::Diff | Target::Minimize => "The two models do not differ on this case.",
        Target::CaseJson | Target::CaseText | Target::Parse => {
            "No two neighbours in history differ on this case."
        }
    }
}
