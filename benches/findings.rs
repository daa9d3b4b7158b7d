// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that each finding has exactly one case: `cargo bench --bench findings`.
//!
//! Searches ordered pairs of models, one of seven or, with `SVADIFF_THOROUGH` set, all, and each
//! model alone. Checks that every finding is
//! one-minimal, is minimized to itself, and has the same id and the same history in either order of
//! the pair, and that the ledger knows every finding of a hunt. Prints each violation; the exit
//! status is 1 if there are any.

use engine::registered::{self, Registered};
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::process::ExitCode;
use std::time::Instant;
use svadiff::Ledger;
use svadiff::explore::Exploration;
use svadiff::finding::Finding;
use svadiff::history::{Change, History, Life, history};
use svadiff::hunt::Hunt;
use svadiff::judge::View;
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, all};
use svadiff::question::Question;
use svadiff::report::headline;
use svadiff::runs::Runs;
use svadiff::spec::generate::{PROFILES, Profile};
use svadiff::spec::{Case, Model, OpCode, Site, Tree};
use svadiff::universe::Universe;

/// Unless all pairs are to be compared, one of this many is.
const ONE_OF: usize = 7;

/// Returns the universes, each with its arguments and a number `n`: of the pairs that are compared,
/// every `n`th is compared in it.
fn universes() -> Vec<(&'static str, usize, Universe)> {
    let usual = Universe::default();
    let faulty = Universe {
        ops: Some(3),
        faults: Site::ALL.to_vec(),
        ..usual.clone()
    };
    let binds = Universe {
        ops: None,
        binds: Some(3),
        only: Universe::usual(None, 1),
        ..usual.clone()
    };
    let on_two_cpus = Universe {
        devices: 1,
        mms: 1,
        cpus: 2,
        only: Universe::usual(Some(4), 2),
        ..usual.clone()
    };
    let few = Universe {
        only: vec![OpCode::Bind, OpCode::Unbind, OpCode::PageRequest],
        ..usual.clone()
    };
    let two_devices = Universe {
        devices: 2,
        ops: Some(3),
        ..on_two_cpus.clone()
    };
    vec![
        ("--faults --ops 3", 1, faulty),
        ("--only bind,unbind,page_request", 3, few),
        ("--binds 3", 3, binds),
        ("--cpus 2 --devices 1 --mms 1", 7, on_two_cpus),
        ("--cpus 2 --devices 2 --mms 1 --ops 3", 5, two_devices),
    ]
}

/// The number of findings, and the number of violations among them.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    findings: usize,
    wrong: usize,
}

impl Counted {
    /// Checks the findings of a search.
    fn look<const N: usize>(&mut self, models: [AnyModel; N], views: &[View], all: &[Finding])
    where
        AnyModel: Registered<N>,
    {
        let names = models.map(AnyModel::name).join(" ");
        for finding in all {
            self.findings += 1;
            let (case, cause) = (&finding.case, &finding.difference.cause);
            if AnyModel::is_one_minimal(models, views, case, cause) != Some(true) {
                self.wrong += 1;
                println!("{names}: not one-minimal: {}", case.to_json());
            }
            let again =
                AnyModel::certified(models, views, case, cause, &|| true).map(|again| again.case);
            if again.as_ref() != Some(case) {
                self.wrong += 1;
                let again = again.map(|again| again.to_json().to_string());
                println!("{names}: {}", case.to_json());
                println!("   minimized: {}", again.unwrap_or_default());
            }
        }
    }
}

