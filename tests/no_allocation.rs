// SPDX-License-Identifier: GPL-2.0-or-later
//! Stepping a model allocates nothing, whichever model, whatever is done, teardown included.

mod cases;

use allocation_counter::measure;
use fastrand::Rng;
use spec::case::{MAX_OPS, OP_NAMES};
use spec::{Op, Ret, Run};
use std::collections::BTreeSet;
use svadiff::lockstep::first_returned_differently;
use svadiff::models::all;

/// Cases for every number of devices from 1 to 8, with 1 to 16 mms.
fn generated(rng: &mut Rng) -> impl Iterator<Item = (Run, Vec<Op>)> {
    (0..800).map(|n| {
        let topology = cases::topology(rng, 1 + n % 8, 1 + n % 16);
        let ops = cases::ops(rng, &topology, MAX_OPS);
        (Run::new(&topology), ops)
    })
}

#[test]
fn stepping_any_model_and_tearing_down_allocates_nothing() {
    let mut seen = BTreeSet::new();
    for model in all() {
        for (boot, ops) in generated(&mut Rng::with_seed(1)) {
            let mut rets = [Ret::Unfinished; MAX_OPS + 1];
            let allocated = measure(|| {
                let mut run = boot;
                for (index, op) in ops.iter().enumerate() {
                    rets[index] = run.step(&model, index, op, &mut ());
                    if rets[index].ends_the_run() {
                        return;
                    }
                }
                rets[MAX_OPS] = run.teardown(&model, &mut ());
            });
            assert_eq!(
                allocated.count_total,
                0,
                "{} allocates in {ops:?}",
                model.name()
            );
            let done = ops.iter().zip(rets).filter(|(_, ret)| *ret != Ret::Skipped);
            seen.extend(done.map(|(op, _)| (model.name(), op.kind.name(), op.fault.is_some())));
            seen.insert((model.name(), "teardown", rets[MAX_OPS] == Ret::Ok));
        }
        // The cases are worth something: everything was really done, with a fault armed and without.
        for what in OP_NAMES {
            for fault in [false, true] {
                assert!(seen.contains(&(model.name(), what, fault)));
            }
        }
        assert!(seen.contains(&(model.name(), "teardown", true)));
    }
}

#[test]
fn comparing_any_two_models_allocates_nothing() {
    let models = all();
    let mut differed = 0;
    for (boot, ops) in generated(&mut Rng::with_seed(2)).take(200) {
        for a in &models {
            for b in &models {
                let allocated = measure(|| {
                    let first = first_returned_differently(a, b, &boot, &ops);
                    differed += usize::from(first.is_some());
                });
                assert_eq!(allocated.count_total, 0, "{} and {}", a.name(), b.name());
            }
        }
    }
    assert_ne!(differed, 0);
}
