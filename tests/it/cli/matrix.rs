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

/// Returns the groups and the rows of a table.
fn groups_and_rows(text: &str) -> (Vec<Vec<&str>>, Vec<Vec<&str>>) {
    let mut parts = text.split("\n\n");
    let title = parts.next().expect("a title");
    assert!(title.starts_with("Kernels that do the same"), "{title}");
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for line in parts.next().expect("groups").lines() {
        let (number, names) = line.split_at(5);
        let names = names.split([',', ' ']).filter(|name| !name.is_empty());
        match number.trim() {
            "" => groups.last_mut().expect("a group").extend(names),
            _ => groups.push(names.collect()),
        }
    }
    let table = parts.next().expect("a table");
    let rows = table.lines().skip(1);
    let rows = rows.map(|line| line.split_whitespace().skip(1).collect());
    (groups, rows.collect())
}

#[test]
fn kernels_that_do_the_same_are_one_row_and_the_table_fits_a_hundred_columns() {
    let text = svadiff(["matrix", "--ops", "2"]).ok(1);
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    let (groups, rows) = groups_and_rows(&text);
    let named: Vec<&str> = groups.concat();
    assert_eq!(named.len(), MODELS.len());
    assert!(MODELS.iter().all(|model| named.contains(model)), "{text}");
    assert_eq!(groups.len(), rows.len());
    let of = |name: &str| {
        let is_of = |group: &Vec<&str>| group.contains(&name);
        groups.iter().position(is_of).expect("a group")
    };
    for (number, row) in rows.iter().enumerate() {
        // The group itself, and the groups after it.
        assert_eq!(row.len(), rows.len() - number, "{row:?}");
        assert_eq!(row[0], ".", "{row:?}");
        assert!(!row[1..].contains(&"0"), "{row:?}");
    }
    assert_eq!(of("v6.8-merge"), of("v6.8-rc1"));
    assert_eq!(of("v6.12.93"), of("v6.17"));
    assert_eq!(of("v7.1.2"), of("v7.3"));
    let cell = |from: &str, to: &str| rows[of(from)][of(to) - of(from)];
    assert_eq!(cell("v6.7", "v6.8-merge"), "1");
    assert!(text.contains("up to 2 ops, attach"), "{text}");
}

#[test]
fn what_an_upgrade_changes_is_a_list_in_the_order_of_history() {
    let args = ["matrix", "--from", "v6.7", "--to", "v6.12"];
    let text = svadiff(args).ok(1);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(text.starts_with("From v6.7 to v6.12 "), "{text}");
    assert!(at("(6.8)") < at("(6.9)"), "{text}");
    assert!(
        text.contains("bind dev 0, mm 0; bind dev 0, mm 0\n"),
        "{text}"
    );
    // As programs, people are told of everything that `compare` finds.
    let json = svadiff([&args[..], &["--json"]].concat()).json(1);
    let compared = svadiff(["compare", "v6.7", "v6.12", "--json"]).json(1);
    assert_eq!(json["findings"], compared["findings"]);
    for finding in json["findings"].as_array().expect("a list") {
        let id = finding["id"].as_str().expect("an id");
        assert!(text.contains(&format!("id {id}\n")), "{text}");
    }
    let same = svadiff(["matrix", "--from", "v6.7", "--to", "v6.7"]).ok(0);
    assert!(
        same.starts_with("From v6.7 to v6.7 nothing changes"),
        "{same}"
    );
    assert_eq!(svadiff(["matrix", "--from", "v6.7"]).status, 2);
}

#[test]
fn a_matrix_that_was_stopped_is_not_called_complete() {
    let text = svadiff(["matrix", "--max-states", "2"]).ok(3);
    assert!(text.contains("0+"), "{text}");
    let value = svadiff(["matrix", "--max-states", "2", "--json"]).json(3);
    let pairs = value["pairs"].as_array().expect("a list");
    assert!(pairs.iter().all(|pair| pair["complete"] == false));
}
