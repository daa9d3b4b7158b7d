// SPDX-License-Identifier: GPL-2.0-or-later
//! The page of one case.

use super::{change, document, fact, section, span, steps, tag};
use crate::report::markup::{Element, Href, element};
use crate::report::story::Story;
use crate::report::svg;
use spec::Model;

/// Returns the page of a case. `index` says whether an index page is beside it.
pub fn page(story: &Story, index: bool) -> String {
    let mut all = vec![header(story, index)];
    let main = element("main")
        .attr("id", "main")
        .option(summary(story))
        .with(picture(story))
        .option(further(story))
        .with(steps::steps(story))
        .with(case(story));
    all.push(main);
    document(&story.headline, svg::STYLE, all)
}

fn header(story: &Story, index: bool) -> Element {
    let up = element("p").with(
        element("a")
            .href(Href::of_page("index"))
            .text("All findings"),
    );
    let tag = match story.place {
        Some((place, view)) => {
            let what = format!(
                "{place}, in the view {}: {}",
                view.name(),
                lower(view.about())
            );
            let what = element("span").class("quiet").text(what);
            Some(element("p").with(tag(story.effect)).with(what))
        }
        None => None,
    };
    let warning = story.warning.as_ref().map(|warning| {
        element("p")
            .class("warning")
            .attr("role", "note")
            .text(warning)
    });
    element("header")
        .option(index.then_some(up))
        .with(element("h1").text(&story.headline))
        .option(tag)
        .option(warning)
}

/// Returns a sentence as a part of another one.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// Returns what each kernel does at the place of the difference, and the commits.
fn summary(story: &Story) -> Option<Element> {
    if story.results.is_empty() {
        return None;
    }
    let result = |result: &crate::report::story::Outcome| {
        let cites = result.cites.iter();
        let cites = cites.map(|cite| element("li").with(element("code").text(cite)));
        element("div")
            .class("result")
            .with(element("h3").text(result.model.name()))
            .with(element("p").class("seen").text(&result.seen))
            .with(element("ul").all(cites))
            .with(element("p").class("quiet").text(result.model.tree().what()))
    };
    let results = element("div").class("results");
    let results = results.all(story.results.iter().map(result));
    let mut facts = element("dl").class("facts");
    if let Some(shown) = &story.shown {
        facts = facts.all(fact("shown", span(shown)));
    }
    for (label, this) in &story.commits {
        facts = facts.all(fact(label, change(*this)));
    }
    facts = facts.all(fact("id", element("code").text(&story.id)));
    let command = element("code").text(format_args!("svadiff {}", story.command));
    facts = facts.all(fact("see it", command));
    let summary = section("summary", "What each kernel does");
    Some(summary.with(results).with(facts))
}

/// Returns the lifelines, with a legend.
fn picture(story: &Story) -> Element {
    let panels = |is_narrow: bool| {
        let names = story.timeline.columns.iter().map(|column| column.names());
        let panels = svg::panels(&story.timeline, is_narrow)
            .into_iter()
            .zip(names);
        let panels = panels.map(|(panel, names)| {
            element("div")
                .class("panel")
                .attr("role", "region")
                .attr("tabindex", 0)
                .attr("aria-label", format_args!("The timeline of {names}"))
                .with(panel)
        });
        let class = if is_narrow { "panels narrow" } else { "panels" };
        element("div").class(class).all(panels)
    };
    let hint = "Time runs downwards. Point at a row, or go to it with the Tab key, to see the call, \
                its return, the driver calls and the line of source. The table below has the same \
                as text.";
    section("timeline", "Timeline")
        .with(element("p").class("quiet").text(hint))
        .with(panels(false))
        .with(panels(true))
        .with(legend(story))
}

fn legend(story: &Story) -> Element {
    let mut all = vec![
        ("h0", "a handle, solid"),
        ("d0", "a domain, broad"),
        (
            "group 0 pasid 1",
            "an entry of a group, dashed, with its domain",
        ),
        ("p1", "a PASID, dotted"),
        ("mm 0", "an mm, with its mm_count"),
        ("×2", "two users"),
        ("×∞", "a saturated count"),
        ("a line between", "the handle gets this domain"),
        ("a cross", "freed"),
        ("left", "never freed: leaked"),
        ("d0!", "points at freed memory"),
        ("res", "reserved"),
    ];
    if story.timeline.case.is_concurrent() {
        all.push(("cpu 0", "a circle is a section, with the number of its op"));
        all.push((
            "a filled bar",
            "this CPU has iommu_sva_lock; L: while another one runs",
        ));
    }
    let all = all.into_iter();
    let all = all.map(|(sign, what)| {
        element("li")
            .with(element("b").text(sign))
            .text(": ")
            .text(what)
    });
    element("ul")
        .class("legend")
        .attr("aria-label", "Legend")
        .all(all)
}

/// Returns the consequences, and the other differences.
fn further(story: &Story) -> Option<Element> {
    if story.further.is_empty() {
        return None;
    }
    let list = |follows: bool, heading: &'static str| {
        let all = story.further.iter().filter(|this| this.follows == follows);
        let mut all = all.peekable();
        all.peek()?;
        let all = all.map(|this| element("li").text(format_args!("{}: {}", this.place, this.what)));
        let list = element("ul").all(all);
        Some([element("h3").text(heading), list])
    };
    let [heading, besides] = match story.results.is_empty() {
        true => ["What differs", "First differences"],
        false => ["What else differs", "Differs besides"],
    };
    let section = section("further", heading)
        .all(list(false, besides).into_iter().flatten())
        .all(list(true, "Consequences").into_iter().flatten());
    Some(section)
}

/// Returns the case, and what its file says.
fn case(story: &Story) -> Element {
    let mut facts = element("dl").class("facts");
    for (label, text) in &story.remarks {
        facts = facts.all(fact(label, span(text)));
    }
    if story.results.is_empty() {
        facts = facts.all(fact("id", element("code").text(&story.id)));
        let command = element("code").text(format_args!("svadiff {}", story.command));
        facts = facts.all(fact("see it", command));
    }
    let mut lines = element("pre").class("case");
    for line in story.case.lines() {
        lines = lines.text(line).line();
    }
    section("case", "The case").with(facts).with(lines)
}
