// SPDX-License-Identifier: GPL-2.0-or-later
//! The table with everything that happens, for those who read and for screen readers.

use super::section;
use crate::judge::Place;
use crate::report::markup::{Element, element};
use crate::report::story::Story;
use crate::report::timeline::{Column, Facts, Mark, Row};

/// The most kernels that stand side by side. More stand below each other.
const SIDE_BY_SIDE: usize = 3;

/// Returns the table of a story: a row for each operation, a column for each kernel. The sections of
/// a concurrent case are different ones in each kernel, so each kernel has a table.
pub(super) fn steps(story: &Story) -> Element {
    let timeline = &story.timeline;
    let section = section("steps", "Every step");
    if timeline.is_aligned() {
        let columns: Vec<&Column> = timeline.columns.iter().collect();
        let alone = columns.len() == 1;
        let table = table(&columns, alone, "What each kernel does in each operation");
        return section.with(scroll(table, "Table of every step"));
    }
    let tables = timeline.columns.iter().map(|column| {
        let caption = format!("What {} does in each section", column.names());
        let alone = timeline.columns.len() == 1;
        scroll(table(&[column], alone, &caption), &caption)
    });
    section.all(tables)
}

/// Returns a container that scrolls, also by the keyboard, should the table be too wide.
fn scroll(table: Element, label: &str) -> Element {
    element("div")
        .class("scroll")
        .attr("role", "region")
        .attr("aria-label", label)
        .attr("tabindex", 0)
        .with(table)
}

/// Returns a table of some columns; `alone` says whether the story has no others.
fn table(columns: &[&Column], alone: bool, caption: &str) -> Element {
    let head = |text: &str| element("th").attr("scope", "col").text(text);
    let heads = columns.iter().map(|column| head(&column.names()));
    let heads = element("tr").with(head("operation")).all(heads);
    let many = columns.len() > SIDE_BY_SIDE;
    let rows = columns.iter().map(|column| column.rows.len()).max();
    let rows = (0..rows.unwrap_or(0)).map(|index| row(columns, index, alone));
    element("table")
        .class(if many { "steps many" } else { "steps" })
        .with(super::caption(caption))
        .with(element("thead").with(heads))
        .with(element("tbody").all(rows))
}

fn row(columns: &[&Column], index: usize, alone: bool) -> Element {
    let rows = columns.iter().map(|column| column.rows.get(index));
    let rows: Vec<Option<&Row>> = rows.collect();
    let mark = { rows.iter().flatten() }.map(|row| row.mark).max();
    let mark = mark.unwrap_or(Mark::None);
    let Some(first) = rows.iter().flatten().next() else {
        return element("tr");
    };
    let mut name = element("th").attr("scope", "row");
    if let (Some(label), Some(class)) = (mark.label(alone), mark.class()) {
        let flag = element("span").class(format_args!("flag {class}"));
        name = name.with(flag.text(label)).text(" ");
    }
    let name = name.with(element("code").text(name_of(first)));
    let cells = columns.iter().zip(&rows);
    let cells = cells.map(|(column, row)| cell(column, *row));
    element("tr")
        .maybe("class", mark.class())
        .with(name)
        .all(cells)
}

/// Returns what the row is about.
fn name_of(row: &Row) -> String {
    let place = match row.place {
        Place::Op(op) => op.to_string(),
        Place::End => "end".to_owned(),
    };
    match row.section {
        Some(section) => format!("cpu {}: {place} {}", section.cpu, row.facts.call),
        None => format!("{place} {}", row.facts.call),
    }
}

fn cell(column: &Column, row: Option<&Row>) -> Element {
    let mark = row.and_then(|row| row.mark.class());
    let mut cell = element("td").maybe("class", mark);
    let who = element("span").class("who").text(column.names());
    cell = cell.with(who).text(" ");
    let Some(row) = row else { return cell };
    let mut list = element("ul");
    for (label, text) in row.facts.all(row.place) {
        let item = match label {
            "call" => continue,
            "return" => element("li").with(element("code").class("returns").text(text)),
            "dmesg" => element("li")
                .with(element("span").class("label").text("dmesg "))
                .with(element("code").class("bad").text(text)),
            label => element("li")
                .with(element("span").class("label").text(label).text(" "))
                .with(
                    element("code")
                        .maybe("class", leak(label, &row.facts))
                        .text(text),
                ),
        };
        list = list.with(item);
    }
    cell.with(list)
}

/// Returns the class of what the teardown leaves.
fn leak(label: &str, facts: &Facts) -> Option<&'static str> {
    (facts.leaks && label == Facts::exists_label(Place::End)).then_some("bad")
}
