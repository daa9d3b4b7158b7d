// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that an unknown difference is found, is reported, and becomes a counterexample.

use super::{committed, counterexamples, files_of, root};
use svadiff::counterexample::Received;
use svadiff::fuzzing::{Screen, Target, What, artifact};
use svadiff::ledger::Ledger;
use svadiff::report::{WIDTH, json};

#[test]
fn what_no_entry_knows_is_found_and_replays() {
    let nothing = Ledger::default();
    for target in [Target::Diff, Target::CaseJson] {
        let seeds = files_of(&root().join("fuzz/corpus").join(target.name()));
        let mut found = 0;
        // A fuzzer may have added thousands.
        for (name, bytes) in seeds.iter().step_by(3.max(seeds.len() / 200)) {
            let Some(wrong) = target.run(&mut Screen::new(&nothing), bytes) else {
                continue;
            };
            found += 1;
            let What::Unknown { shown, .. } = &wrong.what else {
                panic!("{name}: {wrong}");
            };
            let text = wrong.to_string();
            assert!(text.contains("that is not known"), "{text}");
            assert!(text.contains(&format!("svadiff from-artifact {}", target.name())));
            assert!(
                text.lines().all(|line| line.chars().count() <= WIDTH),
                "{text}"
            );

            let made = artifact(&nothing, target, bytes).expect("a case");
            assert_eq!(made.broken, None);
            let differ = made.differ.expect("two models that differ");
            assert_eq!(differ.known, Some(false));
            assert_eq!(differ.models, shown.models);
            assert_eq!(differ.finding.difference.cause, shown.difference.cause);
            let file = json(&differ.to_json());
            let received = Received::from_json(file.as_bytes()).expect("a counterexample");
            let verdict = received.replay();
            assert!(verdict.wrong.is_empty(), "{name}: {:?}", verdict.wrong);
            assert!(verdict.not_checked.is_empty());
            assert!(file.contains("\"one_minimal\": true"), "{name}: {file}");
        }
        assert!(found > 2, "{} of {}", found, seeds.len());
    }
}

#[test]
fn the_judge_says_it_again_of_what_is_not_known() {
    let nothing = Ledger::default();
    let mut judge = Screen::new(&nothing);
    // Not every seed is a case on which models differ.
    let mut said_twice = 0;
    for seed in committed(Target::Diff).values() {
        let mut said = || {
            let wrong = Target::Diff.run(&mut judge, seed);
            wrong.map(|wrong| wrong.to_string())
        };
        let first = said();
        said_twice += usize::from(first.is_some());
        assert_eq!(said(), first);
    }
    assert!(said_twice > 0);
}

#[test]
fn what_is_known_becomes_a_counterexample_too() {
    let (_, received) = &counterexamples()[0];
    let text = json(&received.case.to_json());
    let made = artifact(Ledger::shipped(), Target::CaseJson, text.as_bytes()).expect("a case");
    let differ = made.differ.expect("two models that differ");
    assert_eq!(differ.known, Some(true));
}

#[test]
fn what_the_reader_refuses_is_refused_in_its_words() {
    for target in [Target::CaseJson, Target::Parse] {
        let refused = artifact(Ledger::shipped(), target, b"{").expect_err("no case");
        assert!(refused.to_string().contains("line 1"), "{refused}");
    }
}

#[test]
fn any_bytes_of_diff_and_minimize_are_a_case() {
    for target in [Target::Diff, Target::Minimize] {
        let made = artifact(Ledger::shipped(), target, b"").expect("a case");
        assert!(made.differ.is_none() && made.broken.is_none());
    }
}
