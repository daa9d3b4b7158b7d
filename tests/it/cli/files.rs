// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks files that cannot be read, and outputs that cannot be written.

use super::run::{Scratch, command, svadiff, svadiff_reading};
use super::samples::{case_commands, everything, recorded, two_binds};
use std::fs::{self, File};
use std::process::Stdio;

/// Returns every command that prints something, each with a file that it accepts.
fn commands(dir: &Scratch) -> Vec<Vec<String>> {
    let case = dir.file("case.json", two_binds().to_string());
    let row = serde_json::json!({"id": 1, "case": two_binds()}).to_string();
    let row = dir.file("row.jsonl", row);
    let conformance = recorded("exhaustive.jsonl.gz");
    let mut all = case_commands(&case);
    all.extend([
        vec!["models"],
        vec!["models", "--json"],
        vec!["trace", "--jsonl", &row],
        vec!["conform", &conformance],
        vec!["compare", "v6.7", "v6.8-rc1"],
        vec!["compare", "v6.7", "v6.8-rc1", "--json"],
        vec!["--help"],
        vec!["--version"],
        vec!["diff", "--help"],
    ]);
    let owned = |args: Vec<&str>| args.into_iter().map(str::to_owned).collect();
    all.into_iter().map(owned).collect()
}

#[test]
fn a_full_device_is_an_error_and_not_a_success() {
    let dir = Scratch::new();
    for args in commands(&dir) {
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let output = command(&args).stdout(full).stdin(Stdio::null()).output();
        let output = output.expect("the program runs");
        let err = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{args:?}: {err}");
        let said = "svadiff: standard output: cannot be written: ";
        assert!(err.starts_with(said), "{args:?}: {err}");
        assert_eq!(err.lines().count(), 1);
    }
}

#[test]
fn a_reader_that_has_gone_is_no_reason_to_complain() {
    let dir = Scratch::new();
    for args in commands(&dir) {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command(&args).stdout(writer).stdin(Stdio::null()).output();
        let output = output.expect("the program runs");
        let err = String::from_utf8(output.stderr).expect("UTF-8");
        // The status with which a shell reports a death by SIGPIPE.
        assert_eq!(
            (output.status.code(), err.as_str()),
            (Some(141), ""),
            "{args:?}"
        );
    }
}

#[test]
fn a_closed_standard_output_or_error_is_survived() {
    let dir = Scratch::new();
    let case = dir.file("case.json", everything().to_string());
    for (script, status) in [
        ("\"$0\" trace \"$1\" >&-", 0),
        ("\"$0\" trace \"$1\" 2>&-", 0),
        ("\"$0\" trace \"$1\" <&- >&- 2>&-", 0),
        ("\"$0\" trace - <&-", 2),
        ("\"$0\" trace nowhere 2>&-", 2),
        ("\"$0\" trace nowhere 2>/dev/full", 2),
        ("\"$0\" --nonsense 2>/dev/full", 2),
    ] {
        let program = env!("CARGO_BIN_EXE_svadiff");
        let mut shell = std::process::Command::new("sh");
        let output = shell.args(["-c", script, program, &case]).output();
        let output = output.expect("a shell");
        assert_eq!(output.status.code(), Some(status), "{script}: {output:?}");
        let err = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(!err.contains("panicked"), "{script}: {err}");
    }
}

#[test]
fn a_directory_and_a_missing_file_are_no_files() {
    let dir = Scratch::new();
    let missing = dir.path().join("missing.json");
    let here = dir.path().to_str().expect("a path in UTF-8");
    let missing = missing.to_str().expect("a path in UTF-8");
    let through = format!("{}/more", dir.file("file", ""));
    for (path, said) in [
        (here, ": is a directory; try a file in it"),
        (missing, ": cannot be read: No such file or directory"),
        (&through, ": cannot be read: Not a directory"),
    ] {
        let mut all = case_commands(path);
        all.extend([vec!["trace", "--jsonl", path], vec!["conform", path]]);
        for args in all {
            let ran = svadiff(&args);
            let about = ran.refused(path);
            assert!(about.starts_with(said), "{args:?}: {about}");
        }
    }
}

#[test]
fn a_device_without_an_end_is_read_no_further_than_a_file_may_go() {
    let args = ["trace", "/dev/zero"];
    let ran = svadiff(args);
    let about = ran.refused("/dev/zero");
    assert!(about.contains("larger than 16 MiB"), "{about}");
    svadiff(["conform", "/dev/zero"]).refused("/dev/zero: line 1: ");
}

#[test]
fn findings_are_not_written_where_they_cannot_be() {
    let dir = Scratch::new();
    let file = dir.file("file", "mine");
    let below = format!("{file}/deeper");
    for out in [file.as_str(), &below, "/proc/nowhere"] {
        let args = ["compare", "v6.7", "v6.8-rc1", "--out", out];
        let ran = svadiff(args);
        let about = ran.refused(out);
        assert!(about.contains(": cannot be written: "), "{about}");
        assert!(about.ends_with("; try another --out"), "{about}");
    }
    assert_eq!(fs::read_to_string(&file).expect("the file"), "mine");
}

#[test]
fn a_finding_that_cannot_be_written_leaves_no_half_of_it() {
    let dir = Scratch::new();
    let path = dir.path().to_str().expect("a path in UTF-8").to_owned();
    let args = ["compare", "v6.7", "v6.8-rc1", "--out", &path];
    svadiff(args).ok(1);
    let written = dir.files().pop().expect("a file");
    // There is something at the path that is not a file.
    fs::remove_file(&written).expect("it was written");
    fs::create_dir(&written).expect("a directory");
    let ran = svadiff(args);
    ran.refused_after_rows(written.to_str().expect("a path in UTF-8"));
    assert_eq!(dir.files(), [written]);
    // The findings are printed even if no file can be written.
    assert_eq!(ran.out, svadiff(["compare", "v6.7", "v6.8-rc1"]).out);
}

#[test]
fn a_case_is_no_file_of_rows_and_a_file_of_rows_is_no_case() {
    let dir = Scratch::new();
    let pretty = serde_json::to_string_pretty(&two_binds()).expect("JSON");
    let pretty = dir.file("pretty.json", pretty);
    let flat = dir.file("flat.json", two_binds().to_string());
    for args in [vec!["conform"], vec!["trace", "--jsonl"]] {
        let on = |file: &str| svadiff(args.iter().copied().chain([file]));
        let ran = on(&pretty);
        assert!(
            ran.refused(&pretty).starts_with(": line 1 column "),
            "{ran:?}"
        );
        let ran = on(&flat);
        assert!(ran.refused(&flat).ends_with("missing key `id`"), "{ran:?}");
    }
    let rows = recorded("exhaustive.jsonl.gz");
    svadiff(["trace", &rows]).refused_at_a_place(&rows);
    svadiff(["replay", &rows]).refused_at_a_place(&rows);
}

#[test]
fn the_second_of_several_files_is_named_where_it_is_the_bad_one() {
    let good = recorded("exhaustive.jsonl.gz");
    let ran = svadiff_reading(["conform", &good, "-"], b"{}\n");
    let about = ran.refused("standard input");
    assert_eq!(about, ": line 1 column 2: missing key `id`");
}
