// SPDX-License-Identifier: GPL-2.0-or-later
//! History at a glance: which kernels differ, and what each commit changed.

use super::{caption, document, section};
use crate::finding::Finding;
use crate::models::AnyModel;
use crate::report::markup::{Element, Href, element, word};
use crate::report::text::groups;
use crate::report::{MatrixPair, MatrixReport, headline, op};
use spec::Model;
use std::collections::HashMap;

/// The findings of each pair of models, by their places in the registry.
pub type MatrixPage = HashMap<(usize, usize), Vec<PairFinding>>;

/// A finding of a pair.
#[derive(Clone, Debug)]
pub struct PairFinding {
    /// What it does to users.
    pub effect: &'static str,
    /// What differs, in one sentence without a full stop.
    pub headline: String,
    /// The case in one line.
    pub case: String,
}

impl PairFinding {
    /// Makes the line of a finding.
    pub fn new(models: [AnyModel; 2], finding: &Finding) -> Self {
        let difference = &finding.difference;
        let ops: Vec<String> = finding.case.ops.iter().map(op).collect();
        PairFinding {
            effect: difference.cause.effect().name(),
            headline: headline(models, &finding.case, difference),
            case: ops.join("; "),
        }
    }
}

/// Returns the page of the matrix.
pub fn matrix(report: &MatrixReport<'_>, findings: &MatrixPage) -> String {
    let groups = groups(report);
    let title = "What differs between which kernels";
    let intro = format!(
        "{} kernels in the order of history, in {} groups that do the same. A number is the \
         number of ways in which two groups differ; it leads to the list of them.",
        report.rows.len(),
        groups.len()
    );
    let header = element("header")
        .with(element("h1").text(title))
        .with(element("p").text(intro))
        .with(element("p").class("quiet").text(report.universe));
    let main = element("main")
        .attr("id", "main")
        .with(table(report, &groups))
        .with(history(report))
        .with(pairs(report, &groups, findings));
    document(title, "", vec![header, main])
}

/// Returns the pair of two models, by their places in the report, of which the first is lower.
fn pair<'r>(report: &'r MatrixReport<'_>, from: usize, to: usize) -> Option<&'r MatrixPair> {
    let (_, row) = report.rows.get(from)?;
    row.get(to.checked_sub(from + 1)?)
}

fn names(report: &MatrixReport<'_>, group: &[usize]) -> String {
    let names = group.iter().map(|&at| AnyModel::name(report.rows[at].0));
    names.collect::<Vec<_>>().join(", ")
}

/// Returns the name of the element with the list of a pair.
fn id_of(from: AnyModel, to: AnyModel) -> String {
    format!("{}..{}", from.name(), to.name())
}

fn table(report: &MatrixReport<'_>, groups: &[Vec<usize>]) -> Element {
    let head = |number: usize, group: &[usize]| {
        element("th")
            .attr("scope", "col")
            .attr("aria-label", names(report, group))
            .text(number)
    };
    let heads = (1..).zip(groups).map(|(number, group)| head(number, group));
    let corner = element("th").attr("scope", "col").text("kernels");
    let heads = element("tr").with(corner).all(heads);
    let rows = (1..).zip(groups).map(|(number, group)| {
        let name = names(report, &group[..1]);
        let label = element("a")
            .href(Href::of_element(format_args!("kernel-{name}")))
            .text(format_args!("{name} {number}"));
        let cells = (1..).zip(groups).map(|(to, other)| match to > number {
            true => cell(report, group[0], other[0]),
            false => element("td").text(if to == number { "·" } else { "" }),
        });
        element("tr")
            .with(element("th").attr("scope", "row").with(label))
            .all(cells)
    });
    let table = element("table")
        .class("matrix")
        .with(caption(
            "The row is the earlier kernel, the column the later one.",
        ))
        .with(element("thead").with(heads))
        .with(element("tbody").all(rows));
    let same = groups.iter().filter(|group| group.len() > 1);
    let same = same.map(|group| element("li").text(names(report, group)));
    let scroll = element("div")
        .class("scroll")
        .attr("role", "region")
        .attr("aria-label", "The matrix")
        .attr("tabindex", 0)
        .with(table);
    let mut section = section("matrix", "Each kernel with each other").with(scroll);
    let mut same = same.peekable();
    if same.peek().is_some() {
        section = section
            .with(element("p").text("These do the same in this universe:"))
            .with(element("ul").all(same));
    }
    section
}

