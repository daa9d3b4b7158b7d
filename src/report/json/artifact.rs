// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of running the bytes at which a fuzz target stopped, as JSON.

use crate::report::ArtifactReport;
use serde_json::{Value, json};

pub(super) fn artifact(report: &ArtifactReport) -> Value {
    let differ = report.differ.as_ref();
    json!({
        "target": report.target.name(),
        "broken": report.broken,
        "counterexample": differ.map(|differ| differ.to_json()),
        "known": differ.and_then(|differ| differ.known),
    })
}
