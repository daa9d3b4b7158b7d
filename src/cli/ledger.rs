// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff ledger`

use super::{Exit, Failure, Io, Out, input, print_json};
use crate::counterexample;
use crate::judge::View;
use crate::ledger::{self, Checked, Entry, Kind, Ledger, Trouble, neighbours, scopes};
use crate::minimize::{Minimized, certified};
use crate::models::AnyModel;
use crate::report::{finding, wrap};
use input::Input;
use serde_json::{Value, json};
use spec::read::printable;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Where the ledger is looked for.
const FOLDER: &str = "corpus/known";

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// The known differences, by neighbours in history
    List(Which),
    /// Check that every entry shows and hides one difference only, and that
    /// every difference between neighbours has an entry
    Check(Which),
    /// Print an entry for what a counterexample shows, made as small as it
    /// gets
    Entry(New),
}

#[derive(clap::Args)]
pub struct New {
    /// A counterexample of two neighbours in history
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it is, in one sentence
    #[arg(long, value_name = "SENTENCE")]
    what: String,
    /// Whether somebody wanted it
    #[arg(long, value_name = "KIND")]
    kind: KindArg,
    /// A Message-ID or a commit where one can read of it; the commit that made
    /// it unless named
    #[arg(long, value_name = "REFERENCE")]
    reference: Option<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum KindArg {
    /// The commit was made for it, or says that it does it
    Intended,
    /// It did what nobody wanted
    Regression,
}

#[derive(clap::Args)]
pub struct Which {
    /// The folder of the entries; corpus/known where there is one, else the
    /// ledger that this program was built with
    #[arg(long, value_name = "DIR")]
    known: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The ledger in a folder, or the one that there is.
pub fn ledger(known: Option<&Path>) -> Result<Cow<'static, Ledger>, Failure> {
    let here = Path::new(FOLDER);
    match known.or(here.is_dir().then_some(here)) {
        Some(folder) => Ok(Cow::Owned(Ledger::read(folder)?)),
        None => Ok(Cow::Borrowed(Ledger::shipped())),
    }
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(which) => list(which, io.out),
        Command::Check(which) => check(which, io.out),
        Command::Entry(new) => entry(new, io),
    }
}

fn entry(new: &New, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let Input::Counterexample(received) = input::either(&new.file, stdin)? else {
        let what = "is a case, and an entry is made of a counterexample; try svadiff minimize";
        return Err(input::in_file(&new.file, what));
    };
    let models = received.models;
    let minimized = { received.shown() }.and_then(|(views, difference)| {
        certified(models, &views, &received.case, &difference.cause)
            .map(|certified| (views, certified))
    });
    let Some((views, certified)) = minimized else {
        let [from, to] = models.map(AnyModel::name);
        writeln!(out, "{from} and {to} do not differ as the file claims.")?;
        return Ok(Exit::Differ);
    };
    let Minimized {
        case, difference, ..
    } = &certified.minimized;
    let counterexample =
        counterexample::to_json(models, &views, case, difference, certified.shortest_in);
    let kind = match new.kind {
        KindArg::Intended => Kind::Intended,
        KindArg::Regression => Kind::Regression,
    };
    let introduced = &counterexample["history"]["introduced"];
    let reference = new
        .reference
        .as_ref()
        .map_or(introduced.clone(), |it| json!(it));
    let entry = json!({
        "format": ledger::FORMAT,
        "from": counterexample["from"],
        "to": counterexample["to"],
        "what": new.what,
        "kind": kind.name(),
        "introduced": introduced,
        "fixed": counterexample["history"]["fixed"],
        "reference": reference,
        "signature": counterexample["signature"],
        "counterexample": counterexample,
    });
    // What is printed is taken.
    Entry::from_json("entry", entry.to_string().as_bytes())
        .map_err(|refused| input::in_file(&new.file, refused))?;
    print_json(out, &entry)?;
    Ok(Exit::Agree)
}

