// SPDX-License-Identifier: GPL-2.0-or-later
//! A case on one model or several, as a story.

use super::finding::seen;
use super::{live, op, ret, topology, wrap};
use crate::counterexample::About;
use crate::explain::{Explanation, Kind, LineOf, Step, steps};
use crate::history::{Change, Life};
use crate::judge::{Difference, Place};
use crate::models::AnyModel;
use crate::runs::Runs;
use spec::run::Release;
use spec::trail::{Stretch, What};
use spec::{Model, Op, OpKind, Ret};

/// Returns the case; what each operation does on each model, step by step, up to the first
/// difference; what follows; and the commits.
pub(super) fn explain(story: &Explanation<'_>) -> String {
    let case = story.runs.case();
    let mut text = String::new();
    for (about, difference) in &story.shown {
        // A headline of several does not say whose it is.
        let names: Vec<&str> = about.models().iter().map(|model| model.name()).collect();
        let first = match story.shown.len() {
            1 => String::new(),
            _ => format!("{}: ", names.join(" to ")),
        };
        text += &wrap(&first, "  ", &about.headline(case, difference));
    }
    if story.shown.is_empty() {
        let names: Vec<&str> = story.models.iter().map(|model| model.name()).collect();
        text += &match names[..] {
            [name] => wrap("", "  ", &breaks_no_rule(name)),
            [ref before @ .., last] => {
                let text = format!("{} and {last} agree.", before.join(", "));
                wrap("", "  ", &text)
            }
            [] => String::new(),
        };
    }
    text += &wrap("\non ", "   ", &topology(&case.topology));
    if let Some(schedule) = &case.schedule {
        let schedule: Vec<String> = schedule.iter().map(u8::to_string).collect();
        text += &wrap("schedule ", "         ", &schedule.join(" "));
    }
    match case.is_concurrent() {
        true => text += &by_model(story),
        false => text += &by_op(story),
    }
    text += &follows(story);
    for (about, difference) in &story.shown {
        text += &history(*about, story.runs, difference);
    }
    text
}

/// Returns the sentence for a model that does not misbehave in a case.
pub(crate) fn breaks_no_rule(name: &str) -> String {
    format!("{name} breaks no rule in this case.")
}

/// Tells a sequential case operation by operation, and each on every model.
fn by_op(story: &Explanation<'_>) -> String {
    let case = story.runs.case();
    let until = story.until();
    let mut text = String::new();
    for (index, this) in case.ops.iter().enumerate() {
        if until.is_some_and(|until| until < Place::Op(index)) {
            break;
        }
        text += &heading(index, this, until);
        for (model, trail) in story.models.iter().zip(&story.trails) {
            let mut found = trail.iter();
            let stretch = found.find(|stretch| stretch.what == What::Op(index));
            let result = stretch.and_then(|stretch| stretch.ret);
            let result = result.map_or("(died before)".to_owned(), of_ret);
            text += &wrap(&format!("\n   {}: ", model.name()), "     ", &result);
            if let Some(stretch) = stretch {
                text += &told(*model, &steps(*model, this, &stretch.events));
                text += &exists(story.runs, *model, index);
            }
        }
    }
    if until.is_none() || until == Some(Place::End) {
        text += &teardown(story);
    }
    text
}

/// Returns the line of an operation; the one with the difference is marked.
fn heading(index: usize, this: &Op, until: Option<Place>) -> String {
    let mark = match until == Some(Place::Op(index)) {
        true => "-> ",
        false => "",
    };
    wrap(&format!("\n{mark}{index}  "), "   ", &op(this))
}

