// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes files that are far too large, and files just below the limit: memory and time are
//! bounded.

use super::run::{Ran, feed, gzip};
use super::samples::{COUNTEREXAMPLE, MODELS, everything, two_binds};
use serde_json::json;
use std::io::{self, Write};
use std::process::Command;
use std::time::{Duration, Instant};

/// Runs the program with bounded memory and time.
fn bounded(args: &[&str], write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send) -> Ran {
    const KIB: &str = "140000";
    let mut command = Command::new("sh");
    let script = "ulimit -v \"$0\" && exec \"$@\"";
    let program = env!("CARGO_BIN_EXE_svadiff");
    command.args(["-c", script, KIB, program]).args(args);
    let begin = Instant::now();
    let ran = feed(command, write);
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(20), "{args:?} took {took:?}");
    ran
}

fn bounded_file(args: &[&str], bytes: &[u8]) -> Ran {
    bounded(args, |stdin| stdin.write_all(bytes))
}

const READERS: [&[&str]; 4] = [
    &["trace", "-"],
    &["replay", "-"],
    &["trace", "--jsonl", "-"],
    &["conform", "-"],
];

/// The beginning of a file, and the text that is repeated after it up to 100 MB.
const ENDLESS: [(&str, &str); 10] = [
    ("", " "),
    ("", "\n"),
    ("", "[ \n"),
    ("{\"title\": \"", "a"),
    ("{\"", "k"),
    (
        "{\"topology\": {\"devices\": [], \"mms\": []}, \"ops\": [",
        "{\"op\":\"exit\",\"mm\":0},",
    ),
    ("{\"ops\": [", "[],"),
    ("{\"x\": [", "{\"a\":0},"),
    ("", "9"),
    ("{\"id\": 1, \"traces\": {\"v6.7\": {\"a\": [", "{\"a\":0},"),
];

const SIZE: usize = 100_000_000;

fn write_endless(head: &str, more: &str, to: &mut dyn Write) -> io::Result<()> {
    to.write_all(head.as_bytes())?;
    let block = more.repeat((1 << 16) / more.len());
    for _ in 0..SIZE / block.len() {
        to.write_all(block.as_bytes())?;
    }
    Ok(())
}

#[test]
fn a_hundred_megabytes_of_anything_are_refused_in_bounded_memory() {
    for args in READERS {
        for (head, more) in ENDLESS {
            let ran = bounded(args, |stdin| write_endless(head, more, stdin));
            let about = ran.refused_at_a_place("standard input");
            assert!(!about.is_empty(), "{head} {more}");
        }
    }
}

#[test]
fn a_hundred_megabytes_from_a_small_gzip_are_refused_in_bounded_memory() {
    for (head, more) in ENDLESS {
        let fast = flate2::Compression::fast();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), fast);
        write_endless(head, more, &mut packed).expect("memory");
        let packed = packed.finish().expect("memory");
        assert!(packed.len() < 2_000_000, "{}", packed.len());
        for args in READERS {
            bounded_file(args, &packed).refused_at_a_place("standard input");
        }
    }
}

#[test]
fn what_is_said_of_a_file_that_is_too_large_is_its_limit() {
    let ran = bounded(&["trace", "-"], |stdin| write_endless("", " ", stdin));
    let about = ran.refused("standard input");
    assert!(about.contains("the file is larger than 16 MiB"), "{about}");
    let row = json!({"id": 1, "case": two_binds()}).to_string() + "\n";
    let args = ["trace", "--jsonl", "--model", "v6.7", "-"];
    for (more, said) in [
        ("x", ": line 2: the line is larger than 16 MiB"),
        (
            "\n",
            ": line 16777218: what is blank of the file is larger than 16 MiB",
        ),
    ] {
        let ran = bounded(&args, |stdin| {
            stdin.write_all(row.as_bytes())?;
            write_endless("", more, stdin)
        });
        let about = ran.refused_after_rows("standard input");
        assert!(about.starts_with(said), "{about}");
        assert_eq!(ran.out.lines().count(), 1);
    }
}

/// Nearly the maximum size of a file.
const LARGE: usize = 15 << 20;

#[test]
fn a_text_that_a_case_may_have_is_no_burden_however_long_it_is() {
    let mut case = two_binds();
    case["title"] = json!("words ".repeat(LARGE / 12));
    case["note"] = json!("\u{1b}".repeat(LARGE / 12));
    let file = case.to_string();
    for args in [&["trace", "-"], &["bisect", "-"], &["replay", "-"]] {
        bounded_file(args, file.as_bytes());
    }
    let mut row = json!({"id": "i".repeat(LARGE / 2), "case": case}).to_string();
    row.truncate(LARGE);
    let args = ["trace", "--jsonl", "--model", "v6.7", "-"];
    bounded_file(&args, row.as_bytes()).refused_at_a_place("standard input");
}