fn cell(report: &MatrixReport<'_>, from: usize, to: usize) -> Element {
    let Some(pair) = pair(report, from, to) else {
        return element("td");
    };
    let from = report.rows[from].0;
    let class = match pair.findings {
        0 => "none",
        1..=9 => "some",
        _ => "many",
    };
    let more = if pair.complete { "" } else { "+" };
    let (a, b) = (from.name(), pair.to.name());
    let link = element("a")
        .href(Href::of_element(id_of(from, pair.to)))
        .attr(
            "aria-label",
            format_args!("{} differences between {a} and {b}", pair.findings),
        )
        .text(format_args!("{}{more}", pair.findings));
    element("td").class(class).with(link)
}

/// Returns a list of the kernels with the commits of each, and how it differs from what it is built
/// on.
fn history(report: &MatrixReport<'_>) -> Element {
    let place = |model: AnyModel| report.rows.iter().position(|(this, _)| *this == model);
    let items = report.rows.iter().enumerate().map(|(at, (model, _))| {
        let tree = model.tree();
        let mut item = element("li")
            .attr("id", word(format_args!("kernel-{}", model.name())))
            .with(element("b").text(model.name()))
            .text(format_args!(": {}. ", tree.what()));
        let base = model.base();
        let pair = base.and_then(|base| {
            let other = place(base)?;
            Some((base, pair(report, at.min(other), at.max(other))?))
        });
        if let Some((base, pair)) = pair {
            let (first, second) = match place(base) < Some(at) {
                true => (base, *model),
                false => (*model, base),
            };
            let count = match pair.findings {
                0 => "nothing".to_owned(),
                1 => "one thing".to_owned(),
                count => format!("{count} things"),
            };
            let link = element("a").href(Href::of_element(id_of(first, second)));
            let what = link.text(format_args!("{count} changed since {}", base.name()));
            item = item.with(what);
        }
        let commits = tree.revision.commits.iter().map(|commit| {
            let id = element("code").text(commit.id);
            let id = match Href::of_commit(commit.id) {
                Some(href) => element("a").href(href).with(id),
                None => id,
            };
            element("li").with(id).text(" ").text(commit.subject)
        });
        item.with(element("ul").all(commits))
    });
    section("history", "What changed where").with(element("ol").class("findings").all(items))
}

/// Returns the findings of each pair that a link leads to.
fn pairs(report: &MatrixReport<'_>, groups: &[Vec<usize>], findings: &MatrixPage) -> Element {
    let mut all = section("pairs", "Differences of each pair");
    let is_first = |at: usize| groups.iter().any(|group| group[0] == at);
    for (at, (from, row)) in report.rows.iter().enumerate() {
        for (to_at, pair) in (at + 1..).zip(row) {
            let to = pair.to;
            let is_neighbour = to.base() == Some(*from) || from.base() == Some(to);
            if !(is_neighbour || is_first(at) && is_first(to_at)) {
                continue;
            }
            let (a, b) = (from.name(), to.name());
            let command = format!("svadiff matrix --from {a} --to {b}");
            let none = Vec::new();
            let found = findings.get(&(at, to_at)).unwrap_or(&none);
            let items = found.iter().map(|finding| {
                element("li")
                    .text(format_args!("{}: {}", finding.effect, finding.headline))
                    .with(element("br"))
                    .with(element("code").class("quiet").text(&finding.case))
            });
            let mut pair_of = element("section")
                .attr("id", word(id_of(*from, to)))
                .with(element("h3").text(format_args!("{a} and {b}: {}", pair.findings)));
            if !pair.complete {
                let text = "The search was stopped, so there may be more.";
                pair_of = pair_of.with(element("p").class("bad").text(text));
            }
            pair_of = match found.is_empty() {
                true => pair_of.with(element("p").text("No difference in this universe.")),
                false => pair_of.with(element("ol").all(items)),
            };
            all = all.with(pair_of.with(element("p").with(element("code").text(command))));
        }
    }
    all
}
