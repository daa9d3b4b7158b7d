// SPDX-License-Identifier: GPL-2.0-or-later
//! The text of a case on all models. What is mutated is the case, so that a corpus is files that one
//! can read.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use svadiff::fuzzing::{Target, case_json, fuzz, mutate};

fuzz_target!(|bytes: &[u8]| fuzz(Target::CaseJson, case_json::run, bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    let text = mutate::mutate(&data[..size], most, seed.into());
    data[..text.len()].copy_from_slice(&text);
    text.len()
});
