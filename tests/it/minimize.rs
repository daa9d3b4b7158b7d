// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the guarantees of the minimizer: the result has the same cause, is one-minimal, does not
//! depend on the start, and does not change when it is minimized again.

use crate::thorough::{sample, some_of};
use spec::Case;
use spec::case::MAX_OPS;
use spec::edit::map_args;
use spec::generate::{EVERYTHING, Generator, PROFILES, Sizes};
use spec::op::Refers;
use std::collections::HashMap;
use svadiff::explore::certified;
use svadiff::judge::{View, judge};
use svadiff::limits::Limits;
use svadiff::minimize::{is_one_minimal, minimize};
use svadiff::models::{AnyModel, all, by_name};
use svadiff::question::Question;
use svadiff::universe::Universe;
use svadiff::{ledger, race};

fn model(name: &str) -> AnyModel {
    by_name(name).expect("a model of this name")
}

/// Returns every pair of models, the earlier one first.
fn pairs() -> Vec<[AnyModel; 2]> {
    let models = all();
    let later = |at: usize| models[at + 1..].iter().map(move |to| (at, *to));
    let pairs = (0..models.len()).flat_map(later);
    pairs.map(|(at, to)| [models[at], to]).collect()
}

/// Generates random cases on one CPU with the maximum number of operations.
fn long_cases(cases: u64) -> impl Iterator<Item = Case> {
    let sizes = Sizes {
        ops: MAX_OPS as u8..=MAX_OPS as u8,
        cpus: 0..=0,
        ..Sizes::LIMITS
    };
    let sequential = PROFILES.iter().filter(|profile| profile.name != "races");
    sequential.flat_map(move |profile| {
        let mut generator = Generator::within(profile, sizes.clone());
        (0..cases).map(move |seed| generator.case(seed).clone())
    })
}

#[test]
fn whatever_a_long_case_shows_is_minimized_to_the_same_short_one() {
    let (mut starts, mut together) = (0, 0);
    for models in sample(pairs(), 5) {
        let mut ends: HashMap<String, HashMap<String, usize>> = HashMap::new();
        for case in long_cases(3) {
            for difference in judge(&models, &View::DEFAULT, &case) {
                if difference.follows {
                    continue;
                }
                let cause = &difference.cause;
                let minimized = minimize(&models, &View::DEFAULT, &case, cause);
                let minimized = minimized.expect("the case shows it");
                assert_eq!(minimized.difference.cause, *cause);
                assert!(!minimized.difference.follows);
                let end = minimized.case.to_json().to_string();
                let ends = ends.entry(format!("{cause:?}")).or_default();
                if !ends.contains_key(&end) {
                    let is = is_one_minimal(&models, &View::DEFAULT, &minimized.case, cause);
                    assert_eq!(is, Some(true), "{end}");
                    let again = minimize(&models, &View::DEFAULT, &minimized.case, cause);
                    let again = again.expect("it shows what it shows");
                    assert_eq!(again.case.to_json().to_string(), end);
                }
                *ends.entry(end).or_default() += 1;
            }
        }
        for ends in ends.values() {
            starts += ends.values().sum::<usize>();
            together += ends.values().max().copied().unwrap_or(0);
        }
    }
    // There are many starts, and nearly all of them end at the same case.
    assert!(starts > some_of(1000) as usize, "{starts}");
    assert!(together * 1000 >= starts * 995, "{together} of {starts}");
}

/// A second device takes the place of an operation, or of a fault.
#[test]
fn a_case_with_fewer_operations_or_faults_is_simpler_even_if_it_has_one_more_device() {
    let models = ["v6.2", "v6.7"].map(model);
    let two_devices = "on 2 devices (groups 0 1; max_pasids 16 2), 1 mm
                       bind dev 0, mm 0; bind dev 1, mm 0";
    let case = |text: &str| spec::text::parse(text).expect("a case");
    for longer in [
        "on 1 device (max_pasids 2), 1 mm
         bind dev 0, mm 0; unbind of op 0; bind dev 0, mm 0",
        "on 1 device (max_pasids 2), 1 mm
         bind dev 0, mm 0 [handle_alloc: ENOMEM, 1st time]; bind dev 0, mm 0",
        two_devices,
    ] {
        let longer = case(longer);
        let all = judge(&models, &View::DEFAULT, &longer);
        let [difference] = &all[..] else {
            panic!("{all:?}")
        };
        let minimized = minimize(&models, &View::DEFAULT, &longer, &difference.cause);
        let minimized = minimized.expect("the case shows it");
        assert_eq!(minimized.case, case(two_devices));
    }
}

/// Returns the case with its devices, mms and groups renamed.
fn renamed(case: &Case, rng: &mut fastrand::Rng) -> Case {
    let mut case = case.clone();
    let order = |n: usize, rng: &mut fastrand::Rng| -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        rng.shuffle(&mut order);
        order
    };
    let topology = &mut case.topology;
    let devices = order(topology.devices.len(), rng);
    let mms = order(topology.mms.len(), rng);
    let (d, m) = (topology.devices.clone(), topology.mms.clone());
    for (old, &new) in devices.iter().enumerate() {
        topology.devices[new] = d[old];
        topology.devices[new].group = (d[old].group + 1) % 8;
    }
    for (old, &new) in mms.iter().enumerate() {
        topology.mms[new] = m[old];
    }
    let rename = |names: &[usize], name: u32| {
        let new = names.get(name as usize);
        new.map_or(name, |&new| new as u32)
    };
    map_args(&mut case, |refers, value| match refers {
        Refers::Device => rename(&devices, value),
        Refers::Mm(_) => rename(&mms, value),
        Refers::Op(_) | Refers::Pasid => value,
    });
    case
}

