// SPDX-License-Identifier: GPL-2.0-or-later
//! Findings that were recorded once are still found: `golden/findings.jsonl.gz` has what `compare` of
//! every two of the twelve models that were there then, in either direction, and `check` of each of
//! them found, with faults and without. More may be found.
//!
//! A row has the models, the number of operations, whether there were faults, and the signature of a
//! finding as it was then, before citations had anchors.

use crate::cli::run::svadiff;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

#[derive(Deserialize)]
struct Row {
    #[serde(flatten)]
    search: Search,
    signature: Value,
}

/// What was searched.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Search {
    model: Option<String>,
    from: Option<String>,
    to: Option<String>,
    ops: usize,
    faults: bool,
}

impl Search {
    fn found(&self) -> HashSet<Value> {
        let command = if self.model.is_some() {
            "check"
        } else {
            "compare"
        };
        let ops = self.ops.to_string();
        // The PASIDs that operations named in the universes of then.
        let mut args = vec![command, "--json", "--ops", &ops, "--pasids", "1,2"];
        let models = [&self.model, &self.from, &self.to].into_iter().flatten();
        args.extend(models.map(String::as_str));
        args.extend(self.faults.then_some("--faults"));
        let found = svadiff(args).json(1);
        assert_eq!(found["complete"], true, "{self:?}");
        let findings = found["findings"].as_array().expect("a list");
        let signatures = findings.iter().map(|finding| &finding["signature"]);
        signatures.cloned().map(without_anchors).collect()
    }
}

fn without_anchors(mut signature: Value) -> Value {
    match &mut signature {
        Value::Object(fields) => {
            fields.remove("anchor");
            fields.values_mut().for_each(|value| {
                *value = without_anchors(value.take());
            });
        }
        Value::Array(values) => values.iter_mut().for_each(|value| {
            *value = without_anchors(value.take());
        }),
        _ => {}
    }
    signature
}

fn recorded() -> BTreeMap<Search, Vec<Value>> {
    let file = include_bytes!("golden/findings.jsonl.gz");
    let rows = serde_json::Deserializer::from_reader(GzDecoder::new(&file[..])).into_iter();
    let mut all: BTreeMap<Search, Vec<Value>> = BTreeMap::new();
    for row in rows {
        let Row { search, signature } = row.expect("a row");
        all.entry(search).or_default().push(signature);
    }
    all
}

/// Searches again what was searched then, where `these` says so, and expects so many findings.
fn are_found(many: usize, these: fn(&Search) -> bool) {
    let mut count = 0;
    for (search, signatures) in recorded() {
        if these(&search) {
            let found = search.found();
            for signature in &signatures {
                assert!(found.contains(signature), "{search:?}: {signature}");
            }
            count += signatures.len();
        }
    }
    assert_eq!(count, many);
}

#[test]
fn what_one_kernel_did_that_none_may_do_is_still_found() {
    are_found(23, |search| search.model.is_some());
}

#[test]
fn what_two_kernels_differed_in_is_still_found() {
    are_found(472, |search| search.model.is_none() && !search.faults);
}

#[test]
fn what_two_kernels_differed_in_where_something_fails_is_still_found() {
    are_found(1040, |search| search.model.is_none() && search.faults);
}
