// SPDX-License-Identifier: GPL-2.0-or-later
//! Text fits narrow terminals, and loses nothing there. Colour is for terminals only.

use super::run::{ROOT, command};
use crate::thorough::sample;
use std::path::PathBuf;
use svadiff::cli::run_at;
use svadiff::report::WIDTH;

fn at(width: usize, args: &[&str]) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = run_at(width, args, &mut &b""[..], &mut out, &mut err);
    assert!(status <= 3 && status != 2, "{args:?}: {err:?}");
    String::from_utf8(out).expect("UTF-8")
}

/// Returns whether a report has another form on a narrow terminal: runs stand below each other
/// instead of side by side, and CPUs share a column, or a table has more blocks.
fn has_another_form(args: &[&str], wide: &str) -> bool {
    let has_columns = wide.lines().any(|line| line.starts_with("#   lock"));
    has_columns || ["diff", "matrix", "race"].contains(&args[0])
}

/// Checks a report at several widths.
fn fits(args: &[&str]) {
    let bare = |text: &str| -> String { text.split_whitespace().collect() };
    let wide = at(WIDTH, args);
    for width in [40, 60, WIDTH] {
        let text = at(width, args);
        for line in text.lines().filter(|line| line.chars().count() > width) {
            let indent = line.len() - line.trim_start().len();
            // A word that is wider than the terminal, and a tag, stay as they are.
            let is_whole = !line.trim().contains(' ') && line.chars().count() - indent > width - 20;
            assert!(
                is_whole || line.contains("Fixes: "),
                "{args:?} at {width}: {line}"
            );
        }
        match has_another_form(args, &wide) {
            true => {
                let text = bare(&text);
                let lost = wide.split_whitespace().find(|word| !text.contains(word));
                assert_eq!(lost, None, "{args:?} at {width}: {text}");
            }
            false => assert_eq!(bare(&text), bare(&wide), "{args:?} at {width}"),
        }
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(format!("{ROOT}/{folder}")).expect("a folder");
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    all.retain(|path| path.extension().is_some_and(|this| this == "json"));
    all.sort();
    all
}

#[test]
fn reports_on_the_corpus_fit_narrow_terminals_and_lose_nothing() {
    let all = files("corpus")
        .into_iter()
        .chain(sample(files("corpus/known"), 12));
    for file in all {
        let file = file.to_str().expect("a path in UTF-8");
        fits(&["replay", file]);
        fits(&["explain", file]);
        // What goes into a mail does not depend on the terminal.
        assert_eq!(at(40, &["report", file]), at(WIDTH, &["report", file]));
        fits(&["trace", file, "--model", "v6.8", "--model", "v7.3"]);
        fits(&["diff", file, "--from", "v6.8-rc1", "--to", "v6.12"]);
    }
}

#[test]
fn other_reports_fit_narrow_terminals_and_lose_nothing() {
    for line in [
        "models",
        "models --of 6.12.70+deb13-amd64",
        "compare v6.7 v6.8-rc1 --ops 2",
        "check v6.8-rc6 --ops 3",
        "matrix --ops 1",
        "ledger list",
        "schema",
        "bisect corpus/second-bind-ebusy.json",
        "race corpus/handle-before-its-device.json --model v6.8 --model v6.12",
    ] {
        let words: Vec<String> = { line.split(' ') }
            .map(|word| match word.starts_with("corpus/") {
                true => format!("{ROOT}/{word}"),
                false => word.to_owned(),
            })
            .collect();
        fits(&words.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn on_a_narrow_terminal_each_cell_says_whose_it_is() {
    let case = "bind 0 0; bind 0 0";
    let text = at(40, &["diff", "--case", case, "v6.7", "v6.8-rc1"]);
    let rows = "->  1  v6.7: new handle, pasid 1\n       v6.8-rc1: -EBUSY\n";
    assert!(text.contains(rows), "{text}");
    let table = at(40, &["matrix", "--ops", "1"]);
    let columns = |line: &str| line.split_whitespace().count();
    let heads = table.lines().filter(|line| line.starts_with("        "));
    assert!(
        heads.clone().count() > 1 && heads.clone().all(|line| columns(line) <= 8),
        "{table}"
    );
}

#[test]
fn help_fits_forty_columns_and_has_examples() {
    for below in svadiff::cli::command().get_subcommands() {
        let help = at(40, &[below.get_name(), "--help"]);
        let wide = |line: &&str| line.chars().count() > 40 && line.trim().contains(' ');
        assert_eq!(help.lines().find(wide), None, "{}", below.get_name());
        let has_below = below.get_subcommands().next().is_some();
        assert!(
            has_below || help.contains("Examples:"),
            "{}",
            below.get_name()
        );
    }
}

#[test]
fn colour_needs_a_terminal_or_force() {
    let file = format!("{ROOT}/corpus/second-bind-ebusy.json");
    let run = |set: &[(&str, &str)]| {
        let mut command = command(["explain", &file]);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(name);
        }
        let output = command
            .envs(set.iter().copied())
            .output()
            .expect("the program");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let plain = run(&[]);
    assert!(!plain.contains('\u{1b}'));
    let forced = run(&[("CLICOLOR_FORCE", "1")]);
    assert!(forced.contains('\u{1b}'));
    assert_eq!(run(&[("CLICOLOR_FORCE", "0")]), plain);
    assert_eq!(run(&[("NO_COLOR", "1"), ("CLICOLOR", "1")]), plain);
    let narrow = run(&[("COLUMNS", "40")]);
    assert!(
        narrow.lines().all(|line| line.chars().count() <= 40),
        "{narrow}"
    );
}
