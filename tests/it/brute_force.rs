// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares the search with brute force: running every sequence of a universe in full must show
//! exactly the causes that the search finds, and none with a shorter sequence.

use crate::sequences::{ops_at, resets_at, topologies, with_faults};
use crate::thorough::{sample, thorough};
use planted::Planted;
use spec::{Case, Model, Op, OpCode, Site};
use std::collections::HashMap;
use svadiff::judge::{Cause, View, judge};
use svadiff::limits::Limits;
use svadiff::models::{all, by_name};
use svadiff::question::Question;
use svadiff::search::Search;
use svadiff::universe::Universe;

/// Returns every cause that a sequence of the universe shows, unless only as a consequence, and the
/// length of the shortest such sequence.
fn by_brute_force<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
) -> HashMap<Cause, usize> {
    let universe = question.universe;
    let longest = universe.ops.expect("a limit");
    let mut found: HashMap<Cause, usize> = HashMap::new();
    let has_resets = { question.models.iter() }
        .any(|model| OpCode::ResetBegin.info().exists(model.tree().commits));
    for topology in topologies(&universe.max_pasids) {
        let mut sequences: Vec<Vec<Op>> = vec![vec![]];
        for length in 0..=longest {
            for sequence in &sequences {
                let case = Case::new(topology.clone(), sequence.clone());
                for difference in judge(&question.models, question.views, &case) {
                    if !difference.follows {
                        let shortest = found.entry(difference.cause).or_insert(length);
                        *shortest = length.min(*shortest);
                    }
                }
            }
            if length < longest {
                let longer = sequences.iter().flat_map(|sequence| {
                    let next = ops_at(length as u32, &universe.named_pasids())
                        .into_iter()
                        .chain(resets_at(length as u32).into_iter().filter(|_| has_resets))
                        .filter(|kind| universe.only.contains(&kind.code()))
                        .flat_map(|kind| match universe.faults.is_empty() {
                            true => vec![kind.into()],
                            false => with_faults(kind),
                        });
                    next.map(move |op| [&sequence[..], &[op]].concat())
                });
                sequences = longer.collect();
            }
        }
    }
    found
}

fn by_search<M: Model, const N: usize>(question: Question<'_, M, N>) -> HashMap<Cause, usize> {
    let outcome = Search::new(question, Limits::default()).run();
    assert!(outcome.complete());
    let findings = outcome.findings.into_iter();
    findings
        .map(|finding| (finding.difference.cause, finding.case.ops.len()))
        .collect()
}

/// Checks that both find the same, with symmetry and without. Returns the number of causes.
fn agree_of<M: Model, const N: usize>(
    universe: &Universe,
    models: [M; N],
    views: &[View],
) -> usize {
    let names = models.map(|model| model.tree().name());
    let question = Question {
        models,
        universe,
        views,
    };
    let expected = by_brute_force(&question);
    for symmetry in [true, false] {
        let universe = Universe {
            symmetry,
            ..universe.clone()
        };
        let found = by_search(Question {
            universe: &universe,
            ..question
        });
        assert_eq!(found, expected, "{names:?}, symmetry {symmetry}");
    }
    expected.len()
}

/// Returns a universe with a limit of operations, which name only the PASIDs that the mms can have.
/// With more PASIDs there are too many sequences for brute force.
fn of_mms(ops: usize) -> Universe {
    Universe {
        ops: Some(ops),
        pasids: Some(vec![1, 2]),
        ..Universe::default()
    }
}

/// Returns a universe with the operations that hold, release and end something. Thorough tests use
/// all operations: three of these tests take most of the time of the whole suite.
fn of_some_ops(ops: usize) -> Universe {
    let mut universe = of_mms(ops);
    if !thorough() {
        universe.only = vec![
            OpCode::Bind,
            OpCode::Unbind,
            OpCode::Exit,
            OpCode::Attach,
            OpCode::Detach,
        ];
    }
    universe
}

fn agree(from: &str, to: &str, views: &[View]) {
    agree_in(of_mms(3), from, to, views);
    let around_the_limits = Universe {
        ops: Some(2),
        ..Universe::default()
    };
    agree_in(around_the_limits, from, to, views);
}

