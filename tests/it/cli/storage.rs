// SPDX-License-Identifier: GPL-2.0-or-later
//! Files are written completely or not at all, by one process at a time, and are never lost.

use super::run::{Ran, Scratch, command, svadiff};
use super::samples::two_binds;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;
use svadiff::judge::View;
use svadiff::models::by_name;
use svadiff::question::Question;
use svadiff::search::{Checkpoint, Saved};
use svadiff::universe::Universe;

fn names(dir: &Scratch) -> Vec<String> {
    let name = |path: &std::path::PathBuf| path.file_name().expect("a name").to_owned();
    let files = dir.files();
    let names = files.iter().map(name);
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// Runs the program with a limit on the size of files, in blocks, as if the disk were full.
fn on_a_full_disk(blocks: usize, args: &[&str]) -> Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script, env!("CARGO_BIN_EXE_svadiff")])
        .args(args);
    let output = shell.stdin(Stdio::null()).output().expect("a shell");
    Ran {
        status: output.status.code().expect("an exit status"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

#[test]
fn a_disk_that_is_full_is_noticed_before_the_search_and_leaves_nothing() {
    let dir = Scratch::new();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let (out, checkpoint) = (path("out"), path("checkpoint"));
    for args in [
        vec!["compare", "v6.7", "v6.8-rc1", "--out", &out],
        vec!["check", "v6.8-rc6", "--out", &out],
        vec!["hunt", "v6.7", "v6.8-rc1", "--cases", "10", "--out", &out],
        vec!["compare", "v6.7", "v6.8-rc1", "--checkpoint", &checkpoint],
        vec!["check", "v6.8-rc6", "--checkpoint", &checkpoint],
    ] {
        let ran = on_a_full_disk(0, &args);
        let about = ran.refused(args.last().expect("a path"));
        assert!(
            about.starts_with(": cannot be written: File too large"),
            "{args:?}: {about}"
        );
        assert!(
            names(&dir).iter().all(|name| name == "out"),
            "{:?}",
            names(&dir)
        );
        assert_eq!(fs::read_dir(&out).map_or(0, Iterator::count), 0);
    }
}

#[test]
fn what_cannot_be_written_into_a_file_is_printed() {
    let dir = Scratch::new();
    let case = dir.file("case.json", two_binds().to_string());
    let out = dir.path().join("out.json").display().to_string();
    for args in [
        vec![
            "minimize", &case, "--from", "v6.7", "--to", "v6.8", "--out", &out,
        ],
        vec!["from-artifact", "parse", &case, "--out", &out],
    ] {
        let ran = on_a_full_disk(1, &args);
        assert_eq!(ran.status, 2, "{args:?}: {ran:?}");
        let said = format!("svadiff: {out}: cannot be written: File too large");
        assert!(ran.err.contains(&said), "{args:?}: {}", ran.err);
        assert!(ran.out.len() > 300, "{args:?}: {}", ran.out);
        assert_eq!(names(&dir), ["case.json"]);
    }
}

/// Creates links to a file of another user, under every name that any version of the program has
/// written to.
#[test]
fn a_planted_link_is_not_followed() {
    let dir = Scratch::new();
    let theirs = dir.file("theirs", "precious");
    let found = dir.path().join("found");
    let out = found.to_str().expect("a path in UTF-8");
    let args = ["compare", "v6.7", "v6.8-rc1", "--out", out];
    svadiff(args).ok(1);
    let written: Vec<_> = fs::read_dir(&found).expect("findings").collect();
    let written: Vec<_> = written
        .into_iter()
        .map(|file| file.expect("a file").path())
        .collect();
    for path in &written {
        fs::remove_file(path).expect("a finding");
        std::os::unix::fs::symlink(&theirs, path).expect("a link");
        std::os::unix::fs::symlink(&theirs, path.with_extension("partial")).expect("a link");
    }
    svadiff(args).ok(1);
    assert_eq!(fs::read_to_string(&theirs).expect("their file"), "precious");
    for path in &written {
        assert!(!fs::symlink_metadata(path).expect("a finding").is_symlink());
    }
    let checkpoint = dir.path().join("link");
    std::os::unix::fs::symlink(&theirs, &checkpoint).expect("a link");
    let checkpoint = checkpoint.to_str().expect("a path in UTF-8");
    let ran = svadiff([
        "compare",
        "v6.7",
        "v6.8-rc1",
        "--ops",
        "2",
        "--checkpoint",
        checkpoint,
    ]);
    assert!(ran.refused(checkpoint).contains("is not a regular file"));
    assert_eq!(fs::read_to_string(&theirs).expect("their file"), "precious");
}

fn models() -> [svadiff::models::AnyModel; 2] {
    ["v6.7", "v6.8"].map(|name| by_name(name).expect("a model"))
}

/// Lets many threads try to open a checkpoint at the same time. Returns the number of threads that
/// got it.
fn how_many(path: &Path, try_it: impl Fn(&Path) -> Option<Checkpoint> + Sync) -> usize {
    const MANY: usize = 8;
    let barrier = Barrier::new(MANY);
    thread::scope(|scope| {
        let tries: Vec<_> = (0..MANY)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let got = try_it(path);
                    // No thread releases the checkpoint before all have tried.
                    barrier.wait();
                    got.is_some()
                })
            })
            .collect();
        let tries = tries.into_iter();
        let got = tries.map(|this| this.join().expect("a thread"));
        got.filter(|got| *got).count()
    })
}

