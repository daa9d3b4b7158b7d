// SPDX-License-Identifier: GPL-2.0-or-later
//! The page that lists all findings of a search.

use super::{change, document, fact, section, span, tag};
use crate::finding::Finding;
use crate::judge::View;
use crate::report::SearchReport;
use crate::report::markup::{Element, Href, element};
use crate::report::story::Story;
use crate::report::text::certificate_rows;
use spec::Model;

/// Returns the name of the page of a finding, without `.html`.
pub fn page_name(number: usize, finding: &Finding) -> String {
    let view = finding.difference.view.name();
    format!("{number:03}-{view}-{}", finding.id())
}

/// Returns whether a file with this name is the page of a finding.
pub fn is_page_name(file: &str) -> bool {
    let parts = file
        .strip_suffix(".html")
        .and_then(|name| name.split_once('-'));
    let rest = parts.and_then(|(number, rest)| Some((number, rest.split_once('-')?)));
    let Some((number, (view, id))) = rest else {
        return false;
    };
    let is_view = View::ALL.iter().any(|this| this.name() == view);
    let is_number = number.len() >= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number && is_view && is_id
}

/// Returns the page that lists all findings of a search, given the story of each.
pub fn index(report: &SearchReport<'_>, stories: &[Story]) -> String {
    let names: Vec<_> = report.models.iter().map(|model| model.name()).collect();
    let names = names.join(" and ");
    let so_far = match report.summary.stopped {
        None => "",
        Some(_) => " so far",
    };
    let title = match stories.len() {
        0 => format!("No difference between {names}{so_far}"),
        1 => format!("One difference between {names}{so_far}"),
        count => format!("{count} differences between {names}{so_far}"),
    };
    let mut header = element("header").with(element("h1").text(&title));
    if let Some(why) = report.summary.stopped {
        let text = format!("NOT COMPLETE: {why}");
        header = header.with(
            element("p")
                .class("warning")
                .attr("role", "note")
                .text(text),
        );
    }
    let mut models = element("dl").class("facts");
    for model in &report.models {
        models = models.all(fact(model.name(), span(model.tree().what())));
    }
    header = header.with(models);
    let findings = stories.iter().zip(&report.summary.findings);
    let items = (1..)
        .zip(findings)
        .map(|(number, (story, finding))| item(number, story, finding));
    let list = section("findings", "Findings").with(element("ol").class("findings").all(items));
    let mut rows = element("dl").class("facts");
    for (label, text) in certificate_rows(report) {
        if let Some(text) = text {
            rows = rows.all(fact(label, span(text)));
        }
    }
    let scope = section("scope", "What was searched").with(rows);
    let main = element("main")
        .attr("id", "main")
        .option((!stories.is_empty()).then_some(list))
        .with(scope);
    document(&title, "", vec![header, main])
}

fn item(number: usize, story: &Story, finding: &Finding) -> Element {
    let title = element("a")
        .class("title")
        .href(Href::of_page(page_name(number, finding)))
        .text(&story.headline);
    let place = story.place.map_or(String::new(), |(place, view)| {
        format!("{}, {place}", view.name())
    });
    let ops: Vec<String> = finding.case.ops.iter().map(crate::report::op).collect();
    let mut item = element("li")
        .with(
            element("span")
                .class("quiet")
                .text(format_args!("{number}. ")),
        )
        .with(title)
        .with(
            element("p")
                .with(tag(story.effect))
                .with(element("span").class("quiet").text(place)),
        )
        .with(element("p").with(element("code").text(ops.join("; "))));
    for (label, this) in &story.commits {
        let line = element("p").class("quiet");
        item = item.with(line.text(format_args!("{label} ")).with(change(*this)));
    }
    item
}
