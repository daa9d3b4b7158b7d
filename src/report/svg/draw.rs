// SPDX-License-Identifier: GPL-2.0-or-later
//! Draws a panel: the bands of marked rows, the text, the lanes, and on top of them what hovering
//! or the focus shows.

use super::layout::{EDGE, LINE, Layout, PanelLayout, RowLayout, TIP_LINE};
use super::layout::{baseline, cpus, text_height, tip_height};
use super::lives::{cpu_lane, lane, links};
use crate::report::markup::{Element, element};
use crate::report::timeline::{Column, Mark, Row, Timeline};

/// Draws a panel. Its origin is its upper left corner.
pub(super) fn panel(timeline: &Timeline, layout: &Layout, index: usize) -> Element {
    let (column, place) = (&timeline.columns[index], &layout.panels[index]);
    let alone = timeline.columns.len() == 1;
    let mut all = element("g").with(rect(0, 0, place.width, place.height).class("sheet"));
    for (line, name) in place.names.iter().enumerate() {
        let class = if line == 0 { "name" } else { "name more" };
        all = all.with(text(EDGE, EDGE + 14 + 20 * line, class, name));
    }
    // In a narrow panel, lanes are where the words would be.
    if place.rows.iter().all(|row| row.strip.is_none()) {
        all = all.with(text(EDGE, layout.heads + 17, "quiet", "at the start"));
    }
    for (row, at) in column.rows.iter().zip(&place.rows) {
        all = all.all(band(row, at, place.width));
    }
    all = all.all(links(
        column,
        place,
        place.lanes + cpus(timeline).len() * place.lane,
    ));
    let mut x = place.lanes;
    for cpu in cpus(timeline) {
        all = all.with(cpu_lane(column, place, layout.heads, cpu, x));
        x += place.lane;
    }
    for this in &column.lanes {
        all = all.with(lane(column, place, layout.heads, this, x));
        x += place.lane;
    }
    for (row, at) in column.rows.iter().zip(&place.rows) {
        all = all
            .with(words(row, at, place.width))
            .option(frame(row, at, place.width));
    }
    all = all.with(rect_of(0.5, place).class("edge"));
    // On top, so that nothing hides the tips.
    let rows = column.rows.iter().zip(&place.rows);
    all.all(rows.map(|(row, at)| tip(column, row, at, place, alone)))
}

/// Draws the background of a row that differs, and a bar at its left.
fn band(row: &Row, at: &RowLayout, width: usize) -> Vec<Element> {
    let mut all = Vec::new();
    if let Some(class) = row.mark.class() {
        all.push(rect(1, at.y, width - 2, at.height).class(class));
    }
    match row.mark {
        Mark::First | Mark::Found => all.push(rect(1, at.y, 6, at.height).class("first-edge")),
        Mark::Differs => all.push(rect(1, at.y, 3, at.height).class("differs-edge")),
        Mark::None | Mark::Consequence => {}
    }
    let line = element("path")
        .class("edge")
        .attr("d", format_args!("M1 {}.5H{}", at.y, width - 1));
    all.push(line);
    all
}

/// Draws a frame around the first difference.
fn frame(row: &Row, at: &RowLayout, width: usize) -> Option<Element> {
    let frame = rect(2, at.y + 1, width - 4, at.height - 2).class("frame-first");
    matches!(row.mark, Mark::First | Mark::Found).then_some(frame)
}

/// Draws the text of a row.
fn words(row: &Row, at: &RowLayout, width: usize) -> Element {
    // The lanes of a narrow panel pass behind the text.
    let behind = at.strip.map(|_| {
        let behind = rect(8, at.y + 2, width - 12, text_height(at) - 2);
        behind.class(row.mark.class().unwrap_or("sheet"))
    });
    let lines = at.lines.iter().enumerate();
    let lines = lines.map(|(index, line)| text(EDGE, baseline(at, index), line.class, &line.text));
    // The same text is the label of the row's tip.
    element("g")
        .attr("aria-hidden", "true")
        .option(behind)
        .all(lines)
}

/// Draws what is seen while the row has the focus or the pointer.
fn tip(column: &Column, row: &Row, at: &RowLayout, place: &PanelLayout, alone: bool) -> Element {
    let height = tip_height(&at.tip);
    let below = at.y + at.height;
    let y = match below + height <= place.height {
        true => below,
        false => at.y.saturating_sub(height),
    };
    let y = y.min(place.height.saturating_sub(height));
    let lines = at
        .tip
        .iter()
        .enumerate()
        .map(|(index, line)| text(EDGE + 6, y + 18 + index * TIP_LINE, "", line));
    let tip = element("g")
        .class("tip")
        .attr("aria-hidden", "true")
        .with(rect(EDGE / 2, y, place.width - EDGE, height).attr("rx", 5))
        .all(lines);
    let mut says = format!("{}: ", column.models[0].name());
    for (label, fact) in row.facts.all(row.place) {
        says += &format!("{label} {fact}; ");
    }
    says += row.mark.label(alone).unwrap_or("the same");
    element("g")
        .class("row")
        .attr("tabindex", 0)
        .attr("role", "img")
        .attr("aria-label", says)
        .with(rect(1, at.y, place.width - 2, at.height).class("hit"))
        .with(tip)
}

pub(super) fn text(x: usize, y: usize, class: &'static str, text: &str) -> Element {
    let element = element("text").attr("x", x).attr("y", y);
    match class {
        "" => element,
        class => element.class(class),
    }
    .text(text)
}

pub(super) fn rect(x: usize, y: usize, width: usize, height: usize) -> Element {
    element("rect")
        .attr("x", x)
        .attr("y", y)
        .attr("width", width)
        .attr("height", height)
}

fn rect_of(inset: f64, place: &PanelLayout) -> Element {
    element("rect")
        .attr("x", inset)
        .attr("y", inset)
        .attr("width", place.width as f64 - 2.0 * inset)
        .attr("height", place.height as f64 - 2.0 * inset)
        .attr("rx", LINE / 4)
}
