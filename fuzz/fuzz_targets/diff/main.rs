// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares two models with a sequential case. Their differences must be known.
#![no_main]

mod counters;

use libfuzzer_sys::fuzz_target;
use svadiff::fuzzing::{Target, diff, fuzz};

fuzz_target!(|bytes: &[u8]| fuzz(
    Target::Diff,
    |screen, bytes| diff::run_with(screen, bytes, &mut counters::learn),
    bytes
));
