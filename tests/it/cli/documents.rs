// SPDX-License-Identifier: GPL-2.0-or-later
//! Parses every command in the documents, and runs the short ones in the folder that the document
//! names. `.ci/run` runs the long ones.

use super::run::command;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use svadiff::fuzzing::Target;

/// A command in a document, with its line and the folder to run it in.
#[derive(Debug)]
struct Documented {
    file: PathBuf,
    text: String,
    dir: PathBuf,
    /// Whether it can be pasted; otherwise it contains placeholders.
    is_whole: bool,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the documents, with paths from the top of the tree.
fn documents() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = [
        "README.md",
        "CONTRIBUTING.md",
        "corpus/README.md",
        "corpus/known/README.md",
        "fuzz/README.md",
    ]
    .map(PathBuf::from)
    .into();
    for file in std::fs::read_dir(root().join("docs")).expect("the documents") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|end| end == "md") {
            all.push(path.strip_prefix(root()).expect("a path").to_owned());
        }
    }
    all.sort();
    all
}

/// Returns the commands of a document: the lines of its shell blocks, and the code spans that begin
/// like a command.
fn commands(file: &Path) -> Vec<Documented> {
    let text = std::fs::read_to_string(root().join(file)).expect("a document");
    // The page about fuzzing names its folder at the beginning.
    let here = match text.contains("Run the commands of this page in the folder `fuzz`") {
        true => root().join("fuzz"),
        false => root(),
    };
    let mut all = Vec::new();
    let mut add = |text: &str, dir: &Path, is_whole| {
        all.push(Documented {
            file: file.to_owned(),
            text: text.to_owned(),
            dir: dir.to_owned(),
            is_whole,
        });
    };
    let (mut block, mut prose, mut partial) = (None, String::new(), String::new());
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("```") {
            block = match block {
                None => Some(kind),
                Some(_) => None,
            };
            if block.is_none() {
                prose.clear();
            }
            continue;
        }
        let shell = match block {
            Some("sh" | "bash") => line,
            Some("console") => line.strip_prefix("$ ").unwrap_or(""),
            Some(_) => "",
            None => {
                prose += line;
                prose.push(' ');
                ""
            }
        };
        partial += shell
            .split(" # ")
            .next()
            .unwrap_or("")
            .split("   #")
            .next()
            .unwrap_or("");
        if let Some(first) = partial.strip_suffix('\\') {
            partial = first.to_owned();
            continue;
        }
        if !partial.trim().is_empty() {
            let at_the_top = prose.contains("at the top of the tree");
            let dir = if at_the_top { root() } else { here.clone() };
            add(partial.trim(), &dir, true);
        }
        partial.clear();
    }
    // Backquotes within a line of prose come in pairs.
    let mut is_block = false;
    for line in text.lines() {
        is_block ^= line.starts_with("```");
        if is_block || line.starts_with("```") {
            continue;
        }
        for (at, span) in line.split('`').enumerate() {
            let begins = ["svadiff ", "cargo ", ".ci/"].iter();
            if at % 2 == 1 && begins.clone().any(|word| span.starts_with(word)) {
                add(span, &here, false);
            }
        }
    }
    all
}

/// Splits a command into words, without redirections.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in text.chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ' ') => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (_, c) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    let redirect = words
        .iter()
        .position(|word| matches!(word.as_str(), ">" | "<" | "|"));
    words.truncate(redirect.unwrap_or(words.len()));
    words
}

/// Replaces a placeholder by a valid value.
fn filled(word: &str) -> String {
    let word = word.trim_end_matches('…');
    match word {
        "A" => "v6.7",
        "B" | "MODEL" | "my-patch" | "same-group" => "v6.8",
        "TARGET" => "diff",
        "COMMAND" => "trace",
        word if word.chars().all(|c| c.is_ascii_uppercase()) => "x.json",
        word => word,
    }
    .to_owned()
}

/// Returns the error about the arguments of svadiff, if any.
fn refused(args: &[String]) -> Option<String> {
    let filled = args.iter().map(|word| filled(word));
    let words = ["svadiff".to_owned()].into_iter().chain(filled);
    svadiff::cli::command()
        .try_get_matches_from(words)
        .err()
        .filter(|error| error.use_stderr())
        .map(|error| error.to_string())
}

/// Returns the arguments of svadiff, or `None` if the words do not call it.
fn of_svadiff(words: &[String]) -> Option<&[String]> {
    match words {
        [svadiff, rest @ ..] if svadiff == "svadiff" => Some(rest),
        [cargo, run, rest @ ..] if cargo == "cargo" && run == "run" => {
            let at = rest
                .iter()
                .position(|word| word == "--")
                .map_or(rest.len(), |at| at + 1);
            let is_ours = !rest[..at].iter().any(|word| word == "--example");
            is_ours.then_some(&rest[at..])
        }
        _ => None,
    }
}

