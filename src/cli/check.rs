// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff check`

use super::compare::{make_dir, write_all};
use super::scope::Long;
use super::searching::{Searched, exit, print, search_long};
use super::{Exit, Failure, Io};
use crate::models::AnyModel;
use crate::report::{misbehaves, misbehaviour, misbehaviour_to_json};
use crate::search::{Finding, Question};
use serde_json::json;
use spec::Case;

#[derive(clap::Args)]
pub struct Args {
    /// The model
    #[arg(value_name = "MODEL", value_parser = super::model)]
    model: AnyModel,
    #[command(flatten)]
    long: Long,
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let universe = args.long.scope.universe(io.stdin)?;
    let model = args.model;
    if let Some(dir) = &args.long.out {
        make_dir(dir)?;
    }
    let question = Question {
        models: [model],
        universe: &universe,
        views: &[],
    };
    let Searched { outcome, prints } = search_long(question, &args.long, io)?;
    if !prints {
        return Ok(exit(&outcome));
    }
    if let Some(dir) = &args.long.out {
        let titled = |Finding { case, difference }: &Finding| {
            let title = Some(misbehaves(model, difference));
            let case = case.clone();
            Case { title, ..case }.to_json()
        };
        write_all(dir, model.name(), &outcome.findings, titled)?;
    }
    let head = json!({"model": model.name()});
    let to_json = |this: &Finding| misbehaviour_to_json(model, &this.case, &this.difference);
    let to_text =
        |number, this: &Finding| misbehaviour(model, number, &this.case, &this.difference);
    print(
        &question,
        &outcome,
        args.long.json,
        head,
        to_json,
        to_text,
        io.out,
    )
}
