// SPDX-License-Identifier: GPL-2.0-or-later
//! Target `parse`: passes any bytes to the readers, which have to accept or refuse them. An
//! accepted input must be unchanged after writing and reading it again, and every model runs it.

use super::{Screen, What, case_json};
use crate::counterexample::Received;
use crate::models::all;
use spec::Case;

/// Runs the target on these bytes. Returns the failure, if any.
pub fn run(_: &mut Screen<'_>, bytes: &[u8]) -> Option<What> {
    if let Ok(case) = Case::from_json(bytes) {
        if let Some(wrong) = case_json::reads_back(&case) {
            return Some(wrong);
        }
        for model in all() {
            model.record(&case);
        }
    }
    if let Ok(received) = Received::from_json(bytes) {
        received.check();
    }
    None
}
