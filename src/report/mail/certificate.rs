// SPDX-License-Identifier: GPL-2.0-or-later
//! The statements about the coverage of a search.

use super::{Kind, Layout, Statement, command};
use crate::report::SearchReport;
use crate::report::text::{certificate_rows, row};

/// Returns the statements about a search: the rows of its certificate, and the command.
pub(crate) fn certificate(report: &SearchReport<'_>) -> Vec<Statement> {
    // How much memory a search takes differs from machine to machine.
    let rows = certificate_rows(report).into_iter();
    let rows = rows.filter(|(label, _)| *label != "Memory");
    let rows = rows.filter_map(|(label, text)| {
        let text = row(label, &text?);
        Some(Statement::new(Kind::Certificate, text).laid_out(Layout::Lines))
    });
    let mut all: Vec<Statement> = rows.collect();
    if let Some(first) = all.first_mut() {
        first.is_apart = true;
    }
    if let Some(command) = command::of_search(report) {
        let command = format!("To reproduce:\n{command}");
        all.push(Statement::new(Kind::Command, command).laid_out(Layout::Lines));
    }
    all
}
