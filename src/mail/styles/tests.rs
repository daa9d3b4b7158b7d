// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests of what a style sheet shows and hides.

use super::{Element, Fate, Styles};

fn fate(sheet: &str, tag: &str) -> Fate {
    let mut styles = Styles::default();
    styles.add(sheet, true);
    styles.fate(&Element::of(tag))
}

#[test]
fn attributes_are_read_in_every_spelling() {
    let element = Element::of("<A  HREF='x y' class = \"b c\" Hidden id=d data-x=\"it's\"/>");
    assert_eq!(element.name, "a");
    let all = ["href", "class", "hidden", "id", "data-x", "style"];
    let values = all.map(|name| element.get(name));
    let expected = [
        Some("x y"),
        Some("b c"),
        Some(""),
        Some("d"),
        Some("it's"),
        None,
    ];
    assert_eq!(values, expected);
    for odd in [
        "<",
        "<a =",
        "<a ===>",
        "<a b=>",
        "<a b='>",
        "</a>",
        "<a/>",
        "<é ü='ö'>",
    ] {
        Element::of(odd);
    }
}

#[test]
fn a_simple_rule_hides_what_it_is_about() {
    for sheet in [
        ".x{display:none}",
        "b, span.x { color: red; display : NONE !important }",
        "#y{visibility:hidden}",
        "span{font-size:0}",
        "*{opacity:0}",
        "/* { */ .x { text-decoration: line-through }",
        "<!-- .x{font:0/0 a} -->",
        "@font-face { font-family: a; src: url(b) } .x{display:none}",
    ] {
        assert_eq!(
            fate(sheet, "<span class='w X' id=y>"),
            Fate::Gone,
            "{sheet}"
        );
        let is_of_all = sheet.starts_with('*');
        let other = if is_of_all { Fate::Gone } else { Fate::Shown };
        assert_eq!(fate(sheet, "<p>"), other, "{sheet}");
    }
}

#[test]
fn what_only_a_browser_can_tell_is_unclear() {
    for sheet in [
        ".a .x{display:none}",
        "p > span{display:none}",
        "span:first-child{display:none}",
        "[class=x]{display:none}",
        ".x{display:none} .x{display:inline}",
        "@media print { .x{display:none} }",
        ".x::before{content:'not '}",
        ".x{position:absolute;left:-9999px}",
        ".x{text-indent:-99em}",
        ".x{color:#fff}",
        ".x{color:white;background:white}",
        ".x{height:0;overflow:hidden}",
        ".x{direction:rtl}",
        ".x{transform:scaleX(-1)}",
        ".x{d\\69splay:none}",
        ".\\78{display:none}",
        "p { &.x{display:none} }",
        "@media a{@media b{@media c{@media d{@media e{@media f{.y{color:red}}}}}}}",
    ] {
        assert_eq!(fate(sheet, "<span class=x>"), Fate::Unclear, "{sheet}");
    }
    let own = |tag| fate(".x{display:none}", tag);
    assert_eq!(own("<span class=x style='display:inline'>"), Fate::Unclear);
    assert_eq!(own("<span style='opacity:0'>"), Fate::Gone);
    assert_eq!(own("<font color=white>"), Fate::Unclear);
    assert_eq!(own("<span dir=rtl>"), Fate::Unclear);
    assert_eq!(own("<del style='text-decoration:none'>"), Fate::Unclear);
    assert_eq!(
        fate("b{display:none}".repeat(301).as_str(), "<p>"),
        Fate::Unclear
    );
}

#[test]
fn what_mail_programs_write_is_shown() {
    let outlook = "<!-- /* Font Definitions */ @font-face {font-family:Calibri; \
         panose-1:2 15 5 2} p.MsoNormal, li.MsoNormal {margin:0cm; margin-bottom:.0001pt; \
         font-size:11.0pt; text-indent:-18.0pt;} a:link {color:#0563C1; text-decoration:underline;} \
         span.E {color:windowtext;} @page WordSection1 {size:612.0pt 792.0pt;} \
         div.WordSection1 {page:WordSection1;} -->";
    for tag in [
        "<p class=MsoNormal>",
        "<a href=x>",
        "<span class=E style='font-size:10.0pt;color:white;background:black'>",
        "<div class=WordSection1>",
    ] {
        assert_eq!(fate(outlook, tag), Fate::Shown, "{tag}");
    }
    for broken in [
        "{",
        "}",
        "a{",
        "a{b",
        "@media{",
        "@",
        ";;;",
        "a,,b{display:none",
        "\u{fffd}{",
    ] {
        fate(broken, "<p>");
    }
}
