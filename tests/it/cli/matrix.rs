// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff matrix`

use super::run::svadiff;
use super::samples::MODELS;
use serde_json::{Value, json};

#[test]
fn every_pair_is_compared_and_counted_as_compare_counts_it() {
    let value = svadiff(["matrix", "--json", "--ops", "3"]).json(1);
    assert_eq!(value["views"], json!(["api", "splat", "leak"]));
    let pairs = value["pairs"].as_array().expect("a list");
    // Every pair of models once.
    assert_eq!(pairs.len(), MODELS.len() * (MODELS.len() - 1) / 2);
    for (from, to) in [
        ("v6.7", "v6.8"),
        ("v6.8-merge", "v6.8-rc1"),
        ("thread-b", "thread-c"),
        ("v6.8", "v7.3"),
    ] {
        let named = |pair: &&Value| pair["from"] == from && pair["to"] == to;
        let pair = pairs.iter().find(named).expect("the pair");
        let ran = svadiff(["compare", from, to, "--json", "--ops", "3"]);
        let status = ran.status;
        let alone = ran.json(status);
        let findings = alone["findings"].as_array().map(Vec::len);
        assert_eq!(pair["findings"].as_u64(), findings.map(|n| n as u64));
        assert_eq!(pair["digest"], alone["digest"]);
        assert_eq!(pair["complete"], true);
    }
}

#[test]
fn the_table_has_a_row_for_each_model_and_says_what_it_covers() {
    let text = svadiff(["matrix", "--ops", "2"]).ok(1);
    // Columns that do not fit the width follow in another block.
    let row = |(number, model): (usize, &&str)| {
        let head = format!("{number:>3}  {model} ");
        let lines = text.lines().filter(|line| line.starts_with(&head));
        let cells = lines.flat_map(|line| line[head.len()..].split_whitespace());
        cells.collect::<Vec<_>>()
    };
    let rows: Vec<Vec<&str>> = (1..).zip(MODELS.iter()).map(row).collect();
    for (number, row) in rows.iter().enumerate() {
        // The model itself, and the models after it.
        assert_eq!(row.len(), MODELS.len() - number, "{row:?}");
        assert_eq!(row[0], ".", "{row:?}");
    }
    let at = |name: &str| {
        MODELS
            .iter()
            .position(|model| *model == name)
            .expect("a model")
    };
    let cell = |from: &str, to: &str| rows[at(from)][at(to) - at(from)];
    assert_eq!(cell("v6.7", "v6.8-merge"), "1");
    assert_eq!(cell("v6.8-merge", "v6.8-rc1"), "0");
    assert!(text.contains("up to 2 ops, attach"), "{text}");
}

#[test]
fn a_matrix_that_was_stopped_is_not_called_complete() {
    let text = svadiff(["matrix", "--max-states", "2"]).ok(3);
    assert!(text.contains("0+"), "{text}");
    let value = svadiff(["matrix", "--max-states", "2", "--json"]).json(3);
    let pairs = value["pairs"].as_array().expect("a list");
    assert!(pairs.iter().all(|pair| pair["complete"] == false));
}
