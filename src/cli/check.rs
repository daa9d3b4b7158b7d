// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff check`

use super::compare::{make_dir, write_all};
use super::scope::Long;
use super::searching::{Searched, exit, search_long};
use super::{Exit, Failure, Io};
use crate::finding::Finding;
use crate::models::AnyModel;
use crate::question::Question;
use crate::report::json::misbehaving_case;
use crate::report::{Report, SearchReport};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The model
    #[arg(value_name = "MODEL", value_parser = super::model)]
    model: AnyModel,
    #[command(flatten)]
    long: Long,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
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
        let file = |finding: &Finding| misbehaving_case(model, finding);
        write_all(dir, model.name(), &summary.findings, file)?;
    }
    let report = SearchReport::new(&question, &summary);
    args.long.form.print(&Report::Search(&report), io.out)?;
    Ok(exit(&summary))
}