fn list(which: &Which, out: Out<'_>) -> Result<Exit, Failure> {
    let ledger = ledger(which.known.as_deref())?;
    if which.json {
        let all: Vec<Value> = ledger.entries.iter().map(to_json).collect();
        print_json(out, &json!({"known": all}))?;
        return Ok(Exit::Agree);
    }
    for models in neighbours() {
        let [from, to] = models.map(AnyModel::name);
        let is_own = |entry: &&Entry| entry.models == models;
        let all: Vec<&Entry> = ledger.entries.iter().filter(is_own).collect();
        if all.is_empty() {
            continue;
        }
        writeln!(out, "{from} -> {to}")?;
        for entry in all {
            let kind = entry.kind.name();
            let until = entry.fixed.as_ref().map_or(String::new(), |fixed| {
                format!(", until {}", printable(fixed))
            });
            let first = format!("  {} ", entry.name);
            writeln!(out, "{}", first.trim_end())?;
            let what = printable(&entry.what);
            write!(out, "{}", wrap("      ", "      ", &what))?;
            let since = printable(&entry.introduced);
            let line = format!("{kind}, since {since}{until}");
            write!(out, "{}", wrap("      ", "      ", &line))?;
        }
    }
    Ok(Exit::Agree)
}

fn to_json(entry: &Entry) -> Value {
    json!({
        "name": entry.name,
        "from": entry.models[0].name(),
        "to": entry.models[1].name(),
        "what": entry.what,
        "kind": entry.kind.name(),
        "introduced": entry.introduced,
        "fixed": entry.fixed,
        "reference": entry.reference,
        "signature": entry.signature,
        "id": crate::finding::id(&entry.counterexample.case),
    })
}

fn check(which: &Which, out: Out<'_>) -> Result<Exit, Failure> {
    let ledger = ledger(which.known.as_deref())?;
    let checked = ledger.check(&mut |_, _| {});
    let Checked {
        searches,
        differences,
        troubles,
    } = &checked;
    if which.json {
        let troubles: Vec<Value> = troubles.iter().map(trouble_to_json).collect();
        let scopes: Vec<String> = scopes().iter().map(ToString::to_string).collect();
        print_json(
            out,
            &json!({
                "entries": ledger.entries.len(),
                "searches": searches,
                "scopes": scopes,
                "differences": differences,
                "troubles": troubles,
            }),
        )?;
    } else {
        for (number, trouble) in (1..).zip(troubles) {
            print_trouble(number, trouble, out)?;
        }
        let entries = ledger.entries.len();
        let line = format!(
            "{entries} entries, {differences} differences, {searches} searches: {}",
            match troubles.len() {
                0 => "every entry shows, and every difference has one.".to_owned(),
                1 => "1 thing is wrong.".to_owned(),
                n => format!("{n} things are wrong."),
            }
        );
        write!(out, "{}", wrap("", "  ", &line))?;
    }
    match troubles.is_empty() {
        true => Ok(Exit::Agree),
        false => Ok(Exit::Differ),
    }
}

fn trouble_to_json(trouble: &Trouble) -> Value {
    match trouble {
        Trouble::Stale { entry, why } => json!({"is": "stale", "entry": entry, "why": why}),
        Trouble::Broad { entry, signatures } => {
            json!({"is": "too broad", "entry": entry, "signatures": signatures})
        }
        Trouble::Twice { entries, signature } => {
            json!({"is": "twice", "entries": entries, "signature": signature})
        }
        Trouble::Missing {
            models,
            scope,
            finding,
        } => {
            let scope = Some(scope.clone());
            let views = View::DEFAULT;
            let counterexample =
                counterexample::to_json(*models, &views, &finding.case, &finding.difference, scope);
            json!({"is": "missing", "counterexample": counterexample})
        }
    }
}

fn print_trouble(number: usize, trouble: &Trouble, out: Out<'_>) -> Result<(), Failure> {
    let mut say = |text: &str| write!(out, "{}", wrap("", "  ", &printable(text)));
    match trouble {
        Trouble::Stale { entry, why } => {
            say(&format!("{entry}: stale"))?;
            for why in why {
                let why = printable(&spec::read::shortened(why, 2000));
                write!(out, "{}", wrap("  ", "    ", &why))?;
            }
        }
        Trouble::Broad { entry, signatures } => {
            say(&format!(
                "{entry}: too broad, it hides {}",
                signatures.len()
            ))?;
            for signature in signatures {
                write!(out, "{}", wrap("  ", "    ", &signature.to_string()))?;
            }
        }
        Trouble::Twice { entries, signature } => {
            say(&format!(
                "{}: about the same difference",
                entries.join(" and ")
            ))?;
            write!(out, "{}", wrap("  ", "    ", &signature.to_string()))?;
        }
        Trouble::Missing {
            models,
            scope,
            finding: found,
        } => {
            let [from, to] = models.map(AnyModel::name);
            say(&format!(
                "{from} -> {to}: not in the ledger, found in {scope}"
            ))?;
            let text = finding(*models, number, &found.case, &found.difference);
            write!(out, "{text}")?;
        }
    }
    writeln!(out)?;
    Ok(())
}
