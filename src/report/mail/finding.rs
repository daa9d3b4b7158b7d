// SPDX-License-Identifier: GPL-2.0-or-later
//! The statements about one finding.

use super::{ALSO, FOLLOWS, Kind, Layout, OTHERS, Statement, case, command};
use crate::counterexample::About;
use crate::finding::id;
use crate::history::{Change, History, Life};
use crate::judge::{Difference, Place, UserEffect, View, differences};
use crate::models::AnyModel;
use crate::report::text::{commit, seen, shown_by};
use crate::report::{cites, live, ret};
use crate::runs::Runs;
use spec::trace::{Live, Step};
use spec::{Case, Model};

/// What a report is about: a difference of two models, or a misbehaviour of one.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The models.
    pub about: About,
    /// What the case shows on them.
    pub difference: Difference,
}

/// Returns everything that a report about these models and this case can be about.
pub(crate) fn subjects(about: About, runs: &Runs) -> Vec<Subject> {
    let mut all: Vec<Difference> = Vec::new();
    let mut add = |this: Difference| {
        let is_same = |other: &Difference| {
            (&other.cause, other.place, other.view) == (&this.cause, this.place, this.view)
        };
        // A consequence in some views can be a cause in others.
        if !this.follows && !all.iter().any(is_same) {
            all.push(this);
        }
    };
    match about.pair() {
        None => about.all(runs).into_iter().for_each(&mut add),
        Some(pair) => {
            let views = View::ALL.map(|view| vec![view]);
            for views in [View::DEFAULT.to_vec()].iter().chain(&views) {
                let [from, to] = pair.map(|model| runs.recording(model));
                let found = differences(runs.case(), &from, &to, views);
                found.into_iter().for_each(&mut add);
            }
            about.of_both(runs).into_iter().for_each(&mut add);
        }
    }
    let subject = |difference| Subject { about, difference };
    all.into_iter().map(subject).collect()
}

/// Returns the statements that need no history: the sentence, and what each model does.
pub(crate) fn first_statements(subject: &Subject, runs: &Runs) -> [Vec<Statement>; 2] {
    let Subject { about, difference } = subject;
    let results = about.models().iter().zip(difference.decided);
    let results = results.map(|(model, decided)| {
        let text = format!(
            "{}, {}: {}",
            AnyModel::name(*model),
            difference.place,
            plain(&seen(&runs.recording(*model), difference))
        );
        let cites = cites(decided, model.tree()).into_iter().enumerate();
        let cites = cites.map(|(at, line)| match at {
            0 => detail(format!("decided at {line}")),
            _ => detail(line),
        });
        let mut all = vec![Statement::new(Kind::Result, text)];
        all.extend(cites);
        all
    });
    let headline = sentence(subject, runs.case());
    let headline = Statement::new(Kind::Headline, headline).laid_out(Layout::Words(0, 0));
    [vec![headline.apart()], results.flatten().collect()]
}

/// Returns all statements about a finding.
pub(crate) fn statements(subject: &Subject, runs: &Runs, tags: bool) -> Vec<Statement> {
    let Subject { about, difference } = subject;
    let history = about.history(runs, difference);
    let [mut all, results] = first_statements(subject, runs);
    let case = format!("The case:\n{}", case::lines(runs.case()));
    all.push(
        Statement::new(Kind::Case, case)
            .laid_out(Layout::Lines)
            .apart(),
    );
    let lives = [history.from, history.to];
    let mut side = 0;
    for (at, this) in results.iter().enumerate() {
        let is_apart = at == 0;
        all.push(if is_apart {
            this.clone().apart()
        } else {
            this.clone()
        });
        let is_last = results
            .get(at + 1)
            .is_none_or(|next| next.kind == Kind::Result);
        if is_last {
            all.extend(life(&lives[side]));
            side += 1;
        }
    }
    all.extend(also(subject, runs));
    all.extend(later(subject, runs));
    let mut rows = Vec::new();
    if let Some(shown) = shown_by(about.models(), runs, difference) {
        rows.push(Statement::new(Kind::Schedules, format!("Shown: {shown}")));
    }
    let since = history
        .introduced
        .map_or_else(|| "always, as far back as the models go".to_owned(), commit);
    rows.push(Statement::new(Kind::Since, format!("Since: {since}")));
    let until = history
        .fixed
        .map_or_else(|| "no later model ends it".to_owned(), commit);
    rows.push(Statement::new(Kind::Until, format!("Until: {until}")));
    rows.push(Statement::new(Kind::Id, format!("Id: {}", id(runs.case()))));
    let command = format!(
        "To reproduce:\n{}",
        command::of_case(*about, difference, runs.case())
    );
    rows.push(Statement::new(Kind::Command, command).laid_out(Layout::Lines));
    rows[0].is_apart = true;
    all.extend(rows);
    if tags {
        all.push(tag(fault(subject, &history)));
    }
    all
}

/// Returns the sentence that says what differs.
fn sentence(subject: &Subject, case: &Case) -> String {
    let Subject { about, difference } = subject;
    let what = about.headline(case, difference);
    let (view, place) = (difference.view.name(), difference.place);
    let first = opener(*about, difference.cause.effect());
    format!("{first} {what} [{view}, {place}].")
}

