// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks which models keep the invariants, and how the others break them.

use crate::broken::{BREAKS, Break};
use crate::conformance::is_recorded;
use crate::random::{Held, property, written};
use crate::sequences::{ops_at, topologies, with_faults};
use crate::thorough::some_of;
use crate::tried::shipped;
use planted::Planted;
use proptest::strategy::ValueTree;
use spec::generate::{Generator, Profile, Shrinking, Sizes};
use spec::{Case, Model, Op, Tree};
use std::collections::BTreeSet;
use svadiff::interleaving::{Bounds, outcomes};
use svadiff::invariant::{Broken, Invariant, broken};
use svadiff::judge::Cause;
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, all};
use svadiff::question::Question;
use svadiff::race::{self};
use svadiff::report::{WIDTH, case_lines, wrap};
use svadiff::universe::Universe;

/// Checks that all models keep all invariants with a case, except for the listed violations.
fn kept(listed: &[Break], case: &Case) -> Held {
    for model in shipped() {
        let all = broken(&model, case);
        for (invariant, broken) in Invariant::ALL.into_iter().zip(all) {
            if broken.is_some() && !is_listed(listed, model, invariant, case) {
                return Err(told(listed, model, invariant, case));
            }
        }
    }
    Ok(())
}

/// Returns whether a violation is listed. A listed violation that needs several CPUs does not count
/// for a case on one.
fn is_listed(listed: &[Break], model: AnyModel, invariant: Invariant, case: &Case) -> bool {
    let counts = |this: &&Break| this.cpus.is_none() || case.is_on_several_cpus();
    listed_for(listed, model, invariant).any(|this| counts(&this))
}

/// Returns the listed violations of an invariant by a model: its own, and those of the revisions
/// that it is built on whose cases it breaks the invariant with as well.
fn listed_for(
    listed: &[Break],
    model: AnyModel,
    invariant: Invariant,
) -> impl Iterator<Item = &Break> {
    listed.iter().filter(move |this| {
        let is_of = |tree: &Tree| this.model == tree.name();
        let inherits = || {
            let tree = model.tree();
            tree.graph.ancestors(tree).into_iter().any(is_of)
                && invariant.broken(&model, &this.case()).is_some()
        };
        this.invariant == invariant && (is_of(model.tree()) || inherits())
    })
}

/// Describes how a model breaks an invariant, as text for a mail, with a minimized case.
fn told(listed: &[Break], model: AnyModel, invariant: Invariant, case: &Case) -> String {
    let breaks = |case: &Case| {
        let broken = invariant.broken(&model, case);
        broken.filter(|_| !is_listed(listed, model, invariant, case))
    };
    let case = shrunk(case, |case| breaks(case).is_some());
    let broken = breaks(&case).expect("it breaks it still");
    let id = svadiff::finding::id(&case);
    let path = written(&format!("{}-{id}", model.name()), &case.to_json());
    let claim = format!("{} does not keep this: {}", model.name(), invariant.says());
    wrap("", "  ", &claim)
        + &shown(&case, &broken)
        + &format!(
            "\nThis case is in\n  {path}\n\
             To see what each model does: cargo run --release -- trace, with this path.\n"
        )
}

/// Formats a case, with the broken invariant and its place.
fn shown(case: &Case, broken: &Broken) -> String {
    let lines = case_lines(case, Some(broken.place));
    format!("\n{lines}\n") + &wrap("     ", "     ", &broken.what)
}

/// Returns the smallest case found for which `does` still returns true.
fn shrunk(case: &Case, does: impl Fn(&Case) -> bool) -> Case {
    let mut tree = Shrinking::of(case);
    let mut best = case.clone();
    loop {
        let this = tree.current();
        let goes_on = match does(&this) {
            true => {
                best = this;
                tree.simplify()
            }
            false => tree.complicate(),
        };
        if !goes_on {
            return best;
        }
    }
}

fn holds_in(profile: &str, cases: u32) {
    property(profile, Sizes::LIMITS, some_of(cases), |case| {
        kept(BREAKS, case)
    });
}

#[test]
fn what_is_not_listed_holds_in_cases_of_the_profile_core() {
    holds_in("core", 6000);
}

