// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff hunt`

use super::compare::{make_dir, write};
use super::ledger::ledger;
use super::scope::{Views, seconds};
use super::searching::{block, only_views, spinner, stop_when_interrupted};
use super::{Exit, Failure, Io, print_json};
use crate::counterexample::to_json;
use crate::finding::Finding;
use crate::hunt::{Hunt, HuntFinding, HuntStatus, HuntSummary};
use crate::judge::View;
use crate::models::AnyModel;
use crate::report::{finding, wrap};
use crate::universe::Universe;
use indicatif::{HumanCount, ProgressBar};
use serde_json::{Map, Value, json};
use spec::generate::{EVERYTHING, PROFILES, Profile};
use spec::read::shortened;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long a hunt takes unless something else is asked for.
const USUAL: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub struct Args {
    /// The first model
    #[arg(value_name = "A", value_parser = super::model)]
    from: AnyModel,
    /// The second model
    #[arg(value_name = "B", value_parser = super::model)]
    to: AnyModel,
    #[command(flatten)]
    views: Views,
    /// Write each finding as a file into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// What cases are made of
    #[arg(long, value_name = "NAME", default_value = EVERYTHING.name, value_parser = profile)]
    profile: &'static Profile,
    /// How many CPUs do the operations, under every interleaving [default: 1, of races 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    cpus: Option<u8>,
    /// What cases are made from: the same ones of the same seed
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Stop after so many seconds [default: 10, or never with --cases]
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    seconds: Option<Duration>,
    /// Stop after so many cases
    #[arg(long, value_name = "N")]
    cases: Option<u64>,
    /// The folder of the known differences; corpus/known where there is one,
    /// else the ledger that this program was built with
    #[arg(long, value_name = "DIR")]
    known: Option<PathBuf>,
    /// Threads that hunt; what is found does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

fn profile(name: &str) -> Result<&'static Profile, String> {
    Profile::by_name(name).ok_or_else(|| {
        let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
        format!("it is one of {}", names.join(", "))
    })
}

impl Args {
    /// On how many CPUs cases are if nobody says so.
    fn usual_cpus(&self) -> u8 {
        (*self.profile.sizes.cpus.start()).max(1)
    }
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let models = [args.from, args.to];
    let cpus = args.cpus.unwrap_or_else(|| args.usual_cpus());
    let views = args.views.views(&Universe {
        cpus: cpus.into(),
        ..Universe::default()
    })?;
    if let Some(dir) = &args.out {
        make_dir(dir)?;
    }
    let ledger = ledger(args.known.as_deref())?;
    let known = |this: &Finding| ledger.name_of(models, &this.case, &this.difference);
    let interrupt = stop_when_interrupted(io)?;
    let progress = Progress::new(io);
    let out = &mut *io.out;
    let watch = |status: &HuntStatus| progress.show(status);
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let hunt = Hunt {
        models,
        views: &views,
        profile: args.profile,
        cpus,
        seed: args.seed,
        cases: args.cases.unwrap_or(u64::MAX),
        time: match (args.seconds, args.cases) {
            (Some(time), _) => time,
            (None, Some(_)) => Duration::MAX,
            (None, None) => USUAL,
        },
        threads: args.threads.map_or_else(cores, usize::from),
        interrupt,
        watch: Some(&watch),
        known: Some(&known),
    };
    let name = format!("{}-{}", args.from.name(), args.to.name());
    let mut number = 0;
    let mut all: Vec<Value> = Vec::new();
    let mut names: Vec<Option<String>> = Vec::new();
    let summary = hunt.run(
        |HuntFinding {
             finding: this,
             known,
             ..
         }| {
            number += 1;
            names.push(known.clone());
            let as_json = || to_json(models, &views, &this.case, &this.difference, None);
            let value = (args.json || args.out.is_some()).then(as_json);
            if let (Some(dir), Some(value)) = (&args.out, &value) {
                write(dir, &name, number, this, value)?;
            }
            match value {
                Some(value) if args.json => all.push(value),
                _ => {
                    let text = finding(models, number, &this.case, &this.difference);
                    let says = match known {
                        Some(name) => wrap("     known  ", "            ", name),
                        None => "     NEW: the ledger does not know it\n".to_owned(),
                    };
                    let written = || writeln!(out, "{text}{says}").and_then(|()| out.flush());
                    progress.bar.suspend(written)?;
                }
            }
            Ok::<_, Failure>(())
        },
    );
    progress.bar.finish_and_clear();
    let summary = summary?;
    match args.json {
        true => print_json(
            out,
            &in_json(args, &views, &summary, cpus, (all, names.clone())),
        )?,
        false => block(&in_words(args, &views, &summary, cpus, &names), out)?,
    }
    Ok(match (summary.interrupted, summary.findings) {
        (true, _) => Exit::Unfinished,
        (false, 0) => Exit::Agree,
        (false, _) => Exit::Differ,
    })
}

