// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures the speed of generating cases: `cargo bench -p svadiff-spec`.
//!
//! Measures each profile at all its sizes, and `everything` at the sizes of the bench `lockstep`.
//! The time of the operations includes that of the topology and of the schedule.

use spec::Case;
use spec::generate::{EVERYTHING, Generator, PROFILES, Sizes, from_bytes, to_bytes};
use std::hint::black_box;
use std::time::Instant;

fn main() {
    // Cargo passes `--bench` when it benchmarks; in a test, it is enough that this runs at all.
    let benchmarking = std::env::args().any(|arg| arg == "--bench");
    let (cases, rounds) = if benchmarking { (100_000, 11) } else { (16, 1) };
    if !benchmarking {
        println!("a handful of cases, made once: the figures mean nothing");
    }
    for profile in &PROFILES {
        report(profile.name, Generator::new(profile), cases, rounds);
    }
    let sizes = Sizes {
        devices: 8..=8,
        mms: 16..=16,
        ops: 64..=64,
        cpus: 0..=0,
    };
    report(
        "everything, 64 operations",
        Generator::within(EVERYTHING, sizes),
        cases,
        rounds,
    );
    from_seeds_of_bytes(cases, rounds);
}

fn report(what: &str, mut generator: Generator, cases: u64, rounds: usize) {
    let ops: usize = (0..cases).map(|seed| generator.case(seed).ops.len()).sum();
    let seconds = fastest(rounds, || {
        for seed in 0..cases {
            black_box(generator.case(seed));
        }
    });
    println!(
        "{what:<28} {:5.1} ns an operation ({:.1} a case)",
        seconds / ops as f64 * 1e9,
        ops as f64 / cases as f64
    );
}

/// Decodes the same cases from their bytes.
fn from_seeds_of_bytes(cases: u64, rounds: usize) {
    let mut generator = Generator::new(EVERYTHING);
    let (mut ops, mut all) = (0, Vec::new());
    for seed in 0..cases.min(4096) {
        let case = generator.case(seed);
        ops += case.ops.len();
        all.extend(to_bytes(case));
    }
    let mut case = Case::default();
    let seconds = fastest(rounds, || {
        for bytes in &all {
            from_bytes(EVERYTHING, black_box(bytes), &mut case);
            black_box(&case);
        }
    });
    println!(
        "{:<28} {:5.1} ns an operation",
        "everything, from bytes",
        seconds / ops as f64 * 1e9
    );
}

/// Other load on the computer can only make a round slower.
fn fastest(rounds: usize, mut round: impl FnMut()) -> f64 {
    (0..rounds)
        .map(|_| {
            let start = Instant::now();
            round();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}
