// SPDX-License-Identifier: GPL-2.0-or-later
//! The seeds in `fuzz/corpus` are made of the counterexamples in `corpus`. After a change of these,
//! `SVADIFF_SEEDS=write cargo test --test it fuzzing::seeds` writes them again.

use super::{counterexamples, files_of, on_one_cpu, root};
use spec::case::MAX_OPS;
use spec::generate::{GENE, HEADER};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use svadiff::fuzzing::diff::MOST_OPS;
use svadiff::fuzzing::diff::{bytes_of, case_of};
use svadiff::fuzzing::pairs::pairs;
use svadiff::fuzzing::{Screen, Target};
use svadiff::ledger::Ledger;
use svadiff::models::AnyModel;
use svadiff::report::json;

type Seeds = BTreeMap<String, Vec<u8>>;

/// Each counterexample for its own models, and, so that each pair has one, for some others.
fn of_target(target: Target) -> Seeds {
    let all = counterexamples();
    let mut seeds = Seeds::new();
    for (at, (name, received)) in all.iter().enumerate() {
        let case = on_one_cpu(&received.case);
        let own = pairs().iter().position(|pair| *pair == received.models);
        let mut of_pair = |pair: usize| {
            let [from, to] = pairs()[pair].map(AnyModel::name);
            let bytes = bytes_of(pair, &case).expect("a case has bytes");
            seeds.insert(format!("{name}.{from}.{to}.seed"), bytes);
        };
        match target {
            Target::Diff => {
                of_pair(own.expect("a pair in order of history"));
                (at..pairs().len()).step_by(all.len()).for_each(of_pair);
            }
            Target::Minimize => of_pair(own.expect("a pair in order of history")),
            Target::CaseJson => {
                let text = json(&received.case.to_json());
                seeds.insert(format!("{name}.json"), text.into_bytes());
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

/// What is committed; what a fuzzer adds has other names.
fn committed(target: Target) -> Seeds {
    let folder = root().join("fuzz/corpus").join(target.name());
    let are = |name: &str| name.ends_with(".seed") || name.ends_with(".json");
    let all = files_of(&folder).into_iter();
    all.filter(|(name, _)| are(name)).collect()
}

#[test]
fn the_seeds_are_what_the_corpus_gives() {
    let write = std::env::var("SVADIFF_SEEDS").is_ok_and(|what| what == "write");
    for target in Target::ALL {
        let wanted = of_target(target);
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
        assert_eq!(committed, wanted, "{}", target.name());
    }
}

#[test]
fn every_pair_of_models_has_a_seed() {
    let seeds = committed(Target::Diff);
    let of_seeds: HashSet<_> = { seeds.values() }
        .map(|bytes| case_of(bytes).0.map(AnyModel::name))
        .collect();
    assert_eq!(of_seeds.len(), pairs().len());
}

#[test]
fn nothing_is_wrong_with_the_seeds() {
    let mut judge = Screen::new(Ledger::shipped());
    for target in Target::ALL {
        for (name, bytes) in committed(target) {
            let wrong = target.run(&mut judge, &bytes);
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
        let most = 1 + HEADER + ops * GENE;
        let options = root().join(format!("fuzz/oss-fuzz/{target}.options"));
        let options = fs::read_to_string(options).expect("options");
        assert!(
            options.contains(&format!("max_len = {most}\n")),
            "{options}"
        );
    }
}
