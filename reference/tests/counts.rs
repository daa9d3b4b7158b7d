// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that the search without symmetry and stateright find the same number of states, of
//! operations and of levels.

use spec::{OpCode, Site};
use stateright::Model;
use std::collections::HashSet;
use svadiff::judge::View;
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, all, by_name};
use svadiff::question::Question;
use svadiff::search::Search;
use svadiff::universe::{Groups, Universe};
use svadiff_reference::{Counts, Kept, Machines, Packed, Past, Product, count};

fn models(names: [&str; 2]) -> [AnyModel; 2] {
    names.map(|name| by_name(name).expect("a model of this name"))
}

fn universe([devices, mms, binds]: [usize; 3]) -> Universe {
    Universe {
        devices,
        mms,
        ops: None,
        binds: Some(binds),
        only: Universe::usual(None, 1),
        symmetry: false,
        ..Universe::default()
    }
}

fn by_search(models: [AnyModel; 2], universe: &Universe) -> Counts {
    let question = Question {
        models,
        universe,
        views: &View::DEFAULT,
    };
    let mut search = Search::new(question, Limits::default());
    search.threads = 1;
    let outcome = search.run();
    assert_eq!(outcome.stopped, None);
    Counts {
        states: outcome.states,
        transitions: outcome.transitions,
        depth: outcome.depth,
    }
}

fn agree_as<K: Kept>(pairs: &[[&str; 2]], universe: &Universe) {
    for &names in pairs {
        let models = models(names);
        let expected = count::<K>(models, universe);
        assert!(expected.states > 1);
        let found = by_search(models, universe);
        assert_eq!(found, expected, "{names:?} in {universe:?}");
    }
}

fn agree(pairs: &[[&str; 2]], universe: &Universe) {
    agree_as::<Machines>(pairs, universe);
}

const PAIRS: [[&str; 2]; 10] = [
    ["v6.7", "v6.8"],
    ["v6.7", "v6.8-rc1"],
    ["v6.7", "thread-a"],
    ["v6.8-merge", "thread-b"],
    ["v6.8-rc1", "v6.8-rc6"],
    ["v6.8-rc6", "thread-a"],
    ["thread-b", "thread-d"],
    ["v6.8", "v6.8"],
    ["v6.8", "v6.12"],
    ["v6.12.117", "v7.3"],
];

#[test]
fn on_one_device_and_on_two_in_every_grouping_they_count_the_same() {
    agree(&PAIRS, &universe([1, 1, 2]));
    agree(&PAIRS, &universe([2, 1, 2]));
    agree(&PAIRS, &universe([2, 2, 2]));
}

#[test]
fn on_three_devices_and_with_a_bind_more_they_count_the_same() {
    agree(&PAIRS, &universe([3, 1, 2]));
    agree(&PAIRS[..3], &universe([3, 2, 2]));
    agree(&PAIRS[..3], &universe([2, 2, 3]));
}

#[test]
fn in_one_group_and_apart_they_count_the_same() {
    for groups in [Groups::Own, Groups::One] {
        let universe = Universe {
            groups,
            ..universe([2, 1, 4])
        };
        agree(&PAIRS, &universe);
    }
}

#[test]
fn where_pasids_run_out_they_count_the_same() {
    let universe = Universe {
        max_pasids: vec![2],
        ..universe([2, 2, 2])
    };
    agree(&PAIRS, &universe);
    let universe = Universe {
        max_pasids: vec![2, 16],
        groups: Groups::One,
        ..universe
    };
    agree(&PAIRS, &universe);
}

#[test]
fn where_a_driver_fails_they_count_the_same() {
    let universe = Universe {
        faults: vec![Site::SetDevPasid],
        ..universe([2, 1, 2])
    };
    agree(&PAIRS, &universe);
}

#[test]
fn where_anything_fails_they_count_the_same() {
    let universe = Universe {
        faults: Site::ALL.to_vec(),
        ..universe([2, 1, 2])
    };
    agree(&PAIRS, &universe);
}

#[test]
fn with_domains_and_pasids_of_drivers_they_count_the_same() {
    let mut universe = universe([2, 1, 2]);
    universe.only = Universe::usual(Some(0), 1);
    universe.only.retain(|&code| code != OpCode::Fork);
    agree(&PAIRS, &universe);
}

#[test]
fn of_every_two_models_they_count_the_same() {
    let universe = Universe {
        faults: vec![Site::SetDevPasid],
        ..universe([2, 1, 2])
    };
    let names: Vec<&str> = all().into_iter().map(AnyModel::name).collect();
    for &from in &names {
        let pairs: Vec<_> = names.iter().map(|&to| [from, to]).collect();
        agree_as::<Packed>(&pairs, &universe);
    }
}

#[test]
fn however_states_are_kept_they_count_the_same() {
    agree_as::<Packed>(&PAIRS, &universe([2, 2, 2]));
    agree_as::<Packed>(&PAIRS[..2], &universe([3, 2, 2]));
}

/// Returns every state of a universe.
fn states(names: [&str; 2], universe: &Universe) -> HashSet<Machines> {
    let mut all = HashSet::new();
    for topology in universe.topologies() {
        let product = Product::<Machines>::new(models(names), universe, &topology);
        let mut new = product.init_states();
        while let Some(state) = new.pop() {
            if !all.contains(&state) {
                new.extend(product.next_states(&state));
                all.insert(state);
            }
        }
    }
    all
}

/// A test for a part of a past, and a function that removes that part.
type Part = (fn(&Past) -> bool, fn(&mut Past));

/// If a part did not occur, the comparison above would not cover it.
#[test]
fn each_part_of_the_past_occurs_and_all_but_one_tell_states_apart() {
    let parts: [Part; 3] = [
        (|past| past.diverged, |past| past.diverged = false),
        (|past| past.apart.is_some(), |past| past.apart = None),
        (
            |past| past.apart.is_some_and(|since| since.decided != [None; 2]),
            |past| {
                if let Some(since) = &mut past.apart {
                    since.decided = [None; 2];
                }
            },
        ),
    ];
    let universe = Universe {
        faults: vec![Site::SetDevPasid],
        ..universe([2, 1, 2])
    };
    let all = PAIRS.map(|names| states(names, &universe));
    for (part, (has, forget)) in parts.into_iter().enumerate() {
        assert!(
            all.iter().flatten().any(|state| has(&state.past)),
            "part {part}"
        );
        let is_told_apart = |all: &HashSet<Machines>| {
            let forgetful = all.iter().cloned().map(|mut state| {
                forget(&mut state.past);
                state
            });
            forgetful.collect::<HashSet<_>>().len() < all.len()
        };
        assert!(all.iter().any(is_told_apart), "part {part}");
    }
    // The machine shows this as well, so it is enough that it occurs.
    for side in 0..2 {
        assert!(
            all.iter().flatten().any(|state| state.past.refcount[side]),
            "side {side}"
        );
    }
}
