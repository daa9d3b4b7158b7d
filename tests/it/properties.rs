// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that every difference between two models that a random or a recorded case shows is in the
//! ledger.

use crate::conformance::is_recorded;
use crate::random::{Held, property, written};
use crate::recorded::read;
use crate::thorough::{sample, some_of};
use crate::tried::{is_tried, shipped};
use serde::Deserialize;
use spec::edit::in_sequence;
use spec::generate::{PROFILES, Profile, Sizes};
use spec::revision::Step;
use spec::{Case, Device, Mm, Model, Op, OpKind, Topology};
use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;
use svadiff::counterexample::Received;
use svadiff::explore::certified;
use svadiff::finding::Finding;
use svadiff::judge::{Cause, View};
use svadiff::ledger::{Ledger, Shown, Verdict, neighbours};
use svadiff::models::AnyModel;
use svadiff::report::json::counterexample;
use svadiff::report::{WIDTH, both_runs, finding, side_by_side, wrap};
use svadiff::runs::Runs;

/// Every pair of models, in the order of history.
static PAIRS: LazyLock<Vec<[AnyModel; 2]>> = LazyLock::new(|| {
    let all = shipped();
    let later = |at: usize| all[at + 1..].iter().map(move |&model| (at, model));
    let pairs = (0..all.len()).flat_map(later);
    pairs.map(|(at, model)| [all[at], model]).collect()
});

/// Neighbours, and the causes of their known differences.
type Known = Vec<([AnyModel; 2], HashSet<Cause>)>;

fn known(ledger: &Ledger) -> Known {
    let causes = |models| (models, ledger.causes(models));
    let of_shipped = |models: &[AnyModel; 2]| !models.iter().any(|&model| is_tried(model));
    let all = neighbours().into_iter().filter(of_shipped);
    all.map(causes).collect()
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| known(Ledger::shipped()));

/// Checks that all pairs of models agree in a case on one CPU, or have only known differences.
fn judged(ledger: &Ledger, case: &Case) -> Held {
    let case = in_sequence(case);
    let mut trial = ledger.trial(&case);
    for &models in &*PAIRS {
        match trial.verdict(models) {
            Verdict::Agree | Verdict::Known(_) | Verdict::Incomparable(_) => {}
            Verdict::Different(shown) => return Err(told(&case, &shown[0])),
        }
    }
    Ok(())
}

/// Checks the same for neighbours and a program on several CPUs, under every interleaving.
fn program_judged(ledger: &Ledger, known: &Known, case: &Case) -> Held {
    for (models, causes) in known {
        let news = ledger.news_of_program(*models, case, causes);
        let news = news.expect("the program is small");
        if let Some((case, shown)) = news.first() {
            return Err(told(case, shown));
        }
    }
    Ok(())
}

/// Describes a difference that is not in the ledger, as text for a mail, with the path of its
/// counterexample.
fn told(case: &Case, shown: &Shown) -> String {
    let Shown { models, difference } = shown;
    let views = &View::DEFAULT;
    let smaller = certified(*models, views, case, &difference.cause);
    let as_it_is = || Finding::new(models, &case.bare(), difference.clone());
    let smaller = smaller.unwrap_or_else(as_it_is);
    let json = counterexample(*models, views, &smaller);
    let runs = Runs::of(models, &smaller);
    let Finding {
        case, difference, ..
    } = smaller;
    let [from, to] = models.map(AnyModel::name);
    let id = svadiff::finding::id(&case);
    let path = written(&format!("{from}-{to}-{id}"), &json);
    let what = format!("{from} and {to} differ in something that is not in the ledger.");
    let mut text = wrap("", "", &what);
    text.push('\n');
    text += &finding(models, 1, &runs, &difference);
    text += &match case.is_concurrent() {
        true => both_runs(models, &runs),
        false => {
            let both = side_by_side(*models, &runs, views, Some(&difference));
            // The case was printed above.
            let runs = both.split_once("\n\n").map(|(_, runs)| runs.to_owned());
            format!("\n{}", runs.unwrap_or(both))
        }
    };
    text += &format!(
        "\nThis counterexample is in\n  {path}\n\
         To run it again: cargo run --release -- replay, with this path. If it is\n\
         as it should be, or known to be wrong, corpus/known needs an entry of it.\n"
    );
    text
}

