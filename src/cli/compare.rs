// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff compare`

use super::asked::Pair;
use super::out_dir::{OutDir, both};
use super::pages::PageDir;
use super::report::Mail;
use super::scope::{Long, Views};
use super::searching::{Searched, exit, search_long};
use super::{Exit, Failure, Io};
use crate::finding::Finding;
use crate::models::AnyModel;
use crate::question::Question;
use crate::report::json::counterexample;
use crate::report::{Report, SearchReport};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pair: Pair,
    #[command(flatten)]
    views: Views,
    #[command(flatten)]
    mail: Mail,
    /// Write a page of HTML for each finding into this directory, and an index
    #[arg(long, value_name = "DIR")]
    html: Option<PathBuf>,
    #[command(flatten)]
    long: Long,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let universe = args.long.scope.universe(io.stdin)?;
    let models = args.pair.models(args.long.form.is_text(), io)?;
    let views = args.views.views(&universe)?;
    let out = OutDir::new(args.long.out.as_deref())?;
    let pages = PageDir::new(args.html.as_deref())?;
    let question = Question {
        models,
        universe: &universe,
        views: &views,
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
            let file = |finding: &Finding| counterexample(models, &views, finding);
            let names = models.map(AnyModel::name).join("-");
            let files = out.map_or(Ok(()), |out| out.write_all(&names, &summary.findings, file));
            let pages = pages.map_or(Ok(()), |pages| pages.write_all(models.into(), &search));
            files.and(pages)
        },
    )?;
    Ok(exit(&summary))
}
