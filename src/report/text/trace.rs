// SPDX-License-Identifier: GPL-2.0-or-later
//! The behaviour of each model in a case, as text.

use super::{call, cites, columns, live, names, op, ret, topology, wrap};
use crate::judge::Place;
use crate::models::AnyModel;
use crate::report::{TraceReport, WIDTH, width};
use crate::runs::Runs;
use spec::Model;
use spec::record::{Note, Ran, Recording};
use spec::run::Release;
use spec::trace::Step;
use std::rc::Rc;

pub(super) fn trace(report: &TraceReport<'_>) -> String {
    let runs = report.runs;
    let mut text = wrap("", "  ", &topology(&runs.case().topology));
    if report.all {
        for model in report.models {
            text += &format!("\n{}\n", model.name());
            text += &of_model(*model, runs, |_| true);
        }
        return text;
    }
    let groups = groups(report.models, runs);
    if groups.iter().any(|group| group.models.len() > 1) {
        text += "The lines of source are those of the first kernel that is named.\n";
    }
    for (at, group) in groups.iter().enumerate() {
        text.push('\n');
        text += &of_group(group, &groups[..at], runs);
    }
    text
}

/// Models that do the same, in their order, and what they do.
struct Group {
    models: Vec<AnyModel>,
    recording: Rc<Recording>,
}

impl Group {
    /// Returns the model whose lines are cited.
    fn cited(&self) -> AnyModel {
        self.models[0]
    }

    /// Returns the places at which this group does something else than another.
    fn apart(&self, other: &Group) -> Vec<Place> {
        let [mine, theirs] = [self, other].map(|group| &group.recording.trace);
        let ops = (0..mine.steps.len()).filter(|&at| mine.steps.get(at) != theirs.steps.get(at));
        let mut apart: Vec<Place> = ops.map(Place::Op).collect();
        if mine.end.is_some() && mine.end != theirs.end {
            apart.push(Place::End);
        }
        apart
    }

    /// Returns the number of places at which this group does something.
    fn places(&self) -> usize {
        let trace = &self.recording.trace;
        trace.steps.len() + usize::from(trace.end.is_some())
    }
}

/// Groups models that do the same. Each group stands where its first model does.
fn groups(models: &[AnyModel], runs: &Runs) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for &model in models {
        let recording = runs.recording(model);
        let same = |group: &&mut Group| {
            group.recording.trace == recording.trace && same_sections(&group.recording, &recording)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.models.push(model),
            None => groups.push(Group {
                models: vec![model],
                recording,
            }),
        }
    }
    groups
}

/// Returns whether the sections of two concurrent runs do the same. The lines that decide can differ.
fn same_sections(a: &Recording, b: &Recording) -> bool {
    let bare = |ran: &Ran| Ran {
        decided: None,
        ..ran.clone()
    };
    let [a, b] = [a, b].map(|recording| recording.sections.iter().map(bare));
    a.eq(b)
}

/// Formats what a group does: if one of the groups before it does almost the same, only what tells
/// them apart.
fn of_group(group: &Group, before: &[Group], runs: &Runs) -> String {
    let cited = group.cited();
    let mut heading = names(&group.models);
    let like = { before.iter() }
        .map(|other| (group.apart(other), other.cited()))
        .min_by_key(|(apart, _)| apart.len())
        .filter(|(apart, _)| !runs.case().is_concurrent() && 2 * apart.len() <= group.places());
    if let Some((_, other)) = &like {
        heading += &format!(": as {}, but for:", other.name());
    } else if group.models.len() > 1 {
        heading.push(':');
    }
    let shown = |place| {
        like.as_ref()
            .is_none_or(|(apart, _)| apart.contains(&place))
    };
    wrap("", "  ", &heading) + &of_model(cited, runs, shown)
}

/// Formats what a model does at the places that are `shown`.
fn of_model(model: AnyModel, runs: &Runs, shown: impl Fn(Place) -> bool) -> String {
    let (case, recording) = (runs.case(), runs.recording(model));
    let trace = &recording.trace;
    let mut text = String::new();
    if case.is_concurrent() {
        text += &columns(&model, case, &recording);
    } else {
        for (index, (step, note)) in trace.steps.iter().zip(&recording.steps).enumerate() {
            if !shown(Place::Op(index)) {
                continue;
            }
            let done = op(&case.ops[index]);
            text += &line(&format!("{index:4}  "), &done, &ret(step.ret));
            text += &details(&model, step, Some(note));
        }
    }
    if let Some(step) = trace.end.as_ref().filter(|_| shown(Place::End)) {
        text += &line(" end  ", &released(&recording.end), &ret(step.ret));
        text += &details(&model, step, None);
    }
    text
}

/// Returns a line with the operation in the first column and its result in the second; on a narrow
/// terminal, the result stands below the operation if it does not fit.
fn line(first: &str, done: &str, came: &str) -> String {
    let (column, indent) = match width() {
        WIDTH => (34, first.chars().count() + 36),
        narrow => ((narrow - 8) / 2, 10),
    };
    if done.chars().count() <= column && column + 8 + came.chars().count() <= width() {
        return format!("{first}{done:column$}  {came}\n");
    }
    let indent = " ".repeat(indent);
    wrap(first, "        ", done) + &wrap(&indent, &indent, came)
}

fn released(end: &[(Release, Note)]) -> String {
    let all: Vec<String> = end
        .iter()
        .map(|(release, _)| match release {
            Release::Op(op) => format!("op {op}"),
            Release::Mm(mm) => format!("mm {mm}"),
        })
        .collect();
    match &all[..] {
        [] => "nothing to release".to_owned(),
        all => format!("release {}", all.join(", ")),
    }
}

fn details(model: &AnyModel, step: &Step, note: Option<&Note>) -> String {
    let mut all = String::new();
    let mut detail = |label: &str, text: &str| {
        all += &wrap(&format!("        {label:8}"), &" ".repeat(16), text);
    };
    if let Some(decision) = note.and_then(|note| note.decisions.last()) {
        for (at, cite) in cites(Some(*decision), model.tree()).iter().enumerate() {
            detail(if at == 0 { "decided" } else { "" }, cite);
        }
    }
    for (at, this) in step.calls.iter().enumerate() {
        detail(if at == 0 { "driver" } else { "" }, &call(this));
    }
    for (at, splat) in step.splats.iter().enumerate() {
        detail(if at == 0 { "SPLAT" } else { "" }, splat);
    }
    if let Some(exists) = &step.live {
        let label = if note.is_some() { "exists" } else { "left" };
        detail(label, &live(exists));
    }
    all
}
