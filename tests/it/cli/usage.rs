// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the command line itself.

use super::run::{Scratch, svadiff};
use super::samples::{MODELS, two_binds};

const COMMANDS: [&str; 7] = [
    "models", "trace", "diff", "bisect", "conform", "compare", "replay",
];

#[test]
fn help_names_every_command_and_every_exit_status() {
    let text = svadiff(["--help"]).ok(0);
    for command in COMMANDS {
        assert!(
            text.contains(&format!("\n  {command} ")),
            "{command}: {text}"
        );
    }
    assert!(
        text.contains("Exit status: 0 agree, 1 differ, 2 bad usage or input"),
        "{text}"
    );
}

#[test]
fn every_command_has_help_and_the_program_has_a_version() {
    for command in COMMANDS {
        let text = svadiff([command, "--help"]).ok(0);
        assert!(
            text.contains(&format!("Usage: svadiff {command}")),
            "{text}"
        );
    }
    let version = format!("svadiff {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(svadiff(["--version"]).ok(0), version);
}

#[test]
fn without_a_command_there_is_help_and_it_is_no_success() {
    let none: [&str; 0] = [];
    let ran = svadiff(none);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("Usage: svadiff <COMMAND>"), "{ran:?}");
}

#[test]
fn a_mistake_on_the_command_line_is_one_sentence() {
    for (args, said) in [
        (
            "frobnicate",
            "unrecognized subcommand 'frobnicate'; try --help",
        ),
        (
            "models --xml",
            "unexpected argument '--xml' found; try --help",
        ),
        (
            "trace --jsnl x",
            "unexpected argument '--jsnl' found; tip: a similar argument exists: '--jsonl'; \
             try --help",
        ),
        (
            "trace",
            "no case is given; name a FILE, or give it as text: --case 'bind 0 0; unbind 0'",
        ),
        (
            "diff x --from v6.7",
            "one model, v6.7, where two are compared; name both in place, or both with --from \
             <MODEL> and --to <MODEL>",
        ),
        (
            "compare v6.7",
            "one model, v6.7, where two are compared; name both in place, or both with --from \
             <MODEL> and --to <MODEL>",
        ),
        (
            "hunt",
            "no models are named; name two in place, like v6.7 v6.8, or with --from A --to B",
        ),
        (
            "trace --case {\"topology\":1}",
            "--case is text, like 'bind 0 0; unbind 0'; give JSON as a FILE, or as - from \
             standard input",
        ),
        (
            "bisect bind",
            "bind: there is no such file; to give a case as text, use --case",
        ),
        (
            "conform",
            "the following required arguments were not provided: <FILE>...; try --help",
        ),
        ("replay a b", "unexpected argument 'b' found; try --help"),
    ] {
        assert_eq!(svadiff(args.split(' ')).refused(""), said);
    }
    for value in ["x", "-1", "1.5", "99999999999999999999999", ""] {
        let ops = format!("--ops={value}");
        let ran = svadiff(["compare", "v6.7", "v6.8", &ops]);
        assert!(ran.refused("").contains("'--ops <N>'"), "{ran:?}");
    }
}

#[test]
fn an_unknown_model_is_refused_with_all_that_there_are() {
    let dir = Scratch::new();
    let file = dir.file("case.json", two_binds().to_string());
    for args in [
        "trace --model v9 FILE",
        "diff FILE --from v9 --to v6.8",
        "diff FILE --from v6.7 --to v9",
        "conform --model v9 FILE",
        "compare v9 v6.8",
        "compare v6.7 v9",
    ] {
        let args = args
            .split(' ')
            .map(|arg| if arg == "FILE" { &file } else { arg });
        let ran = svadiff(args);
        let said = ran.refused("invalid value 'v9' for ");
        let all = format!("it is one of {}", MODELS.join(", "));
        assert!(said.contains(&all), "{said}");
    }
}

#[test]
fn an_unknown_view_is_refused_with_all_that_there_are() {
    let ran = svadiff(["compare", "v6.7", "v6.8", "--view", "dmesg"]);
    let said = ran.refused("invalid value 'dmesg' for '--view <VIEW>'");
    assert!(said.contains("api, splat, leak, driver, state"), "{said}");
}

#[test]
fn an_argument_that_is_not_utf_8_is_refused_or_names_a_file() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bad = OsStr::from_bytes(b"\xff\x1b[31m");
    svadiff(["trace".as_ref(), "--model".as_ref(), bad, "x".as_ref()]).refused("");
    svadiff([OsStr::new("trace"), bad]).refused("\u{fffd}\\u{1b}[31m: cannot be read: ");
    svadiff([bad]).refused("");
}
