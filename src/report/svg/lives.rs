// SPDX-License-Identifier: GPL-2.0-or-later
//! Draws lanes: the lives of objects, and what CPUs do.

use super::draw::{rect, text};
use super::layout::{PanelLayout, START, middle as middle_of_row};
use crate::judge::Place;
use crate::report::markup::{Element, element};
use crate::report::timeline::{Column, Kind, Label, Lane, Row, Span};

/// The height of a label on a life.
const LABEL: usize = 18;

/// Draws the lane of an object, with its heading.
pub(super) fn lane(
    column: &Column,
    place: &PanelLayout,
    heads: usize,
    lane: &Lane,
    x: usize,
) -> Element {
    let mut all = element("g")
        .class(lane.kind.name())
        .attr("aria-hidden", "true")
        .with(heading(&lane.head, x + place.lane / 2, heads));
    for span in &lane.spans {
        all = all.with(life(column, place, heads, span, x + place.lane / 2));
    }
    all
}

/// Draws lines from handles to the domains that they get.
pub(super) fn links(column: &Column, place: &PanelLayout, x: usize) -> Vec<Element> {
    let middle_of = |at: usize| x + at * place.lane + place.lane / 2;
    let lane_of = |name: &str| {
        let has = |lane: &Lane| {
            lane.kind == Kind::Domain && lane.spans.iter().any(|span| span.name == name)
        };
        column.lanes.iter().position(has)
    };
    let mut all = Vec::new();
    for (at, lane) in column.lanes.iter().enumerate() {
        for (row, domain) in lane.spans.iter().flat_map(|span| &span.domains) {
            if let Some(to) = lane_of(domain) {
                let y = middle(place, *row);
                all.push(line("link", middle_of(at), y, middle_of(to), y));
            }
        }
    }
    all
}

/// Draws a heading, which stands upright.
fn heading(head: &str, x: usize, y: usize) -> Element {
    let (x, y) = (x + 4, y - 6);
    element("text")
        .class("head")
        .attr("transform", format_args!("translate({x} {y}) rotate(-90)"))
        .text(head)
}

/// Returns the middle of a row; that of the start is above the first row.
fn middle(place: &PanelLayout, row: usize) -> usize {
    place.rows.get(row).map_or(0, middle_of_row)
}

fn life(column: &Column, place: &PanelLayout, heads: usize, span: &Span, x: usize) -> Element {
    let last = column.died.unwrap_or(column.rows.len() - 1);
    let begin = span.born.map_or(heads, |row| middle(place, row));
    let bottom = place.rows.last().map_or(0, |row| row.y + row.height);
    let end = match span.died {
        Some(row) => middle(place, row),
        None if span.is_leaked => bottom + 6,
        None => middle(place, last) + LABEL,
    };
    let mut all = element("g")
        .with(element("title").text(story(span, column)))
        .with(line("life", x, begin, x, end));
    for label in &span.labels {
        // What existed at the start needs a label above the first row.
        let y = label
            .row
            .map_or(heads + START / 2, |row| middle(place, row));
        all = all.all(pill(label, x, y, place.lane - 2));
    }
    match span.died {
        Some(_) => all.with(cross(x, end)),
        None if span.is_leaked => all.all(left(x, bottom, place.lane)),
        // The machine died.
        None => all.with(line("dead", x - 8, end, x + 8, end)),
    }
}

/// Tells the life of an object in a sentence.
fn story(span: &Span, column: &Column) -> String {
    let of = |row: usize| match column.rows.get(row).map(|row| row.place) {
        Some(Place::Op(op)) => format!("in op {op}"),
        Some(Place::End) | None => "in the teardown".to_owned(),
    };
    let born = span.born.map_or("exists from the start".to_owned(), |row| {
        format!("appears {}", of(row))
    });
    let died = match span.died {
        Some(row) => format!("is gone {}", of(row)),
        None if span.is_leaked => "is left".to_owned(),
        None => "exists when the machine dies".to_owned(),
    };
    format!("{} {born} and {died}", span.name)
}

