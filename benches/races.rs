// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures the exploration of every interleaving of two CPUs that bind and unbind, on every model.

use spec::{Case, Device, Mm, Op, OpKind, Topology};
use std::hint::black_box;
use std::time::{Duration, Instant};
use svadiff::interleaving::{Bounds, outcomes};
use svadiff::models::all;

fn main() {
    let on = |cpu, kind| Op {
        cpu: Some(cpu),
        ..Op::from(kind)
    };
    let bind = OpKind::Bind { dev: 0, mm: 0 };
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    };
    let ops = vec![
        on(0, bind),
        on(1, bind),
        on(0, OpKind::Unbind { of: 0 }),
        on(1, OpKind::Unbind { of: 1 }),
    ];
    let case = Case::new(topology, ops);
    let models = all();
    let run = || {
        let start = Instant::now();
        let each = models.iter().map(|model| {
            let explored = outcomes(model, black_box(&case), Bounds::NONE);
            (explored.states, explored.schedules())
        });
        let sum = each.fold((0, 0), |(a, b), (states, schedules)| {
            (a + states, b + schedules)
        });
        (start.elapsed(), sum)
    };
    let (mut best, (states, schedules)) = (Duration::MAX, run().1);
    for _ in 0..20 {
        best = best.min(run().0);
    }
    println!(
        "{} models, {schedules} schedules, {states} states: {:.2} ms in all",
        models.len(),
        best.as_secs_f64() * 1e3
    );
}
