// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs a case as JSON on all models. The mutator works on the case, so that a corpus consists
//! of readable files.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use svadiff::fuzzing::{Target, case_json, fuzz, mutate};

fuzz_target!(|bytes: &[u8]| fuzz(Target::CaseJson, case_json::run, bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    let text = mutate::mutate(&data[..size], most, seed.into());
    data[..text.len()].copy_from_slice(&text);
    text.len()
});