fn in_json(
    args: &Args,
    views: &[View],
    summary: &HuntSummary,
    cpus: u8,
    (findings, known): (Vec<Value>, Vec<Option<String>>),
) -> Value {
    let names: Vec<_> = views.iter().map(|view| view.name()).collect();
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("from", args.from.name().into());
    put("to", args.to.name().into());
    put("views", names.into());
    put("seed", args.seed.into());
    put("profile", args.profile.name.into());
    if cpus > 1 {
        put("cpus", cpus.into());
    }
    put("cases", summary.cases.into());
    put("ops", summary.ops.into());
    if cpus > 1 {
        put("schedules", summary.schedules.to_string().into());
        put("too_large", summary.too_large.into());
    }
    put(
        "stopped",
        summary.interrupted.then_some("interrupted").into(),
    );
    put("findings", findings.into());
    put("known", json!(known));
    json!(object)
}

/// What was done, and the command that does it again.
fn in_words(
    args: &Args,
    views: &[View],
    summary: &HuntSummary,
    cpus: u8,
    names: &[Option<String>],
) -> Vec<(&'static str, Option<String>)> {
    let HuntSummary {
        cases,
        ops,
        schedules,
        too_large,
        findings,
        interrupted,
    } = *summary;
    let (from, to) = (args.from.name(), args.to.name());
    let profile = args.profile.name;
    // What is usual is not said, so that it fits on a line.
    let mut again = format!("svadiff hunt {from} {to}");
    if views != View::DEFAULT {
        views
            .iter()
            .for_each(|view| again += &format!(" --view {}", view.name()));
    }
    if profile != EVERYTHING.name {
        again += &format!(" --profile {profile}");
    }
    if cpus != args.usual_cpus() {
        again += &format!(" --cpus {cpus}");
    }
    if args.seed != 0 {
        again += &format!(" --seed {}", args.seed);
    }
    if let Some(folder) = &args.known {
        again += &format!(" --known {}", shortened(folder.display(), 300));
    }
    again += &format!(" --cases {cases}");
    let mut done = format!("{cases} of {profile}, seed {}, {ops} operations", args.seed);
    if interrupted {
        done += ", interrupted";
    }
    let says_nothing = match findings {
        0 => "   no difference in these cases".to_owned(),
        _ => match names.iter().filter(|name| name.is_none()).count() {
            0 => "   all of them known".to_owned(),
            news => format!("   {news} of them NEW"),
        },
    };
    let programs = || {
        let large = match too_large {
            0 => String::new(),
            n => format!("; {n} cases have too many, of these nothing is said"),
        };
        format!("{cpus}, {schedules} schedules{large}")
    };
    vec![
        ("Models", Some(format!("{from} and {to}"))),
        ("Views", only_views(views)),
        ("Cases", Some(done)),
        ("CPUs", (cpus > 1).then(programs)),
        ("Findings", Some(format!("{findings}{says_nothing}"))),
        ("Again", Some(again)),
    ]
}

/// A line on the terminal; where there is none, nothing.
struct Progress {
    bar: ProgressBar,
    shown: Mutex<(Instant, u64)>,
}

impl Progress {
    fn new(io: &Io<'_>) -> Self {
        Progress {
            bar: spinner(io),
            shown: Mutex::new((Instant::now(), 0)),
        }
    }

    fn show(&self, status: &HuntStatus) {
        let Ok(mut shown) = self.shown.try_lock() else {
            return;
        };
        let (last, ops) = *shown;
        let took = last.elapsed();
        if took < Duration::from_millis(200) {
            return;
        }
        *shown = (Instant::now(), status.ops);
        let rate = status.ops.saturating_sub(ops) as f64 / took.as_secs_f64();
        self.bar.set_message(format!(
            "{} cases; {:.1} M ops/s; {} found",
            HumanCount(status.cases),
            rate / 1e6,
            status.findings,
        ));
        self.bar.tick();
    }
}
