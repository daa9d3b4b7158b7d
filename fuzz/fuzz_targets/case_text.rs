// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads any bytes as a case as text, and writes what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svadiff::fuzzing::{Target, case_text, fuzz};

fuzz_target!(|bytes: &[u8]| fuzz(Target::CaseText, case_text::run, bytes));
