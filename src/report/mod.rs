// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports: the results of commands, and the forms in which commands print them.
//!
//! A form is one file or one folder, and has an entry in [`FORMS`].

mod contents;
mod digest;
pub mod html;
pub mod json;
pub(crate) mod mail;
pub mod markdown;
pub mod markup;
pub mod story;
pub mod svg;
mod text;
pub mod timeline;

use contents::effects;
pub use contents::{
    ArtifactReport, BisectReport, BisectStep, ConformReport, DiffReport, HuntReport, MailReport,
    MailedReport, MatrixPair, MatrixReport, MinimizedReport, MismatchReport, RaceReport,
    ReleaseReport, ReplayedReport, Report, SearchReport, TraceReport, WhyReport,
};
pub use digest::digest;
pub use json::signature::{cite, decided_by, signature_json};
pub use json::{escape_json, json};
pub(crate) use text::breaks_no_rule;
pub use text::{
    both_runs, call, case_lines, cites, columns, fault, finding, headline, live, misbehaves, names,
    op, ret, side_by_side, topology, wrap,
};

use std::cell::Cell;
use std::io::{self, Write};

/// The width of a line in columns. A mail can quote it once or twice without wrapping.
pub const WIDTH: usize = 75;

thread_local! {
    /// The width of text that this thread writes.
    static COLUMNS: Cell<usize> = const { Cell::new(WIDTH) };
}

/// Returns the width in columns that text is wrapped to: [`WIDTH`], or less on a narrow terminal.
pub fn width() -> usize {
    COLUMNS.get()
}

/// Runs `work`, which writes text of this width.
pub(crate) fn with_width<T>(width: usize, work: impl FnOnce() -> T) -> T {
    let before = COLUMNS.replace(width.min(WIDTH));
    let done = work();
    COLUMNS.set(before);
    done
}

/// A form in which reports can be written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The name of the form on the command line.
    pub name: &'static str,
    /// Writes a report. If the form does not support the report, returns an error of kind
    /// [`Unsupported`](io::ErrorKind::Unsupported).
    pub write: fn(&Report<'_>, &mut dyn Write) -> io::Result<()>,
}

/// All forms, the default first.
pub const FORMS: &[Form] = &[text::FORM, json::FORM];

impl Form {
    /// Returns the form of this name, if there is one.
    pub fn by_name(name: &str) -> Option<Form> {
        FORMS.iter().copied().find(|form| form.name == name)
    }
}
