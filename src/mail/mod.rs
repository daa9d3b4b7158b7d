// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads mails that have a report of `report::mail` in them, and says whether
//! what they state is so.
//!
//! A mail is taken apart, and the marks of quotes and the line breaks are passed over. Between the
//! marks of a report every word has to belong to a statement. The case is read, its models run it, all
//! statements are made anew, and the text of the mail is compared with them. Nothing is trusted: there
//! is no copy of the results but the text.
//!
//! A mail may leave statements out. Lines with fewer marks of quotes than the report are of others.

mod align;
mod block;
mod certificate;
mod command;
mod finding;
mod glyphs;
mod headless;
mod label;
mod parts;
mod styles;
mod visible;

use crate::counterexample::{Received, ReplayReport, Wrong};
use block::{Block, MOST, begins_in, blocks};
use finding::Known;
use glyphs::Glyphs;
use spec::read::{Refused, shown};
use spec::text;

/// A mail with something to check.
#[derive(Clone, Debug)]
pub struct Mail {
    texts: Vec<Glyphs>,
    files: Vec<(String, Vec<u8>)>,
}

/// The result of checking a mail.
#[derive(Clone, Debug, Default)]
pub struct ReplayedMail {
    /// The reports in its text.
    pub reports: Vec<ReplayedReport>,
    /// The files that are attached.
    pub files: Vec<ReplayedFile>,
}

/// The result of checking a report in the text of a mail.
#[derive(Clone, Debug, Default)]
pub struct ReplayedReport {
    /// The mark at its beginning.
    pub mark: String,
    /// The ids of its cases.
    pub ids: Vec<String>,
    /// How many of its statements are so.
    pub holds: usize,
    /// The statements that are not so.
    pub wrong: Vec<Wrong>,
    /// The statements that could not be checked, each with the reason.
    pub not_checked: Vec<String>,
}

/// The result of checking a file that is attached to a mail.
#[derive(Clone, Debug)]
pub struct ReplayedFile {
    /// The name of the file.
    pub name: String,
    /// The counterexample.
    pub received: Box<Received>,
    /// The result of checking its claims.
    pub replayed: ReplayReport,
}

impl Mail {
    /// Takes bytes for a mail if they begin with headers or have a report in them. Returns `None`
    /// otherwise.
    pub fn open(bytes: &[u8]) -> Option<Mail> {
        let bytes = &*parts::as_utf8(bytes);
        let is_report = || {
            let has_words = has_mark(bytes) || headless::may_be(bytes);
            let is_file = || bytes.trim_ascii_start().starts_with(b"{");
            // A note of a case can quote a report.
            has_words && !is_file() && text::parse_bytes(bytes).is_err()
        };
        if !parts::is_mail(bytes) && !is_report() {
            return None;
        }
        let parts = parts::parts(bytes);
        Some(Mail {
            texts: parts.texts.iter().map(|text| Glyphs::of(text)).collect(),
            files: parts.files,
        })
    }

    /// Checks everything that the mail states.
    ///
    /// # Errors
    ///
    /// If it states nothing, if it has more reports than a person writes, or if `read` refuses an
    /// attached file.
    pub fn replay(
        &self,
        read: impl Fn(&str, &[u8]) -> Result<Option<(Box<Received>, ReplayReport)>, Refused>,
    ) -> Result<ReplayedMail, Refused> {
        let mut result = ReplayedMail::default();
        let mut all: Vec<(&Glyphs, Result<Block, Wrong>)> = Vec::new();
        // Without a beginning, an end is a word like others, unless it is that of a report whose first
        // line was cut away.
        if self.texts.iter().any(begins_in) {
            for glyphs in &self.texts {
                let found = blocks(glyphs).into_iter();
                all.extend(found.map(|block| (glyphs, block)));
            }
        } else {
            let found = { self.texts.iter() }
                .filter_map(|glyphs| Some((glyphs, Ok(headless::block(glyphs)?))));
            all.extend(found);
        }
        let is_unclear = |(glyphs, block): &(&Glyphs, Result<Block, Wrong>)| {
            block.as_ref().is_ok_and(|block| block.is_unclear(glyphs))
        };
        if all.iter().any(is_unclear) {
            let what = "cannot be read: its HTML has styles in the report, and whether a reader sees \
                        every word depends on them; send it as plain text";
            return Err(Refused::new(what));
        }
        if all.len() > MOST {
            let what = format_args!("a mail has at most {MOST} reports, and this one has more");
            return Err(Refused::new(what));
        }
        let findings = all.iter().map(|(glyphs, block)| match block {
            Ok(block) => block.findings(glyphs),
            Err(_) => 0,
        });
        let findings: usize = findings.sum();
        if findings > MOST {
            let what = format_args!("{findings} findings, but a mail has at most {MOST}");
            return Err(Refused::new(what));
        }
        let mut known = Known::default();
        for (glyphs, block) in all {
            result.reports.push(match block {
                Ok(block) => block.replay(glyphs, &mut known),
                Err(wrong) => ReplayedReport {
                    wrong: vec![wrong],
                    ..ReplayedReport::default()
                },
            });
        }
        for (name, bytes) in &self.files {
            let refuse = |refused| Refused::new(format_args!("{}: {refused}", shown(name, 80)));
            if let Some((received, replayed)) = read(name, bytes).map_err(refuse)? {
                result.files.push(ReplayedFile {
                    name: name.clone(),
                    received,
                    replayed,
                });
            }
        }
        let states = |report: &ReplayedReport| {
            report.holds > 0 || !report.wrong.is_empty() || !report.not_checked.is_empty()
        };
        if !result.reports.iter().any(states) && result.files.is_empty() {
            let what = match result.reports.is_empty() {
                true => {
                    "no report in it, which begins with `[svadiff report on`, and no \
                         counterexample attached"
                }
                false => "a report that states nothing",
            };
            return Err(Refused::new(what));
        }
        Ok(result)
    }
}

/// Returns whether text has the mark of a report in it.
fn has_mark(bytes: &[u8]) -> bool {
    let mark = crate::report::mail::MARK.trim_end().as_bytes();
    let mut places = bytes.windows(mark.len() + 1);
    places.any(|at| at.starts_with(mark) && at[mark.len()].is_ascii_whitespace())
}

impl ReplayedMail {
    /// Returns whether everything that the mail states is so, or `None` if nothing is wrong but some
    /// was not checked.
    pub fn holds(&self) -> Option<bool> {
        let reports = self.reports.iter().map(ReplayedReport::holds);
        let files = self.files.iter().map(|file| file.replayed.holds());
        let all: Vec<Option<bool>> = reports.chain(files).collect();
        match (all.contains(&Some(false)), all.contains(&None)) {
            (true, _) => Some(false),
            (false, true) => None,
            (false, false) => Some(true),
        }
    }
}

impl ReplayedReport {
    /// Returns whether all statements are so, or `None` if none is wrong but some were not checked.
    pub fn holds(&self) -> Option<bool> {
        match (self.wrong.is_empty(), self.not_checked.is_empty()) {
            (false, _) => Some(false),
            (true, true) => Some(true),
            (true, false) => None,
        }
    }
}
