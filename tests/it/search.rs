// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that the search gives the same answer with any number of threads, and wherever it was
//! interrupted.

use crate::thorough::sample;
use fastrand::Rng;
use spec::{Model, OpCode, Site};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use svadiff::explore::{check, compare};
use svadiff::judge::{Cause, View};
use svadiff::limits::{Limits, Status, Stopped};
use svadiff::models::{AnyModel, by_name};
use svadiff::question::{Question, SearchSummary};
use svadiff::search::{Saved, Search};
use svadiff::universe::{Groups, Universe};

fn models<const N: usize>(names: [&str; N]) -> [AnyModel; N] {
    names.map(|name| by_name(name).expect("a model of this name"))
}

fn any_length(devices: usize, mms: usize, binds: usize) -> Universe {
    Universe {
        devices,
        mms,
        ops: None,
        binds: Some(binds),
        only: Universe::usual(None, 1),
        ..Universe::default()
    }
}

/// Returns everything that a search reports except the memory that it took.
fn said<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
    outcome: &SearchSummary,
) -> String {
    let counts = (outcome.states, outcome.transitions, outcome.depth);
    let digest = svadiff::report::digest(question, &outcome.findings);
    format!(
        "{counts:?} {:?} {digest} {:?}",
        outcome.stopped, outcome.findings
    )
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let large = any_length(3, 2, 3);
    let small = any_length(2, 2, 3);
    for (names, universe) in [
        (["v6.7", "v6.8-rc6"], &large),
        (["v6.8", "thread-d"], &large),
        (["v6.8", "v6.12"], &large),
        (["thread-b", "thread-c"], &small),
    ] {
        let question = Question {
            models: models(names),
            universe,
            views: &View::DEFAULT,
        };
        let with = |threads: usize| {
            let mut search = Search::new(question, Limits::default());
            search.threads = threads;
            said(&question, &search.run())
        };
        let alone = with(1);
        assert!(alone.contains("None"), "{alone}");
        for threads in [2, 3, 7] {
            assert_eq!(with(threads), alone, "{names:?}, {threads} threads");
        }
    }
}

/// The exact numbers of states. No other test counts them, so this one notices every change of the
/// contents of a state. That the states up to renaming represent all others is checked in
/// `canonical.rs`.
#[test]
fn the_counts_with_and_without_symmetry_are_these_and_the_findings_the_same() {
    let states = |symmetry: bool, groups: Groups, binds: usize| {
        let universe = Universe {
            symmetry,
            groups,
            ..any_length(3, 2, binds)
        };
        let pair = models(["v6.7", "v6.8-rc6"]);
        let outcome = compare(pair, &universe, &View::DEFAULT, Limits::default());
        assert!(outcome.complete());
        let lengths: HashMap<Cause, usize> = outcome
            .findings
            .iter()
            .map(|finding| (finding.difference.cause.clone(), finding.case.ops.len()))
            .collect();
        (outcome.states, lengths)
    };
    for (groups, binds, expected) in EXPECTED {
        let (few, with) = states(true, groups.clone(), binds);
        let (many, without) = states(false, groups.clone(), binds);
        assert_eq!((few, many), expected, "{groups:?}, {binds} binds");
        assert_eq!(with, without, "{groups:?}, {binds} binds");
    }
}

const EXPECTED: [(Groups, usize, (usize, usize)); 3] = [
    (Groups::Own, 1, (17, 72)),
    (Groups::Own, 2, (2927, 29599)),
    (Groups::One, 2, (120, 841)),
];

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn an_interrupted_search_goes_on_to_the_same_end() {
    let file = scratch("interrupted.checkpoint");
    let universe = Universe {
        faults: vec![Site::DomainAlloc],
        ..any_length(2, 2, 3)
    };
    let question = Question {
        models: models(["v6.7", "thread-d"]),
        universe: &universe,
        views: &View::DEFAULT,
    };
    let whole = Search::new(question, Limits::default()).run();
    assert!(whole.complete() && whole.findings.len() > 1);
    let mut dice = Rng::with_seed(1);
    for threads in 1..4 {
        let mut saved = Saved::default();
        let mut states = 0;
        for rounds in 0.. {
            states += dice.usize(1..whole.states / 5);
            let limits = Limits {
                states,
                ..Limits::default()
            };
            let mut search = Search::new(question, limits);
            search.threads = threads;
            let outcome = search.go_on(saved, &mut |saved| {
                saved.write(&question, &file).expect("a file");
            });
            if outcome.complete() {
                assert!(rounds > 3, "it was hardly interrupted");
                assert_eq!(said(&question, &outcome), said(&question, &whole));
                break;
            }
            assert_eq!(outcome.stopped, Some(Stopped::States));
            // The findings so far are among the final findings.
            for finding in &outcome.findings {
                let cause = &finding.difference.cause;
                assert!(
                    whole
                        .findings
                        .iter()
                        .any(|this| this.difference.cause == *cause)
                );
            }
            saved = Saved::read(&question, &file).expect("a checkpoint");
        }
    }
    fs::remove_file(file).expect("a file");
}

