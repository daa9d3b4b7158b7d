// SPDX-License-Identifier: GPL-2.0-or-later
//! Where everything stands: computed once, before anything is drawn.

use super::text::wrapped;
use crate::report::timeline::{Column, Facts, Mark, Row, Timeline};

/// The height of a line of text.
pub(super) const LINE: usize = 16;
/// The width of a character of text, in tenths of a pixel.
const CHAR: usize = 74;
/// The width of the lane of an object or of a CPU, and the least width of one in a narrow panel.
const LANE: (usize, usize) = (30, 24);
/// The space at the sides of a panel.
pub(super) const EDGE: usize = 10;
/// The space above and below the text of a row.
const PAD: usize = 7;
/// The least height of a row, in which a label has room.
const LEAST: usize = 40;
/// The room below the last row, for what is left.
pub(super) const BELOW: usize = 30;
/// The height of the start, where there are the objects that exist before the first row.
pub(super) const START: usize = 26;
/// The characters in a line of the text of a row, if the lanes are beside it.
const TEXT: usize = 25;
/// The least characters of a line of a tip, and the most.
const TIP: (usize, usize) = (44, 62);
/// The width of a narrow panel, which fits a phone.
const NARROW: usize = 334;
/// The height of the lanes below the text of a row, in a narrow panel.
const STRIP: usize = 30;
/// The height of a line of a tip.
pub(super) const TIP_LINE: usize = 15;
/// The width of a character of a tip, in tenths of a pixel.
const TIP_CHAR: usize = 71;

/// The shape of panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The lanes are to the right of the text.
    Wide,
    /// The lanes are below the text of each row, and pass behind it.
    Narrow,
}

/// A line of text in a row.
pub(super) struct Line {
    pub class: &'static str,
    pub text: String,
}

/// A row of a panel.
pub(super) struct RowLayout {
    pub y: usize,
    pub height: usize,
    /// Where labels on lanes stand, from the top of the row; `None` for its middle.
    pub strip: Option<usize>,
    pub lines: Vec<Line>,
    pub tip: Vec<String>,
}

/// A panel.
pub(super) struct PanelLayout {
    pub width: usize,
    /// The lines of its heading.
    pub names: Vec<String>,
    pub rows: Vec<RowLayout>,
    /// Where the lanes begin, and the width of each.
    pub lanes: usize,
    pub lane: usize,
    /// The height up to the last row, and what is below it.
    pub height: usize,
}

/// A picture.
pub(super) struct Layout {
    pub panels: Vec<PanelLayout>,
    /// Where the headings of lanes end, and the start is shown.
    pub heads: usize,
    /// The height of the highest panel.
    pub height: usize,
}

impl Layout {
    pub(super) fn new(timeline: &Timeline, shape: Shape) -> Self {
        let alone = timeline.columns.len() == 1;
        let mut panels: Vec<PanelLayout> = { timeline.columns.iter() }
            .map(|column| panel(timeline, column, alone, shape))
            .collect();
        let names = panels.iter().map(|panel| panel.names.len()).max();
        let heads = timeline.columns.iter().flat_map(|column| {
            let heads = column.lanes.iter().map(|lane| lane.head.chars().count());
            heads.chain([cpus(timeline).first().map_or(0, |_| "cpu 63".len())])
        });
        let heads = heads.max().unwrap_or(0) * 7 + 12;
        let heads = EDGE + names.unwrap_or(1) * 20 + heads.max(24);
        let top = heads + START;
        // Narrow panels are not beside each other.
        if timeline.is_aligned() && shape == Shape::Wide {
            let rows = panels.iter().map(|panel| panel.rows.len()).max();
            for row in 0..rows.unwrap_or(0) {
                let all = panels.iter().filter_map(|panel| panel.rows.get(row));
                let height = all.map(|row| row.height).max().unwrap_or(LEAST);
                for panel in &mut panels {
                    if let Some(row) = panel.rows.get_mut(row) {
                        row.height = height;
                    }
                }
            }
        }
        for panel in &mut panels {
            let mut y = top;
            for row in &mut panel.rows {
                row.y = y;
                y += row.height;
            }
            // The longest tip has room as well.
            let tips = panel.rows.iter().map(|row| tip_height(&row.tip)).max();
            panel.height = (y + BELOW).max(tips.unwrap_or(0) + 2 * EDGE);
        }
        let height = panels.iter().map(|panel| panel.height).max().unwrap_or(0);
        Layout {
            panels,
            heads,
            height,
        }
    }

    /// Returns the height of a panel: in an aligned picture, that of the highest one.
    pub(super) fn panel_height(&self, panel: usize) -> usize {
        self.panels[panel].height
    }
}

/// Returns the CPUs that have lanes.
pub(super) fn cpus(timeline: &Timeline) -> Vec<u8> {
    match timeline.case.is_concurrent() {
        true => timeline.case.cpus(),
        false => Vec::new(),
    }
}

