// SPDX-License-Identifier: GPL-2.0-or-later
//! The fuzz targets. Each is a function that runs some bytes and returns a failure, if any.
//! Fuzzers, tests and `svadiff from-artifact` call the same functions.
//!
//! * [`diff`]: compares two models with a case, and looks up their differences in the ledger.
//! * [`case_json`]: runs the JSON of a case on all models.
//! * [`case_text`]: reads and writes a case as text.
//! * [`minimize`]: minimizes a case.
//! * [`parse`]: passes any bytes to the readers.
//!
//! A [`Screen`] remembers the behaviour that it has judged, so that almost no case has to be judged
//! in full.

mod artifact;
pub mod case_json;
pub mod case_text;
pub mod diff;
pub mod lesson;
pub mod minimize;
pub mod mutate;
pub mod pairs;
pub mod parse;
mod screen;
mod wrong;

pub use artifact::{Artifact, Differ, artifact};
pub use screen::Screen;
pub use wrong::{What, Wrong};

use crate::ledger::Ledger;
use std::cell::RefCell;

/// A fuzz target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Runs the JSON of a case on all models.
    CaseJson,
    /// Reads and writes a case as text.
    CaseText,
    /// Compares two models with a case.
    Diff,
    /// Minimizes a case.
    Minimize,
    /// Passes any bytes to the readers.
    Parse,
}

impl Target {
    /// All targets.
    pub const ALL: [Target; 5] = [
        Target::CaseJson,
        Target::CaseText,
        Target::Diff,
        Target::Minimize,
        Target::Parse,
    ];

    /// Returns what the target tries, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Target::CaseJson => "a case as JSON on all models",
            Target::CaseText => "a case as text, read and written",
            Target::Diff => "a case on two models",
            Target::Minimize => "what the minimizer makes of a case",
            Target::Parse => "any bytes into the readers",
        }
    }

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Target::CaseJson => "case_json",
            Target::CaseText => "case_text",
            Target::Diff => "diff",
            Target::Minimize => "minimize",
            Target::Parse => "parse",
        }
    }

    /// Returns the target of this name, if there is one.
    pub fn by_name(name: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Runs the target on these bytes. Returns the failure, if any.
    pub fn run(self, screen: &mut Screen<'_>, bytes: &[u8]) -> Option<Wrong> {
        let run = match self {
            Target::CaseJson => case_json::run,
            Target::CaseText => case_text::run,
            Target::Diff => diff::run,
            Target::Minimize => minimize::run,
            Target::Parse => parse::run,
        };
        let what = run(screen, bytes)?;
        Some(Wrong { target: self, what })
    }
}

/// Returns the function that a fuzzer calls repeatedly, with the ledger that is built in. `run` is
/// the function of the target; the fuzzer is faster if it contains no other one.
///
/// # Panics
///
/// If something goes wrong. The message says what to do next.
#[inline]
pub fn fuzz(
    target: Target,
    run: impl FnOnce(&mut Screen<'static>, &[u8]) -> Option<What>,
    bytes: &[u8],
) {
    thread_local! {
        static SCREEN: RefCell<Screen<'static>> = RefCell::new(Screen::new(Ledger::shipped()));
    }
    if let Some(what) = SCREEN.with_borrow_mut(|screen| run(screen, bytes)) {
        stop(&Wrong { target, what });
    }
}

#[cold]
fn stop(wrong: &Wrong) -> ! {
    panic!("{wrong}");
}
