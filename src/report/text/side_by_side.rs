// SPDX-License-Identifier: GPL-2.0-or-later
//! Both runs of a case, side by side.

use super::{call, case_lines, live, ret, wrap};
use crate::judge::{Difference, Place, View, first_returned};
use crate::models::AnyModel;
use crate::report::width;
use crate::runs::Runs;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use spec::Ret;
use spec::pasid::number;
use spec::record::Recording;
use spec::trace::Step;
use std::collections::BTreeSet;

/// A line of one run: the place that it belongs to, and its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Line {
    place: Place,
    text: String,
}

/// The fewest columns of a terminal on which two runs stand side by side.
const SIDE_BY_SIDE: usize = 60;

/// Formats both runs in two aligned columns, and on a narrow terminal below each other. `->` marks the
/// first difference, `~` each later one.
pub fn side_by_side(
    models: [AnyModel; 2],
    runs: &Runs,
    views: &[View],
    first: Option<&Difference>,
) -> String {
    if width() < SIDE_BY_SIDE {
        return stacked(models, runs, views, first);
    }
    let column = (width() - 7) / 2;
    let sides = models.map(|model| lines(&runs.recording(model), views, column));
    let ops = capture_diff_slices(Algorithm::Myers, &sides[0], &sides[1]);
    let mut out = case_lines(runs.case(), first.map(|difference| difference.place));
    out.push('\n');
    let [from, to] = models.map(AnyModel::name);
    out += &format!("       {from:column$}{to}\n");
    for diff in ops {
        let equal = matches!(diff, DiffOp::Equal { .. });
        let (mut old, mut new) = (diff.old_range(), diff.new_range());
        loop {
            // Within a changed block, align lines of the same operation.
            let (a, b) = (
                old.clone().next().map(|at| &sides[0][at]),
                new.clone().next().map(|at| &sides[1][at]),
            );
            let (a, b) = match (a, b) {
                (None, None) => break,
                (Some(a), Some(b)) if a.place < b.place => (Some(a), None),
                (Some(a), Some(b)) if a.place > b.place => (None, Some(b)),
                both => both,
            };
            a.is_some().then(|| old.next());
            b.is_some().then(|| new.next());
            let place = a.or(b).map_or(Place::End, |line| line.place);
            let mark = match first {
                Some(first) if !equal && place == first.place => "->",
                _ if equal => "  ",
                _ => " ~",
            };
            let label = label(place);
            let text = |line: Option<&Line>| line.map_or(String::new(), |line| line.text.clone());
            let row = format!("{mark} {label:3} {:column$}{}", text(a), text(b));
            out.push_str(row.trim_end());
            out.push('\n');
        }
    }
    out
}

/// Formats both runs below each other, place by place, each under the name of its model.
fn stacked(
    models: [AnyModel; 2],
    runs: &Runs,
    views: &[View],
    first: Option<&Difference>,
) -> String {
    let sides = models.map(|model| observed(&runs.recording(model), views));
    let mut out = case_lines(runs.case(), first.map(|difference| difference.place));
    out.push('\n');
    let places = sides.iter().flatten().map(|line| line.place);
    for place in places.collect::<BTreeSet<_>>() {
        let [from, to] = [0, 1].map(|side: usize| -> Vec<&str> {
            let lines = sides[side].iter().filter(|line| line.place == place);
            lines.map(|line| line.text.as_str()).collect()
        });
        let mark = match first {
            _ if from == to => "  ",
            Some(first) if place == first.place => "->",
            _ => " ~",
        };
        let mut margin = format!("{mark} {:3} ", label(place));
        for (model, texts) in models.iter().zip([from, to]) {
            let Some((value, more)) = texts.split_first() else {
                continue;
            };
            let further = " ".repeat(9);
            out += &wrap(&margin, &further, &format!("{}: {value}", model.name()));
            for text in more {
                out += &wrap(&further, &further, text);
            }
            margin = " ".repeat(7);
        }
    }
    out
}

/// Returns what stands before a row.
fn label(place: Place) -> String {
    match place {
        Place::Op(op) => format!("{op:2}"),
        Place::End => "end".to_owned(),
    }
}

/// Returns the observations of one run in `views`, in lines that fit a column.
fn lines(recording: &Recording, views: &[View], column: usize) -> Vec<Line> {
    let mut all = Vec::new();
    for Line { place, text } in observed(recording, views) {
        let words: Vec<&str> = text.split_whitespace().collect();
        // Leave two spaces between the columns.
        let folded = fold(&words, column - 2).into_iter();
        all.extend(folded.map(|text| Line { place, text }));
    }
    all
}

/// Returns the observations of one run in `views`.
fn observed(recording: &Recording, views: &[View]) -> Vec<Line> {
    let mut all = Vec::new();
    let steps = recording.trace.steps.iter().enumerate();
    let steps = steps.map(|(index, step)| (Place::Op(index), step));
    let end = recording.trace.end.iter().map(|end| (Place::End, end));
    for (place, step) in steps.chain(end) {
        let texts = step_lines(recording, place, step, views).into_iter();
        all.extend(texts.map(|text| Line { place, text }));
    }
    all
}

fn step_lines(recording: &Recording, place: Place, step: &Step, views: &[View]) -> Vec<String> {
    let mut lines = vec![returned(recording, place, step.ret)];
    if views.contains(&View::Driver) {
        lines.extend(step.calls.iter().map(call));
    }
    if views.contains(&View::Splat) {
        lines.extend(step.splats.iter().map(|splat| splat.to_string()));
    }
    let shown = match place {
        Place::Op(_) => views.contains(&View::State),
        Place::End => views.contains(&View::Leak) || views.contains(&View::State),
    };
    if let Some(exists) = step.live.as_ref().filter(|_| shown) {
        let label = match place {
            Place::Op(_) => "exists",
            Place::End => "left",
        };
        // 6.7 has no `mm_data`, so it does not count as a difference.
        let mut exists = exists.clone();
        if place == Place::End && !views.contains(&View::State) {
            exists.mm_data = 0;
        }
        lines.push(format!("{label}: {}", live(&exists)));
    }
    lines
}

/// Returns a return value without labels, because labels shift once the runs differ.
fn returned(recording: &Recording, place: Place, value: Ret) -> String {
    match (place, value) {
        (Place::Op(op), Ret::Handle { pasid, .. }) => {
            let pasid = pasid.map_or("no pasid".to_owned(), |pasid| {
                format!("pasid {}", number(pasid))
            });
            match first_returned(recording, &recording.order(), op) {
                Some(first) if first != op => format!("handle of op {first}, {pasid}"),
                _ => format!("new handle, {pasid}"),
            }
        }
        (_, Ret::Domain(_)) => "attached".to_owned(),
        (_, value) => ret(value),
    }
}

/// Breaks words into lines of a width, and indents all lines but the first.
pub(super) fn fold(words: &[&str], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push((*word).to_owned()),
            Some(_) => lines.push(format!("  {word}")),
        }
    }
    lines
}
