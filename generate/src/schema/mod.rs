// SPDX-License-Identifier: GPL-2.0-or-later
//! JSON Schemas of the files that svadiff reads, and of what `--json` prints.
//!
//! Cases and traces have theirs from the types of `spec`. What is written by hand, key by key, has
//! a type here that mirrors it; tests hold what is printed against these types.

pub mod counterexample;
pub mod names;
pub mod outputs;
pub mod signature;
pub mod universe;

use crate::Made;
use outputs::diff::OrIncomparable;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};
use spec::{Case, Trace};

/// A schema: its name, what it is the schema of, and the schema itself.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name, as `svadiff schema` takes it.
    pub name: &'static str,
    /// What it describes, as a phrase.
    pub what: &'static str,
    /// The schema.
    pub schema: Value,
}

/// Declares the schemas, files first, then what each command prints: name, type, and what it
/// describes.
macro_rules! schemas {
    ($($name:literal $type:ty, $what:literal;)*) => {
        /// Returns every schema.
        pub fn all() -> Vec<Named> {
            vec![$(named::<$type>($name, $what),)*]
        }
    };
}

// The schema of what a command prints is named after the command. A new command with `--json` needs
// a row here, which a test asks for.
schemas! {
    "case" Case, "a case file";
    "trace" Trace, "what one model did with a case";
    "counterexample" counterexample::Counterexample, "a counterexample file";
    "known" counterexample::Known, "an entry of the ledger of known differences";
    "universe" universe::Universe, "a universe file";
    "row" outputs::rows::Row, "a line of a file for trace --jsonl or conform";
    "outcomes" outputs::rows::Outcomes, "recorded outcomes of programs on two CPUs";

    "models-output" Vec<outputs::models::Model>, "what models --json prints";
    "models-of-output" outputs::models::OfRelease, "what models --of RELEASE --json prints";
    "trace-output" outputs::trace::Traces, "what trace --json prints";
    "trace-jsonl-output" outputs::trace::TracedRow, "each line that trace --jsonl prints";
    "diff-output" OrIncomparable<outputs::diff::Compared>, "what diff --json prints";
    "bisect-output" outputs::diff::Bisect, "what bisect --json prints";
    "conform-output" outputs::conform::Conform, "what conform --json prints";
    "compare-output" outputs::compare::Compare, "what compare --json prints";
    "check-output" outputs::check::Check, "what check --json prints";
    "matrix-output" outputs::compare::Matrix, "what matrix --json prints";
    "hunt-output" outputs::hunt::Hunt, "what hunt --json prints";
    "race-output" outputs::race::Race, "what race --json prints";
    "minimize-output" Option<OrIncomparable<counterexample::Counterexample>>, "what minimize --json prints";
    "ledger-list-output" outputs::ledger::LedgerList, "what ledger list --json prints";
    "ledger-check-output" outputs::ledger::LedgerCheck, "what ledger check --json prints";
    "ledger-entry-output" Option<OrIncomparable<counterexample::Known>>, "what ledger entry --json prints";
    "report-output" Option<OrIncomparable<counterexample::Counterexample>>, "what report --json prints";
    "replay-output" outputs::replay::Replay, "what replay --json prints";
    "explain-output" Option<OrIncomparable<outputs::explain::Explain>>, "what explain --json prints";
    "why-output" outputs::why::Why, "what why --json prints";
    "schema-output" outputs::others::Schemas, "what schema --json prints without a name";
    "from-artifact-output" outputs::others::Artifact, "what from-artifact --json prints";
}

/// Makes the schema of a type.
fn named<T: JsonSchema>(name: &'static str, what: &'static str) -> Named {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let made: Schema = settings.into_generator().into_root_schema_for::<T>();
    let mut made = made.to_value();
    // The name by which it can be cited.
    let keys = made.as_object_mut().expect("a root schema is an object");
    keys.insert(
        "$id".to_owned(),
        json!(format!("urn:svadiff:schema:{name}")),
    );
    keys.insert("title".to_owned(), json!(format!("svadiff {name}: {what}")));
    for key in ["title", "$id", "$schema"] {
        if let Some(value) = keys.shift_remove(key) {
            keys.shift_insert(0, key.to_owned(), value);
        }
    }
    Named {
        name,
        what,
        schema: made,
    }
}

/// Returns the file of each schema.
pub(crate) fn files() -> Vec<Made> {
    let file = |named: Named| Made {
        path: format!("schemas/{}.json", named.name).into(),
        text: svadiff::report::json(&named.schema),
    };
    all().into_iter().map(file).collect()
}
