// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff explain`

use super::form::FormArgs;
use super::named::{self, Config, Given};
use super::{Exit, Failure, Io, input};
use crate::counterexample::About;
use crate::explain::Explanation;
use crate::judge::{Difference, View, incomparable, judge};
use crate::models::{AnyModel, all};
use crate::report::Report;
use crate::runs::Runs;
use spec::read::Refused;
use spec::revision::Branch;
use spec::{Case, Model};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A case, a counterexample or an entry of the ledger
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The kernels to tell about; by default those of the counterexample, and of a case the newest
    /// one of mainline
    #[arg(value_name = "MODEL", value_parser = named::model)]
    models: Vec<Given>,
    /// The first kernel
    #[arg(long, value_name = "MODEL", value_parser = named::model, requires = "to", conflicts_with = "models")]
    from: Option<Given>,
    /// The second kernel
    #[arg(long, value_name = "MODEL", value_parser = named::model, requires = "from")]
    to: Option<Given>,
    #[command(flatten)]
    config: Config,
    /// A view to compare, if models are named; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<View>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let input = input::either(&args.file, io.stdin)?;
    let mut models = args.models(io)?;
    let (case, mut claimed) = match input.counterexample() {
        Ok(received) if models.is_empty() => {
            let about = input::about(&args.file, &received)?;
            models.extend(about.models());
            let Some((_, difference)) = received.shown() else {
                args.form.print(&Report::Nothing(&about.denial()), io.out)?;
                return Ok(Exit::Differ);
            };
            (received.case, vec![(about, difference)])
        }
        Ok(received) => (received.case, Vec::new()),
        Err(case) => (*case, Vec::new()),
    };
    if models.is_empty() {
        models.extend(newest());
    }
    for (at, to) in models.iter().enumerate().skip(1) {
        if let Some(why) = incomparable(&[models[at - 1], *to], &case) {
            args.form.print(&Report::Incomparable(&why), io.out)?;
            return Ok(Exit::Unfinished);
        }
    }
    if claimed.is_empty() {
        claimed = shown(&models, &super::views(&args.views), &case);
    }
    let runs = Runs::new(&case);
    let story = Explanation::new(&models, &runs, claimed);
    args.form.print(&Report::Explain(&story), io.out)?;
    Ok(match story.shown.is_empty() {
        true => Exit::Agree,
        false => Exit::Differ,
    })
}

impl Args {
    /// Returns the models that are named, without repetition.
    fn models(&self, io: &mut Io<'_>) -> Result<Vec<AnyModel>, Failure> {
        let named = self.models.iter().chain(&self.from).chain(&self.to);
        let mut models = Vec::new();
        for given in named {
            let model = self.config.one(given, self.form.is_text(), io)?;
            if !models.contains(&model) {
                models.push(model);
            }
        }
        if models.is_empty() {
            self.config.needs_a_release("MODEL")?;
            if !self.views.is_empty() {
                let what = "--view: it says how models are compared, and no MODEL is named";
                return Err(Refused::new(what).into());
            }
        }
        Ok(models)
    }
}

/// Returns the newest model of mainline.
fn newest() -> Option<AnyModel> {
    let is_mainline = |model: &AnyModel| model.tree().revision.branch == Branch::Mainline;
    all().into_iter().rfind(is_mainline)
}

/// Returns the first difference of each model and the next one, or the first misbehaviour of the
/// only one.
fn shown(models: &[AnyModel], views: &[View], case: &Case) -> Vec<(About, Difference)> {
    let first = |about: About| {
        let all = match about {
            About::Alone(models) => judge(&models, &[], case),
            About::Pair(models) => judge(&models, views, case),
        };
        let difference = all.into_iter().next()?;
        Some((about, difference))
    };
    match *models {
        [model] => first([model].into()).into_iter().collect(),
        _ => { models.windows(2) }
            .filter_map(|pair| first([pair[0], pair[1]].into()))
            .collect(),
    }
}
