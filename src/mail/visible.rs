// SPDX-License-Identifier: GPL-2.0-or-later
//! Leaves out of HTML what a reader does not see, or sees struck out, and marks what nobody can tell of
//! without drawing the page.

use super::styles::{Element, Fate, Styles};
use std::collections::HashMap;

/// What stands before and after text of which it is not clear whether a reader sees it.
pub(super) const UNCLEAR: [char; 2] = ['\u{f8fe}', '\u{f8ff}'];

/// Elements that have no end.
const EMPTY: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements in which tags are text.
const RAW: [&str; 9] = [
    "script",
    "style",
    "title",
    "textarea",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "plaintext",
];

/// Elements whose end can be left out.
const WITHOUT_END: [&str; 8] = ["p", "li", "dt", "dd", "tr", "td", "th", "tbody"];

/// Elements that end no paragraph.
const IN_LINES: [&str; 14] = [
    "a", "b", "big", "code", "del", "em", "font", "i", "s", "small", "span", "strike", "strong",
    "u",
];

/// Returns HTML without comments, attributes, and elements that are hidden or struck out. Text of which
/// it is not clear stands between the marks of [`UNCLEAR`].
pub(super) fn visible(html: &str) -> String {
    let pieces = pieces(html);
    let styles = styles(&pieces);
    let mut out = String::with_capacity(html.len());
    let mut open = Open::default();
    let mut known: HashMap<&str, (Fate, bool)> = HashMap::new();
    for piece in &pieces {
        match *piece {
            Piece::Text(text) => put(&mut out, text, open.fate()),
            Piece::Raw(text) => put(&mut out, &text.replace('<', "&lt;"), open.fate()),
            Piece::Tag(tag) => {
                let is_end = tag.starts_with("</");
                let name = name(tag);
                if is_end {
                    if open.fate() != Fate::Gone {
                        out.push_str(&format!("</{name}>"));
                    }
                    open.end(&name);
                    continue;
                }
                let (own, may_show_again) = *known.entry(tag).or_insert_with(|| {
                    let element = Element::of(tag);
                    (styles.fate(&element), styles.may_show_again(&element))
                });
                let fate = match (open.fate(), own) {
                    (Fate::Gone, _) if may_show_again => Fate::Unclear,
                    (Fate::Gone, _) | (_, Fate::Gone) => Fate::Gone,
                    (around, own) => around.max(own),
                };
                // The head has nothing that is shown, but its end can be left out.
                if fate != Fate::Gone && name != "head" {
                    out.push_str(&format!("<{name}>"));
                }
                if !EMPTY.contains(&name.as_str()) {
                    open.begin(name, fate);
                }
            }
        }
    }
    out
}

/// Appends text with this fate.
fn put(out: &mut String, text: &str, fate: Fate) {
    let is_blank = text.trim().is_empty();
    let text = text.chars().filter(|c| !UNCLEAR.contains(c));
    match fate {
        Fate::Gone => {}
        Fate::Unclear if !is_blank => {
            out.push(UNCLEAR[0]);
            out.extend(text);
            out.push(UNCLEAR[1]);
        }
        _ => out.extend(text),
    }
}

/// The elements that are open.
#[derive(Default)]
struct Open {
    all: Vec<(String, Fate)>,
    /// How many elements of each name are open.
    counts: HashMap<String, usize>,
    /// Whether elements that matter end in a manner for which HTML has rules of its own.
    is_odd: bool,
}

impl Open {
    fn fate(&self) -> Fate {
        match self.is_odd {
            true => Fate::Unclear,
            false => self.all.last().map_or(Fate::Shown, |(_, fate)| *fate),
        }
    }

    fn begin(&mut self, name: String, fate: Fate) {
        // It may end one that is hidden.
        if let Some((last, around)) = self.all.last()
            && *around != Fate::Shown
        {
            let is_p = self.counts.get("p").is_some_and(|&count| count > 0);
            self.is_odd |= is_p && !IN_LINES.contains(&name.as_str()) || is_ended(last, &name);
        }
        *self.counts.entry(name.clone()).or_default() += 1;
        self.all.push((name, fate));
    }

