// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares every model with recordings of the kernel's own code. `corpus/conformance/` describes
//! how these were made.

use crate::cited::{nameable, unreachable};
use crate::recorded::{Row, blocks, not_executed, read, steps};
use serde_json::{Value, json};
use spec::record::{Note, Recording, record};
use spec::{At, Model};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use svadiff::conformance::first_mismatch;
use svadiff::models::{self, AnyModel};

/// The files, and the numbers of rows and of recorded steps of the models in each. A truncated file
/// fails the test. Not every file has a column for every model.
const FILES: [(&str, usize, usize); 7] = [
    ("exhaustive.jsonl.gz", 350, 32_096),
    ("sequential.jsonl.gz", 129, 24_728),
    ("edge.jsonl.gz", 142, 81_248),
    ("rough.jsonl.gz", 67, 33_533),
    ("again.jsonl.gz", 32, 4065),
    ("errnos.jsonl.gz", 32, 4194),
    ("reset.jsonl.gz", 32, 1492),
];

static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| FILES.iter().flat_map(|(name, ..)| read(name)).collect());

/// Returns the models with recorded traces, in the order of history.
pub(crate) fn recorded_models() -> impl Iterator<Item = AnyModel> {
    models::all()
        .into_iter()
        .filter(|&model| is_recorded(model))
}

/// Returns whether traces of a model are recorded.
pub(crate) fn is_recorded(model: AnyModel) -> bool {
    rows_of(model).next().is_some()
}

/// Returns every row with a column for a model.
fn rows_of(model: AnyModel) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.column(&model).is_some())
}

/// Returns every row with a column for a model, and the recording of the model.
fn runs(model: &AnyModel) -> impl Iterator<Item = (&'static Row, Recording)> {
    rows_of(*model).map(|row| (row, record(model, &row.case)))
}

#[test]
fn every_model_does_in_every_row_what_the_kernel_did() {
    for (name, nr_rows, nr_steps) in FILES {
        let rows = read(name);
        let mut compared = 0;
        for model in recorded_models() {
            for row in &rows {
                let Some(recorded) = row.column(&model) else {
                    continue;
                };
                let mismatch = first_mismatch(&model, &row.case, recorded);
                assert_eq!(mismatch, None, "{} in {} of {name}", model.name(), row.id);
                compared += steps(recorded).len();
            }
        }
        assert_eq!((rows.len(), compared), (nr_rows, nr_steps), "{name}");
    }
}

#[test]
fn no_two_rows_have_the_same_id() {
    let ids: BTreeSet<&str> = ROWS.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), ROWS.len());
}

#[test]
fn every_cited_line_is_in_a_block_that_its_step_executed() {
    // Files that were not recorded at once need not have the same blocks.
    let files = FILES.map(|(name, ..)| read(name));
    for model in recorded_models() {
        let mut checked = 0;
        for rows in &files {
            let columns = rows
                .iter()
                .filter_map(|row| Some((row, row.column(&model)?)));
            let recorded = columns.clone().flat_map(|(_, column)| steps(column));
            let starts: BTreeSet<u16> = recorded.flat_map(blocks).collect();
            for (row, column) in columns {
                let recorded = steps(column);
                let recording = record(&model, &row.case);
                for (index, note) in recording.steps.iter().enumerate() {
                    let (cited, outside) = not_executed(&model, note, &recorded[index], &starts);
                    let at = format_args!("{} in steps[{index}] of {}", model.name(), row.id);
                    assert_eq!(outside, [], "{at}");
                    checked += cited;
                }
            }
        }
        assert!(checked >= 100, "{}: {checked} citations", model.name());
    }
}

#[test]
fn no_two_anchors_of_a_model_have_the_same_line() {
    for model in models::all() {
        let lines = nameable(&model).into_iter();
        let lines = lines.map(|at| (at.file(), model.tree().line(at)));
        let distinct: BTreeSet<_> = lines.clone().collect();
        assert_eq!(distinct.len(), lines.count(), "{}", model.name());
    }
}

