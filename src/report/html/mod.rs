// SPDX-License-Identifier: GPL-2.0-or-later
//! Pages of HTML. Each is one file that needs no other and no network, and has no scripts.

mod index;
mod matrix;
mod page;
mod steps;

pub use index::{index, is_page_name, page_name};
pub use matrix::{MatrixPage, PairFinding, matrix};
pub use page::page;

use super::markup::{Element, Href, element};
use super::text::commit;
use crate::history::Change;

/// Returns a whole page. `css` comes after the style sheet that all pages have.
fn document(title: &str, css: &'static str, body: Vec<Element>) -> String {
    let head = element("head")
        .with(element("meta").attr("charset", "utf-8"))
        .with(
            element("meta")
                .attr("name", "viewport")
                .attr("content", "width=device-width, initial-scale=1"),
        )
        // Nothing is loaded and nothing runs, whatever a file has smuggled in.
        .with(
            element("meta")
                .attr("http-equiv", "Content-Security-Policy")
                .attr("content", "default-src 'none'; style-src 'unsafe-inline'"),
        )
        .with(element("title").text(title))
        .with(element("style").style(include_str!("style.css")).style(css));
    let skip = element("a")
        .class("skip")
        .href(Href::of_element("main"))
        .text("Skip to the contents");
    let made_by = format!("Made by svadiff {}.", env!("CARGO_PKG_VERSION"));
    let body = element("body")
        .with(skip)
        .all(body)
        .with(element("footer").with(element("p").text(made_by)));
    element("html")
        .attr("lang", "en")
        .with(head)
        .with(body)
        .html()
}

/// Returns a heading of the second level, and its section.
fn section(id: &'static str, heading: &str) -> Element {
    element("section")
        .attr("id", id)
        .attr("aria-labelledby", format_args!("{id}-heading"))
        .with(
            element("h2")
                .attr("id", format_args!("{id}-heading"))
                .text(heading),
        )
}

/// Returns the caption of a table, which fits the screen even if the table does not.
fn caption(text: &str) -> Element {
    element("caption").with(span(text))
}

/// Returns a commit as a link, with its subject and its releases.
fn change(change: Change) -> Element {
    let text = commit(change);
    let rest = text.strip_prefix(change.id).unwrap_or(&text).to_owned();
    let id = element("code").text(change.id);
    let id = match Href::of_commit(change.id) {
        Some(href) => element("a").href(href).with(id),
        None => id,
    };
    element("span").with(id).text(rest)
}

/// Returns rows of a list of facts.
fn fact(label: &str, what: Element) -> [Element; 2] {
    let what = element("dd").with(what);
    [element("dt").text(label), what]
}

fn span(text: impl std::fmt::Display) -> Element {
    element("span").text(text)
}

/// Returns the tag of an effect; of one kernel alone, that of a misbehaviour.
fn tag(effect: Option<&'static str>) -> Element {
    let effect = effect.unwrap_or("misbehaves");
    element("span")
        .class(format_args!("tag {effect}"))
        .text(effect)
}

#[cfg(test)]
mod tests;