#[test]
fn names_of_devices_and_mms_do_not_matter() {
    let rng = &mut fastrand::Rng::with_seed(8);
    let models = ["v6.7", "v6.8"].map(model);
    let mut both = 0;
    for case in long_cases(12) {
        let other = renamed(&case, rng);
        let shown = |case: &Case| judge(&models, &View::DEFAULT, case);
        for difference in shown(&case) {
            let cause = &difference.cause;
            let is_it = |this: &svadiff::judge::Difference| this.cause == *cause && !this.follows;
            if difference.follows || !shown(&other).iter().any(is_it) {
                continue;
            }
            both += 1;
            let end = |case| minimize(&models, &View::DEFAULT, case, cause).map(|end| end.case);
            assert_eq!(end(&case), end(&other), "{}", case.to_json());
        }
    }
    assert!(both > 20, "{both}");
}

#[test]
fn a_case_that_does_not_show_it_is_not_minimized() {
    let models = ["v6.7", "v6.8-rc1"].map(model);
    let mut cases = long_cases(50);
    let causes = |case: &Case| judge(&models, &View::DEFAULT, case);
    let (case, cause) = { cases.by_ref() }
        .find_map(|case| Some((case.clone(), causes(&case).first()?.cause.clone())))
        .expect("a difference");
    assert!(minimize(&models, &View::DEFAULT, &case, &cause).is_some());
    let agree = ["v6.8-merge", "v6.8-rc1"].map(model);
    assert!(minimize(&agree, &View::DEFAULT, &case, &cause).is_none());
}

#[test]
fn what_one_model_does_wrong_is_minimized_as_well() {
    let mut seen = 0;
    for model in all() {
        for case in long_cases(2) {
            for difference in judge(&[model], &[], &case) {
                if difference.follows {
                    continue;
                }
                let cause = &difference.cause;
                let minimized = minimize(&[model], &View::DEFAULT, &case, cause);
                let minimized = minimized.expect("the case shows it");
                assert_eq!(minimized.difference.cause, *cause);
                let is = is_one_minimal(&[model], &View::DEFAULT, &minimized.case, cause);
                assert_eq!(is, Some(true));
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn what_a_certificate_says_is_what_the_search_says() {
    let models = ["v6.7", "v6.8-rc6"].map(model);
    let mut certificates = 0;
    for case in long_cases(3) {
        for difference in judge(&models, &View::DEFAULT, &case) {
            if difference.follows {
                continue;
            }
            let cause = &difference.cause;
            let certified = certified(models, &View::DEFAULT, &case, cause).expect("shown");
            let Some(scope) = certified.shortest_in else {
                continue;
            };
            let universe = scope.universe;
            let outcome =
                svadiff::explore::compare(models, &universe, &View::DEFAULT, Limits::default());
            let mut found = outcome.findings.iter();
            let found = found.find(|finding| finding.difference.cause == *cause);
            let found = found.unwrap_or_else(|| panic!("{cause:?} is not in {universe}"));
            assert_eq!(found.case.ops.len(), certified.case.ops.len());
            certificates += 1;
        }
    }
    assert!(certificates > 5, "{certificates}");
}

/// The findings of the search on two CPUs cannot be made smaller, and have the same schedule.
#[test]
fn a_finding_on_several_cpus_is_minimal_already() {
    let universe = Universe {
        devices: 1,
        mms: 1,
        ops: Some(4),
        cpus: 2,
        only: Universe::usual(Some(4), 2),
        ..Universe::default()
    };
    let mut seen = 0;
    for models in sample(ledger::neighbours(), 2) {
        let question = Question {
            models,
            universe: &universe,
            views: &View::DEFAULT,
        };
        for finding in race::RaceSearch::new(question, Limits::default())
            .run()
            .findings
        {
            let cause = &finding.difference.cause;
            let minimized = minimize(&models, &View::DEFAULT, &finding.case, cause);
            let minimized = minimized.expect("the case shows it");
            assert_eq!(minimized.case.ops.len(), finding.case.ops.len());
            // With operations that the universe does not have, the description may differ.
            let mut ops = minimized.case.ops.iter();
            if ops.all(|op| universe.only.contains(&op.kind.code())) {
                assert_eq!(minimized.case, finding.case, "{cause:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn a_large_program_is_minimized_to_a_small_one_with_few_switches() {
    let models = ["v6.8", "v6.12"].map(model);
    let sizes = Sizes {
        ops: 8..=24,
        cpus: 2..=4,
        ..Sizes::LIMITS
    };
    let mut generator = Generator::within(EVERYTHING, sizes);
    let mut seen = 0;
    for seed in 0..some_of(400).into() {
        let case = generator.case(seed).clone();
        if !case.is_on_several_cpus() {
            continue;
        }
        for difference in judge(&models, &View::DEFAULT, &case) {
            let cause = &difference.cause;
            if difference.follows {
                continue;
            }
            let Some(minimized) = minimize(&models, &View::DEFAULT, &case, cause) else {
                continue;
            };
            assert_eq!(minimized.difference.cause, *cause);
            assert!(minimized.case.ops.len() <= case.ops.len());
            let again = minimize(&models, &View::DEFAULT, &minimized.case, cause);
            assert_eq!(again.map(|again| again.case), Some(minimized.case));
            seen += 1;
        }
    }
    assert!(seen > some_of(20), "{seen}");
}
