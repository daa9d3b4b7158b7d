// SPDX-License-Identifier: GPL-2.0-or-later
//! Every pair of models in one universe, as text.

use super::wrap;
use crate::models::AnyModel;
use crate::report::{MatrixPair, MatrixReport, WIDTH as OF_MAILS, width};

/// The width of the table, unless the terminal is narrow. It is wider than what is pasted into mails,
/// so that history fits.
const WIDTH: usize = 100;
/// Widths of a column and of the start of a row.
const COLUMN: usize = 4;
const MARGIN: usize = 5;

/// Formats the matrix: models that do the same in this universe are one group with a number, and the
/// table has the findings of each pair of groups. Columns that do not fit the width follow in
/// another block.
pub(super) fn matrix(report: &MatrixReport<'_>) -> String {
    let groups = groups(report);
    let mut text = wrap("", "", "Kernels that do the same, in the order of history:");
    text.push('\n');
    for (number, group) in (1..).zip(&groups) {
        let names: Vec<&str> = { group.iter() }
            .map(|&at| AnyModel::name(report.rows[at].0))
            .collect();
        text += &wrap(&format!("{number:>3}  "), "     ", &names.join(", "));
    }
    text.push('\n');
    let numbers: Vec<usize> = (1..=groups.len()).collect();
    let columns = match width() {
        OF_MAILS => WIDTH,
        narrow => narrow,
    };
    for block in numbers.chunks((columns - MARGIN) / COLUMN) {
        let heads = block.iter().map(|number| format!("{number:>COLUMN$}"));
        text += &format!("{:MARGIN$}{}\n", "", heads.collect::<String>());
        let last = block.last().copied().unwrap_or(0);
        for (number, group) in (1..=last).zip(&groups) {
            let cell = |&to: &usize| match to.cmp(&number) {
                std::cmp::Ordering::Less => String::new(),
                std::cmp::Ordering::Equal => ".".to_owned(),
                std::cmp::Ordering::Greater => {
                    pair(report, group[0], groups[to - 1][0]).map_or(String::new(), |pair| {
                        let more = if pair.complete { "" } else { "+" };
                        format!("{}{more}", pair.findings)
                    })
                }
            };
            let cells = block.iter().map(cell);
            let cells: String = cells.map(|cell| format!("{cell:>COLUMN$}")).collect();
            text += &format!("{number:>3}  {cells}\n");
        }
        text.push('\n');
    }
    let legend = "the findings of each pair: the kernel of the row, and the one whose number \
                  stands over the column; a + says that the search was stopped, and \
                  `svadiff matrix --from NAME --to NAME` lists what changes between two";
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

/// Returns the models, by their place in the report, in groups that do the same. Only a search that
/// was complete shows that two models do the same.
pub(in crate::report) fn groups(report: &MatrixReport<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in 0..report.rows.len() {
        let agrees = |&member: &usize| {
            let pair = pair(report, member, at);
            pair.is_some_and(|pair| pair.complete && pair.findings == 0)
        };
        match groups.iter_mut().find(|group| group.iter().all(agrees)) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

/// Returns the pair of two models, by their places, of which the first is lower.
fn pair<'r>(report: &'r MatrixReport<'_>, from: usize, to: usize) -> Option<&'r MatrixPair> {
    let (_, row) = report.rows.get(from)?;
    row.get(to.checked_sub(from + 1)?)
}
