// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that every way in which an operation produces a result is named, and is one.

use crate::thorough::sample;
use crate::tried::shipped;
use spec::generate::{Generator, PROFILES};
use spec::record::record;
use spec::{At, Decision, Errno, Model, OpCode};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex};
use svadiff::Limits;
use svadiff::models::{AnyModel, by_name};
use svadiff::why::{
    Asked, Doing, Explored, Part, Returned, Shown, Wanted, Way, answers, explore, parts, ways_in,
    ways_of,
};

/// Returns everything that a model shows in the usual universe. It is found once.
fn explored(model: AnyModel) -> Arc<Explored> {
    static ALL: LazyLock<Mutex<BTreeMap<&str, Arc<Explored>>>> = LazyLock::new(Mutex::default);
    let mut all = ALL.lock().expect("no holder of the lock panics");
    let find = || Arc::new(explored_in(model, &parts()));
    all.entry(AnyModel::name(model))
        .or_insert_with(find)
        .clone()
}

fn explored_in(model: AnyModel, parts: &[Part]) -> Explored {
    let found = explore(model, parts, (Limits::default(), 1), None, None);
    assert!(found.stopped.is_none());
    found
}

/// Returns what a model shows in sequences of up to two operations.
fn explored_shortly(model: AnyModel) -> Explored {
    let mut all = parts();
    all.retain(|part| part.universe.cpus == 1 && !part.again);
    for part in &mut all {
        part.universe.ops = Some(2);
    }
    explored_in(model, &all)
}

/// The models to try. The newest are the quickest.
fn some() -> impl Iterator<Item = AnyModel> {
    sample(shipped().into_iter().rev(), 12)
}

fn result(doing: Doing, wanted: &str) -> Asked {
    Asked::Result(doing, Wanted::parse(wanted).expect("a result"))
}

#[test]
fn every_way_is_shown_by_its_case() {
    for model in some() {
        let found = &explored(model).found;
        assert!(found.len() > 30, "{}", model.name());
        for found in found {
            let ways = ways_of(model, &found.case);
            let shows = ways.iter().any(|(_, way)| *way == found.way);
            assert!(shows, "{}: {found:?}", model.name());
        }
    }
}

#[test]
fn the_case_of_an_answer_is_minimal_and_gives_the_result_by_its_line() {
    for model in some() {
        let explored = explored(model);
        for code in [OpCode::Bind, OpCode::Attach] {
            for errno in Errno::ALL {
                let asked = result(Doing::Op(code), errno.name());
                let mut decided = HashSet::new();
                for answer in answers(model, &asked, &explored) {
                    let name = model.name();
                    assert!(decided.insert(answer.way.decided), "{name}: {answer:?}");
                    let op = answer.op.expect("an operation");
                    assert_eq!(op + 1, answer.case.ops.len(), "{name}: {answer:?}");
                    let recording = record(&model, &answer.case);
                    assert_eq!(
                        recording.trace.steps[op].ret,
                        spec::Ret::Err(errno),
                        "{name}"
                    );
                    let last = recording.steps[op].decisions.last().copied();
                    assert_eq!(last, answer.way.decided, "{name}: {answer:?}");
                    assert!(answer.same.contains(&model), "{name}: {answer:?}");
                    for less in spec::edit::one_less(&answer.case) {
                        let ways = ways_of(model, &less);
                        let shows = ways.iter().any(|(_, way)| *way == answer.way);
                        assert!(!shows, "{name}: {less:?} shows it as well");
                    }
                }
            }
        }
    }
}

#[test]
fn no_random_case_reaches_a_result_by_a_line_that_is_not_named() {
    let cases = if crate::thorough::thorough() {
        5000
    } else {
        250
    };
    for model in some() {
        let known: HashSet<Way> = explored(model)
            .found
            .iter()
            .map(|found| found.way)
            .collect();
        for profile in &PROFILES {
            let mut generator = Generator::new(profile);
            for seed in 0..cases {
                let case = generator.case(seed);
                for (_, way) in ways_in(case, &record(&model, case)) {
                    let name = (model.name(), profile.name, seed);
                    assert!(known.contains(&way), "{name:?} reaches {way:?}");
                }
            }
        }
    }
}

