// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that findings recorded with an earlier version are still found.
//! `golden/findings.jsonl.gz` has the findings of `compare` for every pair of its twelve models, in
//! both directions, and of `check` for each model, with faults and without. There may be additional
//! findings.
//!
//! A row has the models, the number of operations, whether there were faults, and the signature of
//! a finding in its old form, without anchors in citations.

use crate::cli::run::svadiff;
use crate::thorough::{sample, thorough};
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

/// The arguments of a search.
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
        // The PASIDs that operations named in those universes.
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

/// Repeats the searches for which `these` returns true, which have `many` findings, and expects
/// them to be found again. Without [`thorough`], repeats one search of five.
fn are_found(many: usize, these: fn(&Search) -> bool) {
    let all = recorded().into_iter().filter(|(search, _)| these(search));
    let all: Vec<(Search, Vec<Value>)> = all.collect();
    let findings = |all: &[(Search, Vec<Value>)]| -> usize {
        all.iter().map(|(_, signatures)| signatures.len()).sum()
    };
    assert_eq!(findings(&all), many);
    let repeated: Vec<_> = sample(all, 5).collect();
    let count = findings(&repeated);
    let least = if thorough() { many } else { many / 10 };
    assert!(count >= least, "{count} of {many}");
    for (search, signatures) in repeated {
        let found = search.found();
        for signature in &signatures {
            assert!(found.contains(signature), "{search:?}: {signature}");
        }
    }
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
