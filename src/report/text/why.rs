// SPDX-License-Identifier: GPL-2.0-or-later
//! The ways in which an operation produces a result, as text.

use super::{block, cites, commit, wrap};
use crate::models::AnyModel;
use crate::report::WhyReport;
use crate::report::width;
use crate::why::outside::{Check, Detail, Place, Row, Whose, nearest};
use crate::why::{Answer, Asked, Doing, Shown};
use spec::Model;
use spec::revision::{Branch, Release};
use spec::text::one_line;
use std::collections::BTreeSet;

pub(super) fn why(report: &WhyReport<'_>) -> String {
    let mut text = wrap("", "  ", &headline(report));
    text.push('\n');
    for (number, answer) in (1..).zip(report.answers) {
        text += &of_answer(report, number, answer);
        text.push('\n');
    }
    let outside = outside(report);
    if !outside.is_empty() {
        text += &outside;
        text.push('\n');
    }
    text + &certificate(report)
}

/// Returns the question and how many answers it has.
fn headline(report: &WhyReport<'_>) -> String {
    let name = report.model.name();
    let is_stopped = report.explored.stopped.is_some();
    let least = if is_stopped { "at least " } else { "" };
    let ways = match report.answers.len() {
        0 if is_stopped => "in no way that was found before the stop".to_owned(),
        0 => "in no way".to_owned(),
        1 => format!("in {least}one way"),
        many => format!("in {least}{many} ways"),
    };
    match report.asked {
        Asked::Result(Doing::End, wanted) => {
            format!("the teardown shows {} on {name} {ways}", wanted.words())
        }
        Asked::Result(doing, wanted) => {
            format!("{} shows {} on {name} {ways}", doing.name(), wanted.words())
        }
        Asked::Line(line, anchors) => {
            let what: Vec<_> = anchors
                .iter()
                .map(|at| crate::why::meaning::of_anchor(*at))
                .collect();
            let ways = match report.answers.len() {
                0 if is_stopped => "no way that was found before the stop leads there".to_owned(),
                0 => "no way leads there".to_owned(),
                1 => format!("{least}one way leads there"),
                many => format!("{least}{many} ways lead there"),
            };
            format!("{line} of {name}: {}; {ways}", what.join("; "))
        }
        Asked::Splat(splatted) => {
            let seen = splatted.words(report.model.tree());
            format!("{seen}: {name} shows it {ways}")
        }
    }
}

fn of_answer(report: &WhyReport<'_>, number: usize, answer: &Answer) -> String {
    let tree = report.model.tree();
    let first = format!("{number}. ");
    let indent = " ".repeat(first.len());
    // Where the question does not say it, the answer begins with what is shown.
    let said = match report.asked {
        Asked::Result(_, wanted) => {
            let shown = answer.way.shown;
            let is_more = matches!(shown, Shown::Splat(_) | Shown::Leak(_));
            let words = shown.words();
            (is_more && wanted.words() != words).then_some(words)
        }
        Asked::Line(..) | Asked::Splat(_) => Some(format!(
            "{}: {}",
            answer.way.doing.name(),
            answer.way.shown.words()
        )),
    };
    let mut text = match said {
        Some(said) => wrap(&first, &indent, &format!("{said}: {}", answer.meaning)),
        None => wrap(&first, &indent, &answer.meaning),
    };
    let cites = cites(answer.way.decided, tree);
    let one = format!("{indent}{}", cites.join(" "));
    match one.len() <= width() {
        true if !cites.is_empty() => text += &format!("{one}\n"),
        _ => cites
            .iter()
            .for_each(|line| text += &format!("{indent}{line}\n")),
    }
    let mut row = |label: &str, words: &str| {
        let first = format!("{indent}{label:6} ");
        text += &wrap(&first, &" ".repeat(first.len()), words);
    };
    row("case", &one_line(&answer.case));
    row("same", &models(&answer.same));
    match answer.life.since {
        Some(change) => row("since", &commit(change)),
        None => row("since", "the first model, 6.2"),
    }
    if let Some(change) = answer.life.until {
        row("until", &commit(change));
    }
    text
}

/// Returns models in words: runs of mainline as `v6.9 to v6.12`, all others by name.
fn models(same: &[AnyModel]) -> String {
    let all = crate::models::all();
    let of = |branch: fn(Branch) -> bool| {
        let is_of = move |model: &&AnyModel| branch(model.tree().revision.branch);
        all.iter().filter(is_of)
    };
    let mut words = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut end = |run: &mut Vec<&str>| {
        match run[..] {
            [] => {}
            [one] => words.push(one.to_owned()),
            [one, other] => words.extend([one.to_owned(), other.to_owned()]),
            [first, .., last] => words.push(format!("{first} to {last}")),
        }
        run.clear();
    };
    for model in of(|branch| branch == Branch::Mainline) {
        match same.contains(model) {
            true => run.push(AnyModel::name(*model)),
            false => end(&mut run),
        }
    }
    end(&mut run);
    let others = of(|branch| branch != Branch::Mainline);
    words.extend(
        { others.filter(|model| same.contains(model)) }.map(|model| model.name().to_owned()),
    );
    if words.is_empty() {
        return "no other".to_owned();
    }
    let words = words.join(", ");
    // If it is nearly all, the others are fewer words.
    let is_x86 = |model: &AnyModel| model.tree().revision.is_for_x86();
    let mut rest = all.iter().filter(|model| !same.contains(model));
    let rest: Vec<&str> = match all
        .iter()
        .all(|model| same.contains(model) != is_x86(model))
    {
        true => vec!["those for x86"],
        false => rest.by_ref().map(|model| AnyModel::name(*model)).collect(),
    };
    let others = match &rest[..] {
        [] => "all models".to_owned(),
        rest => format!("all models but {}", rest.join(", ")),
    };
    match others.len() < words.len() {
        true => others,
        false => words,
    }
}

