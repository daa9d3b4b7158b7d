// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff check`

use super::named::{self, Config, Given};
use super::out_dir::{OutDir, both};
use super::report::Mail;
use super::scope::Long;
use super::searching::{Searched, exit, search_long};
use super::{Exit, Failure, Io};
use crate::finding::Finding;
use crate::models::AnyModel;
use crate::question::Question;
use crate::report::json::counterexample;
use crate::report::{Report, SearchReport};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The model, by its name or by a release
    #[arg(value_name = "MODEL", value_parser = named::model)]
    model: Given,
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    mail: Mail,
    #[command(flatten)]
    long: Long,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let universe = args.long.scope.universe(io.stdin)?;
    let is_text = args.long.form.is_text();
    let model = args.config.one(&args.model, is_text, io)?;
    let models = [model];
    let out = OutDir::new(args.long.out.as_deref())?;
    let question = Question {
        models,
        universe: &universe,
        views: &[],
    };
    let Searched { summary, prints } = search_long(question, &args.long, io)?;
    if !prints {
        return Ok(exit(&summary));
    }
    let search = SearchReport::new(&question, &summary);
    let mailed = args.mail.report(&search);
    let report = mailed
        .as_ref()
        .map_or(Report::Search(&search), Report::Mailed);
    both(
        io,
        |io| args.long.form.print(&report, io.out),
        || {
            let file = |finding: &Finding| counterexample(models, &[], finding);
            let name = AnyModel::name(model);
            out.map_or(Ok(()), |out| out.write_all(name, &summary.findings, file))
        },
    )?;
    Ok(exit(&summary))
}
