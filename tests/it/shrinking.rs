// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks properties of all cases, and that a failing property shrinks to the case that a search
//! finds.

use proptest::prop_assert_eq;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use spec::generate::{EVERYTHING, PROFILES, Sizes, cases, cases_within};
use spec::record::record;
use spec::{Case, Run, Trace};
use svadiff::judge::same_ret;
use svadiff::judge::{View, judge};
use svadiff::lockstep::first_returned_differently;
use svadiff::minimize::is_one_minimal;
use svadiff::models::{AnyModel, all, by_name};

/// Returns a runner that generates the same cases every time.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 100_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn sequential() -> Sizes {
    Sizes {
        cpus: 0..=0,
        ..Sizes::LIMITS
    }
}

fn models(names: [&str; 2]) -> [AnyModel; 2] {
    names.map(|name| by_name(name).expect("a model of this name"))
}

#[test]
fn two_models_part_where_their_traces_do() {
    let models = all();
    let property = |case: Case| {
        let boot = Run::new(&case.topology);
        let trace = |model| record(model, &case).trace;
        let traces: Vec<Trace> = models.iter().map(trace).collect();
        for (a, first) in models.iter().zip(&traces) {
            for (b, second) in models.iter().zip(&traces) {
                let mut steps = first.steps.iter().zip(&second.steps);
                let parted = steps.position(|(a, b)| !same_ret(a.ret, b.ret));
                let found = first_returned_differently(a, b, &boot, &case.ops);
                prop_assert_eq!(found, parted, "{} and {}", a.name(), b.name());
            }
        }
        Ok(())
    };
    let cases = cases_within(EVERYTHING, sequential());
    runner(300).run(&cases, property).expect("a property");
}

#[test]
fn a_difference_shrinks_to_a_case_of_which_nothing_can_go() {
    let models = models(["v6.7", "v6.8-rc1"]);
    for profile in PROFILES.iter().filter(|profile| profile.name != "races") {
        let property = |case: Case| {
            let differ = !judge(&models, &View::DEFAULT, &case).is_empty();
            match differ {
                true => Err(TestCaseError::fail("a difference")),
                false => Ok(()),
            }
        };
        let result = runner(50).run(&cases_within(profile, sequential()), property);
        let Err(TestError::Fail(_, case)) = result else {
            panic!("{}: no case fails", profile.name);
        };
        let difference = judge(&models, &View::DEFAULT, &case).remove(0);
        let is = is_one_minimal(&models, &View::DEFAULT, &case, &difference.cause);
        assert_eq!(is, Some(true), "{}: {case:?}", profile.name);
        assert!(case.ops.len() <= 3, "{}: {case:?}", profile.name);
    }
}

#[test]
fn every_case_of_every_profile_runs_on_every_model() {
    for profile in &PROFILES {
        let property = |case: Case| {
            for model in all() {
                let recording = record(&model, &case);
                assert!(recording.steps.len() <= case.ops.len());
            }
            Ok(())
        };
        runner(100)
            .run(&cases(profile), property)
            .expect("a property");
    }
}
