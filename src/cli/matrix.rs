// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff matrix`

use super::scope::{Scope, Use, Views};
use super::searching::{digest, exit as exit_of, search};
use super::{Exit, Failure, Io, print_json};
use crate::models::{AnyModel, all};
use crate::question::{Question, SearchSummary};
use crate::report::wrap;
use serde_json::{Value, json};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    views: Views,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    with: Use,
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let universe = args.scope.universe(io.stdin)?;
    let views = args.views.views(&universe)?;
    let begun = Instant::now();
    let models = all();
    let mut exit = Exit::Agree;
    let mut pairs: Vec<Value> = Vec::new();
    let mut rows: Vec<(AnyModel, Vec<SearchSummary>)> = Vec::new();
    for (at, &from) in models.iter().enumerate() {
        let mut row = Vec::new();
        for &to in &models[at + 1..] {
            let question = Question {
                models: [from, to],
                universe: &universe,
                views: &views,
            };
            let summary = search(question, &args.with, begun.elapsed(), io)?;
            exit = match (exit_of(&summary), exit) {
                (Exit::Agree, exit) | (Exit::Differ, exit @ Exit::Unfinished) => exit,
                (exit, _) => exit,
            };
            pairs.push(json!({
                "from": from.name(),
                "to": to.name(),
                "complete": summary.complete(),
                "findings": summary.findings.len(),
                "digest": digest(&question, &summary),
            }));
            row.push(summary);
        }
        rows.push((from, row));
    }
    let out = &mut *io.out;
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
        for summary in row {
            write!(out, "{:>4}", cell(summary))?;
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

fn cell(summary: &SearchSummary) -> String {
    let more = if summary.complete() { "" } else { "+" };
    format!("{}{more}", summary.findings.len())
}
