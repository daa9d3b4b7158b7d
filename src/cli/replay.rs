// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff replay`

use super::{Exit, Failure, Io, Out, input};
use crate::judge::{View, differences};
use crate::models::{AnyModel, all};
use crate::report::{both_runs, finding, headline, wrap};
use crate::runs::Runs;
use input::Input;
use spec::read::{printable, shortened};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A counterexample, or a case, which claims nothing
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let received = match input::either(&args.file, stdin)? {
        Input::Counterexample(received) => received,
        Input::Case(case) => return bare(&case, out),
    };
    if let Some(title) = &received.case.title {
        write!(out, "{}", wrap("", "", &printable(title)))?;
        writeln!(out)?;
    }
    let report = received.replay();
    match received.difference() {
        Some(shown) => {
            let (models, runs) = (&received.models, Runs::new(&received.case.bare()));
            write!(out, "{}", finding(models, 1, &runs, &shown))?;
            write!(out, "{}", both_runs(models, &runs))?;
        }
        None => {
            let [from, to] = received.models.map(AnyModel::name);
            writeln!(out, "{from} and {to} do not differ as the file claims.")?;
        }
    }
    writeln!(out)?;
    for what in &report.not_checked {
        write!(out, "{}", wrap("Not checked: ", "  ", what))?;
    }
    if report.wrong.is_empty() {
        let everything = match report.not_checked.is_empty() {
            true => "Everything",
            false => "Everything else",
        };
        writeln!(out, "{everything} that the file claims is what happens.")?;
        return Ok(Exit::Agree);
    }
    writeln!(out, "NOT what happens:")?;
    for wrong in &report.wrong {
        let mut line = |first: &str, text: &str| {
            let text = printable(&shortened(text, 2000));
            write!(out, "{}", wrap(first, "             ", &text))
        };
        line("  ", &wrong.what)?;
        line("    claimed  ", &wrong.claimed)?;
        line("    happens  ", &wrong.happens)?;
    }
    Ok(Exit::Differ)
}

/// Prints where the models differ with a case. A case makes no claims.
fn bare(case: &spec::Case, out: Out<'_>) -> Result<Exit, Failure> {
    let runs = Runs::new(case);
    writeln!(out, "A case without claims. Along history:")?;
    for model in all() {
        let Some(base) = model.base() else { continue };
        let models = [base, model];
        let [from, to] = models.map(|model| runs.recording(model));
        let text = match differences(case, &from, &to, &View::DEFAULT).first() {
            None => format!("as {}", base.name()),
            Some(first) => format!("{}: {}", first.place, headline(models, case, first)),
        };
        let first = format!("  {:12}", AnyModel::name(model));
        write!(out, "{}", wrap(&first, &" ".repeat(14), &text))?;
    }
    Ok(Exit::Agree)
}
