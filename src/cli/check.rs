// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff check`

use super::compare::{make_dir, write_all};
use super::scope::{Keep, Place, Scope, Use};
use super::searching::{Searched, certificate, covered, exit, search};
use super::{Exit, Failure, Out, print_json};
use serde_json::{Value, json};
use spec::Case;
use std::path::PathBuf;
use std::time::Duration;
use svadiff::models::AnyModel;
use svadiff::report::{misbehaves, misbehaviour, misbehaviour_to_json};
use svadiff::search::{Finding, Question};

#[derive(clap::Args)]
pub struct Args {
    /// The model
    #[arg(value_name = "MODEL", value_parser = super::model)]
    model: AnyModel,
    /// Write each finding as a case file into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    with: Use,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    place: Place,
}

pub fn run(args: &Args, out: Out<'_>) -> Result<Exit, Failure> {
    let universe = args.scope.universe()?;
    let model = args.model;
    if let Some(dir) = &args.out {
        make_dir(dir)?;
    }
    let question = Question {
        models: [model],
        universe: &universe,
        views: &[],
    };
    let Searched { outcome, prints } = search(
        question,
        &args.with,
        Some(&args.keep),
        Some(&args.place),
        Duration::ZERO,
    )?;
    if !prints {
        return Ok(exit(&outcome));
    }
    if let Some(dir) = &args.out {
        let file = |Finding { case, difference }: &Finding| {
            let title = misbehaves(model, difference);
            let titled = Case {
                title: Some(title),
                ..case.clone()
            };
            (
                model.name().to_owned(),
                difference.view.name(),
                titled.to_json(),
            )
        };
        write_all(dir, outcome.findings.iter().map(file))?;
    }
    if args.json {
        let findings = outcome.findings.iter();
        let findings: Vec<Value> = findings
            .map(|finding| misbehaviour_to_json(model, &finding.case, &finding.difference))
            .collect();
        let mut value = json!({"model": model.name()});
        let object = value.as_object_mut().expect("an object was made");
        object.extend(covered(&question, &outcome));
        object.insert("findings".to_owned(), findings.into());
        print_json(out, &value)?;
    } else {
        for (number, this) in (1..).zip(&outcome.findings) {
            writeln!(
                out,
                "{}",
                misbehaviour(model, number, &this.case, &this.difference)
            )?;
        }
        certificate(&question, &outcome, out)?;
    }
    Ok(exit(&outcome))
}