    fn end(&mut self, name: &str) {
        if self.counts.get(name).is_none_or(|&count| count == 0) {
            return;
        }
        let is_hidden = self.fate() != Fate::Shown;
        while let Some((last, _)) = self.all.pop() {
            if let Some(count) = self.counts.get_mut(&last) {
                *count -= 1;
            }
            if last == name {
                break;
            }
            self.is_odd |= is_hidden && !WITHOUT_END.contains(&last.as_str());
        }
    }
}

/// Returns whether an element ends where another one begins right within it.
fn is_ended(open: &str, next: &str) -> bool {
    matches!(
        (open, next),
        ("li", "li")
            | ("dt" | "dd", "dt" | "dd")
            | ("td" | "th", "td" | "th" | "tr" | "tbody")
            | ("tr", "tr" | "tbody")
            | ("tbody", "tbody")
    )
}

/// A piece of a page.
enum Piece<'a> {
    /// Text, with entities; a `<` that begins no tag is a piece of its own.
    Text(&'a str),
    /// Text without entities and tags.
    Raw(&'a str),
    /// A tag, with its angle brackets.
    Tag(&'a str),
}

/// Cuts a page into its pieces. Comments are left out.
fn pieces(html: &str) -> Vec<Piece<'_>> {
    let lower = html.to_ascii_lowercase();
    let mut all = Vec::new();
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        let start = rest.find('<').unwrap_or(rest.len());
        if start > 0 {
            all.push(Piece::Text(&rest[..start]));
            at += start;
            continue;
        }
        let mut chars = rest[1..].chars();
        let begins = match (chars.next(), chars.next()) {
            (Some('/'), Some(c)) => c.is_ascii_alphabetic(),
            (Some(c), _) => c.is_ascii_alphabetic(),
            (None, _) => false,
        };
        if !begins {
            let length = match rest.as_bytes().get(1) {
                Some(b'!' | b'?' | b'/') => end_of_comment(rest),
                _ => {
                    all.push(Piece::Raw("<"));
                    1
                }
            };
            at += length;
            continue;
        }
        let tag = &rest[..end_of_tag(rest)];
        all.push(Piece::Tag(tag));
        at += tag.len();
        let name = name(tag);
        if !tag.starts_with("</") && RAW.contains(&name.as_str()) {
            let end = lower[at..].find(&format!("</{name}"));
            let end = end.unwrap_or(lower.len() - at);
            all.push(Piece::Raw(&html[at..at + end]));
            at += end;
        }
    }
    all
}

/// Returns the name of a tag, in lower case.
fn name(tag: &str) -> String {
    let words = tag.trim_start_matches(['<', '/']);
    let end = words.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
    words[..end.unwrap_or(words.len())].to_ascii_lowercase()
}

