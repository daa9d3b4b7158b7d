// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes cases as text, in ASCII.

use super::WIDTH;
use super::usual::{usual_device, usual_topology};
use crate::case::{Case, Fault, Op, Topology};

/// Returns a case as text: title, origin and note if there are any, the topology, a line for each
/// operation with its index, and the schedule. Lines have at most [`WIDTH`] columns.
pub fn of(case: &Case) -> String {
    let mut text = String::new();
    for (label, string) in strings(case) {
        text += &quoted(label, string, true);
        text.push('\n');
    }
    text += &wrapped("on ", "   ", &topology(&case.topology));
    for (index, this) in case.ops.iter().enumerate() {
        text += &wrapped(&format!("{index:2}  "), "    ", &on_cpu(this));
    }
    if let Some(entries) = schedule(case) {
        text += &wrapped("schedule ", "         ", &entries);
    }
    text
}

/// Returns a case as text on one line, of any length, without a line break at its end. Leaves out a
/// topology that its reader would assume.
pub fn one_line(case: &Case) -> String {
    let mut parts = Vec::new();
    for (label, string) in strings(case) {
        parts.push(quoted(label, string, false));
    }
    if case.ops.is_empty() || usual_topology(&case.ops).as_ref() != Ok(&case.topology) {
        parts.push(format!("on {}", topology(&case.topology)));
    }
    parts.extend(case.ops.iter().map(on_cpu));
    if let Some(entries) = schedule(case) {
        parts.push(format!("schedule {entries}").trim_end().to_owned());
    }
    parts.join("; ")
}

/// Formats an operation: `bind dev 0, mm 0 [set_dev_pasid: EIO, 1st time]`, `unbind of op 0 again`.
/// Its CPU is not part of it.
pub fn op(op: &Op) -> String {
    let mut text = op.kind.to_string();
    if op.again {
        text += " again";
    }
    if let Some(fault) = &op.fault {
        text += &format!(" [{}]", self::fault(fault));
    }
    text
}

/// Formats a fault: `set_dev_pasid: EIO, 2nd time`.
pub fn fault(fault: &Fault) -> String {
    let times = match fault.nth {
        0 => "every".to_owned(),
        nth => format!("{nth}{}", ordinal(nth)),
    };
    format!(
        "{}: {}, {times} time",
        fault.site.name(),
        fault.errno.name()
    )
}

/// Returns the letters after an ordinal number.
fn ordinal(number: u32) -> &'static str {
    match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// Formats a topology: `2 devices (groups 0 0), 1 mm`. Values that a reader would assume are left
/// out, but for the groups of several devices.
pub fn topology(topology: &Topology) -> String {
    let devices = &topology.devices;
    let count = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let usual = |dev: usize| usual_device(dev);
    let mut more = Vec::new();
    let mut per_device = |what: &str, value: &dyn Fn(usize) -> u16| {
        let all: Vec<String> = (0..devices.len())
            .map(|dev| value(dev).to_string())
            .collect();
        more.push(format!("{what} {}", all.join(" ")));
    };
    let is_unusual = |is: &dyn Fn(usize) -> bool| (0..devices.len()).any(is);
    if devices.len() > 1 || is_unusual(&|dev| devices[dev].group != usual(dev).group) {
        per_device("groups", &|dev| devices[dev].group.into());
    }
    if is_unusual(&|dev| devices[dev].max_pasids != usual(dev).max_pasids) {
        per_device("max_pasids", &|dev| devices[dev].max_pasids);
    }
    if is_unusual(&|dev| devices[dev].instance != usual(dev).instance) {
        per_device("instances", &|dev| devices[dev].instance.into());
    }
    let mut text = count(devices.len(), "device");
    if !more.is_empty() {
        text += &format!(" ({})", more.join("; "));
    }
    text += &format!(", {}", count(topology.mms.len(), "mm"));
    let not_compat: Vec<String> = (0..topology.mms.len())
        .filter(|&mm| !topology.mms[mm].dma_compat)
        .map(|mm| mm.to_string())
        .collect();
    if !not_compat.is_empty() {
        text += &format!(" (not dma_compat: {})", not_compat.join(" "));
    }
    text
}

fn on_cpu(op: &Op) -> String {
    let text = self::op(op);
    match op.cpu {
        Some(cpu) => format!("cpu {cpu}: {text}"),
        None => text,
    }
}

fn schedule(case: &Case) -> Option<String> {
    let entries: Vec<String> = case.schedule.as_ref()?.iter().map(u8::to_string).collect();
    Some(entries.join(" "))
}

/// Returns the texts for people, each with its key in JSON.
fn strings(case: &Case) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("title", &case.title),
        ("origin", &case.origin),
        ("note", &case.note),
    ]
    .into_iter()
    .filter_map(|(label, string)| Some((label, string.as_deref()?)))
}

/// Wraps words at [`WIDTH`]. No word is as wide as that.
fn wrapped(first: &str, further: &str, text: &str) -> String {
    let mut out = String::from(first);
    let mut column = first.len();
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 && column + 1 + word.len() > WIDTH {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out += further;
            column = further.len();
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out += word;
        column += word.len();
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Writes a string in quotes, on lines of at most [`WIDTH`] columns if `breaks`. A line is broken at
/// a blank, which the reader takes a line break for, or else after a `\`.
fn quoted(label: &str, string: &str, breaks: bool) -> String {
    const INDENT: &str = "  ";
    // The last column is for a quote or a `\`.
    let most = if breaks { WIDTH - 1 } else { usize::MAX };
    let mut out = format!("{label} \"");
    let mut column = out.len();
    let new_line = |out: &mut String, column: &mut usize| {
        out.push('\n');
        *out += INDENT;
        *column = INDENT.len();
    };
    let mut was_blank = false;
    let mut words = string.split(' ').peekable();
    while let Some(word) = words.next() {
        let units: Vec<String> = word.chars().map(escaped).collect();
        for unit in units {
            if column + unit.len() > most {
                out.push('\\');
                new_line(&mut out, &mut column);
            }
            column += unit.len();
            out += &unit;
            was_blank = false;
        }
        let Some(next) = words.peek() else { break };
        let next: usize = next.chars().take(WIDTH).map(|c| escaped(c).len()).sum();
        match was_blank {
            // A line break is a blank to the reader.
            false if breaks && column + 1 + next > most => new_line(&mut out, &mut column),
            false => {
                out.push(' ');
                column += 1;
            }
            // The reader takes a run of blanks for one.
            true => {
                const BLANK: &str = "\\u{20}";
                if column + BLANK.len() > most {
                    out.push('\\');
                    new_line(&mut out, &mut column);
                }
                out += BLANK;
                column += BLANK.len();
            }
        }
        was_blank = true;
    }
    out.push('"');
    out
}

/// Writes a character of a string. Everything but printable ASCII is escaped.
fn escaped(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        ' '..='~' => c.to_string(),
        _ => c.escape_unicode().to_string(),
    }
}
