// SPDX-License-Identifier: GPL-2.0-or-later
//! Leaves out of HTML what a reader does not see, or sees struck out.

/// Elements whose content does not count: it is struck out, or shown in another order.
const GONE: [&str; 4] = ["del", "s", "strike", "bdo"];

/// Elements that have no end.
const EMPTY: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Returns HTML without the elements that are hidden or struck out.
pub(super) fn visible(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    // The name of the hidden element, and how many elements of this name are open.
    let mut hidden: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, from) = rest.split_at(start);
        let tag = &from[..end_of_tag(from)];
        rest = &from[tag.len()..];
        if hidden.is_none() {
            out.push_str(text);
        }
        let is_end = tag.starts_with("</");
        let words = tag.trim_start_matches(['<', '/']);
        let length = words.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = words[..length].to_ascii_lowercase();
        match &mut hidden {
            Some((of, open)) if *of == name => {
                *open = if is_end { *open - 1 } else { *open + 1 };
                if *open == 0 {
                    hidden = None;
                }
            }
            Some(_) => {}
            None if !is_end && !EMPTY.contains(&name.as_str()) && is_gone(&name, tag) => {
                hidden = Some((name, 1));
            }
            None => out.push_str(tag),
        }
    }
    if hidden.is_none() {
        out.push_str(rest);
    }
    out
}

/// Returns the length of a tag or a comment, with the angle brackets around it.
fn end_of_tag(html: &str) -> usize {
    if html.starts_with("<!--") {
        return html.find("-->").map_or(html.len(), |at| at + 3);
    }
    let mut quote = None;
    for (at, c) in html.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            // Only the value of an attribute is in quotes.
            (None, '"' | '\'') if html[..at].trim_end().ends_with('=') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    html.len()
}

/// Returns whether a reader does not see what is in an element, or sees it struck out.
fn is_gone(name: &str, tag: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let tag: String = tag.to_ascii_lowercase();
    let style: String = tag.split_whitespace().collect();
    let is_small = style.split("font-size:0").skip(1).any(|after| {
        let number = after
            .split(|c: char| !(c.is_ascii_digit() || c == '.'))
            .next();
        number.is_some_and(|number| !number.bytes().any(|byte| matches!(byte, b'1'..=b'9')))
    });
    let is_attribute = |word: &str| word == "hidden" || word.starts_with("hidden=");
    let mut words = tag.trim_end_matches(['>', '/']).split_whitespace().skip(1);
    GONE.contains(&name)
        || [
            "display:none",
            "visibility:hidden",
            "opacity:0;",
            "line-through",
        ]
        .iter()
        .any(|what| style.contains(what))
        || is_small
        || words.any(is_attribute)
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
        ] {
            assert_eq!(visible(html), seen, "{html}");
        }
        for html in [
            "a<span style='font-size:0.9em'>b</span>c",
            "<p>it's</p> a < b",
            "<!-- <del> --><strong>b</strong>",
            "<p class=\"hidden-not\">b</p>",
        ] {
            assert_eq!(visible(html), html);
        }
    }
}
