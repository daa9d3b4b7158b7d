// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks long searches: limits, interruption, checkpoints.

use super::run::{Scratch, interrupted, svadiff};
use serde_json::Value;
use std::fs;

/// A search that takes minutes.
const LONG: &str = "compare v6.7 v6.8 --devices 4 --mms 3 --binds 7";

#[test]
fn each_limit_ends_with_what_was_found_and_status_3() {
    for (limit, said) in [
        ("--max-states 1000", "stopped at --max-states"),
        ("--max-memory 900K", "stopped at --max-memory"),
        ("--max-seconds 0.2", "stopped at --max-seconds"),
    ] {
        let args = format!("{LONG} {limit}");
        let text = svadiff(args.split(' ')).ok(3);
        let text = text.replace("\n           ", " ");
        assert!(text.contains(&format!("NOT COMPLETE: {said}")), "{text}");
        assert!(text.contains("   so far"), "{text}");
        assert!(
            text.contains("Digest     none, since there may be more"),
            "{text}"
        );
        let value = svadiff(args.split(' ').chain(["--json"])).json(3);
        assert_eq!(
            (&value["complete"], &value["digest"]),
            (&false.into(), &Value::Null)
        );
    }
}

#[test]
fn limits_that_are_no_numbers_are_refused() {
    for args in [
        "--max-memory 1Q",
        "--max-memory 99999999999T",
        "--max-seconds soon",
        "--max-seconds -1",
        "--max-seconds inf",
        "--max-states 1.5",
        "--threads 0",
        "--threads many",
    ] {
        let args = format!("compare v6.7 v6.8 {args}");
        svadiff(args.split(' ')).refused("");
    }
}

fn interrupt(signal: &str) {
    let text = interrupted(signal, LONG.split(' '));
    let text = text.replace("\n           ", " ");
    assert!(
        text.contains("1. differs: bind returns the handle of an earlier bind"),
        "{text}"
    );
    assert!(text.contains("NOT COMPLETE: interrupted"), "{text}");
}

#[test]
fn ctrl_c_prints_what_was_found_and_how_far_it_got() {
    interrupt("-INT");
}

#[test]
fn so_does_whoever_ends_the_program_politely() {
    interrupt("-TERM");
}

#[test]
fn a_search_goes_on_from_its_checkpoint_to_the_same_end() {
    let dir = Scratch::new();
    let file = dir.path().join("search.checkpoint");
    let file = file.to_str().expect("a path in UTF-8");
    let args = "compare v6.7 thread-b --binds 3";
    let whole = svadiff(args.split(' ')).ok(1);
    let keep = ["--checkpoint", file];
    let first = args.split(' ').chain(keep).chain(["--max-states", "100"]);
    assert!(svadiff(first).ok(3).contains("so far"));
    // A second search would overwrite it.
    let again = svadiff(args.split(' ').chain(keep));
    assert!(
        again
            .refused(file)
            .contains("is there already; add --resume")
    );
    let mut states = 100;
    loop {
        states += 150;
        let most = states.to_string();
        let resume = [
            "--resume",
            "--threads",
            if states % 4 == 0 { "1" } else { "2" },
        ];
        let more = args.split(' ').chain(keep).chain(resume);
        let ran = svadiff(more.chain(["--max-states", &most]));
        if ran.status != 3 {
            assert_eq!(ran.ok(1), whole);
            break;
        }
    }
    // A finished search stays finished.
    let resume = args.split(' ').chain(keep).chain(["--resume"]);
    assert_eq!(svadiff(resume).ok(1), whole);
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let dir = Scratch::new();
    let file = dir.path().join("search.checkpoint");
    let file = file.to_str().expect("a path in UTF-8");
    let keep = ["--checkpoint", file, "--resume"];
    let first = "compare v6.7 v6.8 --binds 2 --checkpoint";
    svadiff(first.split(' ').chain([file])).ok(1);
    for (args, said) in [
        (
            "compare v6.7 v6.8-rc6 --binds 2",
            ": a checkpoint of other models",
        ),
        (
            "compare v6.7 v6.8 --binds 3",
            ": a checkpoint of another universe",
        ),
        (
            "compare v6.7 v6.8 --binds 2 --view api",
            ": a checkpoint of other views",
        ),
        ("check v6.7 --binds 2", ": a checkpoint of other models"),
    ] {
        let ran = svadiff(args.split(' ').chain(keep));
        assert_eq!(ran.refused(file), said);
    }
    fs::write(file, "no search").expect("a file");
    let ran = svadiff("check v6.7".split(' ').chain(keep));
    assert_eq!(ran.refused(file), ": not a checkpoint of a search");
    fs::write(file, "svadiff-checkpoint/1\n{}\n").expect("a file");
    let ran = svadiff("check v6.7".split(' ').chain(keep));
    let said = ": a checkpoint of another version of this program";
    assert_eq!(ran.refused(file), said);
    let ran = svadiff(["check", "v6.7", "--resume"]);
    assert!(ran.refused("").contains("--checkpoint <FILE>"));
    let missing = dir.path().join("missing/search.checkpoint");
    let missing = missing.to_str().expect("a path in UTF-8");
    let ran = svadiff(["check", "v6.7", "--checkpoint", missing]);
    assert!(ran.refused(missing).starts_with(": cannot be written: "));
}
