// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff matrix`

use super::asked::MaybePair;
use super::form::FormArgs;
use super::pages::{check_file, write};
use super::scope::{Scope, Use, Views};
use super::searching::{Sharing, exit as exit_of, search, search_each, stop_when_interrupted};
use super::{Exit, Failure, Io};
use crate::limits::Deadline;
use crate::models::{AnyModel, all};
use crate::question::Question;
use crate::report::html::{self, MatrixPage, PairFinding};
use crate::report::{MatrixPair, MatrixReport, Report, SearchReport, digest};
use spec::read::Refused;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Write a page of HTML with the matrix of all models, the history and the differences of each
    /// pair; - prints it. For one pair, use compare A B --html DIR
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "form"])]
    html: Option<PathBuf>,
    #[command(flatten)]
    pair: MaybePair,
    #[command(flatten)]
    views: Views,
    #[command(flatten)]
    form: FormArgs,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    with: Use,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let universe = args.scope.universe(io.stdin)?;
    let views = args.views.views(&universe)?;
    if let Some(models) = args.pair.models(args.form.is_text(), io)? {
        if args.html.is_some() {
            let [from, to] = models.map(AnyModel::name);
            let what = format!(
                "--html: the page is about all models; for one pair, try \
                 svadiff compare {from} {to} --html DIR"
            );
            return Err(Refused::new(what).into());
        }
        let question = Question {
            models,
            universe: &universe,
            views: &views,
        };
        let summary = search(question, &args.with, io)?;
        let report = SearchReport::new(&question, &summary);
        args.form.print(&Report::Upgrade(&report), io.out)?;
        return Ok(exit_of(&summary));
    }
    check_file(args.html.as_deref())?;
    let mut page = MatrixPage::new();
    let models = all();
    let pairs: Vec<(usize, usize)> = (0..models.len())
        .flat_map(|at| (at + 1..models.len()).map(move |to| (at, to)))
        .collect();
    let question = |&(at, to): &(usize, usize)| Question {
        models: [models[at], models[to]],
        universe: &universe,
        views: &views,
    };
    let questions = pairs.iter().map(question).collect();
    let time = args.with.limits().time;
    let deadline = Deadline::new(time, stop_when_interrupted(io)?);
    let summaries = search_each(questions, Sharing::Searches, &args.with, deadline, io);
    let mut exit = Exit::Agree;
    let mut rows: Vec<_> = models.iter().map(|&from| (from, Vec::new())).collect();
    for (pair, summary) in pairs.into_iter().zip(summaries) {
        let question = question(&pair);
        exit = match (exit_of(&summary), exit) {
            (Exit::Agree, exit) | (Exit::Differ, exit @ Exit::Unfinished) => exit,
            (exit, _) => exit,
        };
        if args.html.is_some() {
            let findings = summary.findings.iter();
            let findings = findings.map(|finding| PairFinding::new(question.models, finding));
            page.insert(pair, findings.collect());
        }
        let digest = || digest(&question, &summary.findings);
        let (at, to) = pair;
        rows[at].1.push(MatrixPair {
            to: models[to],
            findings: summary.findings.len(),
            complete: summary.complete(),
            digest: summary.complete().then(digest),
        });
    }
    let report = MatrixReport {
        universe: &universe,
        views: &views,
        rows,
    };
    match &args.html {
        Some(path) => write(path, &html::matrix(&report, &page), io)?,
        None => args.form.print(&Report::Matrix(&report), io.out)?,
    }
    Ok(exit)
}
