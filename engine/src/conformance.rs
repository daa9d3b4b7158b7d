// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares models, field by field, with traces that were recorded from the kernel's own code.

use crate::models::AnyModel;
use crate::record::record;
use serde_json::Value;
use spec::Case;

/// A field in which a model and a recorded trace differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The path of the field in the trace, for example `steps[2].live.mm_count[0]`.
    pub field: String,
    /// The recorded value; `None` if the recorded trace has no such field.
    pub expected: Option<Value>,
    /// The model's value; `None` if the model's trace has no such field.
    pub got: Option<Value>,
}

/// Records `case` on `model`. Returns the first field in which its trace differs from the recorded
/// one.
pub fn first_mismatch(model: &AnyModel, case: &Case, recorded: &Value) -> Option<Mismatch> {
    let trace = record(model, case).trace;
    let got = serde_json::to_value(&trace).expect("a trace has nothing that JSON has not");
    compare(String::new(), Some(recorded), Some(&got), &NOT_COMPARED)
}

/// Returns the first field in which two JSON values differ. Numbers are compared as they are
/// written: `1` and `1.0` differ.
pub fn compare_values(expected: Option<&Value>, got: Option<&Value>) -> Option<Mismatch> {
    compare(String::new(), expected, got, &[])
}

/// The keys of a recorded step that are not part of a trace: the lines of the basic blocks that
/// ran.
const NOT_COMPARED: [&str; 1] = ["lines"];

fn compare(
    field: String,
    expected: Option<&Value>,
    got: Option<&Value>,
    ignored: &[&str],
) -> Option<Mismatch> {
    match (expected, got) {
        (Some(Value::Object(e)), Some(Value::Object(g))) => {
            let keys = e.keys().chain(g.keys().filter(|key| !e.contains_key(*key)));
            let mut keys = keys.filter(|key| !ignored.contains(&key.as_str()));
            keys.find_map(|key| {
                let dot = if field.is_empty() { "" } else { "." };
                compare(
                    format!("{field}{dot}{key}"),
                    e.get(key),
                    g.get(key),
                    ignored,
                )
            })
        }
        (Some(Value::Array(e)), Some(Value::Array(g))) => (0..e.len().max(g.len()))
            .find_map(|at| compare(format!("{field}[{at}]"), e.get(at), g.get(at), ignored)),
        (expected, got) => (expected != got).then(|| Mismatch {
            field,
            expected: expected.cloned(),
            got: got.cloned(),
        }),
    }
}
