// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff compare`

use super::scope::{Long, Pair, Views};
use super::searching::{Searched, exit, search_long};
use super::{Exit, Failure, Io};
use crate::finding::Finding;
use crate::question::Question;
use crate::report::json::counterexample;
use crate::report::{Report, SearchReport, json as json_text};
use serde_json::Value;
use spec::read::{Refused, shortened};
use std::fs;
use std::io;
use std::path::Path;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pair: Pair,
    #[command(flatten)]
    views: Views,
    #[command(flatten)]
    long: Long,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let universe = args.long.scope.universe(io.stdin)?;
    let models = args.pair.models();
    let views = args.views.views(&universe)?;
    if let Some(dir) = &args.long.out {
        make_dir(dir)?;
    }
    let question = Question {
        models,
        universe: &universe,
        views: &views,
    };
    let Searched { summary, prints } = search_long(question, &args.long, io)?;
    if !prints {
        return Ok(exit(&summary));
    }
    if let Some(dir) = &args.long.out {
        let file = |finding: &Finding| counterexample(models, &views, finding);
        write_all(dir, &args.pair.names(), &summary.findings, file)?;
    }
    let report = SearchReport::new(&question, &summary);
    args.long.form.print(&Report::Search(&report), io.out)?;
    Ok(exit(&summary))
}

/// Makes the directory for the findings. This is done before the search, so that it does not fail
/// after minutes of work.
pub(super) fn make_dir(dir: &Path) -> Result<(), Failure> {
    fs::create_dir_all(dir).map_err(|error| cannot_write(dir, error).into())
}

fn cannot_write(path: &Path, error: io::Error) -> Refused {
    let name = shortened(path.display(), 300);
    Refused::new(format_args!(
        "{name}: cannot be written: {error}; try another --out"
    ))
}

/// Writes a file for each finding. Its name begins with `of`, the names of the models.
pub(super) fn write_all(
    dir: &Path,
    of: &str,
    findings: &[Finding],
    to_json: impl Fn(&Finding) -> Value,
) -> Result<(), Failure> {
    for (number, finding) in (1..).zip(findings) {
        write(dir, of, number, finding, &to_json(finding))?;
    }
    Ok(())
}

/// Writes the file of a finding. If that fails, no partial file remains.
pub(super) fn write(
    dir: &Path,
    of: &str,
    number: usize,
    finding: &Finding,
    value: &Value,
) -> Result<(), Failure> {
    let view = finding.difference.view.name();
    let id = finding.id();
    let path = dir.join(format!("{of}-{number}-{view}-{id}.json"));
    let partial = path.with_extension("partial");
    fs::write(&partial, json_text(value))
        .and_then(|()| fs::rename(&partial, &path))
        .map_err(|error| {
            // A partial file is of no use.
            let _ = fs::remove_file(&partial);
            cannot_write(&path, error).into()
        })
}
