// SPDX-License-Identifier: GPL-2.0-or-later
//! Recorded rows, and what they say of the lines that a model cites.

use flate2::read::GzDecoder;
use impl_v612::Lines;
use serde::Deserialize;
use serde_json::Value;
use spec::record::Note;
use spec::{Case, Cite, File};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use svadiff::models::AnyModel;

/// A case, and what each revision was recorded doing with it.
#[derive(Deserialize)]
pub struct Row {
    /// Its name.
    pub id: String,
    /// What was done.
    pub case: Case,
    traces: BTreeMap<String, Value>,
}

impl Row {
    /// The column of a model.
    pub fn recorded(&self, model: &AnyModel) -> &Value {
        let column = self.traces.get(model.name());
        column.unwrap_or_else(|| panic!("{} has no column {}", self.id, model.name()))
    }
}

/// The rows of a file.
pub fn read(name: &str) -> Vec<Row> {
    let path = format!("{}/corpus/conformance/{name}", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let row = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(row).collect()
}

/// The recorded steps of a trace.
pub fn steps(recorded: &Value) -> &[Value] {
    recorded["steps"].as_array().expect("a trace has steps")
}

/// At which lines the blocks start that a step executed.
pub fn blocks(step: &Value) -> BTreeSet<u16> {
    let lines = step.get("lines").and_then(Value::as_array);
    let line = |line: &Value| line.as_u64().expect("a line is a number") as u16;
    lines.into_iter().flatten().map(line).collect()
}

/// How many lines of `iommu-sva.c` a step cites, and those of them that are in no block that it was
/// recorded executing. All blocks start at these lines.
pub fn not_executed(
    model: &AnyModel,
    note: &Note,
    recorded: &Value,
    starts: &BTreeSet<u16>,
) -> (usize, Vec<Cite>) {
    let executed = blocks(recorded);
    let of_sva = note.citations().filter(|cite| cite.file == File::IommuSva);
    let cited: Vec<Cite> = of_sva.filter(|&cite| !is_unrecorded(model, cite)).collect();
    let is_outside = |cite: &&Cite| {
        let block = starts.range(..=cite.line).next_back();
        !block.is_some_and(|start| executed.contains(start))
    };
    let outside = cited.iter().filter(is_outside).copied().collect();
    (cited.len(), outside)
}

/// Whether no blocks were recorded where a model cites this line. From 6.12 on, the file that was
/// recorded had no fault handler, so nothing is known of that, and what follows stood elsewhere.
fn is_unrecorded(model: &AnyModel, cite: Cite) -> bool {
    match model {
        AnyModel::V67(_) | AnyModel::V68(_) => false,
        AnyModel::V612(model) => {
            let Lines {
                iopf_no_users,
                iopf_handled,
                ..
            } = model.0.lines;
            [iopf_no_users, iopf_handled].contains(&cite)
        }
    }
}
