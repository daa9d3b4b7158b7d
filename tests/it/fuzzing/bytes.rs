// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes random bytes to the targets.

use super::committed;
use crate::tried::names_a_patch;
use fastrand::Rng;
use std::collections::{HashMap, HashSet};
use svadiff::fuzzing::diff::{self, bytes_of, case_of};
use svadiff::fuzzing::lesson;
use svadiff::fuzzing::pairs::{NAME, name_of, of_bytes, pairs};
use svadiff::fuzzing::{Screen, Target};
use svadiff::ledger::Ledger;
use svadiff::models::{AnyModel, all, by_name};

/// Returns random bytes, some of which begin like a seed.
fn random(rng: &mut Rng, seeds: &[(String, Vec<u8>)]) -> Vec<u8> {
    let len = rng.usize(..600);
    let mut bytes: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(len).collect();
    if rng.bool() {
        bytes.clone_from(&rng.choice(seeds).expect("a seed").1);
        for _ in 0..rng.usize(..8) {
            let at = rng.usize(..bytes.len());
            bytes[at] = rng.u8(..);
        }
    }
    bytes
}

fn seeds(target: Target) -> Vec<(String, Vec<u8>)> {
    committed(target).into_iter().collect()
}

fn nothing_goes_wrong(target: Target, times: usize) {
    let mut rng = Rng::with_seed(4);
    let mut judge = Screen::new(Ledger::shipped());
    let seeds = seeds(target);
    for _ in 0..times {
        let bytes = random(&mut rng, &seeds);
        if let Some(wrong) = target.run(&mut judge, &bytes) {
            // `tried.rs` reports the differences of a patch that is being tried.
            assert!(names_a_patch(&wrong.to_string()), "{bytes:?}\n{wrong}");
        }
    }
}

#[test]
fn thousands_of_bytes_are_compared() {
    nothing_goes_wrong(Target::Diff, 20_000);
}

#[test]
fn thousands_of_bytes_are_read() {
    nothing_goes_wrong(Target::Parse, 3000);
    nothing_goes_wrong(Target::CaseJson, 3000);
    nothing_goes_wrong(Target::CaseText, 3000);
}

#[test]
fn hundreds_of_bytes_are_minimized() {
    nothing_goes_wrong(Target::Minimize, 100);
}

#[test]
fn every_pair_of_models_gets_its_turn() {
    let models = all().len();
    assert_eq!(pairs().len(), models * (models - 1) / 2);
    // Random bytes choose all pairs about equally often.
    let mut turns: HashMap<[&str; 2], usize> = HashMap::new();
    let mut rng = Rng::with_seed(66);
    for _ in 0..1000 * pairs().len() {
        let bytes = rng.u32(..).to_le_bytes();
        let (models, _) = case_of(&bytes);
        *turns.entry(models.map(AnyModel::name)).or_default() += 1;
    }
    assert_eq!(turns.len(), pairs().len());
    assert!(turns.values().all(|turns| (600..1400).contains(turns)));
}

#[test]
fn a_pair_is_named_by_its_models_whatever_others_there_are() {
    for (at, &[from, to]) in pairs().iter().enumerate() {
        assert_eq!(of_bytes(name_of([from, to])), at);
        assert_eq!(name_of([from, to]), name_of([to, from]));
    }
    // Names that are in the seeds and must not change.
    let named = |from: &str, to: &str| {
        let model = |name| by_name(name).expect("a model of this name");
        u32::from_le_bytes(name_of([model(from), model(to)]))
    };
    assert_eq!(named("v6.7", "v6.8-rc1"), 0x18a0_d003);
    assert_eq!(named("v6.12", "v7.3"), 0xf82b_0402);
}

#[test]
fn bytes_that_are_missing_are_zeros() {
    for len in 0..NAME {
        let (models, case) = case_of(&[1; NAME][..len]);
        let mut whole = [0; NAME];
        whole[..len].fill(1);
        assert_eq!((models, case), case_of(&whole));
    }
}

#[test]
fn a_pair_is_in_order_of_history() {
    let order = all();
    for [from, to] in pairs() {
        let at = |model| order.iter().position(|this| this == model);
        assert!(at(from) < at(to));
    }
}

#[test]
fn a_case_is_the_same_from_its_bytes() {
    for (name, seed) in seeds(Target::Diff) {
        let (models, case) = case_of(&seed);
        let bytes = bytes_of(models, &case);
        assert_eq!(bytes, Some(seed), "{name}");
    }
}

#[test]
fn almost_no_case_is_judged_in_full() {
    let mut rng = Rng::with_seed(8);
    let mut judge = Screen::new(Ledger::shipped());
    let seeds = seeds(Target::Diff);
    let mut run = |times: usize| {
        for _ in 0..times {
            Target::Diff.run(&mut judge, &random(&mut rng, &seeds));
        }
        judge.in_full()
    };
    let first = run(20_000);
    let second = run(20_000) - first;
    assert!(second * 10 < 20_000, "{second} of 20000, after {first}");
}

#[test]
fn seeds_teach_what_the_models_do_and_always_the_same() {
    let seeds = seeds(Target::Diff);
    let mut all = HashSet::new();
    for (name, bytes) in &seeds {
        let lessons = || {
            let mut lessons = Vec::new();
            let mut screen = Screen::new(Ledger::shipped());
            diff::run_with(&mut screen, bytes, &mut |lesson| lessons.push(lesson));
            lessons
        };
        let once = lessons();
        assert_eq!(once, lessons(), "{name}");
        let (_, case) = case_of(bytes);
        // At least one kernel goes on until the difference, which is a lesson too.
        assert!(
            !once.is_empty() && once.len() <= 2 * case.ops.len() + 8,
            "{name}"
        );
        assert!(once.iter().all(|&lesson| lesson < lesson::OF), "{name}");
        all.extend(once);
    }
    assert!(all.len() > 300, "{} lessons", all.len());
}
