// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares the models on several CPUs with recordings of the kernel's own code: run by run, and
//! for small programs by all possible outcomes.

use crate::recorded::{Row, blocks, not_executed, read, steps};
use serde::Deserialize;
use serde_json::{Value, json};
use spec::Case;
use spec::record::record;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use svadiff::conformance::first_mismatch;
use svadiff::interleaving::{Bounds, outcomes};
use svadiff::models::{self, AnyModel};

/// The models that were recorded on several CPUs.
const RECORDED: [&str; 7] = [
    "v6.7",
    "v6.8-rc1",
    "v6.8-rc6",
    "v6.8",
    "v6.12",
    "v6.12.117",
    "v7.3",
];

fn recorded_models() -> impl Iterator<Item = AnyModel> {
    let model = |name| models::by_name(name).unwrap_or_else(|| panic!("no model {name}"));
    RECORDED.into_iter().map(model)
}

/// The number of rows, and of steps of the seven models in them. A truncated file fails the test.
const SIZE: (usize, usize) = (170, 5082);

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| read("concurrent.jsonl.gz"));

#[test]
fn every_model_does_in_every_row_what_the_kernel_did_and_takes_the_same_schedule() {
    let mut compared = 0;
    for model in recorded_models() {
        for row in &*ROWS {
            let recorded = row.recorded(&model);
            // The row must contain a schedule to compare.
            assert!(recorded["schedule"].is_array(), "{}", row.id);
            let mismatch = first_mismatch(&model, &row.case, recorded);
            assert_eq!(mismatch, None, "{} in {}", model.name(), row.id);
            compared += steps(recorded).len();
        }
    }
    assert_eq!((ROWS.len(), compared), SIZE);
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
        let steps = |row: &'static Row| recorded_models().flat_map(|m| steps(row.recorded(&m)));
        let ends = |row: &'static Row| recorded_models().map(|m| &row.recorded(&m)["end"]);
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
        let recorded = ROWS.iter().flat_map(|row| steps(row.recorded(&model)));
        let starts: BTreeSet<u16> = recorded.flat_map(blocks).collect();
        let mut checked = 0;
        for row in &*ROWS {
            let recorded = steps(row.recorded(&model));
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
        assert!(
            program
                .outcomes
                .keys()
                .all(|name| RECORDED.contains(&name.as_str()))
        );
        for model in recorded_models() {
            let seen = &program.outcomes[model.name()];
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
    assert_eq!((PROGRAMS.len(), compared), (6, 104));
}

/// The bug that 530f8f9c3546 fixed: two correct calls, and a null pointer.
#[test]
fn a_null_pointer_was_seen_in_6_12_alone() {
    for program in &*PROGRAMS {
        for (model, all) in &program.outcomes {
            let seen = all
                .iter()
                .any(|Canonical(text)| text.contains("null-deref"));
            let expected = model == "v6.12" && program.name == "bind-unbind-twice";
            assert_eq!(seen, expected, "{model} {}", program.name);
        }
    }
}
