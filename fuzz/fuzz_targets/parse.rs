// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes any bytes to the readers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svadiff::fuzzing::{Target, fuzz, parse};

fuzz_target!(|bytes: &[u8]| fuzz(Target::Parse, parse::run, bytes));