/// Returns the error about a command of cargo or a script, if any.
fn of_others(words: &[String], dir: &Path) -> Option<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let after = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words.get(at + 1).copied()
    };
    let missing = |path: PathBuf| (!path.exists()).then(|| format!("no {}", path.display()));
    match words[..] {
        ["cargo", "fuzz", "run", ..] => {
            let targets = Target::ALL.map(Target::name);
            let named = words.iter().any(|word| targets.contains(word));
            let dict = words.iter().find_map(|word| word.strip_prefix("-dict="));
            let no_target = (!named).then(|| "no target".to_owned());
            no_target.or_else(|| missing(dir.join(dict?)))
        }
        ["cargo", "fuzz" | "mutants" | "install" | "doc", ..] => None,
        ["cargo", "test" | "bench" | "run", ..] => {
            let package = match after("-p") {
                None | Some("svadiff") => root(),
                Some(name) => root().join(name.trim_start_matches("svadiff-")),
            };
            let test = after("--test").map(|name| match name {
                "it" => root().join("tests/it/main.rs"),
                name => root().join(format!("tests/{name}.rs")),
            });
            let bench = after("--bench").map(|name| package.join(format!("benches/{name}.rs")));
            let example = after("--example").map(|name| root().join(format!("examples/{name}.rs")));
            { [Some(package), test, bench, example].into_iter().flatten() }.find_map(missing)
        }
        ["cp", .., from, _] => missing(dir.join(from)),
        ["git", "apply", ref patches @ ..] => {
            { patches.iter() }.find_map(|patch| missing(dir.join(patch)))
        }
        [script, ..] if script.starts_with(".ci/") => missing(root().join(script)),
        _ => Some("a command that this test does not know".to_owned()),
    }
}

#[test]
fn every_command_of_every_document_is_one_that_there_is() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for this in documents().iter().flat_map(|file| commands(file)) {
        let mut words = words(&this.text);
        // Assignments before the command are for its environment.
        words.drain(..words.iter().take_while(|word| word.contains('=')).count());
        count += 1;
        let why = match of_svadiff(&words) {
            // A command that is only mentioned has no arguments.
            Some(args) if !this.is_whole && args.len() == 1 => {
                let known = svadiff::cli::command();
                let is_known = known.find_subcommand(&args[0]).is_some();
                (!is_known).then(|| "no such command".to_owned())
            }
            Some([]) => None,
            // An option that is only mentioned has no value.
            Some([args @ .., last]) if !this.is_whole && last.starts_with("--") => {
                let whole = refused(&[args, std::slice::from_ref(last)].concat());
                whole.and_then(|_| refused(&[args, &[last.clone(), "x".to_owned()]].concat()))
            }
            Some(args) => refused(args),
            None => of_others(&words, &this.dir),
        };
        wrong.extend(why.map(|why| format!("{}: {}: {why}", this.file.display(), this.text)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 40, "{count} commands");
}

/// Returns whether a command ends at once: it runs a case that exists, or lists something.
fn is_short(args: &[String], dir: &Path) -> bool {
    let names: Vec<&str> = args.iter().map(String::as_str).collect();
    let is_there = |name: &&str| dir.join(name).is_file();
    match names[..] {
        ["models"] | ["ledger", "list"] => true,
        [
            "trace" | "bisect" | "replay" | "race" | "minimize",
            file,
            ..,
        ] => is_there(&file),
        ["diff", file, ..] => is_there(&file),
        // Two operations are enough to see that it runs. It must not write pages here.
        ["compare" | "check", ..] => !names.contains(&"--cpus") && !names.contains(&"--html"),
        _ => false,
    }
}

#[test]
fn commands_that_end_at_once_are_run_from_where_the_document_says() {
    let mut count = 0;
    for this in documents().iter().flat_map(|file| commands(file)) {
        let words = words(&this.text);
        let Some(args) = of_svadiff(&words) else {
            continue;
        };
        let is_form = args.iter().any(|word| filled(word) != *word);
        if !this.is_whole || is_form || !is_short(args, &this.dir) {
            continue;
        }
        let mut command = command(args);
        if ["compare", "check"].contains(&args[0].as_str()) {
            command.args(["--ops", "2"]);
        }
        let output = command.current_dir(&this.dir).stdin(Stdio::null()).output();
        let output = output.expect("the program runs");
        let status = output.status.code();
        assert!(matches!(status, Some(0 | 1)), "{this:?}: {output:?}");
        assert!(
            output.stderr.is_empty() && !output.stdout.is_empty(),
            "{this:?}"
        );
        count += 1;
    }
    assert!(count >= 5, "{count} commands");
}

#[test]
fn every_example_of_the_help_is_a_command_and_every_command_has_some() {
    fn leaves(command: &clap::Command, all: &mut Vec<clap::Command>) {
        match command.has_subcommands() {
            true => command.get_subcommands().for_each(|this| leaves(this, all)),
            false => all.push(command.clone()),
        }
    }
    let mut all = Vec::new();
    leaves(&svadiff::cli::command(), &mut all);
    for command in all {
        let name = command.get_name().to_owned();
        let help = command
            .get_after_help()
            .unwrap_or_else(|| panic!("{name}: no examples"));
        let help = help.to_string();
        assert!(
            help.lines().all(|line| line.chars().count() <= 75),
            "{help}"
        );
        let help = help.replace("\\\n", " ");
        let lines = help.strip_prefix("Examples:\n").expect("examples").lines();
        let mut count = 0;
        for line in lines {
            for part in line.split(" | ") {
                let words = words(part.trim());
                let Some(args) = of_svadiff(&words) else {
                    assert_eq!(words, ["dmesg"], "{name}: {line}");
                    continue;
                };
                assert_eq!(refused(args), None, "{name}: {line}");
                // Every file of the corpus that a command names must exist.
                for file in args.iter().filter(|arg| arg.starts_with("corpus/")) {
                    assert!(root().join(file).exists(), "{name}: {file}");
                }
            }
            assert!(line.contains(&name), "{name}: {line}");
            count += 1;
        }
        assert!(count > 0, "{name}");
    }
}
