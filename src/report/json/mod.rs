// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports as JSON. `docs/formats.md` describes them.

mod artifact;
mod bisect;
mod conform;
mod counterexample;
mod diff;
mod difference;
mod explain;
mod history;
mod hunt;
mod ledger;
mod mail;
mod matrix;
mod misbehaviour;
mod models;
pub(crate) mod place;
mod print;
mod race;
mod replay;
mod search;
pub(crate) mod signature;
mod trace;
mod why;

pub use counterexample::counterexample;
pub use ledger::new_entry;
pub use misbehaviour::misbehaviour;
pub(crate) use print::one_line;
pub use print::{escape_json, json};
pub use trace::traces;

use super::{Form, Report};
use crate::finding::Finding;
use crate::judge::View;
use crate::models::AnyModel;
use serde_json::{Value, json};
use std::io::{self, Write};

/// JSON for programs, formatted so that people can read it.
pub const FORM: Form = Form {
    name: "json",
    write,
};

fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    match of(report) {
        Some(value) => out.write_all(print::json(&value).as_bytes()),
        None => Ok(()),
    }
}

/// Returns a report as JSON; `None` if it is only a part of a later report.
fn of(report: &Report<'_>) -> Option<Value> {
    Some(match report {
        Report::Models(models) => models::models(models),
        Report::Release(report) => models::release(report),
        Report::Trace(report) => json!({"traces": traces(report.models, report.runs)}),
        Report::Diff(report) => diff::diff(report),
        Report::Incomparable(why) => json!({ "incomparable": why }),
        Report::Bisect(report) => bisect::bisect(report),
        Report::Search(report) | Report::Upgrade(report) => search::search(report),
        Report::Mail(report) => counterexample(report.about, report.views, report.finding),
        Report::Mailed(report) => search::search(report.search),
        Report::Matrix(report) => matrix::matrix(report),
        Report::Race(report) => race::race(report),
        Report::Minimized(report) => counterexample(report.about, report.views, report.finding),
        Report::HuntFinding(_) => return None,
        Report::Hunt(report) => hunt::hunt(report),
        Report::Ledger(entries) => ledger::ledger(entries),
        Report::LedgerCheck(report) => ledger::check(report),
        Report::LedgerEntry(entry) => (*entry).clone(),
        Report::Replay(report) => replay::replay(report),
        Report::ReplayedMail(report) => mail::replayed(report),
        Report::Bare(report) => replay::bare(report),
        Report::Conform(report) => conform::conform(report),
        Report::Artifact(report) => artifact::artifact(report),
        Report::Explain(story) => explain::explain(story),
        Report::Schemas(schemas) => { schemas.iter() }
            .map(|schema| json!({"name": schema.name, "what": schema.what}))
            .collect(),
        Report::Schema(schema) => schema.value.clone(),
        Report::Why(report) => why::why(report),
        Report::Nothing(_) => Value::Null,
    })
}

/// Returns the operations that were left out because two models cannot be compared with them; `None`
/// if there are none.
fn left_out(models: &[AnyModel]) -> Option<Value> {
    let &[from, to] = models else { return None };
    let left_out = crate::judge::left_out(&[from, to]);
    (!left_out.is_empty()).then(|| left_out.iter().map(|code| code.name()).collect())
}

/// Returns the names of views.
fn views(views: &[View]) -> Value {
    views.iter().map(|view| view.name()).collect()
}

/// Returns each effect with the number of findings of two models that have it.
fn effects<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Value {
    let counts = super::effects(findings).into_iter();
    let counts = counts.map(|(effect, count)| (effect.name().to_owned(), count.into()));
    Value::Object(counts.collect())
}