#[test]
fn every_line_that_a_model_names_is_cited_somewhere_unless_it_cannot_be_reached() {
    // Of some models, only cases with resets are recorded.
    let is_recorded_in_full = |model: &AnyModel| rows_of(*model).count() > 100;
    for model in recorded_models().filter(is_recorded_in_full) {
        let mut cited = BTreeSet::new();
        // A caller that is wrong gets further.
        let right = |row: &Row| row.case.ops.iter().all(|op| !op.again);
        for (_, recording) in runs(&model).filter(|(row, _)| right(row)) {
            let end = recording.end.iter().map(|(_, note)| note);
            cited.extend(recording.steps.iter().chain(end).flat_map(Note::anchors));
        }
        let nameable = nameable(&model);
        assert!(nameable.len() >= 28, "{} names too little", model.name());
        for &at in &nameable {
            match unreachable(&model, at) {
                None => assert!(cited.contains(&at), "{}: {at}", model.name()),
                Some(why) => assert!(!cited.contains(&at), "{}: {at}: {why}", model.name()),
            }
        }
        let named: BTreeSet<At> = nameable.iter().copied().collect();
        assert!(cited.is_subset(&named), "{} cites more", model.name());
    }
}

/// Collects the paths of all fields of a trace that contain no other fields, such as
/// `steps[2].live.mm_count[0]`.
fn leaves(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map.iter().filter(|(key, _)| *key != "lines") {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(value, &format!("{path}{dot}{key}"), out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for (at, value) in list.iter().enumerate() {
                leaves(value, &format!("{path}[{at}]"), out);
            }
        }
        _ => out.push(path.to_owned()),
    }
}

#[test]
fn a_change_of_any_field_of_a_recorded_trace_is_noticed_there() {
    let words = [
        "err",
        "handle",
        "splats",
        "freed",
        "remove_dev_pasid",
        "oops",
        "hang",
    ];
    // For each word, the row with the fewest operations that has it, and the model.
    let mut shortest = [None; 7];
    for model in recorded_models() {
        for row in rows_of(model) {
            let text = row.recorded(&model).to_string();
            for (word, shortest) in words.iter().zip(&mut shortest) {
                let is_shorter = |(other, _): (&Row, _)| row.case.ops.len() < other.case.ops.len();
                if shortest.is_none_or(is_shorter) && text.contains(&format!("\"{word}\"")) {
                    *shortest = Some((row, model));
                }
            }
        }
    }
    for (word, shortest) in words.into_iter().zip(shortest) {
        let (row, model) = shortest.unwrap_or_else(|| panic!("{word} is in no recorded trace"));
        let recorded = row.recorded(&model);
        let mut paths = Vec::new();
        leaves(recorded, "", &mut paths);
        for path in paths {
            let mut changed = recorded.clone();
            let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            *changed.pointer_mut(&pointer).unwrap() = json!("changed");
            let found = first_mismatch(&model, &row.case, &changed);
            let field = found.map(|mismatch| mismatch.field);
            assert_eq!(field, Some(path), "{} {}", row.id, model.name());
        }
    }
}

#[test]
fn a_step_too_many_or_too_few_is_noticed() {
    let model = models::by_name("v6.8").unwrap();
    let row = &ROWS[0];
    let last = steps(row.recorded(&model)).len() - 1;
    let field = |change: fn(&mut Vec<Value>)| {
        let mut recorded = row.recorded(&model).clone();
        change(recorded["steps"].as_array_mut().unwrap());
        first_mismatch(&model, &row.case, &recorded).map(|mismatch| mismatch.field)
    };
    assert_eq!(field(|_| ()), None);
    assert_eq!(
        field(|steps| drop(steps.pop())),
        Some(format!("steps[{last}]"))
    );
    assert_eq!(
        field(|steps| steps.push(json!({"ret": "ok"}))),
        Some(format!("steps[{}]", last + 1))
    );
}
