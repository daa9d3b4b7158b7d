// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff explain`

use super::asked::{Asked, CaseAndModels, claimed};
use super::form::FormArgs;
use super::named::{self, Given};
use super::{Exit, Failure, Io, input};
use crate::counterexample::About;
use crate::explain::Explanation;
use crate::judge::{Difference, View, incomparable};
use crate::models::{AnyModel, all};
use crate::report::Report;
use crate::runs::Runs;
use engine::registered::Registered;
use spec::read::Refused;
use spec::revision::Branch;
use spec::{Case, Model};

/// The models are by default those of the counterexample, and of a case the newest one of mainline.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: CaseAndModels,
    /// One more model to tell about, after those of a counterexample
    #[arg(long = "model", value_name = "NAME", value_parser = named::model)]
    more: Vec<Given>,
    /// A view to compare, if models are named; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW", value_parser = super::view())]
    views: Vec<View>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let asked = args.what.asked()?;
    let mut models = args.models(&asked, io)?;
    let path = asked.source.path();
    let (case, mut told) = match asked.source.either(io.stdin)?.counterexample() {
        // Models in place of those of the counterexample are asked about instead of its claim.
        Ok(received)
            if !asked.names_models() && (models.is_empty() || received.about().is_some()) =>
        {
            let about = input::about(path, &received)?;
            let more = models
                .into_iter()
                .filter(|model| !about.models().contains(model));
            models = about.models().iter().copied().chain(more).collect();
            let (_, difference) = match claimed(about, &received) {
                Ok(shown) => shown,
                Err(none) => return none.print(about.models(), &args.form, Exit::Agree, io),
            };
            (received.case, vec![(about, difference)])
        }
        Ok(received) => (received.case, Vec::new()),
        Err(case) => (*case, Vec::new()),
    };
    if models.is_empty() {
        models.extend(newest());
    }
    for pair in models.windows(2) {
        if let Some(why) = incomparable(&[pair[0], pair[1]], &case) {
            args.form.print(&Report::Incomparable(&why), io.out)?;
            return Ok(Exit::Unfinished);
        }
    }
    let views = super::views(&args.views);
    match told.first().map(|(about, _)| about.models().len()) {
        None => told = shown(&models, &views, &case),
        // The claim stands between the models that it is about.
        Some(count) if models.len() > count => {
            told.extend(shown(&models[count - 1..], &views, &case));
        }
        Some(_) => {}
    }
    let runs = Runs::new(&case);
    let story = Explanation::new(&models, &runs, told);
    args.form.print(&Report::Explain(&story), io.out)?;
    Ok(match story.shown.is_empty() {
        true => Exit::Agree,
        false => Exit::Differ,
    })
}

impl Args {
    /// Returns the models that are named, without repetition.
    fn models(&self, asked: &Asked<'_>, io: &mut Io<'_>) -> Result<Vec<AnyModel>, Failure> {
        let is_text = self.form.is_text();
        let mut named = asked.models(is_text, io)?;
        for given in &self.more {
            named.push(asked.config.one(given, is_text, io)?);
        }
        let mut models = Vec::new();
        for model in named {
            if !models.contains(&model) {
                models.push(model);
            }
        }
        if models.is_empty() {
            asked.config.needs_a_release("model")?;
            if !self.views.is_empty() {
                let what = "--view: it says how models are compared, and no model is named";
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
            About::Alone(models) => AnyModel::judge(models, &[], case),
            About::Pair(models) => AnyModel::judge(models, views, case),
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
