// SPDX-License-Identifier: GPL-2.0-or-later
//! Every command ends soon after its limit of time, and prints the results up to then.

use super::run::{Scratch, svadiff};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Programs on four CPUs have many schedules, so minimizing a finding takes longer than finding it.
#[test]
fn a_hunt_on_several_cpus_obeys_its_time() {
    let begun = Instant::now();
    for cpus in ["2", "4"] {
        let args = "hunt v6.7 v6.8 --profile races --seconds 0.3 --json --cpus";
        let ran = svadiff(args.split(' ').chain([cpus]));
        let value: Value = serde_json::from_str(&ran.out).expect("JSON");
        let unfinished = value.get("unfinished").is_some();
        assert_eq!(ran.status == 3, unfinished, "{ran:?}");
    }
    // On an idle machine, each command takes a second at most.
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_minimizer_that_is_stopped_prints_what_it_has() {
    let dir = Scratch::new();
    let found = svadiff("compare v6.7 v6.8-rc1 --json".split(' ')).json(1);
    let file = dir.file("case.json", found["findings"][0].to_string());
    let text = svadiff(["minimize", &file, "--max-seconds", "0"]).ok(3);
    let end = "NOT COMPLETE: stopped at --max-seconds.\n";
    assert!(text.ends_with(end), "{text}");
    svadiff(["minimize", &file]).ok(0);
}
