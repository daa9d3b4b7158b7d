// SPDX-License-Identifier: GPL-2.0-or-later
//! The outcomes of a program on several CPUs, in the form of a litmus test: the program, its
//! outcomes, and the models that allow each.

use super::{case_lines, live, ret, wrap};
use crate::interleaving::{Explored, Leaked, Outcome};
use crate::models::AnyModel;
use crate::report::{self, RaceReport};
use spec::Case;
use spec::pasid::number;
use spec::trace::Live;
use std::collections::BTreeSet;

/// A model and the outcomes that it allows.
type Of = (AnyModel, Explored);

/// Returns the program; each outcome, with a schedule that shows it; the number of schedules of
/// each model that show it; and the outcomes that one model allows and the next does not.
pub(super) fn litmus(report: &RaceReport<'_>) -> String {
    let RaceReport {
        case,
        models: all,
        stopped,
    } = report;
    let program = Case {
        schedule: None,
        ..case.bare()
    };
    let mut out = case_lines(&program, None);
    let outcomes: Vec<&Outcome> = {
        let mut seen: Vec<&Outcome> = Vec::new();
        for outcome in all
            .iter()
            .flat_map(|(_, explored)| explored.outcomes.keys())
        {
            if !seen.contains(&outcome) {
                seen.push(outcome);
            }
        }
        seen
    };
    if !outcomes.is_empty() {
        out += "\nOutcomes\n\n";
    }
    for (number, outcome) in outcomes.iter().enumerate() {
        let first = format!("  {:>3}  ", letter(number));
        out += &wrap(&first, "       ", &in_words(outcome)).replace(JOINED, " ");
        let shown = all.iter().find_map(|(model, explored)| {
            explored.outcomes.get(*outcome).map(|shown| (model, shown))
        });
        if let Some((model, shown)) = shown.filter(|(_, shown)| !shown.schedule.is_empty()) {
            let cpus: Vec<String> = shown.schedule.iter().map(u8::to_string).collect();
            let text = format!("{}: {}", model.name(), cpus.join(" "));
            out += &wrap("       schedule ", "                ", &text);
        }
    }
    if !outcomes.is_empty() {
        out += "\nSchedules that show it\n\n";
        out += &table(&outcomes, all);
    }
    if let Some(stopped) = stopped {
        let text = format!(
            "NOT COMPLETE: {stopped}. {} may allow more outcomes than those marked with +, so the \
             models are not compared.",
            report.incomplete().join(", ")
        );
        out += &wrap("\n", "", &text);
        return out;
    }
    for (from, to) in pairs(all) {
        out += &compared(&outcomes, from, to);
    }
    out
}

/// Returns each model with the nearest of its ancestors in the list, or else with the model before
/// it.
fn pairs(all: &[Of]) -> Vec<(&Of, &Of)> {
    let of = |at: usize| {
        let ancestors = std::iter::successors(all[at].0.base(), |model| model.base());
        let mut known =
            ancestors.filter_map(|ancestor| all[..at].iter().find(|(model, _)| *model == ancestor));
        (known.next().unwrap_or(&all[at - 1]), &all[at])
    };
    (1..all.len()).map(of).collect()
}

fn compared(outcomes: &[&Outcome], from: &Of, to: &Of) -> String {
    let allowed = |of: &Of| -> BTreeSet<usize> {
        let is = |&at: &usize| of.1.outcomes.contains_key(outcomes[at]);
        (0..outcomes.len()).filter(is).collect()
    };
    let (a, b) = (allowed(from), allowed(to));
    let names = |set: BTreeSet<usize>| {
        let names: Vec<String> = set.into_iter().map(letter).collect();
        match names.is_empty() {
            true => "-".to_owned(),
            false => names.join(" "),
        }
    };
    let [from, to] = [from.0.name(), to.0.name()];
    if a == b {
        return wrap("\n", "  ", &format!("{from} and {to} allow the same."));
    }
    let mut out = format!("\n{from} and {to}\n");
    for (label, set) in [
        ("both".to_owned(), &a & &b),
        (format!("only {from}"), &a - &b),
        (format!("only {to}"), &b - &a),
    ] {
        out += &wrap(&format!("  {label:16} "), &" ".repeat(19), &names(set));
    }
    out
}

/// Returns a table with a row for each model and a column for each outcome. Many columns are
/// divided into blocks.
fn table(outcomes: &[&Outcome], all: &[Of]) -> String {
    const MODEL: usize = 14;
    let count = |explored: &Explored, at: usize| match explored.outcomes.get(outcomes[at]) {
        Some(_) if explored.cut => "+".to_owned(),
        None if explored.cut => "?".to_owned(),
        Some(shown) => shown.schedules.to_string(),
        None => "-".to_owned(),
    };
    let width = |at: usize| {
        let counts = all.iter().map(|(_, explored)| count(explored, at).len());
        counts.max().unwrap_or(1).max(letter(at).len()) + 2
    };
    let mut out = String::new();
    let mut at = 0;
    while at < outcomes.len() {
        let mut columns = vec![at];
        let mut used = MODEL + width(at);
        while columns.len() + at < outcomes.len() {
            let next = at + columns.len();
            if used + width(next) > report::width() {
                break;
            }
            used += width(next);
            columns.push(next);
        }
        if at > 0 {
            out.push('\n');
        }
        let mut line = |name: &str, cell: &dyn Fn(usize) -> String| {
            let mut line = format!("  {name:12}");
            for &at in &columns {
                line += &format!("{:>1$}", cell(at), width(at));
            }
            out += line.trim_end();
            out.push('\n');
        };
        line("", &letter);
        for (model, explored) in all {
            line(model.name(), &|at| count(explored, at));
        }
        at += columns.len();
    }
    out
}

/// A space at which a line cannot be broken.
const JOINED: char = '\u{e000}';

/// Returns the letters for a number: a, b, … z, aa, ab, …
fn letter(number: usize) -> String {
    let last = char::from(b'a' + (number % 26) as u8);
    match number / 26 {
        0 => last.to_string(),
        more => letter(more - 1) + &last.to_string(),
    }
}

/// Returns an outcome in one line: the return values of the operations, the splats and the leaks.
fn in_words(outcome: &Outcome) -> String {
    let rets = outcome.rets.iter().enumerate();
    let rets: Vec<String> = rets
        .map(|(op, value)| format!("{op}:{JOINED}{}", ret(*value)))
        .collect();
    let mut text = match rets.is_empty() {
        true => "nothing is done".to_owned(),
        false => rets.join("; "),
    };
    for splat in &outcome.splats {
        text += &format!("; {}", splat.text());
    }
    if let Some(left) = outcome.leaked.as_ref().filter(|left| !left.is_nothing()) {
        text += &format!("; left: {}", leaked_in_words(left));
    }
    text
}

/// Returns the leaked objects in words. Entries of a group's array are mentioned only if nothing
/// else leaked.
fn leaked_in_words(left: &Leaked) -> String {
    if left.attached.is_empty() {
        return live(&Live {
            handles: left.handles,
            domains: left.domains,
            mm_data: 0,
            pasids: left.pasids.clone(),
            mm_count: left.mm_count.clone(),
            attached: Vec::new(),
        });
    }
    let entry = |&(group, pasid, freed): &(u8, u16, bool)| {
        let to = if freed { " -> FREED memory" } else { "" };
        format!("group {group} pasid {}{to}", number(pasid))
    };
    let entries: Vec<String> = left.attached.iter().map(entry).collect();
    entries.join(", ")
}