#[test]
fn a_word_that_is_wrong_is_shortened_however_long_it_is() {
    let long = "w".repeat(LARGE);
    let quoted = format!("\"{long}\"");
    let case = everything().to_string();
    let counterexample = COUNTEREXAMPLE.to_string();
    for (command, before, after, said) in [
        ("trace", "\"bind\"", &quoted, "reset_begin, reset_done"),
        (
            "trace",
            "\"dev\":0",
            &format!("\"dev\":{quoted}"),
            "4294967295",
        ),
        (
            "trace",
            "\"dev\"",
            &quoted,
            "`pasid`, `again`, `fault`, `cpu`",
        ),
        ("trace", "\"title\"", &quoted, "`ops`, `schedule`"),
        (
            "trace",
            "svadiff-case/1",
            &long,
            "svadiff-case/1, svadiff-counterexample/1, svadiff-known/1",
        ),
        ("replay", "\"v6.8-rc1\"", &quoted, &MODELS.join(", ")),
        (
            "replay",
            "\"traces\":{",
            &format!("\"traces\":{{{quoted}:0,"),
            &MODELS.join(", "),
        ),
        ("replay", "\"minimal\"", &quoted, "`history`, `made_by`"),
    ] {
        let file = if command == "trace" {
            &case
        } else {
            &counterexample
        };
        let changed = file.replacen(before, after, 1);
        assert_ne!(&changed, file);
        let ran = bounded_file(&[command, "-"], changed.as_bytes());
        let about = ran.refused_at_a_place("standard input");
        assert!(about.ends_with(said), "{about}");
    }
}

#[test]
fn a_claim_that_is_wrong_is_shortened_however_long_it_is() {
    let long = format!("\"{}\"", "w".repeat(LARGE));
    let counterexample = COUNTEREXAMPLE.to_string();
    for (before, after) in [
        ("\"id\":\"cee888eed551\"", format!("\"id\":{long}")),
        ("\"an error\"", long.clone()),
        ("{\"err\":\"EBUSY\"}", long.clone()),
        (
            "\"introduced\":\"092edaddb660\"",
            format!("\"introduced\":{long}"),
        ),
    ] {
        let file = counterexample.replacen(before, &after, 1);
        assert_ne!(file, counterexample);
        let out = bounded_file(&["replay", "-"], file.as_bytes()).ok(1);
        assert!(out.len() < 20_000, "{}", out.len());
    }
    let row = json!({"id": "i".repeat(LARGE / 2), "case": two_binds(), "traces": {
        "v6.7": {"end": "e".repeat(LARGE / 3)},
    }});
    let out = bounded_file(&["conform", "-"], row.to_string().as_bytes()).ok(1);
    assert!(out.len() < 20_000, "{}", out.len());
}

#[test]
fn a_value_of_a_million_parts_is_given_up_before_it_is_kept() {
    let counterexample = COUNTEREXAMPLE.to_string();
    for part in [
        "0,",
        "[],",
        "{},",
        "{\"a\":0},",
        "{\"a\":{\"b\":{\"c\":[]}}},",
        "\"abc\",",
    ] {
        let list = format!("[{}0]", part.repeat(LARGE / part.len()));
        for before in ["\"an error\"", "{\"err\":\"EBUSY\"}", "\"op\":1"] {
            let after = before.replace("\"op\":1", "\"op\":");
            let after = if after == before {
                list.clone()
            } else {
                after + &list
            };
            let file = counterexample.replacen(before, &after, 1);
            assert_ne!(file, counterexample);
            let ran = bounded_file(&["replay", "-"], file.as_bytes());
            ran.refused_at_a_place("standard input");
        }
        let case = two_binds();
        let row = format!("{{\"id\":1,\"case\":{case},\"traces\":{{\"v6.7\":{{\"a\":{list}}}}}}}");
        let ran = bounded_file(&["conform", "-"], row.as_bytes());
        ran.refused_at_a_place("standard input");
        // Parts that are ignored can have any number of items.
        let row = format!("{{\"x\":{list},\"id\":1,\"case\":{case}}}");
        bounded_file(
            &["trace", "--jsonl", "--model", "v6.7", "-"],
            row.as_bytes(),
        )
        .ok(0);
    }
}

#[test]
fn the_largest_traces_that_there_are_are_not_too_large() {
    let device = json!({"group": 0, "max_pasids": 4096, "instance": 0});
    let ops: Vec<_> = (0..64)
        .map(|pasid| json!({"op": "attach", "dev": 0, "pasid": pasid}))
        .collect();
    let case = json!({
        "topology": {"devices": vec![device; 8], "mms": vec![json!({"dma_compat": true}); 16]},
        "ops": ops,
    });
    let row = json!({"id": "large", "case": case}).to_string();
    let traced = bounded_file(&["trace", "--jsonl", "-"], row.as_bytes()).ok(0);
    let recorded = traced.replacen("\"traces\"", &format!("\"case\":{case},\"traces\""), 1);
    assert!(recorded.len() > 1_000_000, "{}", recorded.len());
    bounded_file(&["conform", "-"], recorded.as_bytes()).ok(0);
    bounded_file(&["conform", "-"], &gzip(recorded.as_bytes())).ok(0);
}

#[test]
fn many_rows_take_no_more_memory_than_one() {
    let row = json!({"id": 1, "case": everything()}).to_string() + "\n";
    let args = ["trace", "--jsonl", "--model", "v6.7", "-"];
    let out = bounded(&args, |stdin| {
        let block = row.repeat(100);
        (0..100).try_for_each(|_| stdin.write_all(block.as_bytes()))
    });
    assert_eq!(out.ok(0).lines().count(), 10_000);
}
