// SPDX-License-Identifier: GPL-2.0-or-later
//! The first difference of a case, made as small as it gets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svadiff::fuzzing::{Target, fuzz, minimize};

fuzz_target!(|bytes: &[u8]| fuzz(Target::Minimize, minimize::run, bytes));