/// Returns the style sheets of a page.
fn styles(pieces: &[Piece<'_>]) -> Styles {
    let mut styles = Styles::default();
    for two in pieces.windows(2) {
        if let [Piece::Tag(tag), Piece::Raw(sheet)] = two
            && name(tag) == "style"
        {
            styles.add(sheet, Element::of(tag).get("media").is_none());
        }
    }
    styles
}

/// Returns the length of a comment, or of what browsers take for one.
fn end_of_comment(html: &str) -> usize {
    let Some(text) = html.strip_prefix("<!--") else {
        return html.find('>').map_or(html.len(), |at| at + 1);
    };
    for empty in [">", "->"] {
        if text.starts_with(empty) {
            return "<!--".len() + empty.len();
        }
    }
    let mut ends = text.match_indices("--").filter_map(|(at, _)| {
        let rest = &text[at + 2..];
        let end = [">", "!>"].iter().find(|end| rest.starts_with(**end));
        // A third hyphen may be the first one of the end.
        let third = rest.starts_with("->").then_some(2);
        Some(at + 2 + end.map_or(third, |end| Some(end.len()))?)
    });
    ends.next().map_or(html.len(), |end| "<!--".len() + end)
}

/// Returns the length of a tag, with the angle brackets around it.
fn end_of_tag(html: &str) -> usize {
    let mut quote = None;
    // The last character that is not blank.
    let mut before = '<';
    for (at, c) in html.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            // Only the value of an attribute is in quotes.
            (None, '"' | '\'') if before == '=' => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_a_reader_does_not_see_is_left_out() {
        for (html, seen) in [
            ("a<span style=\"display: none\">b</span>c", "ac"),
            (
                "a<SPAN STYLE='visibility:hidden'>b<span>c</span>d</SPAN>e",
                "ae",
            ),
            ("a<p hidden>b<br>c</p>d", "ad"),
            ("a<font style='font-size:0px'>b</font>c", "ac"),
            ("a<del>b</del><s>c</s><strike>d</strike>e", "ae"),
            ("a<del>b", "a"),
            ("1 < 2 <del>b</del>c", "1 &lt; 2 c"),
            (
                "a<!-- b -->c<!-->d<!--->e<!-- f --!>g<!DOCTYPE x>h<?x?>i<!-- j",
                "acdeghi",
            ),
            ("<style>.x{display:none}</style>a<b class=x>b</b>c", "ac"),
            ("<STYLE>.x{opacity:0}</STYLE >a<b class='y X'>b</b>c", "ac"),
            ("<script>'<p>a'</script><title>b</title>c", "c"),
        ] {
            assert_eq!(visible(html), seen, "{html}");
        }
        for html in [
            "a<span style='font-size:0.9em'>b</span>c",
            "<p>it's</p> a",
            "<!-- <del> --><strong>b</strong>",
            "<p class=\"hidden-not\">b</p>",
        ] {
            let plain = html.replace(" style='font-size:0.9em'", "");
            let plain = plain
                .replace("<!-- <del> -->", "")
                .replace(" class=\"hidden-not\"", "");
            assert_eq!(visible(html), plain);
        }
    }

    #[test]
    fn what_is_not_clear_is_marked() {
        let is_marked = |html: &str| visible(html).contains("\u{f8fe}b\u{f8ff}");
        for html in [
            "<style>p .x{display:none}</style>a<i class=x>b</i>c",
            "<i style='position:absolute'><u>b</u></i>",
            "<i style='visibility:hidden'>a<u style='visibility:visible'>b</u></i>",
            "<p hidden>a<p>b",
            "<li hidden>a<li>b",
            "<i hidden><div>a</i>b</div>",
            "<style>.x{display:none}</style><i class=x style='display:inline'>b</i>",
            "<style media=print>.x{display:none}</style><i class=x>b</i>",
        ] {
            assert!(is_marked(html), "{html}: {}", visible(html));
        }
        let own = "a\u{f8fe}b\u{f8ff}c";
        assert_eq!(visible(own), "abc");
        assert!(!is_marked("<p>a<p>b<li>c<li>d</i>e"));
    }

    #[test]
    fn hostile_pages_take_no_longer_than_others() {
        for unit in [
            "<",
            "<a b=\"",
            "<!--",
            "<del>",
            "<p hidden>",
            "</x>",
            "<style>",
            "<b/",
            "&",
        ] {
            visible(&unit.repeat(200_000));
        }
        let deep = "<div>".repeat(200_000) + &"</x></div>".repeat(200_000);
        assert!(visible(&deep).ends_with("</div>"));
        let rules = "a .x{display:none}".repeat(100_000);
        let many: String = (0..100_000).map(|n| format!("<b class=x{n}>")).collect();
        visible(&format!("<style>{rules}</style>{many}"));
    }
}
