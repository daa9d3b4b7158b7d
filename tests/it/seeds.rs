// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that the cases in `corpus/` can be encoded as bytes, so that a fuzzer can start from
//! them.

use flate2::read::GzDecoder;
use serde_json::Value;
use spec::case::MAX_PASIDS;
use spec::generate::{EVERYTHING, GENE, HEADER, from_bytes, to_bytes};
use spec::{Case, OpKind};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths.collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths
}

fn case_in(value: &Value) -> Case {
    Case::from_json(value["case"].to_string().as_bytes()).expect("a case")
}

fn assert_has_bytes(case: &Case) {
    let bytes = to_bytes(case).unwrap_or_else(|| panic!("no bytes: {case:?}"));
    let mut again = Case::default();
    from_bytes(EVERYTHING, &bytes, &mut again);
    assert_eq!(again, case.bare());
    let entries = case.schedule.as_ref().map_or(0, Vec::len);
    let genes = case.ops.len() + entries.div_ceil(GENE - 1);
    assert_eq!(bytes.len(), HEADER + GENE * genes);
}

#[test]
fn every_counterexample_has_bytes() {
    let files = files("corpus", ".json");
    assert!(files.len() >= 15);
    for path in files {
        let text = std::fs::read(&path).expect("a file");
        assert_has_bytes(&case_in(&serde_json::from_slice(&text).expect("JSON")));
    }
}

/// Returns whether an operation names an index too far beyond the existing ones to be encoded, or is
/// performed again.
fn strays_far(case: &Case) -> bool {
    let devices = case.topology.devices.len() as u32;
    let far = |kind: OpKind| match kind {
        OpKind::Bind { dev, mm } => dev > devices + 2 || mm > 16,
        OpKind::AllocPasid { dev } => dev > devices + 2,
        OpKind::Fork { mm } | OpKind::Exit { mm } | OpKind::EnqcmdPasid { mm } => mm > 16,
        OpKind::Attach { dev, pasid } | OpKind::PageRequest { dev, pasid } => {
            dev > devices + 2 || pasid > u32::from(MAX_PASIDS)
        }
        kind => kind.of().is_some_and(|of| of > 64),
    };
    case.ops.iter().any(|op| op.again || far(op.kind))
}

#[test]
fn every_recorded_case_has_bytes_unless_it_strays_far() {
    let (mut many, mut far) = (0, 0);
    for path in files("corpus/conformance", ".jsonl.gz") {
        let mut text = String::new();
        let file = File::open(&path).expect("a file");
        GzDecoder::new(file)
            .read_to_string(&mut text)
            .expect("text");
        for line in text.lines() {
            let case = case_in(&serde_json::from_str(line).expect("JSON"));
            if strays_far(&case) && to_bytes(&case).is_none() {
                far += 1;
                continue;
            }
            assert_has_bytes(&case);
            many += 1;
        }
    }
    assert!(many > 500 && far < 50, "{many} {far}");
}
