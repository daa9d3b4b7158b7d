// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff hunt`

use super::asked::Pair;
use super::form::FormArgs;
use super::ledger::ledger;
use super::listed::{listed, number, one_of};
use super::out_dir::OutDir;
use super::progress::Progress;
use super::scope::{Views, seconds};
use super::searching::stop_when_interrupted;
use super::{Exit, Failure, Io};
use crate::finding::Finding;
use crate::hunt::{Hunt, HuntStatus, HuntSummary, usual_cpus};
use crate::models::AnyModel;
use crate::report::json::counterexample;
use crate::report::{HuntReport, Report};
use crate::universe::Universe;
use engine::registered;
use spec::generate::{EVERYTHING, PROFILES, Profile};
use spec::read::{Refused, shown};
use std::path::PathBuf;
use std::time::Duration;

/// The default time of a hunt.
const USUAL: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pair: Pair,
    #[command(flatten)]
    views: Views,
    /// Write each finding as a file into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    form: FormArgs,
    /// The profile that cases are generated from
    #[arg(long, value_name = "NAME", default_value = EVERYTHING.name,
          value_parser = listed(profile, PROFILES.iter().map(|this| (this.name, this.what))))]
    profile: &'static Profile,
    /// How many CPUs run the operations, under every interleaving [default: 1, or 2 for the profile
    /// races]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    cpus: Option<u8>,
    /// The seed of the cases; the same seed makes the same cases
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = number::<u64>)]
    seed: u64,
    /// Stop after this many seconds [default: 10, or never with --cases]
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    seconds: Option<Duration>,
    /// Stop after this many cases
    #[arg(long, value_name = "N", value_parser = number::<u64>)]
    cases: Option<u64>,
    /// The folder of the known differences; by default corpus/known if it exists, otherwise the
    /// ledger that is built into this program
    #[arg(long, value_name = "DIR")]
    known: Option<PathBuf>,
    /// Number of threads; the findings do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

fn profile(name: &str) -> Result<&'static Profile, String> {
    Profile::by_name(name).ok_or_else(|| {
        let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
        one_of(name, &names)
    })
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    if args.cases == Some(0) || args.seconds == Some(Duration::ZERO) {
        let what = "a hunt of no cases or no time finds nothing, and says nothing; \
                    try --cases 1000 or --seconds 10";
        return Err(Refused::new(what).into());
    }
    let models = args.pair.models(args.form.is_text(), io)?;
    let cpus = args.cpus.unwrap_or_else(|| usual_cpus(args.profile));
    let views = args.views.views(&Universe {
        cpus: cpus.into(),
        ..Universe::default()
    })?;
    let out_dir = OutDir::new(args.out.as_deref())?;
    let ledger = ledger(args.known.as_deref())?;
    let known = |this: &Finding| ledger.name_of(models, &this.case, &this.difference);
    let interrupt = stop_when_interrupted(io)?;
    let progress = Progress::new(io);
    let out = &mut *io.out;
    let watch = |status: &HuntStatus| progress.of_hunt(status);
    let usual = Hunt::new(models, args.profile);
    let hunt = Hunt {
        views: &views,
        cpus,
        seed: args.seed,
        cases: args.cases.unwrap_or(usual.cases),
        time: match (args.seconds, args.cases) {
            (Some(time), _) => time,
            (None, Some(_)) => usual.time,
            (None, None) => USUAL,
        },
        threads: args.threads.map_or(usual.threads, usize::from),
        interrupt,
        watch: Some(&watch),
        known: Some(&known),
        ..usual
    };
    let name = models.map(AnyModel::name).join("-");
    let known_folder = args.known.as_ref();
    let mut report = HuntReport {
        models,
        views: &views,
        profile: args.profile,
        cpus,
        seed: args.seed,
        known: known_folder.map(|folder| shown(folder.display(), 300)),
        findings: Vec::new(),
        summary: HuntSummary::default(),
    };
    let mut written = Ok(());
    let summary = registered::hunt(&hunt, |found| {
        report.findings.push(found.clone());
        let printed = progress.suspend(|| {
            args.form.print(&Report::HuntFinding(&report), out)?;
            out.flush().map_err(Failure::from)
        });
        if let Some(dir) = &out_dir {
            let (number, finding) = (report.findings.len(), &found.finding);
            let value = counterexample(models, &views, finding);
            // Even if writing fails, the finding is printed and the hunt continues.
            let result = dir.write(&name, number, finding, &value);
            written = std::mem::replace(&mut written, Ok(())).and(result);
        }
        printed
    });
    progress.finish();
    report.summary = summary?;
    args.form.print(&Report::Hunt(&report), out)?;
    written?;
    let HuntSummary {
        interrupted,
        unfinished,
        findings,
        cases,
        ..
    } = report.summary;
    Ok(match (interrupted || unfinished || cases == 0, findings) {
        (true, _) => Exit::Unfinished,
        (false, 0) => Exit::Agree,
        (false, _) => Exit::Differ,
    })
}
