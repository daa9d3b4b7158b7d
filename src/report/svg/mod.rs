// SPDX-License-Identifier: GPL-2.0-or-later
//! The timeline as a picture. Time runs downwards; each kernel has a panel, with the operations on
//! the left and the lives of the objects on the right.

mod draw;
mod layout;
mod lives;
mod text;

use super::markup::{Element, element};
use super::timeline::Timeline;
use draw::panel;
use layout::{Layout, Shape};

/// The style sheet of the picture, for a page that contains panels.
pub const STYLE: &str = include_str!("style.css");

/// The space around the panels of a picture, and between them.
const SPACE: usize = 12;

/// Returns the whole timeline as a file: all panels side by side. `title` says what it shows.
pub fn timeline(timeline: &Timeline, title: &str) -> String {
    let layout = Layout::new(timeline, Shape::Wide);
    let widths: Vec<usize> = layout.panels.iter().map(|panel| panel.width).collect();
    let width = SPACE + widths.iter().map(|width| width + SPACE).sum::<usize>();
    let heading = text::wrapped(title, (width - 2 * SPACE) / 9);
    let top = SPACE + 20 * heading.len();
    let height = top + layout.height + SPACE;
    let mut svg = element("svg")
        .attr("xmlns", "http://www.w3.org/2000/svg")
        .attr("width", width)
        .attr("height", height)
        .attr("viewBox", format_args!("0 0 {width} {height}"))
        .class("tl")
        .attr("role", "img")
        .attr("aria-labelledby", "title desc")
        .with(element("title").attr("id", "title").text(title))
        .with(
            element("desc")
                .attr("id", "desc")
                .text(description(timeline)),
        )
        .with(element("style").style(STYLE))
        .with(
            element("rect")
                .class("sheet")
                .attr("width", width)
                .attr("height", height),
        );
    for (line, text) in heading.iter().enumerate() {
        let text = element("text")
            .class("name")
            .attr("x", SPACE)
            .attr("y", SPACE + 14 + 20 * line)
            .text(text);
        svg = svg.with(text);
    }
    let mut x = SPACE;
    for (index, width) in widths.iter().enumerate() {
        let panel = element("g")
            .attr("transform", format_args!("translate({x} {top})"))
            .with(panel(timeline, &layout, index));
        svg = svg.with(panel);
        x += width + SPACE;
    }
    svg.xml()
}

/// Returns the panels one by one, for a page that arranges them by its width. Panels of sequential
/// cases have the same rows at the same heights, unless they are narrow: those fit a phone.
pub fn panels(timeline: &Timeline, is_narrow: bool) -> Vec<Element> {
    let (shape, name) = match is_narrow {
        true => (Shape::Narrow, "narrow"),
        false => (Shape::Wide, "panel"),
    };
    let layout = Layout::new(timeline, shape);
    let each = (0..layout.panels.len()).map(|index| {
        let (width, height) = (layout.panels[index].width, layout.panel_height(index));
        let column = &timeline.columns[index];
        let title = format!("{name}-{index}-title");
        let says = format!(
            "What {} does, from the first operation to the last",
            column.names()
        );
        element("svg")
            .attr("width", width)
            .attr("height", height)
            .attr("viewBox", format_args!("0 0 {width} {height}"))
            .class("tl")
            .attr("role", "group")
            .attr("aria-labelledby", &title)
            .with(element("title").attr("id", title).text(says))
            .with(panel(timeline, &layout, index))
    });
    each.collect()
}

/// Returns the facts of a picture in sentences, for those who cannot see it.
fn description(timeline: &Timeline) -> String {
    let mut text = String::new();
    for column in &timeline.columns {
        text += &format!("{}: ", column.names());
        for row in &column.rows {
            let returned = row.facts.returned().unwrap_or_else(|| "goes on".to_owned());
            text += &format!("{}, {returned}", row.facts.call);
            let alone = timeline.columns.len() == 1;
            if let Some(label) = row.mark.label(alone) {
                text += &format!(" ({label})");
            }
            text += "; ";
        }
    }
    text.truncate(text.trim_end_matches("; ").len());
    text
}

#[cfg(test)]
mod tests;
