// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that each finding has one case, one id and one history, no matter which explorer finds it
//! and in which order the models are given. `cargo bench --bench findings` does the same for all
//! pairs.

use crate::thorough::{sample, some_of};
use std::convert::Infallible;
use svadiff::explore::{Exploration, certified};
use svadiff::finding::Finding;
use svadiff::history::{Change, history};
use svadiff::hunt::Hunt;
use svadiff::judge::{UserEffect, View};
use svadiff::ledger::{Ledger, neighbours};
use svadiff::limits::Limits;
use svadiff::minimize::is_one_minimal;
use svadiff::models::{AnyModel, all, by_name};
use svadiff::question::Question;
use svadiff::report::headline;
use svadiff::report::json::counterexample;
use svadiff::runs::Runs;
use svadiff::spec::Site;
use svadiff::spec::generate::Profile;
use svadiff::universe::Universe;

fn found(models: [AnyModel; 2], universe: &Universe) -> Vec<Finding> {
    let question = Question {
        models,
        universe,
        views: &View::DEFAULT,
    };
    Exploration::new(question, Limits::default()).run().findings
}

/// Returns a small universe with faults: most findings have a fault that could be removed.
fn faulty() -> Universe {
    Universe {
        ops: Some(2),
        faults: Site::ALL.to_vec(),
        ..Universe::default()
    }
}

/// Returns a universe of two CPUs.
fn on_two_cpus() -> Universe {
    Universe {
        devices: 1,
        mms: 1,
        ops: Some(3),
        cpus: 2,
        only: Universe::usual(Some(3), 2),
        ..Universe::default()
    }
}

/// Returns each pair of neighbours in both orders.
fn ordered() -> Vec<[AnyModel; 2]> {
    let pairs = neighbours().into_iter();
    pairs
        .flat_map(|[from, to]| [[from, to], [to, from]])
        .collect()
}

#[test]
fn every_finding_of_a_search_is_one_minimal_and_minimized_to_itself() {
    let mut seen = 0;
    for models in sample(ordered(), 3) {
        for universe in [faulty(), on_two_cpus()] {
            for finding in found(models, &universe) {
                let (case, cause) = (&finding.case, &finding.difference.cause);
                let is = is_one_minimal(&models, &View::DEFAULT, case, cause);
                assert_eq!(is, Some(true), "{}", case.to_json());
                let again = certified(models, &View::DEFAULT, case, cause);
                assert_eq!(again.as_ref().map(|again| &again.case), Some(case));
                seen += 1;
            }
        }
    }
    assert!(seen > some_of(100), "{seen}");
}

#[test]
fn a_fault_or_a_device_that_plays_no_part_is_not_in_a_finding() {
    let universe = Universe {
        ops: Some(3),
        ..faulty()
    };
    for names in [["v6.7", "v6.8-rc6"], ["thread-a", "thread-c"]] {
        let models = names.map(|name| by_name(name).expect("a model of this name"));
        for finding in found(models, &universe) {
            let json = counterexample(models, &View::DEFAULT, &finding);
            assert_eq!(json["minimal"]["one_minimal"], true, "{json:#}");
        }
    }
}

