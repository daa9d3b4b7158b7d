// SPDX-License-Identifier: GPL-2.0-or-later
//! Minimizes the first difference of a case.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svadiff::fuzzing::{Target, fuzz, minimize};

fuzz_target!(|bytes: &[u8]| fuzz(Target::Minimize, minimize::run, bytes));
