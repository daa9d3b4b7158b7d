// SPDX-License-Identifier: GPL-2.0-or-later
//! Recorded rows, and a comparison of their lines with the lines that a model cites.

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use spec::record::Note;
use spec::revision::Citation;
use spec::{At, Case, File, Model};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::LazyLock;
use svadiff::models::AnyModel;

/// A case, and the recorded trace of each revision.
#[derive(Deserialize)]
pub(crate) struct Row {
    /// The name of the row.
    pub id: String,
    /// The case.
    pub case: Case,
    traces: BTreeMap<String, Value>,
}

impl Row {
    /// Returns the recorded trace of a model, if there is one.
    pub(crate) fn column(&self, model: &AnyModel) -> Option<&Value> {
        self.traces.get(model.name())
    }

    /// Returns the recorded trace of a model.
    pub(crate) fn recorded(&self, model: &AnyModel) -> &Value {
        let column = self.column(model);
        column.unwrap_or_else(|| panic!("{} has no column {}", self.id, model.name()))
    }
}

/// Returns all recorded rows of sequential cases.
pub(crate) fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let names = ["exhaustive", "sequential", "edge", "rough"];
        let files = names
            .iter()
            .flat_map(|name| read(&format!("{name}.jsonl.gz")));
        files.collect()
    });
    &ROWS
}

/// Returns the rows of a file.
pub(crate) fn read(name: &str) -> Vec<Row> {
    let path = format!("{}/corpus/conformance/{name}", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let row = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(row).collect()
}

/// Returns the recorded steps of a trace.
pub(crate) fn steps(recorded: &Value) -> &[Value] {
    recorded["steps"].as_array().expect("a trace has steps")
}

/// Returns the first lines of the blocks that a step executed.
pub(crate) fn blocks(step: &Value) -> BTreeSet<u16> {
    let lines = step.get("lines").and_then(Value::as_array);
    let line = |line: &Value| line.as_u64().expect("a line is a number") as u16;
    lines.into_iter().flatten().map(line).collect()
}

/// Returns the number of lines of `iommu-sva.c` that a step cites, and those of them that are in no
/// block that it was recorded executing. All blocks start at `starts`.
pub(crate) fn not_executed(
    model: &AnyModel,
    note: &Note,
    recorded: &Value,
    starts: &BTreeSet<u16>,
) -> (usize, Vec<Citation>) {
    let executed = blocks(recorded);
    let of_sva = note.anchors().filter(|at| at.file() == File::IommuSva);
    let cited: Vec<Citation> = of_sva.map(|at| model.tree().cite(at)).collect();
    let is_outside = |cite: &&Citation| {
        let block = starts.range(..=cite.line).next_back();
        let is_executed = block.is_some_and(|start| executed.contains(start));
        !is_executed && !is_inlined(cite, &executed)
    };
    let outside = cited.iter().filter(is_outside).copied().collect();
    (cited.len(), outside)
}

/// Returns whether a citation is of a function of a header that is inlined between two executed
/// blocks: of `mmap_read_lock()`, whose block has lines of the header.
fn is_inlined(cite: &Citation, executed: &BTreeSet<u16>) -> bool {
    cite.at == At::IopfHandled
        && executed.range(..cite.line).next().is_some()
        && executed.range(cite.line..).next().is_some()
}
