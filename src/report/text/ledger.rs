// SPDX-License-Identifier: GPL-2.0-or-later
//! The ledger, and the result of a check, as text.

use super::{finding, wrap};
use crate::ledger::{Checked, Entry, Ledger, Trouble, neighbours};
use crate::models::AnyModel;
use crate::report::json::one_line;
use crate::runs::Runs;
use spec::read::shown;

/// Maximum number of characters of a text from a file.
const MOST: usize = 600;

pub(super) fn ledger(ledger: &Ledger) -> String {
    let mut text = String::new();
    for models in neighbours() {
        let [from, to] = models.map(AnyModel::name);
        let is_own = |entry: &&Entry| entry.models == models;
        let mut entries = ledger.entries.iter().filter(is_own).peekable();
        if entries.peek().is_some() {
            text += &format!("{from} -> {to}\n");
        }
        entries.for_each(|this| text += &entry(this));
    }
    text
}

fn entry(entry: &Entry) -> String {
    let mut text = wrap("  ", "    ", &entry.name);
    text += &wrap("      ", "      ", &shown(&entry.what, MOST));
    let fixed = entry.fixed.as_ref();
    let until = fixed.map_or(String::new(), |fixed| {
        format!(", until {}", shown(fixed, MOST))
    });
    let since = shown(&entry.introduced, MOST);
    let line = format!("{}, since {since}{until}", entry.kind.name());
    text + &wrap("      ", "      ", &line)
}

pub(super) fn check(checked: &Checked) -> String {
    let Checked {
        entries,
        searches,
        differences,
        troubles,
        stopped,
    } = checked;
    let mut text = String::new();
    for (number, this) in (1..).zip(troubles) {
        text += &trouble(number, this);
        text.push('\n');
    }
    let result = match troubles.len() {
        0 if stopped.is_some() => "nothing is wrong so far.".to_owned(),
        0 => "every entry shows, and every difference has one.".to_owned(),
        1 => "1 thing is wrong.".to_owned(),
        n => format!("{n} things are wrong."),
    };
    let line =
        format!("{entries} entries, {differences} differences, {searches} searches: {result}");
    text += &wrap("", "  ", &line);
    if let Some(stopped) = stopped {
        text += &format!("NOT COMPLETE: {stopped}.\n");
    }
    text
}

fn trouble(number: usize, trouble: &Trouble) -> String {
    let head = |text: String| wrap("", "  ", &shown(text, MOST));
    let line = |text: &str| wrap("  ", "    ", text);
    match trouble {
        Trouble::Stale { entry, why } => {
            let why = why.iter().map(|why| line(&shown(why, MOST)));
            head(format!("{entry}: stale")) + &why.collect::<String>()
        }
        Trouble::Broad { entry, signatures } => {
            let count = signatures.len();
            let all = signatures.iter().map(|this| line(&one_line(this)));
            head(format!("{entry}: too broad, it hides {count}")) + &all.collect::<String>()
        }
        Trouble::Twice { entries, signature } => {
            let entries = entries.join(" and ");
            head(format!("{entries}: about the same difference")) + &line(&one_line(signature))
        }
        Trouble::Missing {
            models,
            scope,
            finding: found,
        } => {
            let [from, to] = models.map(AnyModel::name);
            let runs = Runs::of(models, found);
            head(format!(
                "{from} -> {to}: not in the ledger, found in {scope}"
            )) + &finding(models, number, &runs, &found.difference)
        }
    }
}
