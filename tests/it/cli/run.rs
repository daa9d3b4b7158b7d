// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs the program, and checks the form of every refusal.
//!
//! Commands run inside the process of the tests: [`svadiff`], [`svadiff_reading`]. The program
//! itself runs only for tests that need a process, with [`command`], [`feed`] and [`interrupted`]:
//! signals, pipes, limits of the system, the width of a terminal. `in_process.rs` checks that both
//! print the same.

use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

/// The root of the repository.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Returns a command that runs the program with these arguments.
pub(crate) fn command<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_svadiff"));
    command.args(args);
    command
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit status; for a signal, the one that a shell reports.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    fn from(output: Output) -> Ran {
        use std::os::unix::process::ExitStatusExt;
        let signal = output.status.signal().map(|signal| 128 + signal);
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        Ran {
            status: output.status.code().or(signal).expect("an exit status"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Checks that the run ended with this status and printed no error. Returns its output.
    pub(crate) fn ok(self, status: i32) -> String {
        assert_eq!((self.status, self.err.as_str()), (status, ""), "{self:?}");
        self.out
    }

    /// Does the same, and returns the output as JSON.
    pub(crate) fn json(self, status: i32) -> Value {
        serde_json::from_str(&self.ok(status)).expect("the output is JSON")
    }

    /// Checks the form of a refusal: the status is 2, nothing is printed, and the error is one
    /// printable sentence that names the file and does not mention internals. Returns the text
    /// after the name.
    pub(crate) fn refused(&self, file: &str) -> &str {
        assert_eq!(self.out, "", "printed before it was refused: {self:?}");
        self.refused_after_rows(file)
    }

    /// Does the same as [`Ran::refused`], but earlier rows were printed completely.
    pub(crate) fn refused_after_rows(&self, file: &str) -> &str {
        assert_eq!(self.status, 2, "{self:?}");
        let err = self.err.strip_suffix('\n').expect("a whole line");
        let line = without_picture(err);
        let sentence = line.strip_prefix("svadiff: ").expect("who complains");
        assert!(!sentence.contains('\n'), "more than a line: {sentence}");
        assert_eq!(hidden(sentence), "", "{sentence:?}");
        assert!(sentence.chars().count() <= 1100, "too long: {sentence}");
        for inside in ["panicked", "struct ", "Raw", "u32", "u64", "RUST_BACKTRACE"] {
            assert!(!sentence.contains(inside), "{inside} in: {sentence}");
        }
        let about = sentence.strip_prefix(file);
        about.unwrap_or_else(|| panic!("{file} is not named first in: {sentence}"))
    }

    /// Checks a refusal of something in a file: the sentence names the place. Returns the text
    /// after the name.
    pub(crate) fn refused_at_a_place(&self, file: &str) -> &str {
        let about = self.refused(file);
        let says_where = about.starts_with(": line ") || about.starts_with(": at ");
        assert!(says_where, "where? {about}");
        about
    }
}

/// Returns what was said without the line of a text that is wrong, and the caret below it.
fn without_picture(err: &str) -> &str {
    let mut lines = err.rsplitn(3, '\n');
    match (lines.next(), lines.next(), lines.next()) {
        (Some(caret), Some(line), Some(sentence)) => {
            let mark = caret.trim_start();
            assert!(!mark.is_empty() && mark.chars().all(|c| c == '^'), "{err}");
            assert!(line.is_empty() || line.starts_with("  "), "{err}");
            assert!(
                line.is_ascii() && line.len() <= 77 && caret.len() <= 77,
                "{err}"
            );
            sentence
        }
        _ => err,
    }
}

/// Returns every character of a text that a terminal would interpret, reorder or hide.
pub(crate) fn hidden(text: &str) -> String {
    let is_hidden = |c: &char| {
        matches!(c, '\0'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}'
            | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    text.chars().filter(is_hidden).collect()
}

/// Runs the program with these arguments and empty input.
pub(crate) fn svadiff<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Ran {
    svadiff_reading(args, b"")
}

/// Runs the program, and sends it this signal after a while. Returns its result. There is no
/// terminal, so it shows no progress.
pub(crate) fn interrupted<I: IntoIterator<Item: AsRef<OsStr>>>(signal: &str, args: I) -> String {
    let child = command(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    sleep(Duration::from_millis(1500));
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.expect("kill").success());
    let output = child.wait_with_output().expect("the program");
    Ran::from(output).ok(3)
}

/// Runs the program with some input. The program need not read all of it.
pub(crate) fn svadiff_reading<I: IntoIterator<Item: AsRef<OsStr>>>(
    args: I,
    mut input: &[u8],
) -> Ran {
    let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = svadiff::cli::run(args, &mut input, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    Ran {
        status: status.into(),
        out: text(out),
        err: text(err),
    }
}

/// Runs a command, and writes to it until it stops reading.
pub(crate) fn feed(
    mut command: Command,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send,
) -> Ran {
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A program that has seen enough stops reading.
            let _ = write(&mut stdin);
        });
        Ran::from(child.wait_with_output().expect("the program ends"))
    })
}

/// A temporary directory for one test.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes a new, empty directory.
    pub(crate) fn new() -> Scratch {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cli-{}-{number}", std::process::id());
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&dir).expect("a directory for a test");
        Scratch(dir)
    }

    /// Returns the path of the directory.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file in the directory. Returns its path.
    pub(crate) fn file(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a file for a test");
        path.to_str().expect("a path in UTF-8").to_owned()
    }

    /// Returns all files in the directory, sorted by name.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).expect("a directory");
        let mut all: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
        all.sort();
        all
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Compresses the bytes with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}
