// SPDX-License-Identifier: GPL-2.0-or-later
//! Which two models a case is for.

use crate::models::{AnyModel, all};
use std::sync::LazyLock;

static PAIRS: LazyLock<Vec<[AnyModel; 2]>> = LazyLock::new(|| {
    let models = all();
    let pairs = models.iter().enumerate();
    pairs
        .flat_map(|(at, &from)| models[at + 1..].iter().map(move |&to| [from, to]))
        .collect()
});

/// All pairs of models, each in order of history.
pub fn pairs() -> &'static [[AnyModel; 2]] {
    &PAIRS
}

/// The pair that a byte stands for: each for three or four of them.
pub fn of_byte(byte: u8) -> usize {
    usize::from(byte) % PAIRS.len()
}