#[test]
fn what_is_not_listed_holds_in_cases_of_the_profile_faults() {
    holds_in("faults", 6000);
}

#[test]
fn what_is_not_listed_holds_in_cases_of_the_profile_lifetimes() {
    holds_in("lifetimes", 6000);
}

#[test]
fn what_is_not_listed_holds_in_cases_of_the_profile_groups() {
    holds_in("groups", 6000);
}

#[test]
fn what_is_not_listed_holds_in_cases_of_the_profile_foreign_domains() {
    holds_in("foreign-domains", 6000);
}

#[test]
fn what_is_not_listed_holds_in_cases_of_the_profile_races() {
    holds_in("races", 10_000);
}

#[test]
fn what_is_not_listed_holds_in_cases_of_the_profile_everything() {
    holds_in("everything", 6000);
}

/// Explores every interleaving, not only the schedule of a case, for splats and leaks.
#[test]
fn what_is_not_listed_holds_in_small_programs_under_every_interleaving() {
    let small = Sizes {
        ops: 2..=5,
        cpus: 2..=2,
        ..Sizes::LIMITS
    };
    property("races", small, some_of(1000), |case| {
        for model in shipped() {
            let explored = outcomes(&model, case, Bounds::NONE);
            let forbidden = { explored.outcomes.iter() }.filter(|(this, _)| this.is_forbidden());
            for (_, shown) in forbidden {
                let schedule = shown.fewest.1.clone();
                kept(
                    BREAKS,
                    &Case::scheduled(&case.topology, &case.ops, schedule),
                )?;
            }
        }
        Ok(())
    });
}

#[test]
fn each_case_that_is_listed_breaks_its_invariant() {
    let mut listed = BTreeSet::new();
    for this in BREAKS {
        let broken = this.invariant.broken(&this.model(), &this.case());
        assert!(broken.is_some(), "{} {}", this.model, this.invariant.name());
        assert!(
            listed.insert((this.model, this.invariant)),
            "it is listed twice"
        );
        assert_eq!(this.cpus.is_some(), this.case().is_on_several_cpus());
    }
}

/// Tries every shorter sequence for two devices and two mms, with every fault that can affect it.
#[test]
fn no_shorter_case_breaks_what_a_listed_one_breaks() {
    for this in BREAKS {
        let shortest = this.ops.len();
        let name = format!("{} {}", this.model, this.invariant.name());
        match this.cpus {
            None => {
                assert_eq!(with_fewer(this), None, "{name}");
            }
            Some(_) => {
                assert_eq!(
                    this.invariant,
                    Invariant::NoSplat,
                    "nothing else is searched for"
                );
                let universe = Universe {
                    ops: Some(shortest - 1),
                    cpus: 2,
                    only: Universe::usual(Some(shortest - 1), 2),
                    ..Universe::default()
                };
                let question = Question {
                    models: [this.model()],
                    universe: &universe,
                    views: &[],
                };
                let outcome = race::RaceSearch::new(question, Limits::default()).run();
                assert!(outcome.complete());
                let mut found = outcome.findings.iter();
                let is_splat = |cause: &Cause| matches!(cause, Cause::Complained { .. });
                assert!(
                    !found.any(|found| is_splat(&found.difference.cause)),
                    "{name}"
                );
            }
        }
    }
}

/// Returns a case with fewer operations that breaks the invariant in the same model, if there is
/// one.
fn with_fewer(this: &Break) -> Option<Case> {
    let model = this.model();
    topologies(&[16]).into_iter().find_map(|topology| {
        let mut sequences: Vec<Vec<Op>> = vec![vec![]];
        for length in 0..this.ops.len() {
            for ops in &sequences {
                let case = Case::new(topology.clone(), ops.clone());
                if this.invariant.broken(&model, &case).is_some() {
                    return Some(case);
                }
            }
            let next = ops_at(length as u32, &[1, 2])
                .into_iter()
                .flat_map(with_faults);
            let next: Vec<Op> = next.collect();
            let longer = |ops: &Vec<Op>| -> Vec<Vec<Op>> {
                next.iter().map(|&op| [&ops[..], &[op]].concat()).collect()
            };
            sequences = sequences.iter().flat_map(longer).collect();
        }
        None
    })
}