#[test]
fn a_search_that_is_saved_in_passing_finds_the_same() {
    let universe = any_length(2, 2, 3);
    let question = Question {
        models: models(["v6.7", "thread-b"]),
        universe: &universe,
        views: &View::DEFAULT,
    };
    let mut search = Search::new(question, Limits::default());
    let whole = search.run();
    search.save_every = Some(Duration::ZERO);
    let mut times = 0;
    let outcome = search.go_on(Saved::default(), &mut |_| times += 1);
    assert!(times > 10, "{times}");
    assert_eq!(said(&question, &outcome), said(&question, &whole));
}

#[test]
fn a_checkpoint_that_is_cut_short_or_damaged_is_refused() {
    let file = scratch("damaged.checkpoint");
    let universe = any_length(2, 1, 2);
    let question = Question {
        models: models(["v6.7", "v6.8"]),
        universe: &universe,
        views: &View::DEFAULT,
    };
    let limits = Limits {
        states: 40,
        ..Limits::default()
    };
    let search = Search::new(question, limits);
    search.go_on(Saved::default(), &mut |saved| {
        saved.write(&question, &file).expect("a file");
    });
    let whole = fs::read(&file).expect("a file");
    assert!(Saved::read(&question, &file).is_ok());
    let refused = |bytes: &[u8]| {
        fs::write(&file, bytes).expect("a file");
        let refused = Saved::read(&question, &file).err();
        refused.expect("it is refused").to_string()
    };
    for length in sample(0..whole.len(), 7) {
        let said = refused(&whole[..length]);
        assert!(!said.contains('\n'), "{said}");
    }
    for at in sample(0..whole.len(), 7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        refused(&bytes);
    }
    refused(&[&whole[..], &[0]].concat());
    fs::remove_file(file).expect("a file");
}

#[test]
fn a_checkpoint_of_something_else_is_refused_and_says_of_what() {
    let file = scratch("other.checkpoint");
    let universe = any_length(2, 1, 2);
    let question = Question {
        models: models(["v6.7", "v6.8"]),
        universe: &universe,
        views: &View::DEFAULT,
    };
    Saved::default().write(&question, &file).expect("a file");
    let other_universe = any_length(2, 1, 3);
    for (other, of) in [
        (
            Question {
                models: models(["v6.7", "v6.8-rc6"]),
                ..question
            },
            "other models",
        ),
        (
            Question {
                universe: &other_universe,
                ..question
            },
            "another universe",
        ),
        (
            Question {
                views: &[View::Api],
                ..question
            },
            "other views",
        ),
    ] {
        let refused = Saved::read(&other, &file).expect_err("it is refused");
        assert_eq!(refused.to_string(), format!("a checkpoint of {of}"));
    }
    fs::remove_file(file).expect("a file");
}

