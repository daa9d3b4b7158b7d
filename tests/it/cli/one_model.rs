// SPDX-License-Identifier: GPL-2.0-or-later
//! Counterexamples about one model, which `check --out` writes.

use super::run::{Scratch, svadiff, svadiff_reading};
use super::samples::COUNTEREXAMPLE;
use super::shape::keys;
use serde_json::{Value, json};
use std::fs;

/// Returns the files that `check` writes, each with its path.
fn written(args: &str) -> Vec<(String, Value)> {
    let dir = Scratch::new();
    let out = dir.path().join("found");
    let out = out.to_str().expect("a path in UTF-8");
    let args = format!("check {args}");
    let ran = svadiff(args.split(' ').chain(["--out", out]));
    assert_eq!(ran.status, 1, "{ran:?}");
    let files = fs::read_dir(out).expect("the directory").map(|file| {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a file");
        let name = path.file_name().expect("a name").to_string_lossy();
        (
            name.into_owned(),
            serde_json::from_str(&text).expect("JSON"),
        )
    });
    let mut files: Vec<_> = files.collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

/// Arguments of `check` that together find a misbehaviour in every view, on one CPU and on several,
/// each with the least number of findings.
const CHECKS: [(&str, usize); 4] = [
    ("v6.8-rc6", 2),
    ("thread-b --binds 3", 3),
    ("thread-d --ops 2", 2),
    ("v6.12 --cpus 2 --devices 1 --mms 1", 1),
];

#[test]
fn each_finding_is_written_in_the_shape_of_the_format_and_replays() {
    let mut views = Vec::new();
    for (args, least) in CHECKS {
        let model = args.split(' ').next().expect("a model");
        let files = written(args);
        assert!(files.len() >= least, "{args}: {files:?}");
        for (name, file) in files {
            let expected = [
                "format",
                "id",
                "case",
                "from",
                "signature",
                "first_difference",
                "traces",
                "minimal",
                "history",
                "made_by",
            ];
            assert_eq!(keys(&file), expected, "{name}");
            assert_eq!(file["from"], model);
            assert_eq!(file["signature"]["side"], "from");
            assert_eq!(keys(&file["traces"]), [model]);
            assert_eq!(keys(&file["history"]), ["introduced", "fixed", "from"]);
            views.push(file["first_difference"]["view"].clone());
            // The file name contains the id of the misbehaviour, which is the same everywhere.
            let id = name.trim_end_matches(".json").rsplit('-').next();
            assert_eq!(file["id"].as_str(), id, "{name}");

            let text = file.to_string();
            let ran = svadiff_reading(["replay", "-"], text.as_bytes());
            assert_eq!(ran.status, 0, "{name}: {ran:?}");
            assert!(ran.out.contains(model), "{}", ran.out);
            let small = svadiff_reading(["minimize", "-", "--json"], text.as_bytes()).json(0);
            assert_eq!(small["signature"], file["signature"], "{name}");
            let traced = svadiff_reading(["trace", "-", "--model", model], text.as_bytes());
            assert_eq!(traced.status, 0);
        }
    }
    for view in ["api", "splat", "leak", "state"] {
        assert!(views.contains(&json!(view)), "{view} in {views:?}");
    }
}

#[test]
fn what_is_claimed_of_one_model_can_be_wrong() {
    let (_, file) = written("v6.8-rc6").swap_remove(0);
    let replay = |file: &Value| svadiff_reading(["replay", "-"], file.to_string().as_bytes());
    for (path, value, what) in [
        ("/id", json!("000000000000"), "id"),
        ("/minimal/ops", json!(7), "minimal.ops"),
        ("/minimal/one_minimal", json!(false), "minimal.one_minimal"),
        ("/history/introduced", json!(null), "history.introduced"),
        ("/history/from/until", json!(null), "history.from.until"),
        ("/first_difference/op", json!(0), "first_difference.op"),
        (
            "/traces/v6.8-rc6/end/live/handles",
            json!(5),
            "traces.v6.8-rc6.end.live.handles",
        ),
        ("/signature/view", json!("api"), "signature"),
        (
            "/history/from",
            json!({"since": "x", "until": null}),
            "history.from.since",
        ),
    ] {
        let mut file = file.clone();
        *file.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        let ran = replay(&file);
        assert_eq!(ran.status, 1, "{path}: {ran:?}");
        assert!(
            ran.out.contains(&format!("\n  {what}\n")),
            "{path}: {}",
            ran.out
        );
    }
    // The same claim about a kernel that does not misbehave.
    let mut other = file.clone();
    other["from"] = json!("v6.8");
    let said = replay(&other).ok(1);
    assert!(
        said.contains("v6.8 does not do what the file claims."),
        "{said}"
    );
    // Without a second model, the file must not claim a history of one.
    let mut other = file.clone();
    other["history"]["to"] = json!({"since": null, "until": null});
    assert!(replay(&other).ok(1).contains("\n  history.to\n"));
    let mut other = file.clone();
    other["signature"]["side"] = json!("to");
    assert!(
        replay(&other)
            .refused("standard input")
            .contains("missing key `to`")
    );
    let mut two = file;
    two["to"] = COUNTEREXAMPLE["to"].clone();
    assert_eq!(replay(&two).status, 1);
}
