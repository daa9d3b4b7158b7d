// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures how fast two models are compared: `cargo bench -p svadiff-engine --bench lockstep`.
//!
//! Random cases of 64 operations, the same in every run, are run on two models until these return
//! differently. An operation counts if it ran on *both* models and its return values were compared.
//! The time includes booting the machine of each case. Everything runs on one thread.

use engine::lockstep::{first_returned_differently, walk};
use engine::models::{AnyModel, by_name};
use spec::case::MAX_OPS;
use spec::generate::{EVERYTHING, Generator, Sizes};
use spec::{Case, Ret, Run};
use std::hint::black_box;
use std::time::Instant;

const PAIRS: [[&str; 2]; 5] = [
    ["v6.7", "v6.8"],
    ["v6.7", "v6.8-rc1"],
    ["v6.8-rc1", "v6.8"],
    ["v6.8-rc6", "v6.8"],
    ["v6.8", "v6.8"],
];

/// The numbers of devices and mms.
const SIZES: [[u8; 2]; 4] = [[2, 2], [4, 4], [8, 4], [8, 16]];

fn main() {
    // Cargo passes `--bench` when it benchmarks; in a test, it is enough that this runs at all.
    let benchmarking = std::env::args().any(|arg| arg == "--bench");
    let (cases, rounds) = if benchmarking { (4096, 31) } else { (16, 1) };
    if !benchmarking {
        println!("a handful of cases, run once: the figures mean nothing");
    }
    println!("a run is {} bytes", size_of::<Run>());
    let mut slowest = f64::INFINITY;
    for [devices, mms] in SIZES {
        let sizes = Sizes {
            devices: devices..=devices,
            mms: mms..=mms,
            ops: MAX_OPS as u8..=MAX_OPS as u8,
            cpus: 0..=0,
        };
        let mut generator = Generator::within(EVERYTHING, sizes);
        let cases: Vec<Case> = (0..cases)
            .map(|seed| generator.case(seed).clone())
            .collect();
        for names in PAIRS {
            let models = names.map(|name| by_name(name).expect("a model of this name"));
            let result = measure(models, &cases, rounds);
            slowest = slowest.min(result.million_ops_per_second);
            let [a, b] = names;
            let pair = format!("{a} and {b}");
            println!(
                "{pair:<20} {devices} devices {mms:>2} mms: {:5.1} million ops/s on one core, two \
                 models ({:.1} ops a case, {:.0} % of them skipped)",
                result.million_ops_per_second,
                result.ops as f64 / cases.len() as f64,
                100.0 * result.skipped as f64 / result.ops as f64,
            );
        }
    }
    println!("slowest: {slowest:.1} million ops/s on one core, two models");
}

struct Measured {
    /// The speed of the fastest round, because other work on the computer can only make a round
    /// slower.
    million_ops_per_second: f64,
    /// The number of operations in a round.
    ops: usize,
    /// The number of them that the first model skipped.
    skipped: usize,
}

fn measure([a, b]: [AnyModel; 2], cases: &[Case], rounds: usize) -> Measured {
    let (mut ops, mut skipped) = (0, 0);
    for case in cases {
        let mut run = Run::new(&case.topology);
        let walked = walk(&a, &b, &run, &case.ops).ops;
        let rets = (0..walked).map(|index| run.step(&a, index, &case.ops[index], &mut ()));
        skipped += rets.filter(|ret| *ret == Ret::Skipped).count();
        ops += walked;
    }
    let seconds = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            for case in black_box(cases) {
                let boot = Run::new(&case.topology);
                black_box(first_returned_differently(&a, &b, &boot, &case.ops));
            }
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    Measured {
        million_ops_per_second: ops as f64 / seconds / 1e6,
        ops,
        skipped,
    }
}