#[test]
fn each_limit_stops_a_search_and_none_of_them_is_taken_for_its_end() {
    let universe = any_length(3, 3, 5);
    let question = Question {
        models: models(["v6.7", "v6.8"]),
        universe: &universe,
        views: &View::DEFAULT,
    };
    let none = Limits::default();
    let stopped = |limits: Limits| {
        let outcome = Search::new(question, limits).run();
        assert!(!outcome.complete());
        assert!(!outcome.findings.is_empty(), "what was found is kept");
        outcome.stopped
    };
    let states = 2000;
    assert_eq!(stopped(Limits { states, ..none }), Some(Stopped::States));
    let bytes = 1_000_000;
    assert_eq!(stopped(Limits { bytes, ..none }), Some(Stopped::Memory));
    let time = Duration::from_millis(50);
    assert_eq!(stopped(Limits { time, ..none }), Some(Stopped::Time));

    let interrupt = AtomicBool::new(false);
    let seen = AtomicUsize::new(0);
    let watch = |status: &Status| {
        seen.store(status.states, Ordering::Relaxed);
        if status.states > 3000 {
            interrupt.store(true, Ordering::Relaxed);
        }
    };
    let mut search = Search::new(question, none);
    search.interrupt = Some(&interrupt);
    search.watch = Some(&watch);
    let outcome = search.run();
    assert_eq!(outcome.stopped, Some(Stopped::Interrupted));
    assert!(seen.load(Ordering::Relaxed) > 3000);
}

#[test]
fn sequences_that_are_too_long_for_a_case_are_not_taken_for_seen() {
    // Each fork makes a new mm, and nothing remains of a bind whose mm has exited.
    let universe = Universe {
        only: vec![OpCode::Fork],
        ..any_length(1, 1, 1)
    };
    let pair = models(["v6.7", "v6.8"]);
    let outcome = compare(pair, &universe, &View::DEFAULT, Limits::default());
    assert!(outcome.complete(), "there are sixteen mms at most");
    let universe = Universe {
        only: vec![OpCode::AllocPasid],
        binds: Some(63),
        max_pasids: vec![4096],
        ..any_length(1, 1, 1)
    };
    let outcome = compare(pair, &universe, &View::DEFAULT, Limits::default());
    assert_eq!((outcome.depth, outcome.stopped), (63, None));
}

/// If sequences may have any length, the order of acquisition is not part of the state, and yet the
/// cases are as short as if it were.
#[test]
fn cases_are_as_short_as_where_the_order_of_the_teardown_counts() {
    let any = any_length(2, 1, 2);
    let ordered = Universe {
        ops: Some(6),
        ..any.clone()
    };
    let lengths = |outcome: SearchSummary| -> HashMap<Cause, usize> {
        assert!(outcome.complete() && outcome.shortest == usize::MAX);
        let findings = outcome.findings.into_iter();
        let lengths = findings.map(|this| (this.difference.cause, this.case.ops.len()));
        lengths.filter(|(_, length)| *length <= 6).collect()
    };
    for name in ["thread-a", "thread-b", "thread-c", "thread-d", "v6.8-rc6"] {
        let [model] = models([name]);
        let of = |universe| lengths(check(model, universe, Limits::default()));
        assert_eq!(of(&any), of(&ordered), "{name}");
        let pair = models(["v6.7", name]);
        let of = |universe| lengths(compare(pair, universe, &View::DEFAULT, Limits::default()));
        assert_eq!(of(&any), of(&ordered), "v6.7 and {name}");
    }
}

#[test]
fn whether_states_are_counted_changes_nothing_but_their_number() {
    let few = |ops, binds| Universe {
        devices: 1,
        mms: 1,
        ops,
        binds: Some(binds),
        only: vec![OpCode::Bind, OpCode::Unbind],
        ..Universe::default()
    };
    let faults = Universe {
        ops: Some(3),
        faults: Site::ALL.to_vec(),
        ..Universe::default()
    };
    // In the first two, no state is new after the last operation.
    let cases = [
        (few(Some(3), 1), 2, false),
        (few(None, 63), 63, false),
        (faults, 3, true),
    ];
    for (universe, depth, is_less) in cases {
        let question = Question {
            models: models(["v6.8", "v6.12"]),
            universe: &universe,
            views: &View::DEFAULT,
        };
        let all = Search::new(question, Limits::default());
        let some = Search {
            counts: false,
            ..Search::new(question, Limits::default())
        };
        let (all, mut some) = (all.run(), some.run());
        assert_eq!(all.depth, depth, "{universe}");
        assert!(all.complete(), "{universe}: {:?}", all.stopped);
        assert_eq!(some.states < all.states, is_less, "{universe}");
        some.states = all.states;
        assert_eq!(said(&question, &some), said(&question, &all), "{universe}");
    }
}
