// SPDX-License-Identifier: GPL-2.0-or-later
//! A concurrent run, section by section. Time runs downwards, and each CPU has a column.

use super::side_by_side::fold;
use super::{call, op, ret};
use crate::models::AnyModel;
use crate::report::{self, WIDTH};
use crate::runs::Runs;
use spec::record::{Ran, Recording};
use spec::{Case, Decision, Model};
use std::collections::HashSet;

/// The most columns. If there are more CPUs, all share one column.
const MOST_COLUMNS: usize = 4;

/// The fewest characters of a column on a narrow terminal. If there is less room, all CPUs share one
/// column.
const NARROWEST: usize = 24;

/// The width before the columns: the number of the section, and the CPU that holds `iommu_sva_lock`
/// in it.
const MARGIN: usize = 10;

/// Returns both runs of a concurrent case, each under the name of its model; empty for a sequential
/// case.
pub fn both_runs(models: &[AnyModel], runs: &Runs) -> String {
    let case = runs.case();
    if !case.is_concurrent() {
        return String::new();
    }
    let run = |model: &AnyModel| {
        let columns = columns(model, case, &runs.recording(*model));
        format!("\n{}\n{columns}", model.name())
    };
    models.iter().map(run).collect()
}

/// Returns a line for each section: its number, the CPU that holds the lock, and, in the column of
/// its CPU, the effects of the section. If a section without the lock follows one with it, the line
/// says so.
pub fn columns<M: Model>(model: &M, case: &Case, recording: &Recording) -> String {
    let cpus = case.cpus();
    let room = report::width() - MARGIN;
    let is_narrow = report::width() < WIDTH && room / cpus.len().max(1) < NARROWEST;
    let shared = cpus.len() > MOST_COLUMNS || is_narrow && cpus.len() > 1;
    let columns = if shared { 1 } else { cpus.len().max(1) };
    let width = room / columns;
    let mut out = format!("{:4}{:6}", "#", "lock");
    match shared {
        true => out += "all CPUs",
        false => {
            for cpu in &cpus {
                out += &format!("{:width$}", format!("cpu {cpu}"));
            }
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    let mut begun = HashSet::new();
    let mut unlocked = HashSet::new();
    for (number, ran) in recording.sections.iter().enumerate() {
        let mut lines = Vec::new();
        let is_first = begun.insert(ran.op);
        if is_first {
            lines.push(format!("{} {}", ran.op, op(&case.ops[ran.op])));
        }
        let before = unlocked.contains(&ran.op);
        lines.extend(section(model, ran, is_first, before));
        if ran.locked {
            unlocked.insert(ran.op);
        }
        let at = cpus.iter().position(|&cpu| cpu == ran.cpu).unwrap_or(0);
        let indent = match shared {
            true => 0,
            false => at * width,
        };
        let cpu = match shared {
            true => format!("cpu {}: ", ran.cpu),
            false => String::new(),
        };
        let locked = match (ran.locked, ran.holder) {
            (true, _) => ran.cpu.to_string(),
            (false, Some(holder)) => holder.to_string(),
            (false, None) => String::new(),
        };
        let mut margin = format!("{number:<4}{locked:6}");
        for (at, line) in lines.iter().enumerate() {
            let line = match at {
                0 => format!("{cpu}{line}"),
                _ => format!("  {line}"),
            };
            for line in lines_of(&line, width - 2) {
                let blank = " ".repeat(indent);
                out += format!("{margin}{blank}{line}").trim_end();
                out.push('\n');
                margin = " ".repeat(MARGIN);
            }
        }
    }
    out
}

/// Returns the effects of a section, as lines.
fn section<M: Model>(model: &M, ran: &Ran, is_first: bool, unlocked: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if ran.locked && !is_first {
        lines.push(format!("{} with the lock", ran.op));
    }
    lines.extend(ran.calls.iter().map(call));
    if let Some(decided) = ran.decided {
        lines.push(cite(model, decided));
    }
    lines.extend(ran.splats.iter().map(|splat| splat.text().to_owned()));
    if let Some(value) = ran.ret {
        let whose = if is_first {
            String::new()
        } else {
            format!("{} ", ran.op)
        };
        lines.push(format!("{whose}= {}", ret(value)));
    }
    if lines.is_empty() && !is_first {
        lines.push(match unlocked {
            true => format!("{} after the lock", ran.op),
            false => format!("{} before the lock", ran.op),
        });
    }
    lines
}

/// Returns the line that decided, and the line that it propagated, without their directories.
fn cite<M: Model>(model: &M, decided: Decision) -> String {
    let short = |at: spec::At| {
        let path = at.file().path();
        let name = path.rsplit('/').next().unwrap_or(path);
        let cited = model.tree().cite(at);
        let of = match cited.revision == model.tree().name() {
            true => String::new(),
            false => format!(" of {}", cited.revision),
        };
        format!("{name}:{}{of}", cited.line)
    };
    match decided.because {
        None => short(decided.at),
        Some(because) => format!("{}, propagated from {}", short(decided.at), short(because)),
    }
}

/// Breaks text into lines of a width, and indents all lines but the first. Words that are too wide
/// are broken.
fn lines_of(text: &str, width: usize) -> Vec<String> {
    let words = text.trim_start();
    let indent = &text[..text.len() - words.len()];
    let width = width.saturating_sub(indent.len());
    let most = width.saturating_sub(2).max(1);
    let words: Vec<Vec<char>> = words
        .split_whitespace()
        .map(|w| w.chars().collect())
        .collect();
    let parts = words.iter().flat_map(|word| word.chunks(most));
    let parts: Vec<String> = parts.map(|part| part.iter().collect()).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let lines = fold(&parts, width).into_iter();
    lines.map(|line| format!("{indent}{line}")).collect()
}
