// SPDX-License-Identifier: GPL-2.0-or-later
//! The switch for tests that can cover more than there is time for in every run.

/// Returns whether `SVADIFF_THOROUGH` is set, so that tests cover as much as they can. That takes
/// minutes; the gate sets it for a third of these tests.
pub(crate) fn thorough() -> bool {
    std::env::var_os("SVADIFF_THOROUGH").is_some()
}

/// Returns every item if tests are to be thorough, otherwise one of this many.
pub(crate) fn sample<T>(
    items: impl IntoIterator<Item = T>,
    one_of: usize,
) -> impl Iterator<Item = T> {
    let step = if thorough() { 1 } else { one_of };
    items.into_iter().step_by(step)
}

/// Returns this many if tests are to be thorough, otherwise a fifth of it.
pub(crate) fn some_of(many: u32) -> u32 {
    if thorough() { many } else { many.div_ceil(5) }
}
