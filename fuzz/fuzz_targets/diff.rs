// SPDX-License-Identifier: GPL-2.0-or-later
//! A sequential case on two models: what they differ in has to be known.
#![no_main]

use libfuzzer_sys::fuzz_target;
use svadiff::fuzzing::{Target, diff, fuzz};

fuzz_target!(|bytes: &[u8]| fuzz(Target::Diff, diff::run, bytes));
