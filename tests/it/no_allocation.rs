// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that stepping a model never allocates, teardown included. Neither do generating cases and
//! hunting, once their buffers have grown.

use allocation_counter::measure;
use impl_v67::revisions::REFUSE_X86;
use spec::case::MAX_OPS;
use spec::generate::{EVERYTHING, Generator, PROFILES, Sizes, from_bytes, to_bytes};
use spec::{Case, Model, Op, OpCode, Ret, Run};
use std::collections::BTreeSet;
use svadiff::hunt::Source;
use svadiff::judge::{CauseFinder, View};
use svadiff::lockstep::first_returned_differently;
use svadiff::models::{all, by_name};

/// Generates cases for 1 to 8 devices and 1 to 16 mms.
fn generated(first: u64) -> impl Iterator<Item = (Run, Vec<Op>)> {
    (0..800).map(move |n| {
        let [devices, mms] = [1 + n as u8 % 8, 1 + n as u8 % 16];
        let sizes = Sizes {
            devices: devices..=devices,
            mms: mms..=mms,
            ops: MAX_OPS as u8..=MAX_OPS as u8,
            cpus: 0..=0,
        };
        let mut generator = Generator::within(EVERYTHING, sizes);
        let case = generator.case(first + n);
        (Run::new(&case.topology), case.ops.clone())
    })
}

#[test]
fn stepping_any_model_and_tearing_down_allocates_nothing() {
    let mut seen = BTreeSet::new();
    for model in all() {
        for (boot, ops) in generated(0) {
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
        // Make sure that the cases cover every operation, with a fault and without.
        let can_do = |code: OpCode| {
            let exists = |code: OpCode| code.info().exists(model.tree().commits);
            let holder = code.info().names().map(OpCode::that_holds);
            let holds = |code: OpCode| seen.contains(&(model.name(), code.name(), false));
            exists(code) && holder.is_none_or(|holder| exists(holder) && holds(holder))
        };
        for code in OpCode::ALL.into_iter().filter(|&code| can_do(code)) {
            for fault in [false, true] {
                let what = (model.name(), code.name(), fault);
                // A kernel that refuses SVA returns no handle.
                let refuses = model.tree().has(REFUSE_X86);
                assert!(seen.contains(&what) || refuses, "{what:?}");
            }
        }
        assert!(seen.contains(&(model.name(), "teardown", true)));
    }
}

#[test]
fn comparing_any_two_models_allocates_nothing() {
    let models = all();
    let mut differed = 0;
    for (boot, ops) in generated(1000).take(200) {
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

#[test]
fn making_cases_allocates_nothing_once_a_few_were_made() {
    for profile in &PROFILES {
        let mut generator = Generator::new(profile);
        let mut make = |seeds: std::ops::Range<u64>| {
            measure(|| seeds.for_each(|seed| assert!(generator.case(seed).ops.len() <= MAX_OPS)))
        };
        make(0..3000);
        assert_eq!(make(0..3000).count_total, 0, "{}", profile.name);
    }
}

#[test]
fn making_sequential_cases_of_bytes_allocates_nothing_once_a_few_were_made() {
    let mut generator = Generator::new(&PROFILES[0]);
    let bytes: Vec<_> = (0..500)
        .filter_map(|seed| to_bytes(generator.case(seed)))
        .collect();
    assert_eq!(bytes.len(), 500);
    let mut case = Case::default();
    let mut make = || {
        measure(|| {
            bytes
                .iter()
                .for_each(|b| from_bytes(EVERYTHING, b, &mut case))
        })
    };
    make();
    assert_eq!(make().count_total, 0);
}

#[test]
fn making_cases_and_judging_them_allocates_nothing_whatever_they_show() {
    const CASES: u64 = 1000;
    for views in [&View::DEFAULT[..], &View::ALL] {
        for names in [
            ["v6.7", "v6.8"],
            ["v6.7", "v6.8-rc6"],
            ["thread-b", "thread-d"],
        ] {
            let models = names.map(|name| by_name(name).expect("a model of this name"));
            for profile in &PROFILES {
                let mut source = Source::new(profile, 1, 1);
                let mut finder = CauseFinder::new(views);
                let mut shown = 0;
                let mut round = || {
                    for number in 0..CASES {
                        let (_, causes) = finder.causes(&models, source.case(number));
                        shown += causes.len();
                    }
                };
                round();
                let allocated = measure(round);
                assert_eq!(allocated.count_total, 0, "{names:?} {}", profile.name);
                assert_ne!(shown, 0, "{names:?} {}", profile.name);
            }
        }
    }
}
