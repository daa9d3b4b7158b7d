// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the seeds in `fuzz/corpus`, which are made from the counterexamples in `corpus`. After
//! these change, `SVADIFF_SEEDS=write cargo test --test it fuzzing::seeds::the_seeds` writes the
//! seeds again.

use super::{Seeds, committed, counterexamples, is_seed, on_one_cpu, root};
use crate::recorded::read;
use crate::tried::names_a_patch;
use spec::case::MAX_OPS;
use spec::generate::{GENE, HEADER};
use std::collections::HashSet;
use std::fs;
use svadiff::fuzzing::diff::MOST_OPS;
use svadiff::fuzzing::diff::{bytes_of, case_of};
use svadiff::fuzzing::pairs::{NAME, pairs};
use svadiff::fuzzing::{Screen, Target, Wrong};
use svadiff::ledger::Ledger;
use svadiff::models::AnyModel;
use svadiff::report::json;

/// Returns a seed of each counterexample for its own models, and for the pairs in `more`.
///
/// These pairs are not derived from the list of models, so adding a model does not change the
/// seeds.
fn of_target(target: Target, more: &[(String, [AnyModel; 2])]) -> Seeds {
    let mut seeds = Seeds::new();
    for (name, received) in &counterexamples() {
        let case = on_one_cpu(&received.case);
        let mut of_pair = |pair: [AnyModel; 2]| {
            let bytes = bytes_of(pair, &case).expect("a case has bytes");
            seeds.insert(seed_name(name, pair), bytes);
        };
        match target {
            Target::Diff => {
                of_pair(received.pair().expect("two models"));
                let theirs = more.iter().filter(|(of, _)| of == name);
                theirs.for_each(|(_, pair)| of_pair(*pair));
            }
            Target::Minimize => of_pair(received.pair().expect("two models")),
            Target::CaseJson => {
                let text = json(&received.case.to_json());
                seeds.insert(format!("{name}.json"), text.into_bytes());
            }
            Target::CaseText => {
                let text = spec::text::of(&received.case);
                seeds.insert(format!("{name}.txt"), text.into_bytes());
            }
            Target::Parse => {
                let file = root().join("corpus").join(format!("{name}.json"));
                let bytes = fs::read(file).expect("a counterexample");
                seeds.insert(format!("{name}.json"), bytes);
            }
        }
    }
    seeds
}

fn seed_name(counterexample: &str, pair: [AnyModel; 2]) -> String {
    let [from, to] = pair.map(AnyModel::name);
    format!("{counterexample}.{from}.{to}.seed")
}

/// Returns the pairs that each counterexample has a seed for, from the names of the seeds of
/// `diff`.
fn named() -> Vec<(String, [AnyModel; 2])> {
    let names = counterexamples().into_iter().map(|(name, _)| name);
    let of_all = names.flat_map(|name| pairs().iter().map(move |&pair| (name.clone(), pair)));
    let committed = committed(Target::Diff);
    of_all
        .filter(|(name, pair)| committed.contains_key(&seed_name(name, *pair)))
        .collect()
}

/// Chooses a counterexample for each pair that has none.
fn missing(named: &[(String, [AnyModel; 2])]) -> Vec<(String, [AnyModel; 2])> {
    let all = counterexamples();
    let names = all.iter().map(|(name, _)| name).cycle();
    let has_none = |pair: &&[AnyModel; 2]| named.iter().all(|(_, named)| named != *pair);
    let pairs = pairs().iter().filter(has_none);
    names.cloned().zip(pairs.copied()).collect()
}

#[test]
fn the_seeds_are_what_the_corpus_gives() {
    let write = std::env::var("SVADIFF_SEEDS").is_ok_and(|what| what == "write");
    for target in Target::ALL {
        let mut pairs = named();
        if write {
            pairs.extend(missing(&pairs));
        }
        let wanted = of_target(target, &pairs);
        if write {
            let folder = root().join("fuzz/corpus").join(target.name());
            fs::create_dir_all(&folder).expect("a folder");
            for name in committed(target).keys() {
                fs::remove_file(folder.join(name)).expect("a seed");
            }
            for (name, bytes) in &wanted {
                fs::write(folder.join(name), bytes).expect("a seed");
            }
        }
        let names = |seeds: &Seeds| seeds.keys().cloned().collect::<Vec<_>>();
        let committed = committed(target);
        assert_eq!(names(&committed), names(&wanted), "{}", target.name());
        let differ = |(name, bytes): &(&String, &Vec<u8>)| committed[*name] != **bytes;
        let differ: Vec<_> = wanted.iter().filter(differ).map(|(name, _)| name).collect();
        assert!(differ.is_empty(), "{}: {differ:?}", target.name());
    }
}

/// A model that is only tried out needs no seeds; one whose kernel was recorded does.
#[test]
fn every_pair_of_recorded_models_has_a_seed() {
    let seeds = committed(Target::Diff);
    let of_seeds: HashSet<_> = { seeds.values() }
        .map(|bytes| case_of(bytes).0.map(AnyModel::name))
        .collect();
    let rows = read("edge.jsonl.gz");
    let is_recorded = |model: &AnyModel| rows[0].column(model).is_some();
    let recorded = pairs().iter().filter(|pair| pair.iter().all(is_recorded));
    let recorded: Vec<_> = recorded.map(|pair| pair.map(AnyModel::name)).collect();
    assert!(recorded.len() >= 66, "{}", recorded.len());
    for pair in recorded {
        assert!(of_seeds.contains(&pair), "{pair:?}");
    }
}

#[test]
fn nothing_is_wrong_with_the_seeds() {
    let mut judge = Screen::new(Ledger::shipped());
    // `tried.rs` reports the differences of a patch that is being tried.
    let is_shipped = |wrong: &Wrong| !names_a_patch(&wrong.to_string());
    for target in Target::ALL {
        for (name, bytes) in committed(target) {
            let wrong = target.run(&mut judge, &bytes).filter(is_shipped);
            assert!(
                wrong.is_none(),
                "{} {name}: {}",
                target.name(),
                wrong.unwrap()
            );
        }
    }
}

#[test]
fn bots_are_told_that_a_case_has_as_many_bytes_as_it_can_have() {
    for (target, ops) in [("diff", MOST_OPS), ("minimize", MAX_OPS)] {
        let most = NAME + HEADER + ops * GENE;
        let options = root().join(format!("fuzz/oss-fuzz/{target}.options"));
        let options = fs::read_to_string(options).expect("options");
        assert!(
            options.contains(&format!("max_len = {most}\n")),
            "{options}"
        );
    }
}

/// A fuzzer adds files to the folders of the seeds. Tests ignore these files.
#[test]
fn what_a_fuzzer_adds_is_no_seed() {
    // libFuzzer names a new input after its SHA-1, and a failing input after the kind of failure.
    let hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let others = [
        "crash-",
        "timeout-",
        "slow-unit-",
        "oom-",
        "leak-",
        "minimized-from-",
    ];
    for prefix in [""].iter().chain(&others) {
        assert!(!is_seed(&format!("{prefix}{hash}")));
    }
    for target in Target::ALL {
        let folder = root().join("fuzz/corpus").join(target.name());
        assert!(
            committed(target)
                .keys()
                .all(|name| folder.join(name).is_file())
        );
    }
    // No other test reads these folders.
    let source = include_str!("bytes.rs");
    assert!(!source.contains("read_dir") && !source.contains("files_of"));
}