/// Tells the teardown on every model.
fn teardown(story: &Explanation<'_>) -> String {
    let mark = match story.until() == Some(Place::End) {
        true => "-> ",
        false => "",
    };
    let mut text = wrap(&format!("\n{mark}end  "), "   ", "everything is released");
    for (model, trail) in story.models.iter().zip(&story.trails) {
        let ends = trail.iter().filter_map(|stretch| match stretch.what {
            What::End(release) => Some((release, stretch)),
            What::Op(_) => None,
        });
        text += &wrap(
            &format!("\n   {}: ", model.name()),
            "     ",
            &left(story.runs, *model),
        );
        for (release, stretch) in ends {
            let this = released(release, story.runs);
            text += &wrap("     ", "       ", &format!("releases {}", words(release)));
            text += &told(*model, &steps(*model, &this, &stretch.events));
        }
    }
    text
}

/// Returns what exists after the teardown.
fn left(runs: &Runs, model: AnyModel) -> String {
    let recording = runs.recording(model);
    let end = recording.trace.end.as_ref();
    match end.map(|end| (end.ret, &end.live)) {
        Some((_, Some(left))) => format!("left: {}", live(left)),
        Some((ret, None)) => of_ret(ret),
        None => "(died before)".to_owned(),
    }
}

fn words(release: Release) -> String {
    match release {
        Release::Op(op) => format!("what op {op} holds"),
        Release::Mm(mm) => format!("mm {mm}: its process exits"),
    }
}

/// Returns the operation that a caller would make to release something.
pub(in crate::report) fn released(release: Release, runs: &Runs) -> Op {
    let kind = match release {
        Release::Mm(mm) => OpKind::Exit { mm: mm.into() },
        Release::Op(op) => {
            let of = op.into();
            match runs.case().ops[usize::from(op)].kind {
                OpKind::AllocPasid { .. } => OpKind::FreePasid { of },
                OpKind::Attach { .. } => OpKind::Detach { of },
                OpKind::ResetBegin { .. } => OpKind::ResetDone { of },
                _ => OpKind::Unbind { of },
            }
        }
    };
    kind.into()
}

/// Tells a concurrent case model by model, section by section.
fn by_model(story: &Explanation<'_>) -> String {
    let case = story.runs.case();
    let until = story.until();
    let mut text = String::new();
    for (model, trail) in story.models.iter().zip(&story.trails) {
        text += &format!("\n{}\n", model.name());
        let last = last_told(trail, until);
        for stretch in &trail[..last] {
            match stretch.what {
                What::Op(index) => {
                    let this = &case.ops[index];
                    let cpu = stretch.cpu.unwrap_or_default();
                    let mut what = op(this);
                    if let Some(ret) = stretch.ret {
                        what += &format!(": {}", of_ret(ret));
                    }
                    let mark = match stretch.ret.is_some() && until == Some(Place::Op(index)) {
                        true => "-> ",
                        false => "   ",
                    };
                    let first = format!("\n{mark}cpu {cpu}: op {index}  ");
                    text += &wrap(&first, "     ", &what);
                    let steps = steps(*model, this, &stretch.events);
                    if steps.is_empty() && stretch.ret.is_none() {
                        text += &wrap("     ", "       ", "goes as far as the lock");
                    }
                    text += &told(*model, &steps);
                }
                What::End(release) => {
                    let this = released(release, story.runs);
                    text += &wrap(
                        "\n   end: ",
                        "     ",
                        &format!("releases {}", words(release)),
                    );
                    text += &told(*model, &steps(*model, &this, &stretch.events));
                }
            }
        }
        if last == trail.len() {
            text += &wrap("\n   ", "     ", &left(story.runs, *model));
        }
    }
    text
}

/// Returns how many stretches of a concurrent run are told: up to the one in which the operation
/// with the difference returns.
fn last_told(trail: &[Stretch], until: Option<Place>) -> usize {
    let Some(Place::Op(op)) = until else {
        return trail.len();
    };
    let is_last = |stretch: &Stretch| stretch.what == What::Op(op) && stretch.ret.is_some();
    let at = trail.iter().position(is_last);
    at.map_or(trail.len(), |at| at + 1)
}

