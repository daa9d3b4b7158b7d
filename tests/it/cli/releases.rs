// SPDX-License-Identifier: GPL-2.0-or-later
//! Commands that are given the release that somebody runs, and commits on top of it.

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use super::samples::{MODELS, binds_at_once, two_binds};
use serde_json::{Value, json};
use std::io::Read;
use svadiff::cli;

fn of(name: &str) -> Ran {
    svadiff(["models", "--of", name])
}

#[test]
fn the_model_of_a_release_is_answered() {
    let said = "6.10.3: model v6.10, which stands for 6.10\n";
    assert_eq!(of("6.10.3").ok(0), said);
    assert_eq!(of(" 6.10.3\n").ok(0), said);
    let distribution = of("6.12.70+deb13-amd64").ok(0);
    let first = "6.12.70+deb13-amd64: model v6.12.64-x86, which stands for 6.12.64 to\n";
    assert!(distribution.starts_with(first), "{distribution}");
    assert!(
        distribution.contains("backports of its distribution"),
        "{distribution}"
    );
    let of_x86 = svadiff(["models", "--of", "6.12.100", "--x86"]).ok(0);
    assert!(
        of_x86.starts_with("6.12.100: model v6.12.93-x86, "),
        "{of_x86}"
    );
    let plain = of("6.12.100").ok(0);
    assert_eq!(
        plain.lines().next().expect("a line"),
        "6.12.100: model v6.12.93, which stands for 6.12.93 to 6.12.108"
    );
    assert!(
        plain.contains("\nconfigured for x86 it is model v6.12.93-x86;"),
        "{plain}"
    );
    for name in MODELS.iter() {
        let said = of(name).ok(0);
        assert!(said.starts_with(&format!("{name}: model {name}")), "{said}");
    }
}

#[test]
fn programs_are_told_the_same() {
    let value = svadiff(["models", "--of", "6.12.100", "--json"]).json(0);
    assert_eq!(value["release"], "6.12.100");
    assert_eq!(
        (&value["model"], &value["x86"]),
        (&json!("v6.12.93"), &json!(false))
    );
    assert_eq!(value["on_x86"], "v6.12.93-x86");
    let ranges = json!([{"first": "6.12.93", "last": "6.12.108", "x86": false}]);
    assert_eq!(value["stands_for"], ranges);
    let says = value["says"].as_array().expect("sentences");
    assert_eq!(says.len(), 2);
    let exact = svadiff(["models", "--of", "v6.12.93", "--json"]).json(0);
    assert_eq!(
        (&exact["model"], &exact["release"]),
        (&json!("v6.12.93"), &Value::Null)
    );
}

#[test]
fn a_release_without_a_model_is_refused_with_the_nearest() {
    for (name, parts) in [
        ("5.15.0-122-generic", ["before 6.2", "v6.2 (6.2) and v6.4"]),
        (
            "8.0",
            ["the newest that is known is 7.3, model v7.3", "v7.1.2"],
        ),
        ("6.20.1", ["v6.17", "v7.0"]),
    ] {
        for args in [
            vec!["models", "--of", name],
            vec!["check", name],
            vec!["compare", "v6.8", name],
        ] {
            let ran = svadiff(&args);
            let about = ran.refused("invalid value");
            assert!(parts.iter().all(|part| about.contains(part)), "{about}");
        }
    }
    svadiff(["models", "--of", "5.15", "--json"]).refused("invalid value");
}

#[test]
fn a_name_that_is_none_is_refused_with_a_sentence() {
    let huge = "6.12.1-".to_owned() + &"x".repeat(100_000);
    let digits = "6.".to_owned() + &"1".repeat(100_000);
    let commits = "v6.12".to_owned() + &"+530f8f9c3546".repeat(1000);
    for name in [
        "",
        " ",
        "v",
        "6",
        "6.",
        "6.12.99999999999",
        "6.12-rc",
        "6.12+zz",
        "v6.12+zz",
        "v6.12+",
        "v6.12+530f8f",
        "v6.12-0123456",
        "v7.3+530f8f9c3546",
        "6.12.1\u{1b}[31m",
        "6.12.1\u{202e}",
        "+530f8f9c3546",
        "-530f8f9c3546",
        &huge,
        &digits,
        &commits,
    ] {
        let equals = format!("--of={name}");
        svadiff(["models", &equals]).refused("");
        svadiff(["compare", "v6.7", name]).refused("");
    }
    svadiff(["models", "--log", "x"]).refused("");
    svadiff(["models", "--x86"]).refused("--x86: ");
    svadiff(["models", "--of", "6.12.70+deb13-arm64", "--x86"]).refused("6.12.70+deb13-arm64: ");
}