#[test]
fn one_checkpoint_is_of_one_search_however_many_try() {
    let dir = Scratch::new();
    let universe = Universe::default();
    let question = || Question {
        models: models(),
        universe: &universe,
        views: &View::DEFAULT,
    };
    for round in 0..10 {
        let path = dir.path().join(format!("checkpoint-{round}"));
        let new = how_many(&path, |path| {
            let mut checkpoint = Checkpoint::new(path).ok()?;
            checkpoint.write(&Saved::default(), &question()).ok()?;
            Some(checkpoint)
        });
        let resumed = how_many(&path, |path| {
            let mut checkpoint = Checkpoint::resume(path).ok()?;
            checkpoint.read(&question()).ok()?;
            checkpoint.write(&Saved::default(), &question()).ok()?;
            Some(checkpoint)
        });
        assert_eq!((new, resumed), (1, 1), "round {round}");
    }
    assert_eq!(names(&dir).len(), 10, "{:?}", names(&dir));
    // A process holds the checkpoint while it saves, and the next process gets it afterwards.
    let path = dir.path().join("checkpoint-0");
    let mut mine = Checkpoint::resume(&path).expect("it is free");
    mine.write(&Saved::default(), &question())
        .expect("it is written");
    let refused = Checkpoint::resume(&path).expect_err("it is taken");
    assert!(refused.to_string().contains("another search"), "{refused}");
    drop(mine);
    Checkpoint::resume(&path).expect("it is free again");
}

#[test]
fn a_second_process_with_the_same_checkpoint_is_refused() {
    let dir = Scratch::new();
    let path = dir.path().join("checkpoint").display().to_string();
    let args = [
        "compare",
        "v6.7",
        "v6.8",
        "--ops",
        "9",
        "--checkpoint",
        &path,
    ];
    let mut first = command(args)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program");
    while !Path::new(&path).exists() {
        thread::yield_now();
    }
    let resumed = svadiff(args.iter().chain(&["--resume"]));
    let new = svadiff(args);
    first.kill().expect("it was running");
    first.wait().expect("it ends");
    let about = resumed.refused(&path);
    assert!(
        about.contains("another search is being saved in it"),
        "{about}"
    );
    assert!(new.refused(&path).contains("is there already"), "{new:?}");
    assert_eq!(names(&dir), ["checkpoint"]);
}

#[test]
fn a_ledger_that_is_too_large_is_refused_before_it_is_read() {
    let dir = Scratch::new();
    let sparse = |name: &str, length: u64| {
        let file = File::create(dir.path().join(name)).expect("a file");
        file.set_len(length).expect("a length");
    };
    let known = dir.path().to_str().expect("a path in UTF-8");
    sparse("large.json", 1 << 40);
    for args in [
        vec!["ledger", "list", "--known", known],
        vec!["ledger", "check", "--known", known],
        vec!["hunt", "v6.7", "v6.8", "--cases", "1", "--known", known],
    ] {
        let ran = svadiff(args);
        let about = ran.refused(known);
        assert!(about.contains("larger than 16 MiB"), "{about}");
    }
    fs::remove_file(dir.path().join("large.json")).expect("the file");
    for number in 0..5 {
        sparse(&format!("{number}.json"), 15 << 20);
    }
    let ran = svadiff(["ledger", "list", "--known", known]);
    assert!(ran.refused(known).contains("more than 64 MiB"), "{ran:?}");
}

/// Neither of the two outputs is lost if the other one fails.
#[test]
fn files_are_written_where_nothing_can_be_printed() {
    let dir = Scratch::new();
    let out = dir.path().join("out");
    let full = File::options().write(true).open("/dev/full");
    let output = command(["compare", "v6.7", "v6.8-rc1", "--ops", "2", "--out"])
        .arg(&out)
        .stdout(full.expect("/dev/full"))
        .output()
        .expect("the program");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let files = fs::read_dir(&out).expect("a directory");
    assert_eq!(files.count(), 1);
}