/// Formats steps under the names of their functions, each with its line.
fn told(model: AnyModel, steps: &[Step]) -> String {
    const LINE: usize = 16;
    let tree = model.tree();
    let mut text = String::new();
    for (index, step) in steps.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &steps[before]);
        if before.is_none_or(|before| before.function != step.function) {
            let mut same = steps[index..].iter();
            let same = same
                .by_ref()
                .take_while(|next| next.function == step.function);
            let cited = same
                .filter_map(|next| next.at)
                .map(|at| tree.cite(at))
                .next();
            let of = cited.map_or(String::new(), |cited| {
                let path = cited.file().path();
                let file = path.rsplit('/').next().unwrap_or(path);
                match cited.revision == tree.name() {
                    true => format!(" in {file}"),
                    false => format!(" in {file} of {}", cited.revision),
                }
            });
            text += &wrap("     ", "         ", &format!("{}(){of}", step.function));
        }
        let line = step.at.map_or(String::new(), |at| {
            let line = tree.cite(at).line;
            match step.place {
                LineOf::At => line.to_string(),
                near => format!("{} {line}", near.name()),
            }
        });
        let first = format!("{line:>LINE$}  ");
        let what = match step.kind {
            Kind::Does | Kind::Decides => step.what.clone(),
            Kind::Driver => format!("driver: {}", step.what),
            Kind::Complains => format!("!! {}", step.what),
        };
        text += &wrap(&first, &" ".repeat(LINE + 4), &what);
    }
    text
}

/// Returns what exists after an operation of a sequential case.
fn exists(runs: &Runs, model: AnyModel, index: usize) -> String {
    let recording = runs.recording(model);
    let step = recording.trace.steps.get(index);
    let exists = step.and_then(|step| step.live.as_ref());
    exists.map_or(String::new(), |exists| {
        wrap("     then: ", "       ", &live(exists))
    })
}

/// Formats a return value as a result.
fn of_ret(value: Ret) -> String {
    match value {
        Ret::Skipped => "skipped, since no correct caller could do it here".to_owned(),
        Ret::Lacking => "skipped, since this kernel does not have it".to_owned(),
        Ret::Oops => "the kernel dies".to_owned(),
        Ret::Hang => "never returns".to_owned(),
        Ret::Unfinished => "unfinished".to_owned(),
        value => ret(value),
    }
}

/// Returns what the operations after the difference return on each model.
fn follows(story: &Explanation<'_>) -> String {
    let Some(Place::Op(last)) = story.until() else {
        return String::new();
    };
    let case = story.runs.case();
    if case.is_concurrent() || last + 1 >= case.ops.len() {
        return String::new();
    }
    let mut text = String::from("\nWhat follows\n");
    for (index, this) in case.ops.iter().enumerate().skip(last + 1) {
        text += &wrap(&format!("\n{index}  "), "   ", &op(this));
        for model in story.models {
            let recording = story.runs.recording(*model);
            let step = recording.trace.steps.get(index);
            let result = step.map_or("(died before)".to_owned(), |step| of_ret(step.ret));
            text += &wrap(&format!("   {}: ", model.name()), "     ", &result);
        }
    }
    text += &wrap("\nend  ", "   ", "everything is released");
    for model in story.models {
        text += &wrap(
            &format!("   {}: ", model.name()),
            "     ",
            &left(story.runs, *model),
        );
    }
    text
}

/// Returns since when and until when each of the models does what it does.
fn history(about: About, runs: &Runs, difference: &Difference) -> String {
    let history = about.history(runs, difference);
    let mut text = String::from("\nHistory\n");
    for (model, life) in about.models().iter().zip([history.from, history.to]) {
        let shown = seen(&runs.recording(*model), difference);
        text += &wrap(&format!("\n   {}: ", model.name()), "     ", &shown);
        text += &of_life(life);
    }
    text
}

fn of_life(life: Life) -> String {
    let of = |change: Option<Change>, none: &str| match change {
        Some(change) => super::commit(change),
        None => none.to_owned(),
    };
    wrap(
        "     since ",
        "           ",
        &of(life.since, "the first model"),
    ) + &wrap("     until ", "           ", &of(life.until, "today"))
}
