// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff from-artifact`

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Returns the path of a seed of a target. Its bytes are like those at which a fuzzer stops.
fn seed(target: &str, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    folder.join(target).join(name)
}

const EBUSY: &str = "second-bind-ebusy.v6.7.v6.8-rc1.seed";

fn from_artifact(target: &str, name: &str) -> Ran {
    let seed = seed(target, name);
    let seed = seed.to_str().expect("a path in UTF-8");
    svadiff(["from-artifact", target, seed])
}

#[test]
fn what_a_fuzzer_stopped_at_becomes_a_counterexample_that_replays() {
    for (target, name) in [
        ("diff", EBUSY),
        ("minimize", EBUSY),
        ("case_json", "second-device-leak.json"),
        ("case_text", "second-device-leak.txt"),
        ("parse", "second-device-leak.json"),
    ] {
        let ran = from_artifact(target, name);
        assert_eq!(ran.status, 1, "{target}: {ran:?}");
        assert!(ran.err.starts_with("svadiff: "), "{}", ran.err);
        assert!(ran.err.lines().all(|line| line.chars().count() <= 75));
        let file: Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(file["format"], "svadiff-counterexample/1");
        assert_eq!(file["minimal"]["one_minimal"], true);
        let said = svadiff_reading(["replay", "-"], ran.out.as_bytes()).ok(0);
        assert!(said.ends_with("\nEverything that the file claims is what happens.\n"));
    }
}

#[test]
fn the_counterexample_goes_to_the_file_that_is_named() {
    let scratch = Scratch::new();
    let file = scratch.path().join("found.json");
    let (seed, out) = (seed("diff", EBUSY), file.to_str().expect("UTF-8"));
    let seed = seed.to_str().expect("UTF-8");
    let ran = svadiff(["from-artifact", "diff", seed, "--out", out]);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    let written = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(written, from_artifact("diff", EBUSY).out);
    let out = format!("{out}/below");
    let ran = svadiff(["from-artifact", "diff", seed, "--out", &out]);
    let about = ran.refused_after_rows("");
    assert!(about.contains("cannot be written"), "{about}");
}

#[test]
fn where_the_models_agree_it_says_so_and_prints_no_json() {
    let said = svadiff_reading(["from-artifact", "diff", "-"], b"").ok(0);
    assert_eq!(said, "The two models do not differ on this case.\n");
    let nothing = br#"{"topology": {"devices": [], "mms": []}, "ops": []}"#;
    for target in ["case_json", "parse"] {
        let said = svadiff_reading(["from-artifact", target, "-"], nothing).ok(0);
        assert_eq!(said, "No two neighbours in history differ on this case.\n");
    }
}

#[test]
fn bytes_that_look_packed_are_not_unpacked() {
    let ran = svadiff_reading(["from-artifact", "diff", "-"], &[0x1f, 0x8b, 8, 0]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn another_target_is_refused_with_a_list_of_those_that_there_are() {
    let ran = svadiff(["from-artifact", "dif", "x"]);
    let sentence = ran.refused("");
    assert!(
        sentence.contains("case_json, case_text, diff, minimize, parse; did you mean `diff`?"),
        "{sentence}"
    );
}

#[test]
fn what_is_no_case_is_refused_in_the_words_of_the_reader() {
    for target in ["case_json", "parse"] {
        svadiff_reading(["from-artifact", target, "-"], b"{\"ops\": 1}")
            .refused_at_a_place("standard input");
    }
    let ran = svadiff(["from-artifact", "diff", "/nowhere/at/all"]);
    let about = ran.refused("/nowhere/at/all");
    assert!(about.contains("cannot be read"), "{about}");
}

#[test]
fn what_is_too_large_is_refused() {
    let large = vec![b' '; (16 << 20) + 1];
    let ran = svadiff_reading(["from-artifact", "diff", "-"], &large);
    let about = ran.refused_at_a_place("standard input");
    assert!(about.contains("16 MiB"), "{about}");
}
