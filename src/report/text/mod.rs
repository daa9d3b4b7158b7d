// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports as plain text of at most [`WIDTH`](super::WIDTH) columns, ready to be pasted into a
//! mail.

mod artifact;
mod bisect;
mod columns;
mod conform;
mod diff;
pub(in crate::report) mod explain;
mod finding;
mod hunt;
mod ledger;
mod litmus;
mod mail;
mod matrix;
mod minimized;
mod models;
mod ranges;
mod replay;
mod schemas;
mod search;
mod side_by_side;
mod trace;
mod upgrade;
mod why;
mod words;
mod wrap;

pub use columns::{both_runs, columns};
pub(crate) use explain::breaks_no_rule;
pub use finding::{case_lines, finding, headline, misbehaves};
pub(super) use finding::{seen, shown_by};
pub(super) use matrix::groups;
pub use ranges::names;
pub(super) use search::certificate_rows;
pub use side_by_side::side_by_side;
pub use spec::text::{fault, op, topology};
pub(super) use words::commit;
pub use words::{call, cites, live, ret};
pub use wrap::wrap;

use super::{Form, Report, effects};
use crate::finding::Finding;
use crate::judge::{UserEffect, View};
use crate::models::AnyModel;
use spec::Model;
use std::io::{self, Write};

/// The width of a column of names of models.
const NAME: usize = 14;

/// The form of plain text.
pub(super) const FORM: Form = Form {
    name: "text",
    write,
};

fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let text = match report {
        Report::Models(models) => models::models(models),
        Report::Release(report) => models::release(report),
        Report::Trace(report) => trace::trace(report),
        Report::Diff(report) => diff::diff(report),
        Report::Incomparable(why) => wrap("", "", &format!("incomparable: {why}")),
        Report::Bisect(report) => bisect::bisect(report),
        Report::Search(report) => search::search(report),
        Report::Upgrade(report) => upgrade::upgrade(report),
        Report::Matrix(report) => matrix::matrix(report),
        Report::Race(report) => litmus::litmus(report),
        Report::Minimized(report) => minimized::minimized(report),
        Report::HuntFinding(report) => hunt::last_finding(report),
        Report::Hunt(report) => hunt::hunt(report),
        Report::Ledger(entries) => ledger::ledger(entries),
        Report::LedgerCheck(report) => ledger::check(report),
        Report::LedgerEntry(entry) => super::json(entry),
        Report::Replay(report) => replay::replay(report),
        Report::ReplayedMail(report) => mail::replayed(report),
        Report::Bare(report) => replay::bare(report),
        Report::Conform(report) => conform::conform(report),
        Report::Artifact(report) => artifact::artifact(report),
        Report::Mail(report) => super::mail::report(report),
        Report::Mailed(report) => super::mail::mailed(report),
        Report::Explain(story) => explain::explain(story),
        Report::Schemas(schemas) => schemas::schemas(schemas),
        Report::Schema(schema) => super::json(&schema.value),
        Report::Why(report) => why::why(report),
        Report::Nothing(why) => wrap("", "", why),
    };
    out.write_all(text.as_bytes())
}

/// Returns the views, unless they are the default ones.
fn only_views(views: &[View]) -> Option<String> {
    let names: Vec<_> = views.iter().map(|view| view.name()).collect();
    let usual = views.is_empty() || views == View::DEFAULT;
    (!usual).then(|| format!("{} only", names.join(", ")))
}

/// Returns the operations that were left out because the models cannot be compared with them.
fn left_out(models: &[AnyModel]) -> Option<String> {
    let &[from, to] = models else { return None };
    let left_out = crate::judge::left_out(&[from, to]);
    let all = left_out.into_iter().map(|code| {
        let lacks = |model: &&AnyModel| !code.info().exists(model.tree().commits);
        let model = models
            .iter()
            .find(lacks)
            .map_or("one", |model| model.name());
        format!("{code}, which {model} does not have")
    });
    let all: Vec<_> = all.collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Returns a sentence about the effects on users who go from the first model to the second, with
/// the number of findings for each effect. Returns `None` if there are no findings or only one
/// model.
fn effect<'f>(
    models: &[AnyModel],
    findings: impl IntoIterator<Item = &'f Finding>,
) -> Option<String> {
    let [_, to] = models else { return None };
    let counts = effects(findings);
    let all = counts.into_iter().filter(|(_, count)| *count > 0);
    let all: Vec<_> = all
        .map(|(effect, count)| match effect {
            UserEffect::Differs => format!("{} in {count}", effect.name()),
            UserEffect::Fixes | UserEffect::Breaks | UserEffect::Keeps => {
                format!("{} {count}", effect.name())
            }
        })
        .collect();
    (!all.is_empty()).then(|| format!("{} {}", to.name(), all.join(", ")))
}

/// Formats labelled lines. Three spaces in their text stay as they are.
fn block(rows: &[(&str, Option<String>)]) -> String {
    let mut all = String::new();
    for (label, text) in rows {
        if let Some(text) = text {
            all += &row(label, text);
        }
    }
    all
}

/// Formats a labelled line.
pub(super) fn row(label: &str, text: &str) -> String {
    let words = text.replace("   ", "\u{e000}\u{e000} ");
    let line = wrap(&format!("{label:11}"), &" ".repeat(11), &words);
    line.replace('\u{e000}', " ")
}