/// Draws a label on a life.
fn pill(label: &Label, x: usize, y: usize, most: usize) -> Vec<Element> {
    let Label {
        text: label,
        is_bad,
        ..
    } = label;
    // Longer labels are narrower.
    let length = label.chars().count();
    let width = (length * 65 / 10 + 6).clamp(18, most);
    let pill = rect(x - width / 2, y - LABEL / 2, width, LABEL).attr("rx", 5);
    let words = text(x, y + 4, "", label).class(if *is_bad { "mark bad" } else { "mark" });
    let words = match length * 6 + 4 > width {
        true => words
            .attr("textLength", width - 3)
            .attr("lengthAdjust", "spacingAndGlyphs"),
        false => words,
    };
    vec![pill.class(if *is_bad { "pill bad" } else { "pill" }), words]
}

/// Draws the end of a life.
fn cross(x: usize, y: usize) -> Element {
    let (a, b, c, d) = (x - 5, y - 5, x + 5, y + 5);
    element("path")
        .class("cross")
        .attr("d", format_args!("M{a} {b}L{c} {d}M{c} {b}L{a} {d}"))
}

/// Draws the flag of what is left, below the last row.
fn left(x: usize, bottom: usize, lane: usize) -> Vec<Element> {
    let y = bottom + 6;
    vec![
        rect(x - lane / 2 + 1, y, lane - 2, LABEL)
            .attr("rx", 2)
            .class("left"),
        text(x, y + 13, "left", "left"),
    ]
}

fn line(class: &'static str, x: usize, y: usize, to_x: usize, to_y: usize) -> Element {
    element("path")
        .class(class)
        .attr("d", format_args!("M{x} {y}L{to_x} {to_y}"))
}

/// Draws the lane of a CPU: its calls, its sections, and the sections in which it has the lock.
pub(super) fn cpu_lane(
    column: &Column,
    place: &PanelLayout,
    heads: usize,
    cpu: u8,
    x: usize,
) -> Element {
    let mut all = element("g")
        .class("cpu")
        .attr("aria-hidden", "true")
        .with(heading(&format!("cpu {cpu}"), x + place.lane / 2, heads));
    let x = x + place.lane / 2;
    let rows = || column.rows.iter().enumerate();
    let runs = |row: &Row| row.section.filter(|section| section.cpu == cpu);
    // From the first section of a call to the last one, the call is in progress.
    let mut begun = None;
    for (index, row) in rows() {
        let Some(section) = runs(row) else { continue };
        let from = *begun.get_or_insert(index);
        if section.is_last || index + 1 == column.rows.len() {
            all = all.with(line(
                "busy",
                x,
                middle(place, from),
                x,
                middle(place, index),
            ));
            begun = None;
        }
    }
    if let Some(from) = begun {
        let last = column.rows.len().saturating_sub(2);
        all = all.with(line("busy", x, middle(place, from), x, middle(place, last)));
    }
    for (index, row) in rows() {
        let y = middle(place, index);
        let has_lock = row.section.is_some_and(|section| section.lock == Some(cpu));
        if has_lock {
            let at = &place.rows[index];
            let bar = rect(x - 11, at.y + 2, 22, at.height - 4).attr("rx", 3);
            all = all.with(bar.class("lock"));
        }
        let Some(_) = runs(row) else {
            if has_lock {
                all = all.with(text(x, y + 4, "", "L").class("mark in-lock"));
            }
            continue;
        };
        let op = match row.place {
            Place::Op(op) => op.to_string(),
            Place::End => String::new(),
        };
        let node = element("circle")
            .class("ran")
            .attr("cx", x)
            .attr("cy", y)
            .attr("r", 9);
        all = all.with(node).with(text(x, y + 4, "", &op).class("mark"));
    }
    all
}
