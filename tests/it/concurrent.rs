// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares the models on several CPUs with recordings of the kernel's own code: run by run, and
//! for small programs by all possible outcomes.

use crate::recorded::{Row, blocks, not_executed, read, steps};
use impl_v67::revisions::REFUSE_X86;
use impl_v612::revisions::{ATTACH_HANDLES, STORE_DEV_LOCKED};
use serde::Deserialize;
use serde_json::{Value, json};
use spec::record::record;
use spec::{Case, Model};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use svadiff::conformance::first_mismatch;
use svadiff::interleaving::{Bounds, outcomes};
use svadiff::models::{self, AnyModel};

/// The files, and the numbers of rows and of recorded steps of the models in each. A truncated file
/// fails the test. Not every file has a column for every model.
const FILES: [(&str, usize, usize); 2] = [
    ("concurrent.jsonl.gz", 170, 14_520),
    ("race.jsonl.gz", 53, 5244),
];

static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| FILES.iter().flat_map(|(name, ..)| read(name)).collect());

/// Returns the models that were recorded on several CPUs, in the order of history.
fn recorded_models() -> impl Iterator<Item = AnyModel> {
    let is_recorded = |model: &AnyModel| columns_of(&ROWS, *model).next().is_some();
    models::all().into_iter().filter(is_recorded)
}

/// Returns the rows that have a column for a model, with this column.
fn columns_of(rows: &[Row], model: AnyModel) -> impl Iterator<Item = (&Row, &Value)> {
    let column = move |row| Row::column(row, &model).map(|column| (row, column));
    rows.iter().filter_map(column)
}

#[test]
fn every_model_does_in_every_row_what_the_kernel_did_and_takes_the_same_schedule() {
    for (name, nr_rows, nr_steps) in FILES {
        let rows = read(name);
        let mut compared = 0;
        for model in recorded_models() {
            for (row, recorded) in columns_of(&rows, model) {
                // The row must contain a schedule to compare.
                assert!(recorded["schedule"].is_array(), "{}", row.id);
                let mismatch = first_mismatch(&model, &row.case, recorded);
                assert_eq!(mismatch, None, "{} in {}", model.name(), row.id);
                compared += steps(recorded).len();
            }
        }
        assert_eq!((rows.len(), compared), (nr_rows, nr_steps), "{name}");
    }
}

#[test]
fn each_row_is_a_case_of_its_own_on_two_or_three_cpus() {
    let ids: BTreeSet<&str> = ROWS.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids.len(), ROWS.len());
    let mut on = BTreeMap::new();
    for row in &*ROWS {
        let cpus: BTreeSet<_> = row.case.ops.iter().map(|op| op.cpu).collect();
        assert!(!cpus.contains(&None) && row.case.schedule.is_some());
        *on.entry(cpus.len()).or_insert(0) += 1;
    }
    assert!(on[&2] >= 20 && on[&3] >= 20, "{on:?}");
}

#[test]
fn what_can_be_recorded_is_recorded_somewhere() {
    let with = |is: &dyn Fn(&Value) -> bool| {
        let columns = |row: &'static Row| recorded_models().filter_map(|m| row.column(&m));
        let steps = |row| columns(row).flat_map(steps);
        let ends = |row| columns(row).map(|column| &column["end"]);
        let all = |row: &'static Row| steps(row).chain(ends(row)).any(is);
        ROWS.iter().filter(|row| all(row)).count()
    };
    assert!(with(&|step| step.get("splats").is_some()) >= 20);
    assert!(with(&|step| step["ret"] == json!({"err": "EBUSY"})) >= 20);
    assert!(with(&|step| step["ret"] == "skipped") >= 20);
    assert!(with(&|step| step["live"]["handles"].as_u64() > Some(0)) >= 20);
}

#[test]
fn every_cited_line_is_in_a_block_that_its_step_executed() {
    for model in recorded_models() {
        let columns = || columns_of(&ROWS, model);
        let starts: BTreeSet<u16> = columns()
            .flat_map(|(_, column)| steps(column))
            .flat_map(blocks)
            .collect();
        let mut checked = 0;
        for (row, column) in columns() {
            let recorded = steps(column);
            for (index, note) in record(&model, &row.case).steps.iter().enumerate() {
                let (cited, outside) = not_executed(&model, note, &recorded[index], &starts);
                let at = format_args!("{} in steps[{index}] of {}", model.name(), row.id);
                assert_eq!(outside, [], "{at}");
                checked += cited;
            }
        }
        assert!(checked >= 500, "{}: {checked} citations", model.name());
    }
}

/// A program, and every outcome that it had under every order on each model.
#[derive(Deserialize)]
struct Litmus {
    name: String,
    case: Case,
    outcomes: BTreeMap<String, BTreeSet<Canonical>>,
}

/// An outcome as JSON with sorted keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "Value")]
struct Canonical(String);

impl From<Value> for Canonical {
    fn from(mut value: Value) -> Self {
        value.sort_all_objects();
        Canonical(value.to_string())
    }
}

static PROGRAMS: LazyLock<Vec<Litmus>> = LazyLock::new(|| {
    let text = include_str!("../../corpus/conformance/outcomes.json");
    serde_json::from_str(text).expect("programs and what they come to")
});

/// Returns the outcomes that a model allows.
fn allowed(model: &AnyModel, case: &Case) -> BTreeSet<Canonical> {
    let explored = outcomes(model, case, Bounds::NONE);
    let all = explored.outcomes.keys();
    let all = all
        .map(|outcome| Canonical::from(serde_json::to_value(outcome).expect("an outcome is JSON")));
    all.collect()
}

#[test]
fn what_a_program_can_come_to_is_what_it_was_seen_coming_to_no_more_and_no_less() {
    let mut compared = 0;
    for program in &*PROGRAMS {
        assert_eq!(program.case.schedule, None);
        let is_model = |name: &String| models::by_name(name).is_some();
        assert!(program.outcomes.keys().all(is_model));
        for model in recorded_models() {
            let Some(seen) = program.outcomes.get(model.name()) else {
                continue;
            };
            assert_eq!(
                allowed(&model, &program.case),
                *seen,
                "{} {}",
                model.name(),
                program.name
            );
            compared += seen.len();
        }
    }
    assert_eq!((PROGRAMS.len(), compared), (6, 279));
}

/// The bug that 530f8f9c3546 fixed: two correct calls, and a null pointer.
#[test]
fn a_null_pointer_was_seen_from_6_12_until_its_fix() {
    for program in &*PROGRAMS {
        for (model, all) in &program.outcomes {
            let seen = all
                .iter()
                .any(|Canonical(text)| text.contains("null-deref"));
            let model = models::by_name(model).expect("a model");
            let tree = model.tree();
            let has_the_bug =
                tree.has(ATTACH_HANDLES) && !tree.has(STORE_DEV_LOCKED) && !tree.has(REFUSE_X86);
            let expected = has_the_bug && program.name == "bind-unbind-twice";
            let model = model.name();
            assert_eq!(seen, expected, "{model} {}", program.name);
        }
    }
}