/// Returns commands that name models, as A, B and FILE, and the exit status.
fn commands(sequential: &str, concurrent: &str, known: &str) -> Vec<(Vec<String>, i32)> {
    let words = |text: String| text.split(' ').map(str::to_owned).collect();
    let all = [
        ("compare A B --ops 2".to_owned(), 1),
        ("check A --ops 2".to_owned(), 0),
        (
            format!("hunt A B --cases 200 --threads 1 --known {known}"),
            1,
        ),
        (format!("diff {sequential} --from A --to B"), 1),
        (format!("trace {sequential} --model A --model B"), 0),
        (format!("race {concurrent} --model A --model B"), 0),
        (format!("minimize {sequential} --from A --to B"), 0),
    ];
    all.into_iter()
        .map(|(text, status)| (words(text), status))
        .collect()
}

/// Replaces A and B.
fn with(args: &[String], [a, b]: [&str; 2], more: &[&str]) -> Vec<String> {
    let named = args.iter().map(|arg| match arg.as_str() {
        "A" => a.to_owned(),
        "B" => b.to_owned(),
        _ => arg.clone(),
    });
    named
        .chain(more.iter().map(|&arg| arg.to_owned()))
        .collect()
}

#[test]
fn every_command_takes_releases_and_names_the_model_first() {
    let dir = Scratch::new();
    let sequential = dir.file("sequential.json", two_binds().to_string());
    let concurrent = dir.file("concurrent.json", binds_at_once().to_string());
    // The ledger need not be looked up here.
    let known = dir.path().join("known");
    std::fs::create_dir(&known).expect("a directory");
    let known = known.to_str().expect("text");
    let first = "6.7.3: model v6.7, which stands for 6.6.0 to 6.6.32 and 6.7\n";
    let second = "6.8-rc3: model v6.8-rc1, which stands for 6.8-rc1 to 6.8-rc5\n";
    for (args, status) in commands(&sequential, &concurrent, known) {
        let has_b = args.iter().any(|arg| arg == "B");
        let says = format!("{first}{}", if has_b { second } else { "" });
        let by_model = ["v6.7", "v6.8-rc1"];
        let by_release = ["6.7.3", "6.8-rc3"];
        // The time that a search took is not the same twice.
        let without_time = |text: String| {
            let lines = text
                .lines()
                .filter(|line| !line.contains(" s, ") && !line.contains("MB"));
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        let expected = without_time(svadiff(with(&args, by_model, &[])).ok(status));
        let text = without_time(svadiff(with(&args, by_release, &[])).ok(status));
        assert!(text.starts_with(&says), "{args:?}: {text}");
        assert_eq!(
            text.strip_prefix(&says),
            Some(expected.as_str()),
            "{args:?}"
        );
        let ran = svadiff(with(&args, by_release, &["--json"]));
        let value: Result<Value, _> = serde_json::from_str(&ran.out);
        assert!(value.is_ok(), "{args:?}: {}", ran.out);
        let said: String = ran
            .err
            .lines()
            .map(|line| format!("{}\n", line.trim_start_matches("svadiff: ")))
            .collect();
        assert_eq!(
            (ran.status, said.as_str()),
            (status, says.as_str()),
            "{args:?}"
        );
    }
}

#[test]
fn every_name_is_answered_once() {
    let ops = ["--ops", "1"];
    let compare = |a, b| svadiff(["compare", a, b].iter().chain(&ops)).ok(0);
    let text = compare("v6.10.3", "6.10.3");
    let said = ": model v6.10, which stands for 6.10\n";
    assert!(
        text.starts_with(&format!("v6.10.3{said}6.10.3{said}Models ")),
        "{text}"
    );
    let text = compare("6.10.3", "6.10.3");
    assert!(text.starts_with(&format!("6.10.3{said}Models ")), "{text}");
}

#[test]
fn what_is_refused_later_is_refused_with_one_sentence_too() {
    for args in [
        vec!["diff", "/nonexistent", "--from", "6.7.3", "--to", "6.8-rc3"],
        vec!["trace", "/nonexistent", "--model", "6.7.3", "--json"],
        vec!["compare", "6.7.3", "6.8-rc3", "--devices", "99"],
    ] {
        svadiff(&args).refused("");
    }
}

#[test]
fn rows_are_traced_with_the_model_named_beside_them() {
    let row = format!("{{\"id\": 1, \"case\": {}}}\n", two_binds());
    let args = ["trace", "--jsonl", "-", "--model", "6.10.3"];
    let ran = svadiff_reading(args, row.as_bytes());
    let value: Value = serde_json::from_str(&ran.out).expect("a row");
    assert!(value["traces"].get("v6.10").is_some(), "{value}");
    assert_eq!(
        ran.err,
        "svadiff: 6.10.3: model v6.10, which stands for 6.10\n"
    );
}

#[test]
fn x86_is_an_option_of_the_commands() {
    let says = svadiff(["check", "6.12.100", "--x86", "--ops", "2"]).ok(0);
    let first =
        "6.12.100: model v6.12.93-x86, which stands for 6.12.93 on, configured for\n  x86\n";
    assert!(says.starts_with(first), "{says}");
    let args = ["trace", "-", "--x86"];
    svadiff_reading(args, two_binds().to_string().as_bytes()).refused("--x86: ");
}

const FIX: &str = "v6.12+530f8f9c3546";

#[test]
fn a_commit_on_top_fixes_what_it_fixes() {
    let program = [
        "--cpus",
        "2",
        "--devices",
        "1",
        "--mms",
        "1",
        "--only",
        "bind,unbind",
    ];
    let check = |model: &str| svadiff(["check", model].iter().chain(&program));
    let text = check("v6.12").ok(1);
    assert!(text.contains("null-deref in v6.12"), "{text}");
    check(FIX).ok(0);
    let compared = svadiff(["compare", "v6.12", FIX].iter().chain(&program)).ok(1);
    assert!(
        compared.contains(&format!("Models     v6.12 and {FIX}")),
        "{compared}"
    );
    // A prefix of the id and a release as its base name the same kernel.
    let text = check("6.12.40+530f8f9").ok(0);
    assert!(
        text.starts_with("6.12.40+530f8f9: model v6.12+530f8f9; v6.12 stands for"),
        "{text}"
    );
}

#[test]
fn a_counterexample_about_a_commit_on_top_can_be_replayed() {
    let dir = Scratch::new();
    for (at, (from, to, more)) in [
        ("v6.8", "v6.8+c404f55c26fc", ["--max-pasids", "16,0"]),
        ("v6.10-c404f55c26fc", "v6.10", ["--max-pasids", "16,0"]),
        ("v6.8-rc1+65d4418c5002", "v6.7", ["--max-pasids", "16"]),
    ]
    .into_iter()
    .enumerate()
    {
        let out = dir.path().join(at.to_string());
        let out = out.to_str().expect("text");
        let args = ["compare", from, to, "--ops", "3", "--out", out, "--json"];
        let found = svadiff(args.iter().chain(&more)).json(1);
        assert!(
            found["findings"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        );
        for file in std::fs::read_dir(out).expect("the findings") {
            let file = file.expect("a finding").path();
            svadiff(["replay".as_ref(), file.as_os_str()]).ok(0);
            svadiff(["minimize".as_ref(), file.as_os_str()]).ok(0);
            svadiff(["bisect".as_ref(), file.as_os_str()]).ok(1);
            let text = std::fs::read_to_string(&file).expect("a file");
            let value: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!((&value["from"], &value["to"]), (&json!(from), &json!(to)));
            let made = if from.len() > to.len() { from } else { to };
            let base = &made[..made.len() - 13];
            assert_eq!(value["models"][made]["base"], base, "{value}");
        }
    }
}

fn with_log(log: &[u8]) -> Ran {
    svadiff_reading(["models", "--of", "6.12.40", "--log", "-"], log)
}

#[test]
fn the_log_of_a_tree_names_its_commits() {
    let log = b"c0ffee012345 unrelated\n530f8f9c3546 iommu/sva: Set handle->dev before\n";
    let text = with_log(log).ok(0);
    assert!(
        text.contains("\nwith the commits of the log: v6.12+530f8f9c3546\n"),
        "{text}"
    );
    assert!(
        text.contains("\n  + 530f8f9c3546 iommu/sva: Set handle->dev"),
        "{text}"
    );
    let args = ["models", "--of", "6.12.40", "--log", "-", "--json"];
    let value = svadiff_reading(args, log).json(0);
    assert_eq!(
        (&value["model"], &value["base"]),
        (&json!(FIX), &json!("v6.12"))
    );
    assert_eq!(value["log"]["added"][0]["id"], "530f8f9c3546");
    let text = with_log(b"").ok(0);
    assert!(
        text.contains("the log has nothing that v6.12 does not have"),
        "{text}"
    );
    let text = with_log(b"\xff\x00\xfe\r\n\n06e14c36e20b\n").ok(0);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("06e14c36e20b needs e37d5a2d60a3, which neither"),
        "{text}"
    );
    svadiff(["models", "--of", "6.12.40", "--log", "/nonexistent"]).refused("/nonexistent: ");
}

/// A log that never ends before its last line, and is not kept in memory.
struct Long {
    left: usize,
    end: &'static [u8],
}

impl Read for Long {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return self.end.read(to);
        }
        let length = to.len().min(self.left);
        to[..length].fill(b'a');
        self.left -= length;
        Ok(length)
    }
}

#[test]
fn a_log_of_any_size_is_read() {
    let mut log = Long {
        left: 1 << 28,
        end: b" 06e14c36e20b x\n530f8f9c3546 x\n",
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["models", "--of", "6.12.40", "--log", "-"];
    let peak = allocation_counter::measure(|| {
        assert_eq!(cli::run(args, &mut log, &mut out, &mut err), 0);
    });
    assert!(peak.bytes_max < 1 << 22, "{peak:?}");
    let text = String::from_utf8(out).expect("text");
    assert!(
        text.contains("with the commits of the log: v6.12+530f8f9c3546"),
        "{text}"
    );
}
