// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of checking a mail, as text.

use super::replay::{not_so, of};
use super::wrap;
use crate::mail::{ReplayedMail, ReplayedReport};
use spec::read::shown;

/// Formats the result of checking a mail.
pub(super) fn replayed(mail: &ReplayedMail) -> String {
    let mut parts: Vec<String> = mail.reports.iter().map(report).collect();
    for file in &mail.files {
        let name = wrap("", "  ", &format!("Attached: {}", shown(&file.name, 80)));
        parts.push(format!("{name}\n{}", of(&file.received, &file.replayed)));
    }
    if parts.len() > 1 {
        parts.push(match mail.holds() {
            Some(true) => "Everything that the mail states is so.\n".to_owned(),
            Some(false) => "NOT everything that the mail states is so.\n".to_owned(),
            None => "Not everything that the mail states was checked.\n".to_owned(),
        });
    }
    parts.join("\n")
}

fn report(report: &ReplayedReport) -> String {
    let mut text = wrap("", "  ", &report.mark);
    for id in &report.ids {
        text += &wrap("  ", "  ", &format!("id {id}"));
    }
    for what in &report.not_checked {
        text += &wrap("Not checked: ", "  ", &shown(what, 600));
    }
    if !report.wrong.is_empty() {
        return text + &not_so(&report.wrong);
    }
    let rest = if report.not_checked.is_empty() {
        ""
    } else {
        " else"
    };
    text + &match report.holds {
        0 => String::new(),
        1 => format!("Everything{rest} that it states is so: 1 statement.\n"),
        n => format!("Everything{rest} that it states is so: {n} statements.\n"),
    }
}
