// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff check`

use super::compare::{make_dir, write_all};
use super::scope::Long;
use super::searching::{Searched, certificate, covered, exit, search_long};
use super::{Exit, Failure, Out, print_json};
use serde_json::{Value, json};
use spec::Case;
use svadiff::models::AnyModel;
use svadiff::report::{misbehaves, misbehaviour, misbehaviour_to_json};
use svadiff::search::{Finding, Question};

#[derive(clap::Args)]
pub struct Args {
    /// The model
    #[arg(value_name = "MODEL", value_parser = super::model)]
    model: AnyModel,
    #[command(flatten)]
    long: Long,
}

pub fn run(args: &Args, out: Out<'_>) -> Result<Exit, Failure> {
    let universe = args.long.scope.universe()?;
    let model = args.model;
    if let Some(dir) = &args.long.out {
        make_dir(dir)?;
    }
    let question = Question {
        models: [model],
        universe: &universe,
        views: &[],
    };
    let Searched { outcome, prints } = search_long(question, &args.long)?;
    if !prints {
        return Ok(exit(&outcome));
    }
    if let Some(dir) = &args.long.out {
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
    if args.long.json {
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
