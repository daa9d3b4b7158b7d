// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests the files in `corpus/`: they hold, and are what the search writes.

use super::{findings_in, usual};
use serde_json::Value;
use spec::Case;
use std::fs;
use std::path::PathBuf;
use svadiff::counterexample::Received;
use svadiff::judge::View;
use svadiff::report::json::counterexample;
use svadiff::universe::Universe;

fn corpus() -> Vec<(PathBuf, Vec<u8>)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    let mut files: Vec<_> = fs::read_dir(dir)
        .expect("corpus/ is there")
        .map(|entry| entry.expect("corpus/ can be read").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .map(|path| {
            (
                path.clone(),
                fs::read(path).expect("a file of corpus/ can be read"),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn what_the_files_in_corpus_claim_is_what_happens() {
    let files = corpus();
    assert!(files.len() >= 15, "only {} files", files.len());
    for (path, bytes) in files {
        let received = Received::from_json(&bytes)
            .unwrap_or_else(|refused| panic!("{}: {refused}", path.display()));
        assert_eq!(received.check(), [], "{}", path.display());
    }
}

/// Returns the universe and the views for a file in `corpus/`: the defaults, extended by the needs
/// of its case.
fn scope(case: &Case, view: &str) -> (Universe, Vec<View>) {
    let mut universe = usual(case.ops.iter().any(|op| op.fault.is_some()));
    let limits: Vec<u16> = { case.topology.devices.iter() }
        .map(|device| device.max_pasids)
        .collect();
    if limits
        .iter()
        .any(|limit| !universe.max_pasids.contains(limit))
    {
        universe.max_pasids = limits;
    }
    if case.is_concurrent() {
        universe = Universe {
            devices: 1,
            mms: 1,
            cpus: 2,
            only: Universe::usual(universe.ops, 2),
            ..universe
        };
    }
    let mut views = View::ALL.into_iter();
    let view = views.find(|this| this.name() == view).expect("a view");
    match View::DEFAULT.contains(&view) {
        true => (universe, View::DEFAULT.to_vec()),
        false => (universe, vec![view]),
    }
}

/// The files in `corpus/` are exactly those that the search writes, except for texts for people.
#[test]
fn the_files_in_corpus_are_what_the_search_writes() {
    for (path, bytes) in corpus() {
        let written: Value = serde_json::from_slice(&bytes).expect("a file of corpus/ is JSON");
        let text = |at: &str| {
            let text = written.pointer(at).and_then(Value::as_str);
            text.expect("a name").to_owned()
        };
        let received = Received::from_json(&bytes).expect("a counterexample");
        let (universe, views) = scope(&received.case, &text("/signature/view"));
        let (models, findings) = findings_in(&universe, &views, &text("/from"), &text("/to"));
        let same = findings.iter().map(|finding| {
            let mut finding = finding.clone();
            finding.case.title.clone_from(&received.case.title);
            finding.case.origin.clone_from(&received.case.origin);
            counterexample(models, &views, &finding)
        });
        let mut same = same.filter(|value| value["signature"] == written["signature"]);
        let found = same
            .next()
            .unwrap_or_else(|| panic!("{} is not found", path.display()));
        assert_eq!(
            svadiff::report::json(&found),
            String::from_utf8(bytes).expect("UTF-8"),
            "{}",
            path.display()
        );
    }
}