/// Returns what the sentence of a difference with this effect begins with.
fn opener(about: About, effect: UserEffect) -> String {
    let names: Vec<&str> = about.models().iter().map(|model| model.name()).collect();
    match names[..] {
        [from, to] => match effect {
            UserEffect::Breaks => format!("{to} breaks what works in {from}:"),
            UserEffect::Fixes => format!("{to} fixes what is broken in {from}:"),
            UserEffect::Differs => format!("{to} does not do what {from} does:"),
            UserEffect::Keeps => format!("{to} keeps a defect that {from} has:"),
        },
        _ => format!("{} does what no kernel may do:", names.concat()),
    }
}

/// Returns everything that a sentence about these models can begin with.
pub(crate) fn openers(about: About) -> Vec<String> {
    let mut all = UserEffect::ALL.map(|effect| opener(about, effect)).to_vec();
    all.dedup();
    all
}

/// Returns text without the arrow, whose tip a reader would take for the mark of a quote.
fn plain(text: &str) -> String {
    text.replace("->", "holds")
}

fn detail(text: impl Into<String>) -> Statement {
    Statement::new(Kind::Detail, text).laid_out(Layout::Words(4, 6))
}

/// Returns since when, and until when, a model does what it does.
fn life(life: &Life) -> Vec<Statement> {
    let since = match life.since {
        Some(change) => format!("so since {}", commit(change)),
        None => "so in every model before it".to_owned(),
    };
    let until = life
        .until
        .map(|change| format!("so until {}", commit(change)));
    [Some(since), until]
        .into_iter()
        .flatten()
        .map(detail)
        .collect()
}

/// Returns what else the case shows that is no consequence.
fn also(subject: &Subject, runs: &Runs) -> Vec<Statement> {
    let Subject { about, difference } = subject;
    let others = about.all(runs).into_iter();
    let others = others.filter(|this| !this.follows && this.cause != difference.cause);
    let others = others.enumerate().map(|(at, this)| {
        let what = about.headline(runs.case(), &this);
        let (view, place) = (this.view.name(), this.place);
        let also = format!("{ALSO} {what} [{view}, {place}].");
        let is_apart = at == 0;
        Statement {
            is_apart,
            ..Statement::new(Kind::Also, also)
        }
    });
    others.collect()
}

/// Returns what the operations after the difference do. On several CPUs no operation comes after
/// another one, so it returns what all the others do.
fn later(subject: &Subject, runs: &Runs) -> Vec<Statement> {
    let Subject { about, difference } = subject;
    let case = runs.case();
    let is_concurrent = case.is_concurrent();
    let ops = (0..case.ops.len()).map(Place::Op).chain([Place::End]);
    let places = ops.filter(|place| match is_concurrent {
        true => *place != difference.place,
        false => *place > difference.place,
    });
    let mut all = Vec::new();
    for place in places {
        let models = about.models();
        let told = models.iter().map(|model| {
            let trace = &runs.recording(*model).trace;
            match place {
                Place::Op(op) => step(trace.steps.get(op)),
                Place::End => step(trace.end.as_ref()),
            }
        });
        let told: Vec<String> = told.collect();
        let line = |name: &str, told: &str| {
            Statement::new(Kind::Later, format!("{name}, {place}: {told}"))
                .laid_out(Layout::Words(2, 4))
        };
        match &told[..] {
            [from, to] if from == to => all.push(line("both", from)),
            _ => { models.iter().zip(&told) }
                .for_each(|(model, told)| all.push(line(AnyModel::name(*model), told))),
        }
    }
    if !all.is_empty() {
        let heading = match is_concurrent {
            true => OTHERS,
            false => FOLLOWS,
        };
        all.insert(0, Statement::new(Kind::Heading, heading).apart());
    }
    all
}

/// Tells what one step did.
fn step(step: Option<&Step>) -> String {
    let Some(step) = step else {
        return "does not run, since the kernel is dead".to_owned();
    };
    let mut text = ret(step.ret);
    for splat in &step.splats {
        text += &format!("; {splat}");
    }
    // Only the teardown tells what exists: what is left then has leaked. 6.7 has no `mm_data`.
    let left = step.live.clone().map(|left| Live { mm_data: 0, ..left });
    if let Some(left) = left {
        text += &format!("; left: {}", live(&left));
    }
    plain(&text)
}

/// Returns the change that brought what is wrong: on the side that has it, if only one has.
fn fault(subject: &Subject, history: &History) -> Option<Change> {
    match subject.difference.cause.effect() {
        UserEffect::Fixes => history.from.since,
        UserEffect::Breaks if subject.about.pair().is_some() => history.to.since,
        UserEffect::Breaks | UserEffect::Differs | UserEffect::Keeps => history.introduced,
    }
}

/// Returns the line that names the commit which a patch would fix.
fn tag(introduced: Option<Change>) -> Statement {
    let is_commit = |change: &Change| {
        change.id.len() == 12 && change.id.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    match introduced.filter(is_commit) {
        Some(Change { id, subject, .. }) => {
            let text = format!("Fixes: {id} (\"{subject}\")");
            Statement::new(Kind::Tag, text).laid_out(Layout::Line)
        }
        None => {
            let text = "There is no Fixes: line, since no commit of mainline brought this.";
            Statement::new(Kind::Tag, text)
        }
    }
    .apart()
}
