// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff compare`

use super::scope::Scope;
use super::{Exit, Failure, Out, print_json};
use serde_json::{Value, json};
use spec::read::{Refused, shortened};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use svadiff::counterexample;
use svadiff::diff::View;
use svadiff::models::AnyModel;
use svadiff::report::{finding, json as json_text, wrap};
use svadiff::search::{Outcome, Universe, compare};

#[derive(clap::Args)]
pub struct Args {
    /// The first model
    #[arg(value_name = "A", value_parser = super::model)]
    from: AnyModel,
    /// The second model
    #[arg(value_name = "B", value_parser = super::model)]
    to: AnyModel,
    #[command(flatten)]
    scope: Scope,
    /// Write each finding as a counterexample file into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, out: Out<'_>) -> Result<Exit, Failure> {
    let universe = args.scope.universe()?;
    let models = [args.from, args.to];
    let views = args.scope.views();
    let limits = args.scope.limits();
    if let Some(dir) = &args.out {
        // Not after minutes of searching.
        fs::create_dir_all(dir).map_err(|error| cannot_write(dir, error))?;
    }
    let outcome = compare(models, &universe, &views, limits);
    let to_json = |finding: &svadiff::search::Finding| {
        let scope = outcome.complete.then(|| universe.to_string());
        counterexample::to_json(models, &views, &finding.case, &finding.difference, scope)
    };
    if let Some(dir) = &args.out {
        write_all(dir, models, outcome.findings.iter().map(to_json))?;
    }
    if args.json {
        let findings: Vec<Value> = outcome.findings.iter().map(to_json).collect();
        let view_set = views.clone();
        let views: Vec<_> = views.iter().map(|view| view.name()).collect();
        let value = json!({
            "from": args.from.name(),
            "to": args.to.name(),
            "views": views,
            "universe": universe.to_json(),
            "states": outcome.states,
            "transitions": outcome.transitions,
            "depth": outcome.depth,
            "complete": outcome.complete,
            "digest": outcome.digest(models, &universe, &view_set),
            "findings": findings,
        });
        print_json(out, &value)?;
    } else {
        for (number, this) in (1..).zip(&outcome.findings) {
            writeln!(
                out,
                "{}",
                finding(models, number, &this.case, &this.difference)
            )?;
        }
        summary(models, &universe, &views, &outcome, out)?;
    }
    Ok(match (outcome.complete, outcome.findings.is_empty()) {
        (false, _) => Exit::Unfinished,
        (true, true) => Exit::Agree,
        (true, false) => Exit::Differ,
    })
}

fn summary(
    models: [AnyModel; 2],
    universe: &Universe,
    views: &[View],
    outcome: &Outcome,
    out: Out<'_>,
) -> Result<(), Failure> {
    let complete = match outcome.complete {
        true => "complete",
        false => "NOT COMPLETE: stopped at --max-states, or where a case would be too long",
    };
    let found = match (outcome.findings.len(), outcome.complete) {
        (0, true) => "no difference in this universe",
        (0, false) => "so far; nothing is said about the rest",
        (_, true) => "no shorter sequence in this universe shows any of them",
        (_, false) => "so far",
    };
    let [from, to] = models.map(AnyModel::name);
    let Outcome {
        states,
        transitions,
        depth,
        ..
    } = outcome;
    let seen: Vec<_> = views.iter().map(|view| view.name()).collect();
    let seen = format!("{} only", seen.join(", "));
    let collisions = outcome.collision_exponent();
    let states = format!("{states} distinct, {transitions} transitions, depth {depth}, {complete}");
    for (label, text) in [
        ("Models", format!("{from} and {to}")),
        ("Views", seen),
        ("Universe", universe.to_string()),
        ("States", states),
    ] {
        if label == "Views" && views == View::DEFAULT {
            continue;
        }
        write!(
            out,
            "{}",
            wrap(&format!("{label:11}"), &" ".repeat(11), &text)
        )?;
    }
    let first = format!("Findings   {}   ", outcome.findings.len());
    write!(out, "{}", wrap(&first, &" ".repeat(first.len()), found))?;
    let digest = outcome.digest(models, universe, views);
    writeln!(
        out,
        "Digest     {digest}   two states are taken for one with p < 2^{collisions}"
    )?;
    Ok(())
}

fn cannot_write(path: &Path, error: io::Error) -> Refused {
    let name = shortened(path.display(), 300);
    Refused::new(format_args!(
        "{name}: cannot be written: {error}; try another --out"
    ))
}

/// Writes counterexample files, each whole or not at all.
fn write_all(
    dir: &Path,
    models: [AnyModel; 2],
    all: impl Iterator<Item = Value>,
) -> Result<(), Failure> {
    let [from, to] = models.map(AnyModel::name);
    for (number, value) in (1..).zip(all) {
        let view = value["first_difference"]["view"].as_str().unwrap_or("");
        let id = value["id"].as_str().unwrap_or("");
        let path = dir.join(format!("{from}-{to}-{number}-{view}-{id}.json"));
        let partial = path.with_extension("partial");
        let written = fs::write(&partial, json_text(&value));
        written
            .and_then(|()| fs::rename(&partial, &path))
            .map_err(|error| {
                // Half a file is of no use to anybody.
                let _ = fs::remove_file(&partial);
                cannot_write(&path, error)
            })?;
    }
    Ok(())
}