/// Returns the ids of the commits in a history: those of the first side, of the second side, and
/// those of neither.
fn ids(models: [AnyModel; 2], finding: &Finding) -> [[Option<&'static str>; 2]; 3] {
    let runs = Runs::of(&models, finding);
    let history = history(models, &runs, &finding.difference);
    let id = |change: Option<Change>| change.map(|change| change.id);
    [
        [history.from.since, history.from.until].map(id),
        [history.to.since, history.to.until].map(id),
        [history.introduced, history.fixed].map(id),
    ]
}

#[test]
fn in_the_other_order_the_sides_of_a_finding_are_swapped_and_its_commits_are_the_same() {
    let pairs = [
        ["v6.7", "v6.12"],
        ["v6.8-rc6", "v6.8"],
        ["thread-a", "thread-b"],
        ["thread-d", "v6.8"],
    ];
    for names in pairs {
        let [from, to] = names.map(|name| by_name(name).expect("a model of this name"));
        let (here, there) = (found([from, to], &faulty()), found([to, from], &faulty()));
        assert_eq!(here.len(), there.len(), "{names:?}");
        for finding in here {
            let swapped = finding.difference.cause.swapped();
            let mut there = there.iter();
            let other = there.find(|other| other.difference.cause == swapped);
            let other = other.unwrap_or_else(|| panic!("{names:?}: {swapped:?}"));
            assert_eq!(other.id(), finding.id());
            let [a, b, both] = ids([from, to], &finding);
            assert_eq!(ids([to, from], other), [b, a, both], "{names:?}");
        }
    }
}

/// The commit that removes a misbehaviour is not the commit that introduces it.
#[test]
fn the_null_pointer_of_6_12_was_not_brought_by_its_fix() {
    let universe = Universe {
        ops: Some(4),
        ..on_two_cpus()
    };
    let [broken, fixed] = ["v6.12", "v6.12.117"].map(|name| by_name(name).expect("a model"));
    for (models, effect) in [
        ([broken, fixed], UserEffect::Fixes),
        ([fixed, broken], UserEffect::Breaks),
    ] {
        let all = found(models, &universe);
        let finding = all.first().expect("the null pointer");
        assert_eq!(finding.difference.cause.effect(), effect);
        let [from, to, both] = ids(models, finding);
        assert_eq!(both, [Some("3e7f57d1ef3f"), Some("530f8f9c3546")]);
        let of_broken = if effect == UserEffect::Fixes {
            from
        } else {
            to
        };
        assert_eq!(of_broken, both);
    }
}

#[test]
fn the_effects_of_a_summary_are_those_of_its_findings() {
    for models in ordered() {
        let universe = faulty();
        for finding in found(models, &universe) {
            let json = counterexample(models, &View::DEFAULT, &finding);
            let effect = finding.difference.cause.effect();
            assert_eq!(json["effect"], effect.name());
            let what = headline(models, &finding.case, &finding.difference);
            let is_error = |text: &str| text.starts_with('-');
            if let Some((now, before)) = what.split_once(" where it returned ") {
                let now = now.split_once(" returns ").map_or("", |(_, now)| now);
                let expected = match (is_error(before), is_error(now)) {
                    (true, false) => "fixes",
                    (false, true) => "breaks",
                    _ => "differs",
                };
                assert_eq!(effect.name(), expected, "{what}");
            }
        }
    }
}

/// Returns the findings of a hunt between two models that the ledger does not know.
fn news(models: [AnyModel; 2], profile: &'static Profile, cases: u64) -> Vec<String> {
    let known =
        |finding: &Finding| Ledger::shipped().name_of(models, &finding.case, &finding.difference);
    let hunt = Hunt {
        seed: 1,
        cases,
        threads: 2,
        known: Some(&known),
        ..Hunt::new(models, profile)
    };
    let mut news = Vec::new();
    let summary = hunt.run(|found| {
        if found.known.is_none() {
            let Finding {
                case, difference, ..
            } = &found.finding;
            news.push(headline(models, case, difference));
        }
        Ok::<(), Infallible>(())
    });
    let Ok(_) = summary;
    news
}

#[test]
fn what_is_known_between_neighbours_is_known_between_all_models_in_either_order() {
    let models = all();
    let (first, last) = (models[0], models[models.len() - 1]);
    let races = Profile::by_name("races").expect("a profile");
    let faults = Profile::by_name("faults").expect("a profile");
    let named = |names: [&str; 2]| names.map(|name| by_name(name).expect("a model"));
    for pair in [
        [first, last],
        [last, first],
        named(["v6.12", "v6.8"]),
        named(["thread-b", "v6.12"]),
    ] {
        for (profile, cases) in [(races, some_of(100)), (faults, some_of(200))] {
            let names = pair.map(AnyModel::name);
            assert_eq!(news(pair, profile, cases.into()), [""; 0], "{names:?}");
        }
    }
}
