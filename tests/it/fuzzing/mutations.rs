// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the mutations of the text of a case.

use super::counterexamples;
use crate::thorough::some_of;
use spec::Case;
use std::collections::HashSet;
use svadiff::fuzzing::mutate::mutate;
use svadiff::report::json;

#[test]
fn a_mutation_is_a_case_again_and_readable() {
    for (name, received) in counterexamples() {
        let mut text = json(&received.case.to_json()).into_bytes();
        for seed in 0..some_of(300).into() {
            text = mutate(&text, 4096, seed);
            let case = Case::from_json(&text);
            let case = case.unwrap_or_else(|refused| panic!("{name}: {refused}"));
            assert_eq!(json(&case.to_json()).into_bytes(), text);
            assert!(text.len() <= 4096);
        }
    }
}

#[test]
fn mutations_change_everything_that_a_case_has() {
    let (_, received) = &counterexamples()[0];
    let text = json(&received.case.to_json()).into_bytes();
    let before = Case::from_json(&text).expect("a case");
    let mut changed = HashSet::new();
    for seed in 0..2000 {
        let after = Case::from_json(&mutate(&text, 65536, seed)).expect("a case");
        let (old, new) = (before.ops.len(), after.ops.len());
        changed.extend([
            ("devices", before.topology.devices != after.topology.devices),
            ("mms", before.topology.mms != after.topology.mms),
            ("one more", new == old + 1),
            ("one less", new + 1 == old),
            ("another operation", new == old && before.ops != after.ops),
            ("a fault", after.ops.iter().any(|op| op.fault.is_some())),
            ("CPUs", after.ops.iter().any(|op| op.cpu.is_some())),
            ("a schedule", after.schedule.is_some()),
        ]);
    }
    let never: Vec<_> = { changed.iter() }
        .filter(|(what, is)| !is && !changed.contains(&(*what, true)))
        .collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn what_is_no_case_becomes_one() {
    for text in [
        "",
        "{",
        "[1, 2]",
        "\0\0\0",
        "{\"format\": \"svadiff-case/2\"}",
    ] {
        let text = mutate(text.as_bytes(), 4096, 1);
        assert!(Case::from_json(&text).is_ok());
    }
}

#[test]
fn a_mutation_is_not_longer_than_there_is_room() {
    let (_, received) = &counterexamples()[0];
    let text = json(&received.case.to_json()).into_bytes();
    for most in 0..300 {
        assert!(mutate(&text, most, most as u64).len() <= most);
    }
}

#[test]
fn the_same_seed_mutates_alike() {
    let (_, received) = &counterexamples()[0];
    let text = json(&received.case.to_json()).into_bytes();
    for seed in 0..50 {
        assert_eq!(mutate(&text, 4096, seed), mutate(&text, 4096, seed));
    }
}
