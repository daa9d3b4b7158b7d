// SPDX-License-Identifier: GPL-2.0-or-later
//! Counters of what the models did, in place of those of the compiler.
//!
//! The compiler counts every edge of the program, in the judge and in its tables too, and traces
//! every comparison. Collecting that takes libFuzzer longer than running a case. What an input is
//! worth keeping for is what it made the models do: its lessons.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use svadiff::fuzzing::lesson;

/// The features that libFuzzer takes from one counter. It takes the value as a number of times, and
/// distinguishes these.
const VALUES: [u8; 8] = [1, 2, 3, 4, 8, 16, 32, 128];

/// libFuzzer clears and reads the whole array with each execution, so it is small.
// Nothing here reads it, so it has to be marked as used.
#[used]
// SAFETY: the section contains counters and nothing else.
#[cfg_attr(
    all(target_os = "linux", not(feature = "compiler-counters")),
    unsafe(link_section = "__libfuzzer_extra_counters")
)]
static COUNTERS: [AtomicU8; lesson::OF / VALUES.len()] =
    [const { AtomicU8::new(0) }; lesson::OF / VALUES.len()];

/// Notes a lesson. Of several that share a counter in one execution, the last one counts.
#[inline(always)]
pub fn learn(lesson: usize) {
    COUNTERS[lesson / VALUES.len()].store(VALUES[lesson % VALUES.len()], Relaxed);
}

/// What instrumented code calls, as `build.rs` links it: functions that do nothing.
#[cfg(all(target_os = "linux", not(feature = "compiler-counters")))]
mod wrapped {
    macro_rules! wrap {
        ($name:ident, $($argument:ty),*) => {
            // SAFETY: the name is given by the linker's option `--wrap`, and nothing else has it.
            #[unsafe(no_mangle)]
            extern "C" fn $name($(_: $argument),*) {}
        };
    }

    wrap!(
        __wrap___sanitizer_cov_8bit_counters_init,
        *const u8,
        *const u8
    );
    wrap!(__wrap___sanitizer_cov_pcs_init, *const usize, *const usize);
    wrap!(__wrap___sanitizer_cov_trace_cmp1, u8, u8);
    wrap!(__wrap___sanitizer_cov_trace_cmp2, u16, u16);
    wrap!(__wrap___sanitizer_cov_trace_cmp4, u32, u32);
    wrap!(__wrap___sanitizer_cov_trace_cmp8, u64, u64);
    wrap!(__wrap___sanitizer_cov_trace_const_cmp1, u8, u8);
    wrap!(__wrap___sanitizer_cov_trace_const_cmp2, u16, u16);
    wrap!(__wrap___sanitizer_cov_trace_const_cmp4, u32, u32);
    wrap!(__wrap___sanitizer_cov_trace_const_cmp8, u64, u64);
    wrap!(__wrap___sanitizer_cov_trace_pc_indir, usize);
    wrap!(__wrap___sanitizer_cov_trace_switch, u64, *const u64);
}