fn agree_in(universe: Universe, from: &str, to: &str, views: &[View]) {
    let models = [from, to].map(|name| by_name(name).expect("a model of this name"));
    assert!(agree_of(&universe, models, views) > 0);
}

#[test]
fn between_releases_the_search_finds_what_brute_force_finds_and_as_soon() {
    agree("v6.7", "v6.8-rc1", &View::DEFAULT);
    agree("v6.7", "v6.8-rc6", &View::DEFAULT);
    agree("v6.8-rc6", "v6.8", &View::DEFAULT);
    agree("v6.8", "v6.12", &View::DEFAULT);
}

#[test]
fn between_proposals_the_search_finds_what_brute_force_finds_and_as_soon() {
    agree("v6.7", "thread-b", &View::DEFAULT);
    agree("thread-c", "thread-a", &View::DEFAULT);
    agree("thread-d", "v6.8-rc6", &View::DEFAULT);
}

#[test]
fn in_the_deeper_views_the_search_finds_what_brute_force_finds_and_as_soon() {
    agree("v6.7", "v6.8-rc6", &View::ALL);
    agree("v6.8-rc1", "thread-d", &[View::Driver]);
    agree("v6.7", "thread-a", &[View::State]);
    agree("v6.12", "v7.3", &[View::State]);
}

#[test]
fn with_faults_the_search_finds_what_brute_force_finds_and_as_soon() {
    for (from, to) in [
        ("v6.7", "v6.8-rc1"),
        ("v6.8-merge", "thread-a"),
        ("thread-c", "v6.8"),
        ("v6.8", "v7.3"),
    ] {
        let universe = Universe {
            ops: Some(2),
            faults: Site::ALL.to_vec(),
            ..Universe::default()
        };
        agree_in(universe, from, to, &View::DEFAULT);
    }
}

#[test]
fn where_a_device_has_few_pasids_or_none_the_search_finds_what_brute_force_finds_and_as_soon() {
    for max_pasids in [[16, 0], [16, 1], [2, 16]] {
        let universe = Universe {
            max_pasids: max_pasids.to_vec(),
            ..of_mms(3)
        };
        agree_in(universe.clone(), "v6.8", "v6.12", &View::DEFAULT);
        agree_in(universe, "v6.7", "v7.3", &View::ALL);
        let around_the_limits = Universe {
            max_pasids: max_pasids.to_vec(),
            ops: Some(2),
            ..Universe::default()
        };
        agree_in(around_the_limits, "v6.8", "v6.12", &View::DEFAULT);
    }
    let one_without = Universe {
        max_pasids: vec![0, 16],
        ops: Some(2),
        faults: Site::ALL.to_vec(),
        ..Universe::default()
    };
    agree_in(one_without, "v6.12", "v6.12.117", &View::ALL);
}

#[test]
fn of_one_model_the_search_finds_what_brute_force_finds_and_as_soon() {
    let longer = Universe {
        ops: Some(5),
        only: vec![OpCode::Bind, OpCode::Unbind],
        ..Universe::default()
    };
    let with_faults = Universe {
        ops: Some(2),
        faults: Site::ALL.to_vec(),
        ..Universe::default()
    };
    let some = of_some_ops(3);
    let mut causes = 0;
    for model in sample(all(), 2) {
        causes += agree_of(&of_mms(2), [model], &[]);
    }
    for model in sample(all(), 4) {
        for universe in [&longer, &with_faults, &some] {
            causes += agree_of(universe, [model], &[]);
        }
    }
    assert!(causes > 10, "{causes}");
}

/// Models with planted faults show behaviour that no model of history has. The search must not miss
/// any of it.
#[test]
fn of_planted_faults_the_search_finds_what_brute_force_finds_and_as_soon() {
    for universe in [of_some_ops(3), of_mms(2)] {
        for slip in sample(Planted::SLIPS, 4) {
            agree_of(&universe, [slip.unslipped(), slip], &View::DEFAULT);
            agree_of(&universe, [slip], &[]);
        }
    }
}