/// Checks that a text fits a mail, and that the claims of the file that it names hold.
fn is_fit_for_a_mail(text: &str) -> Received {
    let path = text.lines().find(|line| line.ends_with(".json"));
    let path = path.expect("a path").trim();
    for line in text.lines().filter(|line| line.trim() != path) {
        assert!(line.chars().count() <= WIDTH, "{line}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let bytes = std::fs::read(path).expect("a file");
    let received = Received::from_json(&bytes).expect("a counterexample");
    assert_eq!(received.check(), [], "{text}");
    received
}

fn sequential(profile: &str, cases: u32) {
    let ledger = Ledger::shipped();
    property(profile, Sizes::LIMITS, some_of(cases), |case| {
        judged(ledger, case)
    });
}

#[test]
fn what_cases_of_the_profile_core_show_is_in_the_ledger() {
    sequential("core", 1500);
}

#[test]
fn what_cases_of_the_profile_faults_show_is_in_the_ledger() {
    sequential("faults", 3000);
}

#[test]
fn what_cases_of_the_profile_lifetimes_show_is_in_the_ledger() {
    sequential("lifetimes", 1500);
}

#[test]
fn what_cases_of_the_profile_groups_show_is_in_the_ledger() {
    sequential("groups", 1500);
}

#[test]
fn what_cases_of_the_profile_foreign_domains_show_is_in_the_ledger() {
    sequential("foreign-domains", 3000);
}

#[test]
fn what_cases_of_the_profile_everything_show_is_in_the_ledger() {
    sequential("everything", 3000);
}

/// Returns sizes of programs small enough for all interleavings to be explored.
fn small_programs() -> Sizes {
    Sizes {
        ops: 2..=4,
        cpus: 2..=2,
        ..Sizes::LIMITS
    }
}

#[test]
fn what_programs_on_two_cpus_show_under_any_interleaving_is_in_the_ledger() {
    let ledger = Ledger::shipped();
    property("races", small_programs(), some_of(1000), |case| {
        program_judged(ledger, &KNOWN, case)
    });
}

#[test]
fn every_profile_is_asked() {
    let asked = [
        "core",
        "faults",
        "lifetimes",
        "groups",
        "foreign-domains",
        "races",
        "everything",
    ];
    // No entry of the ledger is about callers that are wrong.
    let are_right = PROFILES.iter().filter(|profile| profile.again == 0);
    assert!(are_right.map(|profile| profile.name).eq(asked));
    let models = shipped().len();
    assert_eq!(PAIRS.len(), models * (models - 1) / 2);
}

#[test]
fn what_recorded_cases_show_is_in_the_ledger() {
    for file in ["exhaustive", "sequential", "edge", "rough", "concurrent"] {
        for row in sample(read(&format!("{file}.jsonl.gz")), 2) {
            if let Err(text) = judged(Ledger::shipped(), &row.case) {
                panic!("{} of {file}:\n{text}", row.id);
            }
        }
    }
}

#[test]
fn what_programs_show_whose_outcomes_were_recorded_is_in_the_ledger() {
    #[derive(Deserialize)]
    struct Program {
        name: String,
        case: Case,
    }
    let text = include_str!("../../corpus/conformance/outcomes.json");
    let programs: Vec<Program> = serde_json::from_str(text).expect("programs");
    for Program { name, case } in programs {
        if let Err(text) = program_judged(Ledger::shipped(), &KNOWN, &case) {
            panic!("{name}:\n{text}");
        }
    }
}

/// Returns the first failure with the cases of a profile.
fn first_failure(profile: &str, sizes: Sizes, holds: impl Fn(&Case) -> Held) -> String {
    let profile = Profile::by_name(profile).expect("a profile");
    let mut generator = spec::generate::Generator::within(profile, sizes);
    let failures = (0..).map(|seed| holds(generator.case(seed)));
    let mut failures = failures.filter_map(Result::err);
    failures.next().expect("there is no end of cases")
}

#[test]
fn a_difference_that_is_not_in_the_ledger_is_told_fit_for_a_mail() {
    let nothing = Ledger::default();
    for profile in ["core", "faults", "everything"] {
        let text = first_failure(profile, Sizes::LIMITS, |case| judged(&nothing, case));
        let received = is_fit_for_a_mail(&text);
        assert!(received.case.ops.len() <= 4, "{text}");
    }
}

#[test]
fn a_race_that_is_not_in_the_ledger_is_told_fit_for_a_mail() {
    let nothing = Ledger::default();
    // With one device, a single CPU shows no difference between these two.
    let one_device = Sizes {
        devices: 1..=1,
        ..small_programs()
    };
    let mut known = known(&nothing);
    known.retain(|(models, _)| models.map(AnyModel::name) == ["v6.10", "v6.12"]);
    assert_eq!(known.len(), 1);
    let text = first_failure("races", one_device, |case| {
        program_judged(&nothing, &known, case)
    });
    assert!(is_fit_for_a_mail(&text).case.is_on_several_cpus(), "{text}");
}

/// The verdict on two models that are not neighbours comes from the neighbours between them.
#[test]
fn an_entry_that_is_missing_is_missed_in_every_pair_that_it_is_between() {
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    };
    let bind = Op::from(OpKind::Bind { dev: 0, mm: 0 });
    let case = Case::new(topology, vec![bind; 2]);
    let mut ledger = Ledger::shipped().clone();
    ledger
        .entries
        .retain(|entry| entry.models[0].name() != "v6.7");
    let mut trial = ledger.trial(&case);
    let mut new = PAIRS.clone();
    new.retain(|&models| matches!(trial.verdict(models), Verdict::Different(_)));
    new.retain(|models| models.iter().all(|&model| is_recorded(model)));
    // Every pair that the missing entry is between has the step after 6.7 on its path.
    assert!(new.len() > 9, "{}", new.len());
    for [from, to] in new {
        let path = from.tree().graph.path(from.tree(), to.tree());
        let is_missing = |step: &Step| step.parent.name() == "v6.7";
        assert!(path.iter().any(is_missing), "{} {}", from.name(), to.name());
    }
}