/// Returns the ids of the commits in a history: those of the first side, of the second side, and
/// those that do not depend on the order of the pair.
fn ids(history: History) -> [[Option<&'static str>; 2]; 3] {
    let ids = |since: Option<Change>, until: Option<Change>| {
        [since, until].map(|change| change.map(|change| change.id))
    };
    let of_life = |life: Life| ids(life.since, life.until);
    let both = ids(history.introduced, history.fixed);
    [of_life(history.from), of_life(history.to), both]
}

/// Returns the number of findings whose history changes when the models are swapped.
fn swapped_histories(models: [AnyModel; 2], all: &[Finding]) -> usize {
    let [from, to] = models;
    let mut wrong = 0;
    for finding in all {
        let cause = &finding.difference.cause;
        let swapped = Finding::find(&[to, from], &View::DEFAULT, &finding.case, &cause.swapped());
        let Some(swapped) = swapped else {
            // Under one schedule, which difference comes first can depend on the order.
            if !finding.case.is_concurrent() {
                wrong += 1;
                println!("not in the other order: {}", finding.case.to_json());
            }
            continue;
        };
        let [a, b, both] = ids(history(
            models,
            &Runs::of(&models, finding),
            &finding.difference,
        ));
        let runs = Runs::of(&[to, from], &swapped);
        let other = ids(history([to, from], &runs, &swapped.difference));
        if other != [b, a, both] {
            wrong += 1;
            let names = models.map(AnyModel::name).join(" ");
            println!("{names}: {:?}, swapped {other:?}", [a, b, both]);
            println!("   {}", finding.case.to_json());
        }
    }
    wrong
}

/// Runs a hunt. Returns the number of findings, and the findings that the ledger does not know.
fn hunt(models: [AnyModel; 2], profile: &'static Profile, cases: u64) -> (usize, Vec<Finding>) {
    let known =
        |finding: &Finding| Ledger::shipped().name_of(models, &finding.case, &finding.difference);
    let hunt = Hunt {
        cases,
        threads: 2,
        known: Some(&known),
        ..Hunt::new(models, profile)
    };
    let mut new = Vec::new();
    let summary = registered::hunt(&hunt, |found| {
        if found.known.is_none() {
            new.push(found.finding.clone());
        }
        Ok::<(), Infallible>(())
    });
    let Ok(summary) = summary;
    (summary.findings, new)
}

/// Returns whether the ledger can know what a case shows on two models: all models between them have
/// its operations, and its callers are right.
fn can_be_known([from, to]: [AnyModel; 2], case: &Case) -> bool {
    let [from, to] = [from.tree(), to.tree()];
    let steps = from.graph.path(from, to);
    let between = steps.iter().flat_map(|step| [step.parent, step.child]);
    let lacks_one = |tree: &Tree| {
        let mut ops = case.ops.iter().map(|op| op.kind.code());
        ops.any(|code| code.info().gap.is_some() && !code.info().exists(tree.commits))
    };
    !case.ops.iter().any(|op| op.again) && !between.into_iter().any(lacks_one)
}

/// Runs a hunt for every ordered pair in the share. Returns the number of findings that the ledger
/// does not know.
fn hunts(share: usize) -> usize {
    let models = all();
    let mut wrong = 0;
    for (number, profile) in PROFILES.iter().enumerate() {
        let begun = Instant::now();
        let (mut all, mut unknown) = (0, 0);
        // A case on several CPUs has many schedules, and takes as long as many others.
        let cases = if profile.concurrent == 256 { 100 } else { 600 };
        for (a, &from) in models.iter().enumerate() {
            for (b, &to) in models.iter().enumerate() {
                if a == b || !(a * models.len() + b + number).is_multiple_of(share) {
                    continue;
                }
                let (found, mut new) = hunt([from, to], profile, cases);
                new.retain(|finding| can_be_known([from, to], &finding.case));
                all += found;
                unknown += new.len();
                for finding in new {
                    let what = headline([from, to], &finding.case, &finding.difference);
                    let names = format!("{} {}", from.name(), to.name());
                    println!("NEW in {names} {}: {what}", profile.name);
                    println!("   {}", finding.case.to_json());
                }
            }
        }
        let seconds = begun.elapsed().as_secs_f64();
        let name = format!("hunt --profile {}", profile.name);
        println!("{name:40} {all:6} findings, {unknown} not known, {seconds:.1} s");
        wrong += unknown;
    }
    wrong
}

fn search<const N: usize>(
    models: [AnyModel; N],
    views: &[View],
    universe: &Universe,
) -> Vec<Finding>
where
    AnyModel: Registered<N>,
{
    let question = Question {
        models,
        universe,
        views,
    };
    AnyModel::run(&Exploration::new(question, Limits::default())).findings
}

fn main() -> ExitCode {
    // Cargo passes `--bench` when it benchmarks. As a test, a short run is enough.
    let benchmarking = std::env::args().any(|arg| arg == "--bench");
    let share = std::env::args()
        .find_map(|arg| arg.parse().ok())
        .unwrap_or(11);
    let only_hunts = std::env::args().any(|arg| arg == "hunts");
    let models = all();
    let one_of = match std::env::var_os("SVADIFF_THOROUGH") {
        Some(_) => 1,
        None => ONE_OF,
    };
    let mut wrong = 0;
    for (name, share, universe) in universes() {
        let share = share * one_of;
        if only_hunts {
            break;
        }
        let begun = Instant::now();
        let mut counted = Counted::default();
        let mut ids: HashMap<[&str; 2], BTreeSet<String>> = HashMap::new();
        for (a, &from) in models.iter().enumerate() {
            for (b, &to) in models.iter().enumerate() {
                if a == b || !(a.min(b) * models.len() + a.max(b)).is_multiple_of(share) {
                    continue;
                }
                let found = search([from, to], &View::DEFAULT, &universe);
                counted.look([from, to], &View::DEFAULT, &found);
                counted.wrong += swapped_histories([from, to], &found);
                let here = found.iter().map(Finding::id).collect();
                ids.insert([from.name(), to.name()], here);
                if !benchmarking {
                    return ExitCode::SUCCESS;
                }
            }
        }
        for ([from, to], here) in &ids {
            let swapped = &ids[&[*to, *from]];
            // Under one schedule, which difference comes first can depend on the order of the models.
            if universe.cpus == 1 && from < to && here != swapped {
                counted.wrong += 1;
                let only = here.symmetric_difference(swapped).collect::<Vec<_>>();
                println!("{from} {to}: in one order only: {only:?}");
            }
        }
        for &model in &models {
            counted.look([model], &[], &search([model], &[], &universe));
        }
        let Counted {
            findings,
            wrong: here,
        } = counted;
        let seconds = begun.elapsed().as_secs_f64();
        println!("{name:40} {findings:6} findings, {here} wrong, {seconds:.1} s");
        wrong += here;
    }
    wrong += hunts(share);
    match wrong {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
