// SPDX-License-Identifier: GPL-2.0-or-later
//! Every pair of models in one universe, as text.

use super::wrap;
use crate::report::{MatrixReport, WIDTH};

/// Widths of a column and of the start of a row.
const COLUMN: usize = 4;
const MARGIN: usize = 17;

/// Formats the matrix. Names of models are too long for a column heading, so models have numbers.
/// Columns that do not fit the width follow in another block.
pub(super) fn matrix(report: &MatrixReport<'_>) -> String {
    let mut text = String::new();
    let all = report.rows.len();
    let numbers: Vec<usize> = (1..=all).collect();
    for block in numbers.chunks((WIDTH - MARGIN) / COLUMN) {
        let heads: String = block
            .iter()
            .map(|number| format!("{number:>COLUMN$}"))
            .collect();
        text += &format!("{:MARGIN$}{heads}\n", "");
        let last = block.last().copied().unwrap_or(0);
        for (number, (from, row)) in (1..).zip(&report.rows) {
            if number > last {
                break;
            }
            let cell = |&to: &usize| match to.checked_sub(number) {
                None => String::new(),
                Some(0) => ".".to_owned(),
                // The first pair of a row is the model of the row and the next model.
                Some(at) => row.get(at - 1).map_or(String::new(), |pair| {
                    let more = if pair.complete { "" } else { "+" };
                    format!("{}{more}", pair.findings)
                }),
            };
            let cells = block.iter().map(cell);
            let cells: String = cells.map(|cell| format!("{cell:>COLUMN$}")).collect();
            text += &format!("{number:>3}  {:12}{cells}\n", from.name());
        }
        text.push('\n');
    }
    let legend = "the findings of each pair of models: the one of the row, and the one whose number \
                  stands over the column; 0 is no difference, and a + says that the search was \
                  stopped";
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
