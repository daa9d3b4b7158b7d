// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests that can cover more than there is time for in every run.

/// Returns whether tests cover as much as they can, since `SVADIFF_THOROUGH` is set. That takes
/// minutes; the gate does it.
pub(crate) fn thorough() -> bool {
    std::env::var_os("SVADIFF_THOROUGH").is_some()
}
