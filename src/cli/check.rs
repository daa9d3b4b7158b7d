// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff check`

use super::compare::{make_dir, write_all};
use super::scope::Long;
use super::searching::{Searched, exit, print, search_long};
use super::{Exit, Failure, Io};
use crate::finding::Finding;
use crate::models::AnyModel;
use crate::question::Question;
use crate::report::{misbehaves, misbehaviour, misbehaviour_to_json};
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
    let Searched { summary, prints } = search_long(question, &args.long, io)?;
    if !prints {
        return Ok(exit(&summary));
    }
    if let Some(dir) = &args.long.out {
        let titled = |Finding {
                          case, difference, ..
                      }: &Finding| {
            let title = Some(misbehaves(model, difference));
            let case = case.clone();
            Case { title, ..case }.to_json()
        };
        write_all(dir, model.name(), &summary.findings, titled)?;
    }
    let head = json!({"model": model.name()});
    let to_json = |this: &Finding| misbehaviour_to_json(model, &this.case, &this.difference);
    let to_text =
        |number, this: &Finding| misbehaviour(model, number, &this.case, &this.difference);
    print(
        &question,
        &summary,
        args.long.json,
        head,
        to_json,
        to_text,
        io.out,
    )
}
