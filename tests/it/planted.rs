// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks comparisons with planted faults: every slip has an expected result.

use planted::{Planted, Shows};
use spec::generate::{EVERYTHING, Generator, Sizes};
use spec::record::{Recording, record};
use spec::{Case, OpCode, Site};
use svadiff::explore::compare;
use svadiff::finding::Finding;
use svadiff::judge::{View, differences};
use svadiff::limits::Limits;
use svadiff::models::by_name;
use svadiff::universe::Universe;

fn shows(slip: Planted) -> Shows {
    slip.shows().expect("a slip shows")
}

/// Returns the universe with this many mms. Operations name only the PASIDs of the mms.
fn of_mms(mms: usize, universe: Universe) -> Universe {
    Universe {
        mms,
        pasids: Some((1..=mms as u32).collect()),
        ..universe
    }
}

/// Returns the smallest universe in which a slip shows.
fn universe(slip: Planted) -> Universe {
    let shows = shows(slip);
    let everything = of_mms(shows.mms, Universe::default());
    Universe {
        devices: shows.devices,
        ops: Some(shows.ops),
        max_pasids: shows.max_pasids.to_vec(),
        pasids: shows
            .pasids
            .map_or(everything.pasids.clone(), |pasids| Some(pasids.to_vec())),
        faults: match shows.faults {
            true => Site::ALL.to_vec(),
            false => Vec::new(),
        },
        only: shows.only.map_or(everything.only.clone(), |names| {
            let code = |name: &&str| OpCode::by_name(name).expect("an operation");
            names.iter().map(code).collect()
        }),
        ..everything
    }
}

fn view(slip: Planted) -> View {
    let name = shows(slip).view;
    let mut views = View::ALL.into_iter();
    let view = views.find(|view| view.name() == name);
    view.unwrap_or_else(|| panic!("{}: no view {name}", slip.name()))
}

/// Returns whether only drivers or developers observe this view.
fn is_deep(view: View) -> bool {
    !View::DEFAULT.contains(&view)
}

/// Returns the views in which a slip shows: the default ones, or a single deeper one.
fn views(slip: Planted) -> Vec<View> {
    match view(slip) {
        deep if is_deep(deep) => vec![deep],
        _ => View::DEFAULT.to_vec(),
    }
}

fn found(slip: Planted, universe: &Universe, views: &[View]) -> Vec<Finding> {
    let models = [slip.unslipped(), slip];
    let outcome = compare(models, universe, views, Limits::default());
    assert!(outcome.complete(), "{}", slip.name());
    outcome.findings
}

/// Returns the error in the findings for a slip, if any.
fn wrong(slip: Planted) -> Option<String> {
    let findings = found(slip, &universe(slip), &views(slip));
    let Some(shortest) = findings.iter().map(|finding| finding.case.ops.len()).min() else {
        return Some("not found".to_owned());
    };
    if shortest != shows(slip).ops {
        return Some(format!("found with {shortest} operations"));
    }
    let here = |finding: &&Finding| {
        finding.case.ops.len() == shortest && finding.difference.view == view(slip)
    };
    let Some(Finding {
        case, difference, ..
    }) = findings.iter().find(here)
    else {
        return Some(format!("found sooner than in {}", view(slip).name()));
    };
    let [from, to] = [slip.unslipped(), slip].map(|model| record(&model, case));
    let shown = differences(case, &from, &to, &views(slip));
    (!shown.contains(difference)).then(|| "its case does not show it".to_owned())
}

#[test]
fn every_planted_fault_is_found_with_a_shortest_case() {
    let wrong: Vec<String> = Planted::SLIPS
        .into_iter()
        .filter_map(|slip| {
            let wrong = wrong(slip)?;
            Some(format!("{}: {wrong}. {}", slip.name(), slip.says()))
        })
        .collect();
    let all = Planted::SLIPS.len();
    println!("{} of {all} planted faults found", all - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all >= 130, "only {all} planted faults");
}

/// Each slip is found by exactly the means that it is meant to need.
#[test]
fn with_one_thing_less_there_is_nothing_to_be_found() {
    for slip in Planted::SLIPS {
        let whole = universe(slip);
        let usual = Universe::default();
        let mut less = vec![
            Universe {
                ops: whole.ops.map(|ops| ops - 1),
                ..whole.clone()
            },
            Universe {
                faults: Vec::new(),
                ..whole.clone()
            },
            Universe {
                max_pasids: usual.max_pasids,
                ..whole.clone()
            },
            of_mms(whole.mms, whole.clone()),
        ];
        if whole.devices > 1 {
            less.push(Universe {
                devices: whole.devices - 1,
                max_pasids: whole.max_pasids[..1].to_vec(),
                ..whole.clone()
            });
        }
        if whole.mms > 1 {
            less.push(of_mms(whole.mms - 1, whole.clone()));
        }
        for less in less.iter().filter(|less| **less != whole) {
            let findings = found(slip, less, &views(slip));
            assert!(findings.is_empty(), "{}: {less:?}", slip.name());
        }
        if is_deep(view(slip)) {
            let findings = found(slip, &whole, &View::DEFAULT);
            assert!(findings.is_empty(), "{}: {findings:?}", slip.name());
        }
    }
}

/// Generates cases as drivers make them, most of them with a fault.
fn some_cases(many: usize) -> impl Iterator<Item = Case> {
    let sizes = Sizes {
        devices: 1..=4,
        mms: 1..=3,
        ops: 1..=15,
        cpus: 0..=0,
    };
    let mut generator = Generator::within(EVERYTHING, sizes);
    (0..many as u64).map(move |seed| generator.case(seed).clone())
}

/// The planted model itself makes no difference; only its slips do.
#[test]
fn without_a_slip_a_planted_model_is_its_base() {
    for planted in Planted::UNSLIPPED {
        let base = by_name(planted.base()).expect("a base is a model");
        for case in some_cases(5000) {
            let [planted, base] = [record(&planted, &case), record(&base, &case)];
            assert_eq!(planted, base, "{case:?}");
        }
    }
}

/// Divides groups of slips that no case has distinguished so far by their behaviour in this case.
fn split(alike: Vec<Vec<Planted>>, case: &Case) -> Vec<Vec<Planted>> {
    let mut apart: Vec<Vec<(Planted, Recording)>> = Vec::new();
    for before in alike {
        let from = apart.len();
        for slip in before {
            let this = record(&slip, case);
            let same = apart[from..].iter_mut().find(|others| {
                let (_, other) = &others[0];
                differences(case, other, &this, &View::ALL).is_empty()
            });
            match same {
                Some(others) => others.push((slip, this)),
                None => apart.push(vec![(slip, this)]),
            }
        }
    }
    let names = |slips: Vec<(Planted, _)>| slips.into_iter().map(|(slip, _)| slip).collect();
    apart.into_iter().map(names).collect()
}

#[test]
fn no_two_slips_are_the_same() {
    let mut alike = vec![[&Planted::UNSLIPPED[..], &Planted::SLIPS].concat()];
    for case in some_cases(5000) {
        alike = split(alike, &case);
        alike.sort_by_key(Vec::len);
        if alike.iter().all(|slips| slips.len() == 1) {
            return;
        }
    }
    let left = alike.into_iter().filter(|slips| slips.len() > 1);
    panic!("{:?}", left.collect::<Vec<_>>());
}
