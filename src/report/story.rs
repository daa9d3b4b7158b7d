// SPDX-License-Identifier: GPL-2.0-or-later
//! What a page or a note for an issue tracker tells of a case: computed once, whatever its form.

use super::text::{seen, shown_by};
use super::timeline::Timeline;
use super::{case_lines, cites, headline, misbehaves};
use crate::counterexample::About;
use crate::finding::id;
use crate::history::Change;
use crate::judge::{Difference, Place, View};
use crate::models::AnyModel;
use crate::runs::Runs;
use spec::{Case, Model};

/// What is told of a case.
#[derive(Clone, Debug)]
pub struct Story {
    /// One sentence without a full stop.
    pub headline: String,
    /// What it is for users who go from the first kernel to the second.
    pub effect: Option<&'static str>,
    /// Where it shows, and in which view.
    pub place: Option<(Place, View)>,
    /// What happens, moment by moment.
    pub timeline: Timeline,
    /// What each kernel does there, and the lines of source that decided it.
    pub results: Vec<Outcome>,
    /// How many schedules of a concurrent case show it.
    pub shown: Option<String>,
    /// The commits that began and ended it.
    pub commits: Vec<(&'static str, Change)>,
    /// What follows from it, and what differs besides: each with its place and in a sentence.
    pub further: Vec<Further>,
    /// The case as text.
    pub case: String,
    /// The arguments of `svadiff` that show the same.
    pub command: String,
    /// The id of the case.
    pub id: String,
    /// What the file says of itself, each with a label. Untrusted text.
    pub remarks: Vec<(&'static str, String)>,
    /// What has to be known first, such as that a claim does not hold.
    pub warning: Option<String>,
}

/// What a kernel does at the place of a difference.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The kernel.
    pub model: AnyModel,
    /// What it does.
    pub seen: String,
    /// The lines of source that decided it.
    pub cites: Vec<String>,
}

/// A further difference of the same case.
#[derive(Clone, Debug)]
pub struct Further {
    /// Where it shows.
    pub place: Place,
    /// What it is, in one sentence without a full stop.
    pub what: String,
    /// Whether it is a consequence of an earlier one.
    pub follows: bool,
}

impl Story {
    /// Tells of a difference of two kernels or of the misbehaviour of one. `runs` may already have
    /// the recordings.
    pub fn of_finding(about: About, runs: &Runs, found: &Difference) -> Self {
        let (models, case) = (about.models(), runs.case());
        let history = about.history(runs, found);
        let outcome = |(model, decided): (&AnyModel, _)| Outcome {
            model: *model,
            seen: seen(&runs.recording(*model), found),
            cites: cites(decided, model.tree()),
        };
        let commits = [("since", history.introduced), ("until", history.fixed)];
        let commits = commits.into_iter();
        let timeline = Timeline::of_finding(models, case, found);
        Story {
            headline: about.headline(case, found),
            effect: about.pair().map(|_| found.cause.effect().name()),
            place: Some((found.place, found.view)),
            results: models.iter().zip(found.decided).map(outcome).collect(),
            shown: shown_by(models, runs, found),
            commits: { commits }
                .filter_map(|(label, change)| Some((label, change?)))
                .collect(),
            further: further(&timeline, Some(found)),
            ..Story::of(case, timeline, Some(found.place))
        }
    }

    /// Tells what several kernels do with a case, without a claim. Those that do the same are told of
    /// once.
    pub fn of_case(models: &[AnyModel], case: &Case) -> Self {
        let timeline = Timeline::of_models(models, case);
        let columns = &timeline.columns;
        let further = further(&timeline, None);
        let headline = match columns.len() {
            1 if columns[0].models.len() == 1 => format!("What {} does", columns[0].names()),
            1 => format!("{} kernels do the same", columns[0].models.len()),
            count if count == models.len() => format!("What {count} kernels do"),
            count => format!("{} kernels do {count} different things", models.len()),
        };
        Story {
            headline,
            further,
            warning: timeline.incomparable.as_ref().map(|why| {
                format!("Some of these kernels are not compared with the first one: {why}.")
            }),
            ..Story::of(case, timeline, None)
        }
    }

    fn of(case: &Case, timeline: Timeline, marked: Option<Place>) -> Self {
        let names: Vec<&str> = { timeline.columns.iter() }
            .map(|column| column.models[0].name())
            .collect();
        let command = command(case, &names);
        Story {
            headline: String::new(),
            effect: None,
            place: None,
            timeline,
            results: Vec::new(),
            shown: None,
            commits: Vec::new(),
            further: Vec::new(),
            case: case_lines(case, marked),
            command,
            id: id(case),
            remarks: remarks(case),
            warning: None,
        }
    }
}

/// Returns what the file says of itself.
fn remarks(case: &Case) -> Vec<(&'static str, String)> {
    let all = [
        ("title", &case.title),
        ("origin", &case.origin),
        ("note", &case.note),
    ];
    let all = all.into_iter();
    all.filter_map(|(label, text)| Some((label, text.clone()?)))
        .collect()
}

/// Returns all differences in the columns but the one that the story is about, once each.
fn further(timeline: &Timeline, found: Option<&Difference>) -> Vec<Further> {
    let case = &timeline.case;
    let first = timeline.columns.first().map(|column| column.models[0]);
    let mut all: Vec<Further> = Vec::new();
    for column in &timeline.columns {
        for difference in &column.differences {
            let is_it = |found: &Difference| found.cause == difference.cause;
            if found.is_some_and(is_it) && !difference.follows {
                continue;
            }
            let what = match (first, column.models[0]) {
                (Some(first), this) if first != this => headline([first, this], case, difference),
                (_, this) => misbehaves(this, difference),
            };
            let (place, follows) = (difference.place, difference.follows);
            if !all
                .iter()
                .any(|this| this.place == place && this.what == what)
            {
                all.push(Further {
                    place,
                    what,
                    follows,
                });
            }
        }
    }
    all
}

/// Returns the arguments of `svadiff` that show the same.
fn command(case: &Case, names: &[&str]) -> String {
    let text = spec::text::one_line(&case.bare());
    match names {
        [from, to] => format!("diff --case '{text}' {from} {to}"),
        names => {
            let models = names.iter().map(|name| format!(" --model {name}"));
            format!("trace --case '{text}'{}", models.collect::<String>())
        }
    }
}
