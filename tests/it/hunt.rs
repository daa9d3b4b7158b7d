// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that the judge finds the same in live machines and in recordings.

use crate::thorough::{sample, some_of};
use spec::generate::PROFILES;
use spec::record::record;
use spec::{Case, Model};
use std::collections::HashSet;
use svadiff::hunt::Source;
use svadiff::judge::{Cause, CauseFinder, View, differences};
use svadiff::models::{AnyModel, all, by_name};

/// Returns the causes that recordings of a case show, without consequences.
fn of_recordings<M: Model>(models: &[M; 2], views: &[View], case: &Case) -> HashSet<Cause> {
    let [from, to] = models.each_ref().map(|model| record(model, case));
    let all = differences(case, &from, &to, views).into_iter();
    all.filter(|difference| !difference.follows)
        .map(|difference| difference.cause)
        .collect()
}

/// Judges this many cases of each profile from live machines and from recordings. Returns the
/// number of causes.
fn both_ways<M: Model>(models: &[M; 2], views: &[View], seed: u64, cases: u64) -> usize {
    let mut all = HashSet::new();
    let mut finder = CauseFinder::new(views);
    for profile in &PROFILES {
        let mut source = Source::new(profile, seed, 1);
        for number in 0..cases {
            let case = source.case(number);
            let (_, causes) = finder.causes(models, case);
            let causes: HashSet<Cause> = causes.iter().cloned().collect();
            let expected = of_recordings(models, views, case);
            if causes != expected {
                let [from, to] = models.each_ref().map(|model| model.tree().name());
                let case = serde_json::to_string(case).expect("JSON");
                panic!("{from} {to} {views:?} {case}\n{causes:?}\n{expected:?}");
            }
            all.extend(causes);
        }
    }
    all.len()
}

fn models(names: [&str; 2]) -> [AnyModel; 2] {
    names.map(|name| by_name(name).expect("a model of this name"))
}

#[test]
fn machines_show_the_causes_that_recordings_show() {
    for (seed, names) in [
        ["v6.7", "v6.8"],
        ["v6.7", "v6.8-rc6"],
        ["v6.8", "v6.12"],
        ["thread-b", "thread-d"],
        ["v6.12", "v7.3"],
    ]
    .into_iter()
    .enumerate()
    {
        let causes = both_ways(
            &models(names),
            &View::DEFAULT,
            seed as u64,
            some_of(1500).into(),
        );
        assert!(causes > 1, "{names:?}: {causes}");
    }
}

#[test]
fn any_two_models_do() {
    let all = all();
    let mut causes = 0;
    let pairs = all
        .iter()
        .flat_map(|from| all.iter().map(|to| [*from, *to]));
    for (seed, models) in sample(pairs.enumerate(), 7) {
        causes += both_ways(&models, &View::DEFAULT, 100 + seed as u64, 20);
    }
    assert!(causes > 100, "{causes}");
}

#[test]
fn they_do_in_any_views() {
    for views in 1..1_u32 << View::ALL.len() {
        let views: Vec<View> = View::ALL
            .into_iter()
            .filter(|&view| views >> view as u32 & 1 == 1)
            .collect();
        for names in [
            ["v6.7", "thread-d"],
            ["thread-b", "v6.12"],
            ["v6.8-rc6", "v6.7"],
        ] {
            both_ways(&models(names), &views, 7, 30);
        }
    }
}
