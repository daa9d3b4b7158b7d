// SPDX-License-Identifier: GPL-2.0-or-later
//! The switch for tests that can cover more than there is time for in every run.

/// Returns whether `SVADIFF_THOROUGH` is set, so that tests cover as much as they can. That takes
/// minutes; the gate sets it.
pub(crate) fn thorough() -> bool {
    std::env::var_os("SVADIFF_THOROUGH").is_some()
}
