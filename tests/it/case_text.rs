// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases are the same after they are written as text and read.

use crate::thorough::thorough;
use proptest::prelude::*;
use spec::Case;
use spec::generate::{EVERYTHING, Generator, PROFILES, cases};
use spec::text::{of, one_line, parse};
use std::fs;
use std::path::Path;
use std::thread;
use svadiff::counterexample::Received;
use svadiff::fuzzing::case_text::reads_back;
use svadiff::ledger::Ledger;

/// Returns the failure for a case that is not the same, as text.
fn wrong(case: &Case) -> Option<String> {
    reads_back(case).map(|what| format!("{what:?}"))
}

fn check(case: &Case) {
    assert_eq!(wrong(case), None, "\n{}", of(case));
}

#[test]
fn the_cases_of_the_corpus_and_of_the_ledger_are_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut count = 0;
    for file in fs::read_dir(folder).expect("the corpus") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|end| end == "json") {
            let bytes = fs::read(&path).expect("a counterexample");
            check(&Received::from_json(&bytes).expect("a counterexample").case);
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
    let entries = &Ledger::shipped().entries;
    assert!(!entries.is_empty());
    for entry in entries {
        check(&entry.counterexample.case);
    }
}

/// Random cases of every profile: 100,000 if tests are to be thorough.
#[test]
fn random_cases_are_the_same() {
    let each = if thorough() { 100_000 } else { 8_000 } / PROFILES.len() as u64;
    thread::scope(|scope| {
        for profile in &PROFILES {
            scope.spawn(move || {
                let mut generator = Generator::new(profile);
                for seed in 0..=each {
                    check(generator.case(seed));
                }
            });
        }
    });
}

fn strings() -> impl Strategy<Value = Option<String>> {
    // Blanks, quotes, escapes, what a terminal interprets, and everything else.
    let c = prop_oneof![
        4 => prop::sample::select(vec![' ', '"', '\\', '\n', '\t', '\r', '-', ';', 'a', 'z']),
        1 => any::<char>(),
    ];
    proptest::option::of(prop::collection::vec(c, 0..120).prop_map(String::from_iter))
}

proptest! {
    #[test]
    fn cases_with_texts_for_people_are_the_same(
        case in cases(EVERYTHING),
        (title, origin, note) in (strings(), strings(), strings()),
    ) {
        let case = Case { title, origin, note, ..case };
        prop_assert_eq!(wrong(&case), None);
    }

    #[test]
    fn line_breaks_and_runs_of_blanks_mean_nothing(
        case in cases(EVERYTHING),
        blanks in prop::collection::vec(prop::sample::select(vec![" ", "\n", " \t", "\r\n  "]), 1..8),
    ) {
        for text in [of(&case), one_line(&case)] {
            let mut blanks = blanks.iter().copied().cycle();
            let mut rewrapped = String::new();
            for word in text.split_whitespace() {
                rewrapped += word;
                rewrapped.extend(blanks.next());
            }
            prop_assert_eq!(parse(&rewrapped), Ok(case.clone()));
        }
    }

    #[test]
    fn any_text_is_accepted_or_refused_at_a_place(text in "[a-z0-9_ :;,\\[\\]()\"\\\\\n-]{0,80}") {
        match parse(&text) {
            Ok(case) => prop_assert_eq!(wrong(&case), None),
            Err(error) => prop_assert!(error.line() > 0 && error.column() > 0),
        }
    }
}
