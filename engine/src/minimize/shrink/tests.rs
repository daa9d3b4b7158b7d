// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests the guarantees of the shrinker for every predicate.

use super::shrink;
use fastrand::Rng;
use spec::generate::{EVERYTHING, Generator, Profile};
use spec::{Case, OpCode};
use std::collections::HashSet;

/// Shrinks a case, and checks that no case is tested twice. Returns the result and the last case
/// for which the predicate held.
fn watched(case: &Case, mut shows: impl FnMut(&Case) -> bool) -> (Case, Case) {
    let mut tried = HashSet::from([case.bare()]);
    let mut last = case.bare();
    let small = shrink(case, |case| {
        assert!(tried.insert(case.clone()), "tried twice: {case:?}");
        let shows = shows(case);
        if shows {
            last = case.clone();
        }
        shows
    });
    (small, last)
}

fn cases(profile: &str, seeds: u64) -> impl Iterator<Item = Case> {
    let profile = Profile::by_name(profile).expect("a profile");
    let mut generator = Generator::new(profile);
    (0..seeds).map(move |seed| generator.case(seed).clone())
}

#[test]
fn with_a_coin_that_is_tossed_no_case_is_tried_twice_and_the_result_is_the_last_accepted() {
    for profile in [
        "faults",
        "lifetimes",
        "foreign-domains",
        "races",
        "wrong-callers",
        "everything",
    ] {
        for (seed, case) in (0..).zip(cases(profile, 12)) {
            let mut coin = Rng::with_seed(seed);
            let (small, last) = watched(&case, |_| coin.bool());
            assert_eq!(small, last, "{profile} {seed}");
            let mut rarely = Rng::with_seed(seed);
            let (small, last) = watched(&case, |_| rarely.u8(..8) == 0);
            assert_eq!(small, last, "{profile} {seed}");
        }
    }
}

#[test]
fn the_same_coin_ends_at_the_same_case() {
    for case in cases("everything", 8) {
        let small = [0, 0].map(|seed| {
            let mut coin = Rng::with_seed(seed);
            shrink(&case, |_| coin.bool())
        });
        assert_eq!(small[0], small[1]);
    }
}

#[test]
fn where_nothing_simpler_shows_it_the_case_stays_and_where_everything_does_nothing_remains() {
    for case in cases("everything", 20) {
        assert_eq!(shrink(&case, |_| false), case.bare());
        let nothing = shrink(&case, |_| true);
        assert!(nothing.ops.is_empty() && nothing.topology.devices.is_empty());
        assert!(nothing.topology.mms.is_empty());
    }
}

#[test]
fn a_caller_is_wrong_only_where_that_is_asked_for() {
    let unbinds = |case: &Case, again: bool| {
        let mut ops = case.ops.iter();
        ops.any(|op| op.kind.code() == OpCode::Unbind && op.again >= again)
    };
    let mut tried = 0;
    for case in cases("wrong-callers", 100) {
        if !unbinds(&case, true) {
            continue;
        }
        tried += 1;
        for again in [true, false] {
            let small = shrink(&case, |case| unbinds(case, again));
            assert_eq!(small.ops.len(), 2, "{small:?}");
            assert_eq!(small.ops[1].again, again);
        }
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn what_is_asked_for_is_all_that_remains() {
    let mut generator = Generator::new(EVERYTHING);
    let count = |case: &Case, code| {
        { case.ops.iter() }
            .filter(|op| op.kind.code() == code)
            .count()
    };
    let mut tried = 0;
    for seed in 0..200 {
        let case = generator.case(seed).clone();
        let wanted =
            |case: &Case| count(case, OpCode::Bind) >= 2 && count(case, OpCode::Detach) >= 1;
        if !wanted(&case) {
            continue;
        }
        tried += 1;
        let small = shrink(&case, wanted);
        assert!(wanted(&small));
        assert!(small.ops.len() <= 4, "{small:?}");
        assert!(small.ops.iter().all(|op| op.fault.is_none()));
    }
    assert!(tried > 20, "{tried}");
}
