// SPDX-License-Identifier: GPL-2.0-or-later
//! HTML and SVG, built from elements. All text that goes in is escaped; there is no function that
//! takes markup as a string, so that nothing can be forgotten.

use spec::read::printable;
use std::fmt::{Display, Write};

/// Elements of HTML that have no contents and no end tag.
const VOID: [&str; 5] = ["br", "hr", "link", "meta", "wbr"];

/// An element, its attributes and its contents.
#[derive(Clone, Debug)]
#[must_use]
pub struct Element {
    name: &'static str,
    attributes: String,
    contents: String,
}

/// Creates an element without attributes and contents.
pub fn element(name: &'static str) -> Element {
    Element {
        name,
        attributes: String::new(),
        contents: String::new(),
    }
}

/// The destination of a link: within the page, to a page beside it, or to a commit. Nothing else can
/// be linked, whatever a file contains.
#[derive(Clone, Debug)]
pub struct Href(String);

impl Href {
    /// Returns the destination of an element of this page.
    pub fn of_element(id: impl Display) -> Href {
        Href(format!("#{}", word(id)))
    }

    /// Returns the destination of a page in the same directory, by its name without `.html`.
    pub fn of_page(name: impl Display) -> Href {
        Href(format!("{}.html", word(name)))
    }

    /// Returns the destination of a commit of Linux; `None` if this is not an abbreviated commit,
    /// but a Message-ID or the name of a model.
    pub fn of_commit(id: &str) -> Option<Href> {
        let is_commit = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_commit.then(|| Href(format!("https://git.kernel.org/linus/{id}")))
    }
}

/// Returns text with everything but letters, digits, dots, hyphens and underscores replaced.
pub fn word(text: impl Display) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let text = text.to_string();
    text.chars()
        .map(|c| if keep(c) { c } else { '_' })
        .collect()
}

impl Element {
    /// Adds an attribute.
    ///
    /// # Panics
    ///
    /// If the attribute could run a script or load something.
    pub fn attr(mut self, name: &'static str, value: impl Display) -> Self {
        let is_active = name.starts_with("on") || matches!(name, "href" | "src" | "style");
        assert!(!is_active, "{name} is not an attribute of text");
        let _ = write!(self.attributes, " {name}=\"");
        escape(&value.to_string(), &mut self.attributes);
        self.attributes.push('"');
        self
    }

    /// Adds an attribute if there is a value for it.
    pub fn maybe(self, name: &'static str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Adds a class attribute.
    pub fn class(self, value: impl Display) -> Self {
        self.attr("class", value)
    }

    /// Makes it a link.
    pub fn href(mut self, to: Href) -> Self {
        self.attributes += " href=\"";
        escape(&to.0, &mut self.attributes);
        self.attributes.push('"');
        self
    }

    /// Adds text.
    pub fn text(mut self, text: impl Display) -> Self {
        escape(&text.to_string(), &mut self.contents);
        self
    }

    /// Adds an element.
    pub fn with(mut self, child: Element) -> Self {
        child.write(&mut self.contents);
        self
    }

    /// Adds elements.
    pub fn all(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        for child in children {
            child.write(&mut self.contents);
        }
        self
    }

    /// Adds an element if there is one.
    pub fn option(self, child: Option<Element>) -> Self {
        self.all(child)
    }

    /// Adds a style sheet, which is part of the program.
    ///
    /// # Panics
    ///
    /// If it contains the start of a tag.
    pub fn style(mut self, css: &'static str) -> Self {
        assert!(!css.contains('<'), "a style sheet is no markup");
        self.contents += css;
        self
    }

    /// Adds a line break, so that the source can be read.
    pub fn line(mut self) -> Self {
        self.contents.push('\n');
        self
    }

    fn write(self, out: &mut String) {
        let Element {
            name,
            attributes,
            contents,
        } = self;
        // The slash makes a page well-formed XML as well; HTML passes over it.
        let is_void = VOID.contains(&name);
        let slash = if is_void { "/" } else { "" };
        let _ = write!(out, "<{name}{attributes}{slash}>");
        if is_void {
            return;
        }
        *out += &contents;
        let _ = write!(out, "</{name}>");
        // A line for each block keeps the file readable, and is no visible space.
        if matches!(
            name,
            "tr" | "g" | "section" | "li" | "style" | "head" | "svg"
        ) {
            out.push('\n');
        }
    }

    /// Returns a whole page of HTML.
    pub fn html(self) -> String {
        let mut out = "<!DOCTYPE html>\n".to_owned();
        self.write(&mut out);
        out.push('\n');
        out
    }

    /// Returns a whole file of SVG.
    pub fn xml(self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

/// Appends text in which nothing is markup, and no character is hidden or changes the direction of
/// others. The result is the same in HTML and XML.
fn escape(text: &str, out: &mut String) {
    // What neither HTML nor XML can have.
    let is_no_character = |c: char| matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff);
    for c in printable(text).chars() {
        match c {
            '&' => *out += "&amp;",
            '<' => *out += "&lt;",
            '>' => *out += "&gt;",
            '"' => *out += "&quot;",
            '\'' => *out += "&#39;",
            c if is_no_character(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Href, element, word};

    #[test]
    fn text_and_attributes_are_data() {
        let hostile = "</p><script>alert('1')</script>\" onload=\"x\u{202e}\u{0}\u{ffff}&amp;";
        let page = element("p")
            .attr("title", hostile)
            .text(hostile)
            .with(element("br"))
            .xml();
        let data = "&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x\
                    \\u{202e}\\u{0}\\u{ffff}&amp;amp;";
        assert_eq!(page, format!("<p title=\"{data}\">{data}<br/></p>"));
    }

    #[test]
    #[should_panic(expected = "onclick is not an attribute of text")]
    fn an_attribute_that_runs_is_refused() {
        let _ = element("p").attr("onclick", "alert(1)");
    }

    #[test]
    #[should_panic(expected = "href is not an attribute of text")]
    fn a_link_from_text_is_refused() {
        let _ = element("a").attr("href", "javascript:alert(1)");
    }

    #[test]
    fn only_commits_lead_out_of_the_page() {
        let of = |id| Href::of_commit(id).map(|href| href.0);
        assert_eq!(
            of("092edaddb660").as_deref(),
            Some("https://git.kernel.org/linus/092edaddb660")
        );
        for no in [
            "",
            "092edaddb66",
            "v6.8",
            "javascript:a",
            "a@b.c",
            "092edaddb66/",
        ] {
            assert_eq!(of(no), None, "{no}");
        }
        assert_eq!(Href::of_element("a\"b c").0, "#a_b_c");
        assert_eq!(word("../x/<y>"), ".._x__y_");
    }
}
