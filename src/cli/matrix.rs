// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff matrix`

use super::scope::Scope;
use super::{Exit, Failure, Out, print_json};
use serde_json::{Value, json};
use svadiff::models::{AnyModel, all};
use svadiff::report::wrap;
use svadiff::search::{Outcome, compare};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    scope: Scope,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, out: Out<'_>) -> Result<Exit, Failure> {
    let universe = args.scope.universe()?;
    let (views, limits) = (args.scope.views(), args.scope.limits());
    let models = all();
    let mut exit = Exit::Agree;
    let mut pairs: Vec<Value> = Vec::new();
    let mut rows: Vec<(AnyModel, Vec<Outcome>)> = Vec::new();
    for (at, &from) in models.iter().enumerate() {
        let mut row = Vec::new();
        for &to in &models[at + 1..] {
            let outcome = compare([from, to], &universe, &views, limits);
            exit = match (outcome.complete, exit) {
                (false, _) | (true, Exit::Unfinished) => Exit::Unfinished,
                (true, exit) if outcome.findings.is_empty() => exit,
                (true, _) => Exit::Differ,
            };
            pairs.push(json!({
                "from": from.name(),
                "to": to.name(),
                "complete": outcome.complete,
                "findings": outcome.findings.len(),
                "digest": outcome.digest([from, to], &universe, &views),
            }));
            row.push(outcome);
        }
        rows.push((from, row));
    }
    let names: Vec<_> = views.iter().map(|view| view.name()).collect();
    if args.json {
        let value = json!({"universe": universe.to_json(), "views": names, "pairs": pairs});
        print_json(out, &value)?;
        return Ok(exit);
    }
    // Names of models are too long to stand over a column; they stand at the end of the row.
    for (number, (from, row)) in rows.iter().enumerate() {
        write!(out, "{:12}", from.name())?;
        write!(out, "{}", "    ".repeat(number))?;
        write!(out, "   .")?;
        for outcome in row {
            write!(out, "{:>4}", cell(outcome))?;
        }
        writeln!(out)?;
    }
    writeln!(out)?;
    let legend = "the findings of each pair of models, which stand in the same order from left to \
                  right; 0 is no difference, and a + says that the search was stopped";
    write!(out, "{}", wrap("Numbers    ", &" ".repeat(11), legend))?;
    write!(
        out,
        "{}",
        wrap("Universe   ", &" ".repeat(11), &universe.to_string())
    )?;
    write!(
        out,
        "{}",
        wrap("Views      ", &" ".repeat(11), &names.join(", "))
    )?;
    Ok(exit)
}

fn cell(outcome: &Outcome) -> String {
    let more = if outcome.complete { "" } else { "+" };
    format!("{}{more}", outcome.findings.len())
}