/// Returns the height of a tip.
pub(super) fn tip_height(lines: &[String]) -> usize {
    lines.len() * TIP_LINE + 14
}

fn panel(timeline: &Timeline, column: &Column, alone: bool, shape: Shape) -> PanelLayout {
    let nr_lanes = column.lanes.len() + cpus(timeline).len();
    let [lanes, lane, least] = match shape {
        Shape::Wide => {
            let tips = TIP.0 * TIP_CHAR / 10 + 2 * EDGE;
            [EDGE + TEXT * CHAR / 10 + 8, LANE.0, tips]
        }
        Shape::Narrow => {
            let each = (NARROW - 2 * EDGE) / nr_lanes.max(1);
            [EDGE, each.clamp(LANE.1, LANE.0), NARROW]
        }
    };
    let width = (lanes + nr_lanes * lane + EDGE).max(least);
    let in_row = match shape {
        Shape::Wide => TEXT,
        Shape::Narrow => (NARROW - 2 * EDGE) * 10 / CHAR,
    };
    let in_tip = ((width - 2 * EDGE - 12) * 10 / TIP_CHAR).min(TIP.1);
    let rows = column.rows.iter();
    PanelLayout {
        width,
        names: names(column, width),
        rows: { rows }
            .map(|row| self::row(row, in_row, in_tip, alone, shape))
            .collect(),
        lanes,
        lane,
        height: 0,
    }
}

/// Returns the heading: the name of the first model, and those that do the same.
fn names(column: &Column, width: usize) -> Vec<String> {
    wrapped(&column.names(), (width - 2 * EDGE) * 10 / 95)
}

fn row(row: &Row, in_row: usize, in_tip: usize, alone: bool, shape: Shape) -> RowLayout {
    let mut lines = Vec::new();
    let mut say = |class: &'static str, text: &str| {
        for text in wrapped(text, in_row) {
            lines.push(Line { class, text });
        }
    };
    if let Some(label) = row.mark.label(alone) {
        match row.mark {
            Mark::First | Mark::Found => say("flag flag-first", &label.to_uppercase()),
            Mark::Differs => say("flag flag-differs", label),
            Mark::Consequence | Mark::None => say("flag flag-consequence", label),
        }
    }
    let facts = &row.facts;
    match row.section {
        None => say("", &format!("{} {}", label_of(row), facts.call)),
        Some(section) if section.is_first => {
            let place = label_of(row);
            say("", &format!("cpu {}: {place} {}", section.cpu, facts.call));
        }
        Some(section) => {
            let place = label_of(row);
            say("quiet", &format!("cpu {}: op {place} goes on", section.cpu));
        }
    }
    match row
        .section
        .and_then(|section| Some((section.lock?, section.cpu)))
    {
        Some((lock, cpu)) if lock == cpu => say("quiet", "with the lock"),
        Some((lock, _)) => say("bad", &format!("cpu {lock} has the lock")),
        None => {}
    }
    match facts.returned() {
        Some(returned) if facts.is_not_run => say("quiet", &format!("= {returned}")),
        Some(returned) => say("ret", &format!("= {returned}")),
        None => {}
    }
    for splat in &facts.splats {
        say("bad", splat);
    }
    if let Some(left) = facts.exists.as_ref().filter(|_| facts.leaks) {
        say("bad", &format!("left: {left}"));
    }
    let text = lines.len() * LINE + 2 * PAD;
    let (height, strip) = match shape {
        Shape::Wide => (text.max(LEAST), None),
        Shape::Narrow => (text + STRIP, Some(text + STRIP / 2 - PAD / 2)),
    };
    RowLayout {
        y: 0,
        height,
        strip,
        lines,
        tip: tip(facts, row, in_tip),
    }
}

/// Returns the number of an operation, or `end`.
fn label_of(row: &Row) -> String {
    match row.place {
        crate::judge::Place::Op(op) => op.to_string(),
        crate::judge::Place::End => "end".to_owned(),
    }
}

/// Returns the lines of a tip.
fn tip(facts: &Facts, row: &Row, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (label, text) in facts.all(row.place) {
        for (at, line) in wrapped(&text, most - 8).into_iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            lines.push(format!("{label:7} {line}"));
        }
    }
    lines
}

/// Returns where labels on lanes stand in a row.
pub(super) fn middle(row: &RowLayout) -> usize {
    row.y + row.strip.unwrap_or(row.height / 2)
}

/// Returns the height of the text of a row, with the space around it.
pub(super) fn text_height(row: &RowLayout) -> usize {
    row.lines.len() * LINE + PAD
}

/// Returns where the text of a row begins.
pub(super) fn baseline(row: &RowLayout, line: usize) -> usize {
    row.y + PAD + 12 + line * LINE
}
