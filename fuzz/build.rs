// SPDX-License-Identifier: GPL-2.0-or-later
//! Disconnects target `diff` from the coverage that the compiler counts:
//! `fuzz_targets/diff/counters.rs` says why.

/// What instrumented code calls.
const CALLED: [&str; 12] = [
    "8bit_counters_init",
    "pcs_init",
    "trace_cmp1",
    "trace_cmp2",
    "trace_cmp4",
    "trace_cmp8",
    "trace_const_cmp1",
    "trace_const_cmp2",
    "trace_const_cmp4",
    "trace_const_cmp8",
    "trace_pc_indir",
    "trace_switch",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|is| is == value);
    // On other systems, where not every linker has this option, the target has the compiler's
    // counters.
    if is("CARGO_CFG_TARGET_OS", "linux") && !is("CARGO_FEATURE_COMPILER_COUNTERS", "1") {
        for name in CALLED {
            println!("cargo::rustc-link-arg-bin=diff=-Wl,--wrap=__sanitizer_cov_{name}");
        }
    }
}
