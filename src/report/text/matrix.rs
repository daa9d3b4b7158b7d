// SPDX-License-Identifier: GPL-2.0-or-later
//! Every pair of models in one universe, as text.

use super::wrap;
use crate::report::MatrixReport;

/// Formats the matrix. Names of models are too long for a column heading, so they are only at the
/// start of their row.
pub(super) fn matrix(report: &MatrixReport<'_>) -> String {
    let mut text = String::new();
    for (number, (from, row)) in report.rows.iter().enumerate() {
        text += &format!("{:12}{}   .", from.name(), "    ".repeat(number));
        for pair in row {
            let more = if pair.complete { "" } else { "+" };
            text += &format!("{:>4}", format!("{}{more}", pair.findings));
        }
        text.push('\n');
    }
    text.push('\n');
    let legend = "the findings of each pair of models, which stand in the same order from left to \
                  right; 0 is no difference, and a + says that the search was stopped";
    let views: Vec<_> = report.views.iter().map(|view| view.name()).collect();
    for (label, line) in [
        ("Numbers", legend.to_owned()),
        ("Universe", report.universe.to_string()),
        ("Views", views.join(", ")),
    ] {
        text += &wrap(&format!("{label:11}"), &" ".repeat(11), &line);
    }
    text
}