/// Returns what gives the same result outside of the models.
fn outside(report: &WhyReport<'_>) -> String {
    let (rows, Some(release)) = (report.outside, report.release) else {
        return String::new();
    };
    if rows.is_empty() {
        return String::new();
    }
    let series = release.series();
    let title = format!(
        "Outside of the model, for {}.{} (paths are below {DRIVERS}, or whole)",
        series.0, series.1
    );
    let mut text = wrap("", "  ", &title);
    let checks: BTreeSet<Check> = rows.iter().flat_map(|row| row.checks).copied().collect();
    let checks: Vec<Check> = checks.into_iter().collect();
    for row in rows {
        text += &of_row(row, release, &checks);
    }
    if !checks.is_empty() {
        text += "How to tell\n";
    }
    for (at, check) in checks.iter().enumerate() {
        text += &wrap(&format!("  [{}] ", at + 1), "      ", check.how());
    }
    text
}

/// Returns a row: whose code it is, when, where, and how to tell.
fn of_row(row: &Row, release: Release, checks: &[Check]) -> String {
    let whose = match row.whose {
        Whose::Other => "others",
        whose => whose.name(),
    };
    let first = format!("  {whose:7} ");
    let indent = " ".repeat(first.len());
    let numbers = row.checks.iter().filter_map(|check| {
        let at = checks.iter().position(|this| this == check)?;
        Some(format!(" [{}]", at + 1))
    });
    let numbers: String = numbers.collect();
    let tell = match row.tell {
        "" => String::new(),
        tell => format!("; {tell}"),
    };
    let words = match row.whose {
        Whose::Caller => format!("{}: {}", row.function, row.when),
        _ if row.function == "iommu_dev_enable_feature" => {
            format!("the caller asks for the SVA or IOPF feature: {}", row.when)
        }
        _ => row.when.to_owned(),
    };
    let source = source(row.places, release);
    let text = format!("{words}{tell}{numbers}: {source}");
    let mut text = wrap(&first, &indent, &text);
    for detail in row.details {
        text += &of_detail(detail, release, &indent);
    }
    text
}

fn of_detail(detail: &Detail, release: Release, indent: &str) -> String {
    let further = format!("{indent}  ");
    let tell = match detail.tell {
        "" => String::new(),
        tell => format!("; {tell}"),
    };
    let source = source(detail.places, release);
    let text = format!("{}{tell}: {source}", detail.when);
    wrap(&format!("{indent}- "), &further, &text)
}

/// Returns the lines of the release that is nearest to the one that is asked for.
fn source(places: &[Place], release: Release) -> String {
    let Some((_, seen)) = nearest(places, release) else {
        return String::new();
    };
    let mut all: Vec<String> = Vec::new();
    let mut last = "";
    let short = |file: &'static str| file.strip_prefix(DRIVERS).unwrap_or(file);
    for place in places
        .iter()
        .filter(|place| place.seen().any(|this| this == seen))
    {
        match place.file == last {
            true => all.push(place.line.to_string()),
            false => all.push(format!("{}:{}", short(place.file), place.line)),
        }
        last = place.file;
    }
    let all = all.join(", ");
    if seen == release {
        return all;
    }
    let text = seen.to_string();
    let seen = text.strip_suffix(".0").unwrap_or(&text);
    format!("{all} ({seen})")
}

/// The folder of the IOMMU drivers, which is left out of the paths.
const DRIVERS: &str = "drivers/iommu/";

/// The usual universe in words; the JSON has every part of it.
const USUAL: &str = "2 devices (max_pasids 0 1 2 16), 3 mms, up to 4 ops with faults, 6 without; \
                     resets, releases again, 2 CPUs";

/// Returns a block, ready to be quoted, that states the coverage.
fn certificate(report: &WhyReport<'_>) -> String {
    let explored = report.explored;
    let complete = match explored.stopped {
        None => "complete".to_owned(),
        Some(why) => format!("NOT COMPLETE: {why}"),
    };
    let universe = match report.is_usual {
        true => USUAL.to_owned(),
        false => { report.parts.iter() }
            .map(|part| part.universe.to_string())
            .collect::<Vec<_>>()
            .join("; "),
    };
    let ways = explored.found.len();
    block(&[
        ("Universe", Some(universe)),
        (
            "States",
            Some(format!(
                "{} distinct, {} transitions, depth {}, {complete}",
                explored.states, explored.transitions, explored.depth
            )),
        ),
        (
            "Ways",
            Some(format!(
                "{} of {ways}   {}",
                report.answers.len(),
                match (explored.stopped, report.answers.is_empty()) {
                    (Some(_), _) => "so far; nothing is known of the rest",
                    (None, true) => "nothing in this universe shows it",
                    (None, false) => "nothing in this universe shows it in another way",
                }
            )),
        ),
        (
            "Digest",
            Some(match &report.digest {
                Some(digest) => format!("{digest}   of model {}", report.model.name()),
                None => "none, since there may be more".to_owned(),
            }),
        ),
    ])
}