/// Anchors that decide, each with the one whose decision it passes on.
type Places = &'static [(At, Option<At>)];

/// What is known from the sources: a model, a result of its bind, and the places that decide it.
const FACTS: &[(&str, &str, Places)] = &[
    (
        "v6.8",
        "EBUSY",
        &[
            (At::NotCompatible, None),
            (At::AttachFailed, Some(At::AttachSet)),
            (At::AttachFailed, Some(At::AttachEntry)),
        ],
    ),
    (
        "v6.8",
        "-28",
        &[
            (At::NoPasid, Some(At::AllocPasid)),
            (At::NoPasid, Some(At::AllocPasidUnsupported)),
            (At::AttachFailed, Some(At::AttachSet)),
        ],
    ),
    ("v6.8", "EOVERFLOW", &[(At::Overflow, None)]),
    ("v6.8", "same handle", &[(At::Reuse, None)]),
    ("v6.8", "ESRCH", &[]),
    ("v6.7", "same handle", &[]),
    ("v6.12.93-x86", "EOPNOTSUPP", &[(At::Refused, None)]),
    ("v6.12.93-x86", "new handle", &[]),
];

#[test]
fn what_is_known_of_some_kernels_is_found() {
    for (name, wanted, places) in FACTS {
        let model = by_name(name).expect("a model");
        let asked = result(Doing::Op(OpCode::Bind), wanted);
        let explored = explored_shortly(model);
        let found: HashSet<Decision> = { explored.found.iter() }
            .filter(|found| asked.is(&found.way))
            .filter_map(|found| found.way.decided)
            .collect();
        let places = { places.iter() }.map(|&(at, because)| Decision { at, because });
        assert_eq!(found, places.collect(), "{name}: bind {wanted}");
    }
}

#[test]
fn the_second_bind_of_6_8_rc1_is_told_with_its_commits() {
    let model = by_name("v6.8-rc1").expect("a model");
    let asked = result(Doing::Op(OpCode::Bind), "EBUSY");
    let all = answers(model, &asked, &explored_shortly(model));
    let taken = { all.iter() }
        .find(|answer| answer.meaning.contains("already attached"))
        .expect("the PASID is taken");
    let since = taken.life.since.expect("a commit");
    assert_eq!(since.id, "092edaddb660");
    assert_eq!(spec::text::one_line(&taken.case).matches("bind").count(), 2);
}

#[test]
fn only_an_interleaving_shows_the_missing_device_of_6_12() {
    let model = by_name("v6.12").expect("a model");
    let mut races = parts();
    races.retain(|part| part.universe.cpus > 1);
    let explored = explored_in(model, &races);
    let asked = result(Doing::Op(OpCode::Unbind), "null-deref");
    let all = answers(model, &asked, &explored);
    let [answer] = &all[..] else {
        panic!("{all:?}");
    };
    assert!(answer.case.is_on_several_cpus());
    assert_eq!(answer.way.shown, Shown::Splat(spec::Splat::NullDeref));
    let same: Vec<&str> = answer.same.iter().map(|model| model.name()).collect();
    assert!(
        same.contains(&"v6.17") && !same.contains(&"v6.12.117"),
        "{same:?}"
    );
    assert_eq!(
        answer.life.until.map(|change| change.id),
        Some("530f8f9c3546")
    );
}

#[test]
fn every_result_that_is_found_has_a_meaning() {
    for model in some() {
        for found in &explored(model).found {
            let text = svadiff::why::meaning::meaning(model.tree(), &found.way);
            let is_told = !text.contains("not modelled") && text.len() > 15;
            let is_skipped = found.way.shown == Shown::Ret(Returned::Skipped);
            assert!(is_told || is_skipped, "{:?}: {text}", found.way);
        }
    }
}
