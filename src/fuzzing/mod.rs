// SPDX-License-Identifier: GPL-2.0-or-later
//! What the fuzz targets do. Each is a function from bytes to what went wrong, if anything did: a
//! fuzzer, the tests and `svadiff from-artifact` call the same one.
//!
//! * [`diff`]: a case on two models, and whether the ledger knows how they differ.
//! * [`case_json`]: the text of a case on all models.
//! * [`minimize`]: what the minimizer makes of a case.
//! * [`parse`]: any bytes into the readers.
//!
//! A [`Screen`] keeps what was judged before, so that almost no case has to be judged in full.

mod artifact;
pub mod case_json;
pub mod diff;
pub mod minimize;
pub mod mutate;
pub mod pairs;
pub mod parse;
mod screen;
mod wrong;

pub use artifact::{Artifact, artifact};
pub use screen::Screen;
pub use wrong::{What, Wrong};

use crate::ledger::Ledger;
use std::cell::RefCell;

/// A fuzz target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The text of a case on all models.
    CaseJson,
    /// A case on two models.
    Diff,
    /// What the minimizer makes of a case.
    Minimize,
    /// Any bytes into the readers.
    Parse,
}

impl Target {
    /// All of them.
    pub const ALL: [Target; 4] = [
        Target::CaseJson,
        Target::Diff,
        Target::Minimize,
        Target::Parse,
    ];

    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Target::CaseJson => "case_json",
            Target::Diff => "diff",
            Target::Minimize => "minimize",
            Target::Parse => "parse",
        }
    }

    /// Returns the target of this name.
    pub fn by_name(name: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Returns what goes wrong with these bytes, if anything does.
    pub fn run(self, screen: &mut Screen<'_>, bytes: &[u8]) -> Option<Wrong> {
        let run = match self {
            Target::CaseJson => case_json::run,
            Target::Diff => diff::run,
            Target::Minimize => minimize::run,
            Target::Parse => parse::run,
        };
        let what = run(screen, bytes)?;
        Some(Wrong { target: self, what })
    }
}

/// Returns what a fuzzer calls again and again; the ledger is the one that is shipped. `run` is
/// that of the target: a fuzzer that gets no more than it needs is faster.
///
/// # Panics
///
/// If something goes wrong. The text says what to do next.
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