/// Planted faults in models that keep all invariants break each of them, so each check can fail.
#[test]
fn each_invariant_is_broken_by_planted_faults() {
    let mut broken_by = [0; Invariant::ALL.len()];
    let profiles = ["core", "faults", "lifetimes"];
    let cases: Vec<Case> = { profiles.into_iter() }
        .flat_map(|profile| {
            let profile = Profile::by_name(profile).expect("a profile");
            let mut generator = Generator::new(profile);
            let case = move |seed| generator.case(seed).clone();
            (0..20).map(case).collect::<Vec<Case>>()
        })
        .collect();
    // Two processes share a domain only if two allocations of a PASID fail.
    let listed = BREAKS.iter().map(Break::case);
    let cases: Vec<Case> = cases.into_iter().chain(listed).collect();
    for slip in Planted::SLIPS {
        let mut by_slip = [false; Invariant::ALL.len()];
        for case in &cases {
            for (by_slip, broken) in by_slip.iter_mut().zip(broken(&slip, case)) {
                *by_slip |= broken.is_some();
            }
        }
        for (all, by_slip) in broken_by.iter_mut().zip(by_slip) {
            *all += usize::from(by_slip);
        }
    }
    assert!(broken_by.iter().all(|&slips| slips > 0), "{broken_by:?}");
}

#[test]
fn an_invariant_that_is_broken_is_told_fit_for_a_mail() {
    for profile in ["core", "faults", "races"] {
        let profile = Profile::by_name(profile).expect("a profile");
        let mut generator = Generator::new(profile);
        let mut failures = (0..).filter_map(|seed| kept(&[], generator.case(seed)).err());
        let text = failures.next().expect("there is no end of cases");
        let path = text.lines().find(|line| line.ends_with(".json"));
        let path = path.expect("a path").trim();
        for line in text.lines().filter(|line| line.trim() != path) {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let case = Case::from_json(&std::fs::read(path).expect("a file")).expect("a case");
        assert!(case.ops.len() <= 4 && kept(&[], &case).is_err(), "{text}");
    }
}

/// Returns the parts of `docs/invariants.md`: the invariants, the recorded models that break them,
/// and the cases.
fn documented() -> [String; 3] {
    let says = |invariant: Invariant| {
        let first = format!("- **{}**: ", invariant.name());
        wrap(&first, "  ", invariant.says())
    };
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = Invariant::ALL.map(|invariant| invariant.name().to_owned());
    let mut table = row([vec!["model".to_owned()], names.to_vec()].concat());
    table += &format!("|{}\n", "---|".repeat(1 + names.len()));
    let mut cases = String::new();
    for model in all() {
        if !is_recorded(model) {
            continue;
        }
        let name = format!("`{}`", model.name());
        let of_model: Vec<&Break> = { BREAKS.iter() }
            .filter(|this| this.model == model.name())
            .collect();
        let cell = |invariant| {
            let lengths = listed_for(BREAKS, model, invariant).map(|this| this.ops.len());
            lengths.min().map_or("-".to_owned(), |ops| ops.to_string())
        };
        let cells = Invariant::ALL.map(cell).to_vec();
        table += &row([vec![name.clone()], cells].concat());
        if let [first, ..] = &of_model[..] {
            cases += &wrap("## ", "", &name);
            cases += &wrap(
                "\n",
                "",
                &format!("({}; {})", model.tree().what(), first.reference),
            );
        }
        for this in of_model {
            let case = this.case();
            let broken = this.invariant.broken(&model, &case).expect("it breaks it");
            cases += &wrap(
                "\n",
                "",
                &format!("**{}**: {}.", this.invariant.name(), this.why),
            );
            cases += &format!(
                "\n```\n{}\n```\n\n",
                shown(&case, &broken).trim_matches('\n')
            );
        }
    }
    [Invariant::ALL.map(says).concat(), table, cases]
}

#[test]
fn the_docs_have_what_is_listed() {
    let docs = include_str!("../../docs/invariants.md");
    let documented = documented();
    if documented.iter().all(|part| docs.contains(part.trim_end())) {
        return;
    }
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/invariants.md");
    std::fs::write(path, documented.join("\n")).expect("a file can be written");
    panic!("docs/invariants.md should have what is in\n{path}");
}
