// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases as values for tests that shrink them, and for fuzzers.

use super::*;

#[cfg(feature = "arbitrary")]
mod arbitrary_cases {
    use super::*;
    use ::arbitrary::{Arbitrary, Unstructured};

    #[test]
    fn all_bytes_make_the_case_that_they_stand_for() {
        let rng = &mut Rng::with_seed(7);
        for len in 0..1000 {
            let bytes = random_bytes(rng, len);
            let case = Case::arbitrary_take_rest(Unstructured::new(&bytes)).expect("a case");
            assert_eq!(case, case_of(EVERYTHING, &bytes));
        }
    }

    #[test]
    fn some_bytes_make_cases_one_after_the_other() {
        let rng = &mut Rng::with_seed(8);
        for len in 0..1000 {
            let bytes = random_bytes(rng, len);
            let mut bytes = Unstructured::new(&bytes);
            let pair = <(Case, Case)>::arbitrary(&mut bytes).expect("two cases");
            assert!(is_accepted(&pair.0) && is_accepted(&pair.1));
        }
    }
}

#[cfg(feature = "proptest")]
mod strategies {
    use super::*;
    use crate::case::{Op, OpKind};
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    /// Shrinks a case as long as it fails, and returns the number of steps.
    fn shrunk(case: &Case, fails: impl Fn(&Case) -> bool, each: impl Fn(&Case)) -> (Case, usize) {
        let mut tree = Shrinking::of(case);
        let mut steps = 0;
        assert!(fails(&tree.current()));
        let mut goes_on = tree.simplify();
        while goes_on {
            steps += 1;
            let case = tree.current();
            each(&case);
            goes_on = match fails(&case) {
                true => tree.simplify(),
                false => tree.complicate(),
            };
        }
        let case = tree.current();
        assert!(fails(&case), "what is left fails");
        (case, steps)
    }

    /// No case is shrunk further.
    const MANY: usize = 20_000;

    #[test]
    fn whatever_fails_shrinks_to_an_end_over_cases_that_are_accepted() {
        for profile in &PROFILES {
            let mut generator = Generator::new(profile);
            for seed in 0..12 {
                let case = generator.case(seed).clone();
                // An arbitrary property, but a deterministic one.
                for odd in [3, 5, 7_u64] {
                    let fails = |this: &Case| {
                        let text = format!("{this:?}");
                        let sum: u64 = text.bytes().map(u64::from).sum();
                        *this == case || !sum.is_multiple_of(odd)
                    };
                    let (_, steps) = shrunk(&case, fails, |case| assert!(is_accepted(case)));
                    assert!(steps < MANY, "{steps}");
                }
            }
        }
    }

    #[test]
    fn where_everything_fails_nothing_is_left_and_where_nothing_else_does_everything() {
        for profile in &PROFILES {
            let case = Generator::new(profile).case(1).clone();
            let (left, steps) = shrunk(&case, |_| true, |_| ());
            assert_eq!(left, Case::default());
            assert!(steps < 20, "{steps}");
            let (left, steps) = shrunk(&case, |this| *this == case, |_| ());
            assert_eq!(left, case);
            assert!(steps < 2500, "{steps}");
        }
    }

    #[test]
    fn what_is_left_is_one_minimal() {
        let fails = |case: &Case| {
            let unbinds = |op: &Op| match op.kind {
                OpKind::Unbind { of } => { case.ops.get(of as usize) }
                    .is_some_and(|of| matches!(of.kind, OpKind::Bind { .. })),
                _ => false,
            };
            case.ops.iter().filter(|op| unbinds(op)).count() >= 2
        };
        let mut generator = Generator::new(EVERYTHING);
        let mut many = 0;
        for seed in 0..200 {
            let case = generator.case(seed).clone();
            if !fails(&case) {
                continue;
            }
            many += 1;
            let (left, _) = shrunk(&case, fails, |_| ());
            // Two sequential unbinds of one bind, on no device.
            assert!((3..=4).contains(&left.ops.len()), "{left:?}");
            assert!(left.topology.devices.is_empty() && left.topology.mms.is_empty());
            assert!(!left.is_concurrent(), "{left:?}");
            assert!(left.ops.iter().all(|op| op.fault.is_none()));
            assert!(!crate::edit::one_less(&left).any(|less| fails(&less)));
        }
        assert!(many > 50, "{many}");
    }

    #[test]
    fn schedules_and_cpus_that_are_not_needed_go() {
        let races = Profile::by_name("races").expect("a profile");
        let fails = |case: &Case| case.is_on_several_cpus() && case.schedule.is_some();
        let mut generator = Generator::new(races);
        for seed in 0..100 {
            let case = generator.case(seed).clone();
            if !fails(&case) {
                continue;
            }
            let (left, _) = shrunk(&case, fails, |_| ());
            assert_eq!(left.cpus().len(), 2, "{left:?}");
            assert_eq!(left.ops.len(), 2, "{left:?}");
            assert!(left.schedule.is_some_and(|all| all.len() <= 1));
        }
    }

    fn runner() -> TestRunner {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        TestRunner::new_with_rng(Config::default(), rng)
    }

    fn some(strategy: Cases, many: usize) -> impl Iterator<Item = Case> {
        let mut runner = runner();
        (0..many).map(move |_| strategy.new_tree(&mut runner).expect("a case").current())
    }

    #[test]
    fn a_strategy_and_seeds_make_the_same_operations_as_often() {
        for profile in &PROFILES {
            let tried = profiles::of_256(some(cases(profile), 2000));
            let mut generator = Generator::new(profile);
            let made = profiles::of_256((0..2000).map(|seed| generator.case(seed).clone()));
            for (a, b) in tried.into_iter().zip(made) {
                assert!((a - b).abs() < 1.0 + b / 16.0, "{}: {a} {b}", profile.name);
            }
        }
    }

    #[test]
    fn the_cases_of_a_strategy_have_the_sizes_that_are_asked_for() {
        let sizes = Sizes {
            ops: 3..=7,
            ..Sizes::LIMITS
        };
        for profile in &PROFILES {
            for case in some(cases_within(profile, sizes.clone()), 200) {
                assert!((3..=7).contains(&case.ops.len()));
                assert!(is_accepted(&case));
            }
        }
    }
}
